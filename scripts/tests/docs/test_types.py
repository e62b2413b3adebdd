"""The Python of the documents passes the strict checks of mypy and pyright."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from mypy import api

from scripts import ROOT
from scripts.tests.docs.documents import blocks

DOCUMENTS = [ROOT / "docs" / "app-developer.md", ROOT / "generated_client" / "README.md"]
WRONG = "from canvas_outcomes import Client\n\nprint(Client('https://a', token='b').get_outcome(1).ratings[0])\n"


def errors_of(folder: Path, code: str) -> list[str]:
    """Return the errors of both checkers."""
    program, settings = folder / "program.py", folder / "pyrightconfig.json"
    program.write_text(code)
    settings.write_text(json.dumps({"include": [str(program)], "typeCheckingMode": "strict"}))
    cache = str(ROOT / ".mypy_cache" / "documents")
    output, trouble, _ = api.run(["--strict", "--no-error-summary", "--cache-dir", cache, str(program)])
    command = [sys.executable, "-m", "pyright", "--project", str(settings), "--pythonpath", sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [line for line in (output + trouble + done.stdout).splitlines() if "error:" in line or " - error" in line]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.name)
def test_the_python_of_a_document_is_strictly_typed(tmp_path: Path, document: Path) -> None:
    code = [block.text for block in blocks(document) if block.language == "python"]

    assert code
    assert errors_of(tmp_path, "\n".join(code)) == []


def test_both_checkers_report_a_field_that_may_be_absent(tmp_path: Path) -> None:
    found = errors_of(tmp_path, WRONG)

    assert [tool for tool in ("[index]", "reportIndexIssue") if not any(tool in line for line in found)] == []
