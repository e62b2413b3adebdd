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
from scripts.tests.generate.test_fragments import FRAGMENTS, write_contract

DOCUMENTS = [ROOT / "docs" / "app-developer.md", ROOT / "docs" / "fastapi.md", ROOT / "generated_client" / "README.md"]
WRONG = "from canvas_outcomes import Client\n\nprint(Client('https://a', token='b').get_outcome(1).ratings[0])\n"
CLIENT = "added_operations"
# A program with a client of the fragment: a response always has the id, and a new model may omit it.
READ_ONLY = "bodies-read-only-and-write-only"
READER = """from typing import assert_type

from read_only import Client
from read_only.models import User, UnsetType

with Client("https://a", token="b") as client:
    user = client.call(User(name="a", password="b"))
    assert_type(user.id, int)
    assert_type(user.password, str | UnsetType)
"""


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The errors of both checkers, which read the libraries once for all files."""
    folder = tmp_path_factory.mktemp("types")
    write_package(folder / CLIENT, write(folder))
    write_package(folder / "read_only", write_contract(FRAGMENTS[READ_ONLY], folder / "read_only.yaml"))
    (folder / "reader.py").write_text(READER)
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


def write_package(package: Path, contract: Path) -> None:
    package.mkdir()
    for name, content in generate(Contract(contract), print).items():
        if name.startswith("canvas_outcomes/"):
            (package / name.removeprefix("canvas_outcomes/")).write_bytes(content)


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


def test_a_read_only_field_is_always_present_in_a_response(errors: list[str]) -> None:
    assert [line for line in errors if line.startswith("read")] == []


def test_both_checkers_report_a_field_that_may_be_absent(errors: list[str]) -> None:
    """No other error is left, and both checkers have read the files."""
    assert {line.partition(":")[0] for line in errors} == {"wrong.py"}
    assert [tool for tool in ("[index]", "reportIndexIssue") if not any(tool in line for line in errors)] == []
