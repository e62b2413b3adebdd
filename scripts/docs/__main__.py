"""Writes the API reference, with all clauses, as one HTML page that needs no network."""

import argparse
import sys
from pathlib import Path

from canvas_outcomes_contract.contract.errors import in_one_sentence
from scripts.docs.page import page
from scripts.lint.openapi_document import read

ROOT = Path(__file__).resolve().parents[2]


@in_one_sentence
def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: written. 2: could not be."""
    parser = argparse.ArgumentParser(prog="docs", description=__doc__)
    parser.add_argument("--contract", type=Path, default=ROOT / "openapi.yaml", metavar="FILE")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "docs" / "reference.html", metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        contract = read(options.contract)
        text = page(contract)
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(text, encoding="utf-8")
    except OSError as error:
        print(f"Cannot write {options.output}: {error.strerror}. Name another --output.", file=sys.stderr)
        return 2
    print(f"wrote {options.output}: {len(contract.operations)} operations, {len(contract.clauses)} clauses")
    return 0


if __name__ == "__main__":
    sys.exit(main())
