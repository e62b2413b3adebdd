"""The Python of the documents, and a client of added operations, pass the strict checks of mypy and pyright."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from mypy import api

from canvas_outcomes_contract.contract.document import Contract
from scripts import ROOT
from scripts.generate.generator import generate
from scripts.mutants.operations.contract import write
from scripts.tests.docs.documents import FILE, blocks

DOCUMENTS = [ROOT / "docs" / "app-developer.md", ROOT / "docs" / "fastapi.md", ROOT / "generated_client" / "README.md"]
WRONG = "from canvas_outcomes import Client\n\nprint(Client('https://a', token='b').get_outcome(1).ratings[0])\n"


CLIENT = "added_operations"


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The errors of both checkers, which read the libraries once for all files."""
    folder = tmp_path_factory.mktemp("types")
    for name, content in generate(Contract(write(folder)), print).items():
        if name.startswith("canvas_outcomes/"):
            path = folder / name.replace("canvas_outcomes", CLIENT, 1)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
    (folder / "wrong.py").write_text(WRONG)
    for document in DOCUMENTS:
        for name, code in programs_of(document).items():
            (folder / name).write_text(code)
    settings = folder / "pyrightconfig.json"
    settings.write_text(json.dumps({"include": ["."], "typeCheckingMode": "strict"}))
    # The cache of `tox -e lint` has the libraries.
    options = ["--strict", "--no-error-summary", "--config-file=", "--cache-dir", str(ROOT / ".mypy_cache")]
    output, trouble, _ = api.run([*options, str(folder)])
    command = [sys.executable, "-m", "pyright", "--project", str(settings), "--pythonpath", sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [line for line in (output + trouble + done.stdout).splitlines() if "error:" in line or " - error" in line]
    return [re.sub(r"^ *(/.+/types\d+/)?", "", line) for line in lines]  # the cache may name an earlier folder


def programs_of(document: Path) -> dict[str, str]:
    """The Python of a document by the name of its file: that of the block, or else that of the document."""
    files: dict[str, str] = {}
    for block in blocks(document):
        if block.language == "python":
            named = FILE.match(block.text)
            name = named[1] if named else f"{document.stem.replace('-', '_')}.py"
            files[name] = f"{files.get(name, '')}\n{block.text}"
    return files


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.name)
def test_the_python_of_a_document_is_strictly_typed(errors: list[str], document: Path) -> None:
    files = programs_of(document)

    assert files
    assert [line for line in errors if line.partition(":")[0] in files] == []


def test_the_client_of_added_operations_is_strictly_typed(errors: list[str]) -> None:
    assert [line for line in errors if line.startswith(f"{CLIENT}/")] == []


def test_both_checkers_report_a_field_that_may_be_absent(errors: list[str]) -> None:
    """No other error is left, and both checkers have read the files."""
    assert {line.partition(":")[0] for line in errors} == {"wrong.py"}
    assert [tool for tool in ("[index]", "reportIndexIssue") if not any(tool in line for line in errors)] == []
