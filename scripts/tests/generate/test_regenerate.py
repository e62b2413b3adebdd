"""The client is written as a whole or not at all; a mistake in the contract is told with its place."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from canvas_outcomes_contract.contract.document import contract_path
from scripts.generate.__main__ import main, read_tree
from scripts.tests import ROOT

TEXT = contract_path().read_text()
COMMAND = [sys.executable, "-m", "scripts.generate"]
WITH_TEXTS = TEXT.replace(
    """      description: The id of the outcome.
      schema: {$ref: "#/components/schemas/Id"}
      example: 1
""",
    """      description: The name of the outcome.
      schema: {type: string}
      example: a
""",
).replace(
    """          description: The id of the student. Returns the alignments of the student's submissions.
          schema: {$ref: "#/components/schemas/Id"}
          example: 30
""",
    """          description: The name of the student.
          schema: {type: string}
          example: a
""",
)


def client_of(text: str, folder: Path) -> Path:
    """The client of a contract with this text."""
    contract, output = folder / "openapi.yaml", folder / "client"
    contract.write_text(text)
    assert main(["--contract", str(contract), "--output", str(output)]) == 0
    return output


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return client_of(
        TEXT.replace("operationId: get_outcome", "operationId: show_outcome"), tmp_path_factory.mktemp("old")
    )


@pytest.fixture(scope="module")
def text_client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client of a contract with text in a path and in a query."""
    return client_of(WITH_TEXTS, tmp_path_factory.mktemp("text"))


@pytest.fixture
def old_client(generated: Path, tmp_path: Path) -> Path:
    """The client of a contract that named an operation in another way."""
    return Path(shutil.copytree(generated, tmp_path / "client"))


def test_a_run_that_was_killed_is_repaired_by_the_next_one(old_client: Path) -> None:
    (old_client / "canvas_outcomes" / "models.py").write_text("half a mod")
    (old_client / "canvas_outcomes" / "extra.py").write_text("")
    (old_client / "canvas_outcomes" / "errors.py").unlink()

    assert main(["--output", str(old_client)]) == 0
    assert read_tree(old_client) == read_tree(ROOT / "generated_client")


def test_a_run_tells_each_step_and_the_next_one_writes_nothing(
    old_client: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    codes = [main(["--output", str(old_client)]) for _ in range(2)]

    told = [line.partition("  ")[2].split()[0] for line in capsys.readouterr().out.splitlines()]
    assert codes == [0, 0]
    assert told == ["read", "parsed", "rendered", "wrote", "read", "parsed", "rendered", "client"]
    assert read_tree(old_client) == read_tree(ROOT / "generated_client")


def test_drift_names_the_files_and_the_command(old_client: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (old_client / "canvas_outcomes" / "mine.py").touch()
    (old_client / "canvas_outcomes" / "errors.py").unlink()

    assert main(["--check", "--output", str(old_client)]) == 1
    said = capsys.readouterr().err
    assert re.search(r"is not what openapi\.yaml generates: .*canvas_outcomes/_client\.py", said)
    assert "errors.py (missing)" in said
    assert "mine.py (extra)" in said
    assert said.endswith(". Run: tox -e regenerate\n")


# What is replaced, by what, and the line of the result that is named for it.
MISTAKES = {
    "not-yaml": ("openapi: 3.1.1", "openapi: [3.1.1", "jsonSchemaDialect: "),
    "key-twice": ("  title: Canvas LMS Outcomes API", "  title: A\n  title: B", "  title: B"),
    "operation-id-twice": ("operationId: update_outcome", "operationId: get_outcome", "      operationId: get_outcome"),
    "reference-to-nowhere": ("schemas/Rating", "schemas/Grade", '$ref: "#/components/schemas/Grade"'),
    "unknown-type": ("      type: integer\n", "      type: whole\n", "      type: whole"),
    "answers-missing": ("      responses:\n", "      answers:\n", "operationId: get_outcome"),
    "media-type-of-no-template": (
        "          application/json:\n",
        "          application/xml:\n",
        "operationId: update_outcome",
    ),
    "parameter-of-no-template": (
        "name: student_id\n          in: query",
        "name: student_id\n          in: header",
        "operationId: list_outcome_alignments",
    ),
    "path-without-its-parameter": ("/outcomes/{id}:", "/outcomes/{outcome_id}:", "operationId: get_outcome"),
    "enum-of-several-types": ("      enum: [", "      enum: [1, ", "      type: string"),
}


@pytest.mark.parametrize(("old", "new", "line"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_in_the_contract_is_told_with_its_place(
    tmp_path: Path, old_client: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, line: str
) -> None:
    contract, before = tmp_path / "openapi.yaml", read_tree(old_client)
    contract.write_text(TEXT.replace(old, new, 1))
    capsys.readouterr()

    code = main(["--contract", str(contract), "--output", str(old_client)])

    said = capsys.readouterr().err
    place = re.match(rf"Cannot (use|read) the contract {re.escape(str(contract))}:(\d+):\d+: .+\.\n\Z", said)
    assert code == 2
    assert place is not None, said
    assert line in contract.read_text().splitlines()[int(place[2]) - 1]
    assert read_tree(old_client) == before


def test_a_contract_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--contract", "missing.yaml", "--output", str(tmp_path / "client")]) == 2
    assert capsys.readouterr().err == (
        "Cannot read the contract missing.yaml: No such file or directory. Name an existing file.\n"
    )


ADDRESSES = """
import json, sys
import httpx
from canvas_outcomes import Client, errors

targets, refused = [], []
def answer(request):
    targets.append(request.url.raw_path.decode())
    return httpx.Response(404)

with Client("https://canvas.test", token="a", transport=httpx.MockTransport(answer)) as client:
    for ask in (client.get_outcome, lambda value: client.list_outcome_alignments(1, student_id=value)):
        try:
            ask(json.loads(sys.argv[1]))
        except errors.InvalidRequestError as error:
            refused.append(str(error))
        except errors.NotFoundError:
            pass
print(json.dumps([targets, refused]))
"""


@pytest.mark.parametrize(
    ("value", "targets", "refused"),
    [
        ("a/b c?", ["outcomes/a%2Fb%20c%3F", "courses/1/outcome_alignments?student_id=a%2Fb%20c%3F"], []),
        ("..", ["courses/1/outcome_alignments?student_id=.."], ["id='..': it would resolve to another resource."]),
        ("", ["courses/1/outcome_alignments?student_id="], ["id='': it would resolve to another resource."]),
        (5, [], ["id=5: expected a string.", "student_id=5: expected a string."]),
        ("\udc00", [], [f"{name}='\\udc00': surrogates not allowed." for name in ("id", "student_id")]),
    ],
    ids=repr,
)
def test_text_is_quoted_where_a_contract_has_it_in_addresses(
    text_client: Path, value: object, targets: list[str], refused: list[str]
) -> None:
    program = [sys.executable, "-c", ADDRESSES, json.dumps(value)]
    done = subprocess.run(program, cwd=text_client, capture_output=True, text=True, check=True)

    wanted = [[f"/api/v1/{target}" for target in targets], [f"cannot send {said}" for said in refused]]
    assert json.loads(done.stdout) == wanted
