"""The Python of the documents passes the strict checks of mypy and pyright."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from mypy import api

from scripts import ROOT
from scripts.tests.docs.documents import FILE, blocks

DOCUMENTS = [ROOT / "docs" / "app-developer.md", ROOT / "docs" / "fastapi.md", ROOT / "generated_client" / "README.md"]
WRONG = "from canvas_outcomes import Client\n\nprint(Client('https://a', token='b').get_outcome(1).ratings[0])\n"


def errors_of(folder: Path, files: dict[str, str]) -> list[str]:
    """Return the errors of both checkers."""
    for name, code in files.items():
        (folder / name).write_text(code)
    settings = folder / "pyrightconfig.json"
    settings.write_text(json.dumps({"include": [str(folder)], "typeCheckingMode": "strict"}))
    cache = str(ROOT / ".mypy_cache" / "documents")
    programs = [str(folder / name) for name in files]
    output, trouble, _ = api.run(["--strict", "--no-error-summary", "--cache-dir", cache, *programs])
    command = [sys.executable, "-m", "pyright", "--project", str(settings), "--pythonpath", sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [line for line in (output + trouble + done.stdout).splitlines() if "error:" in line or " - error" in line]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.name)
def test_the_python_of_a_document_is_strictly_typed(tmp_path: Path, document: Path) -> None:
    files: dict[str, str] = {}
    for block in blocks(document):
        if block.language == "python":
            named = FILE.match(block.text)
            name = named[1] if named else "program.py"
            files[name] = f"{files.get(name, '')}\n{block.text}"

    assert files
    assert errors_of(tmp_path, files) == []


def test_both_checkers_report_a_field_that_may_be_absent(tmp_path: Path) -> None:
    found = errors_of(tmp_path, {"program.py": WRONG})

    assert [tool for tool in ("[index]", "reportIndexIssue") if not any(tool in line for line in found)] == []
