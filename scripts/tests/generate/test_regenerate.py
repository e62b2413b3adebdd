"""Regeneration writes only the client, detects drift, and reports a mistake in the contract with its place."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.errors import CannotTell
from scripts import ROOT
from scripts.generate import generator
from scripts.generate.__main__ import main, read_tree
from scripts.generate.generator import render

TEXT = contract_path().read_text()
CLIENT = ROOT / "generated_client"


def generate(text: str, folder: Path) -> Path:
    """Return the client of a contract with this text."""
    contract, output = folder / "openapi.yaml", folder / "client"
    contract.write_text(text)
    assert main(["--contract", str(contract), "--output", str(output)]) == 0
    return output


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = TEXT.replace("operationId: get_outcome", "operationId: show_outcome")
    return generate(text, tmp_path_factory.mktemp("old"))


@pytest.fixture
def old_client(generated: Path, tmp_path: Path) -> Path:
    """A copy of the client of a contract in which an operation had another name."""
    return Path(shutil.copytree(generated, tmp_path / "client"))


def test_repairs_an_interrupted_run(old_client: Path) -> None:
    (old_client / "canvas_outcomes" / "models.py").write_text("half a mod")
    (old_client / "canvas_outcomes" / "extra.py").write_text("")
    (old_client / "canvas_outcomes" / "errors.py").unlink()

    assert main(["--output", str(old_client)]) == 0
    assert read_tree(old_client) == read_tree(CLIENT)


def test_reports_each_step_and_writes_nothing_the_second_time(
    old_client: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    codes = [main(["--output", str(old_client)]) for _ in range(2)]

    steps = [line.partition("  ")[2].split()[0] for line in capsys.readouterr().out.splitlines()]
    assert codes == [0, 0]
    assert steps == ["read", "parsed", "rendered", "wrote", "read", "parsed", "rendered", "client"]
    assert read_tree(old_client) == read_tree(CLIENT)


def test_drift_is_reported_with_the_files_and_the_command(old_client: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (old_client / "canvas_outcomes" / "mine.py").touch()
    (old_client / "canvas_outcomes" / "errors.py").unlink()

    assert main(["--check", "--output", str(old_client)]) == 1
    output = capsys.readouterr().err
    assert re.search(r"is not what openapi\.yaml generates: .*canvas_outcomes/_client\.py", output)
    assert "errors.py (missing)" in output
    assert "mine.py (extra)" in output
    assert output.endswith(". Run: tox -e regenerate\n")


def test_a_missing_generator_ends_with_exit_code_2() -> None:
    program = (
        "import runpy, sys; sys.modules['openapi_python_client'] = None; "
        "runpy.run_module('scripts.generate', run_name='__main__')"
    )

    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert re.fullmatch(r"Cannot generate: .*openapi_python_client.*\. Run: tox -e regenerate\n", done.stderr)


# The edit: old and new text of the contract. The line that the report has to point to.
MISTAKES = {
    "not-yaml": ("openapi: 3.1.1", "openapi: [3.1.1", "jsonSchemaDialect: "),
    "key-twice": ("  title: Canvas LMS Outcomes API", "  title: A\n  title: B", "  title: B"),
    "operation-id-twice": ("operationId: update_outcome", "operationId: get_outcome", "      operationId: get_outcome"),
    "reference-to-nowhere": ("schemas/Rating", "schemas/Grade", '$ref: "#/components/schemas/Grade"'),
    "unknown-type": ("      type: integer\n", "      type: whole\n", "      type: whole"),
    "responses-missing": ("      responses:\n", "      replies:\n", "operationId: get_outcome"),
    "unsupported-media-type": (
        "          application/json:\n",
        "          application/xml:\n",
        'schema: {$ref: "#/components/schemas/OutcomeUpdate"}',
    ),
    "unsupported-parameter": (
        "name: student_id\n          in: query",
        "name: student_id\n          in: cookie",
        "in: cookie",
    ),
    "path-without-its-parameter": ("/outcomes/{id}:", "/outcomes/{outcome_id}:", "operationId: get_outcome"),
    "enum-of-several-types": ("      enum: [", "      enum: [1, ", "      type: string"),
}


@pytest.mark.parametrize(("old", "new", "line"), MISTAKES.values(), ids=MISTAKES.keys())
def test_reports_a_mistake_in_the_contract_with_its_place(
    tmp_path: Path, old_client: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, line: str
) -> None:
    contract, before = tmp_path / "openapi.yaml", read_tree(old_client)
    contract.write_text(TEXT.replace(old, new, 1))
    capsys.readouterr()

    code = main(["--contract", str(contract), "--output", str(old_client)])

    output = capsys.readouterr().err
    place = re.match(rf"Cannot (use|read) the contract {re.escape(str(contract))}:(\d+):\d+: .+\.\n\Z", output)
    assert code == 2
    assert place is not None, output
    assert line in contract.read_text().splitlines()[int(place[2]) - 1]
    assert read_tree(old_client) == before


def test_an_invalid_clause_leaves_every_file_as_it_is(
    tmp_path: Path, old_client: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    contract, clauses, before = tmp_path / "openapi.yaml", tmp_path / "clauses.md", read_tree(old_client)
    contract.write_text(TEXT.replace("level: MUST", "level: MAY", 1))
    monkeypatch.setattr("scripts.generate.__main__.CLIENT", old_client)
    monkeypatch.setattr("scripts.generate.__main__.CLAUSES", clauses)

    code = main(["--contract", str(contract), "--output", str(old_client)])

    assert (code, read_tree(old_client), clauses.exists()) == (2, before, False)
    assert f"{contract}:" in capsys.readouterr().err


# Mistakes in a generated module, and the line that the refusal has to name.
UNUSABLE = {
    "import": (
        "import httpx2\n",
        "import httpx2\nimport nowhere_to_be_found  # noqa: F401\n",
        "_client.py",
        "openapi: 3.1.1",
    ),
    "operation": (
        "def update_outcome(",
        "raise NameError('update_outcome')\ndef x(",
        "_operations.py",
        "operationId: update_outcome",
    ),
    "model": ("    message: str\n", "    message: Nowhere\n", "models.py", "type: object"),
    "syntax": ("def get_outcome(", "def (", "_operations.py", "openapi: 3.1.1"),
}


@pytest.mark.parametrize(("old", "new", "file", "line"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_client_that_cannot_be_used_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, file: str, line: str
) -> None:
    def render_wrong(folder: Path, *parts: Any, **named: Any) -> None:
        render(folder, *parts, **named)
        module = folder / "canvas_outcomes" / file
        assert old in module.read_text()
        module.write_text(module.read_text().replace(old, new, 1))

    monkeypatch.setattr("scripts.generate.generator.render", render_wrong)

    with pytest.raises(CannotTell, match=r"cannot be imported|ruff") as refusal:
        generator.generate(Contract(contract_path()), lambda _: None)

    place = re.match(r"Cannot use the contract .*?:(\d+):\d+: ", str(refusal.value))
    assert place is not None, refusal.value
    assert line in TEXT.splitlines()[int(place[1]) - 1]


def test_a_missing_contract_ends_with_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--contract", "missing.yaml", "--output", str(tmp_path / "client")]) == 2
    assert capsys.readouterr().err == (
        "Cannot read the contract missing.yaml: No such file or directory. Name an existing file.\n"
    )


SEND = """
import json, sys
import httpx2
from canvas_outcomes import Client, errors

sent = []
def respond(request):
    sent.append(request.url.raw_path.decode().removeprefix("/api/v1/"))
    return httpx2.Response(404)

with Client("https://canvas.test", token="a", transport=httpx2.MockTransport(respond)) as client:
    for value in json.loads(sys.argv[1]):
        for send in (client.get_outcome, lambda value: client.list_outcome_alignments(1, student_id=value)):
            try:
                send(value)
            except errors.InvalidRequestError as error:
                sent.append(str(error))
            except errors.NotFoundError:
                pass
print(json.dumps(sent))
"""
# The value of a string parameter; the target or the error of a request with it in the path, and with it in the query.
STRINGS = {
    "a/b c?": ["outcomes/a%2Fb%20c%3F", "courses/1/outcome_alignments?student_id=a%2Fb%20c%3F"],
    "..": ["cannot send id='..': it would resolve to another resource.", "courses/1/outcome_alignments?student_id=.."],
    "": ["cannot send id='': it would resolve to another resource.", "courses/1/outcome_alignments?student_id="],
    5: ["cannot send id=5: expected a string.", "cannot send student_id=5: expected a string."],
    "\udc00": [f"cannot send {name}='\\udc00': surrogates not allowed." for name in ("id", "student_id")],
}


def test_a_string_parameter_is_quoted(tmp_path: Path) -> None:
    text = re.sub(
        r"(name: (?:id|student_id)\n +in: .*\n(?: +required: true\n)? +description: .*\n) +schema: .*\n( +)example: .*",
        r"\1\2schema: {type: string}\n\2example: a",
        TEXT,
    )
    assert text.count("schema: {type: string}\n") == TEXT.count("schema: {type: string}\n") + 2

    program = [sys.executable, "-c", SEND, json.dumps(list(STRINGS))]
    done = subprocess.run(program, cwd=generate(text, tmp_path), capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) == [line for lines in STRINGS.values() for line in lines]
