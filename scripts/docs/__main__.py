"""Build the API reference with all clauses, and that of the Python client, as HTML that needs no network."""

import argparse
import copy
import json
import sys
import tempfile
from pathlib import Path

import pdoc

from canvas_outcomes_contract.contract.clauses import Clause
from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.errors import CannotTell, in_one_sentence
from scripts import ROOT
from scripts.lint.npx import REDOCLY, redocly
from scripts.lint.openapi_document import read

# The inlined scripts still request these images, and hide them where they are missing.
LOGOS = "https://cdn.redoc.ly/redoc/"


@in_one_sentence
def main(arguments: list[str] | None = None) -> int:
    """Return exit code 0 if the page was written, 2 if not."""
    parser = argparse.ArgumentParser(prog="docs", description=__doc__)
    parser.add_argument("--contract", type=Path, default=ROOT / "openapi.yaml", metavar="FILE")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "docs" / "reference.html", metavar="FILE")
    options = parser.parse_args(arguments)
    contract = read(options.contract)
    page = build_page(contract)
    try:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(page, encoding="utf-8")
    except OSError as error:
        raise CannotTell(f"Cannot write {options.output}: {error.strerror}. Name another --output.") from error
    print(f"wrote {options.output}: {len(contract.operations)} operations, {len(contract.clauses)} clauses")
    print(f"wrote {write_python_reference(options.output.parent / 'python')}: the Python client")
    return 0


def build_page(contract: Contract) -> str:
    """Return the HTML of the page, which contains the scripts of Redoc."""
    with tempfile.TemporaryDirectory(prefix="docs-") as folder:
        document, page = Path(folder) / "openapi.json", Path(folder) / "reference.html"
        document.write_text(json.dumps(with_clauses(contract), default=str), encoding="utf-8")
        done = redocly("build-docs", str(document), "--output", str(page), "--inlineBundle")
        if done.returncode:
            raise CannotTell(f"Cannot build the page with Redocly CLI {REDOCLY}: {done.stderr.strip()[-300:]}")
        return page.read_text(encoding="utf-8").replace(LOGOS, "data:,")


def write_python_reference(folder: Path) -> Path:
    """Write the pages of the installed client, with a search, and return the first one."""
    pdoc.render.configure(docformat="google", show_source=False)
    pdoc.pdoc("canvas_outcomes", output_directory=folder)
    return folder / "canvas_outcomes.html"


def with_clauses(contract: Contract) -> dict[str, object]:
    """Return the document with the clauses of each operation as a list in its description."""
    document = copy.deepcopy(contract.document)
    for operation in contract.operations.values():
        definition = document["paths"][operation.path][operation.method.lower()]
        lines = [_in_markdown(clause) for clause in contract.clauses_of(operation)]
        definition["description"] = "\n".join([definition.get("description", ""), "\n**Clauses**\n", *lines])
    return document


def _in_markdown(clause: Clause) -> str:
    deviation = f" **Deviation:** {clause.deviation}" if clause.deviation else ""
    return f"- `{clause.id}` {clause.text} *({clause.source})*{deviation}"


if __name__ == "__main__":
    sys.exit(main())
