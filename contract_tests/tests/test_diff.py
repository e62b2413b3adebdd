"""Every edit of the contract is judged by whom it breaks, and its version and CHANGELOG.md have to say so."""

import copy
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract_tests.contract import Contract, contract_path
from scripts.contract_diff.change import Change, Kind
from scripts.contract_diff.document import changes
from scripts.diff import main
from scripts.redocly import redocly_report

Document = dict[str, Any]
Edit = Callable[[Document], object]

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = contract_path()
DOCUMENT: Document = Contract(CONTRACT).document
SHOW, ALIGNMENTS = "/api/v1/outcomes/{id}", "/api/v1/courses/{course_id}/outcome_alignments"


def get(document: Document) -> Any:
    return document["paths"][SHOW]["get"]


def put(document: Document) -> Any:
    return document["paths"][SHOW]["put"]


def listing(document: Document) -> Any:
    return document["paths"][ALIGNMENTS]["get"]


def schema(document: Document, name: str) -> Any:
    return document["components"]["schemas"][name]


def sent(document: Document, name: str) -> Any:
    return schema(document, "OutcomeUpdate")["properties"][name]


def shown(document: Document, name: str) -> Any:
    return schema(document, "Outcome")["properties"][name]


def answer(document: Document, name: str) -> Any:
    return document["components"]["responses"][name]


def clause(operation: Any, level: str) -> Any:
    return next(one for one in operation["x-clauses"] if one["level"] == level)


def relevel(one: Any, level: str) -> None:
    one.update(text=one["text"].replace(one["level"], level), level=level)


def new_clause(level: str) -> dict[str, str]:
    return {"id": "get-outcome-is-quick", "text": f"It {level} be quick.", "level": level, "source": "this document"}


def rename(mapping: Any, old: str, new: str) -> None:
    mapping[new] = mapping.pop(old)


def rename_operation(operation: Any, name: str) -> None:
    before, after = (one.replace("_", "-") for one in (operation["operationId"], name))
    operation["operationId"] = name
    for one in operation["x-clauses"]:
        one["id"] = one["id"].replace(before, after)


def rename_path_parameter(document: Document, name: str) -> None:
    rename(document["paths"], SHOW, f"/api/v1/outcomes/{{{name}}}")
    document["components"]["parameters"]["OutcomeId"]["name"] = name


NEW_QUERY = {"name": "page", "in": "query", "description": "A page.", "schema": {"type": "integer"}}
NUMBER = {"type": "number", "description": "A number."}

BREAKING: dict[str, tuple[Kind, Edit]] = {
    # requests: what could be sent is refused
    "operation-removed": (Kind.CALLERS, lambda d: d["paths"][SHOW].pop("put")),
    "path-removed": (Kind.CALLERS, lambda d: d["paths"].pop(ALIGNMENTS)),
    "path-renamed": (Kind.BOTH, lambda d: rename(d["paths"], ALIGNMENTS, "/api/v2/courses/{course_id}/alignments")),
    "method-changed": (Kind.BOTH, lambda d: rename(d["paths"][SHOW], "put", "patch")),
    "path-parameter-renamed": (Kind.CALLERS, lambda d: rename_path_parameter(d, "outcome_id")),
    "operation-id-renamed": (Kind.CALLERS, lambda d: rename_operation(get(d), "show_outcome")),
    "query-parameter-removed": (Kind.CALLERS, lambda d: get(d).pop("parameters")),
    "query-parameter-renamed": (Kind.CALLERS, lambda d: listing(d)["parameters"][1].update(name="user_id")),
    "query-parameter-required": (Kind.CALLERS, lambda d: listing(d)["parameters"][1].update(required=True)),
    "query-parameter-moved-to-header": (Kind.CALLERS, lambda d: listing(d)["parameters"][1].update({"in": "header"})),
    "required-query-parameter-added": (
        Kind.CALLERS,
        lambda d: listing(d)["parameters"].append({**NEW_QUERY, "required": True}),
    ),
    "query-parameter-type-narrowed": (
        Kind.CALLERS,
        lambda d: listing(d)["parameters"][2].update(schema={"type": "integer", "minimum": 5}),
    ),
    "query-parameter-written-otherwise": (Kind.CALLERS, lambda d: listing(d)["parameters"][1].update(style="pipe")),
    "one-of-parameters-narrowed": (Kind.CALLERS, lambda d: listing(d).update({"x-requires-one-of": ["student_id"]})),
    "one-of-parameters-added": (Kind.CALLERS, lambda d: get(d).update({"x-requires-one-of": ["add_defaults"]})),
    "request-body-removed": (Kind.CALLERS, lambda d: put(d).pop("requestBody")),
    "request-body-added-and-required": (
        Kind.CALLERS,
        lambda d: get(d).update(requestBody=copy.deepcopy(put(d)["requestBody"])),
    ),
    "request-media-type-removed": (
        Kind.CALLERS,
        lambda d: put(d)["requestBody"]["content"].pop("multipart/form-data"),
    ),
    "request-property-removed": (
        Kind.CALLERS,
        lambda d: schema(d, "OutcomeUpdate")["properties"].pop("vendor_guid"),
    ),
    "request-property-renamed": (
        Kind.CALLERS,
        lambda d: rename(schema(d, "OutcomeUpdate")["properties"], "display_name", "friendly_name"),
    ),
    "request-property-required": (Kind.CALLERS, lambda d: schema(d, "OutcomeUpdate").update(required=["title"])),
    "required-request-property-added": (
        Kind.CALLERS,
        lambda d: (
            schema(d, "OutcomeUpdate")["properties"].update(weight=NUMBER),
            schema(d, "OutcomeUpdate").update(required=["weight"]),
        ),
    ),
    "request-enum-value-removed": (Kind.CALLERS, lambda d: schema(d, "CalculationMethod")["enum"].remove("latest")),
    "request-enum-added": (Kind.CALLERS, lambda d: sent(d, "title").update(enum=["A", "B"])),
    "request-type-changed": (Kind.CALLERS, lambda d: sent(d, "title").update(type="integer")),
    "request-type-narrowed": (Kind.CALLERS, lambda d: sent(d, "mastery_points").update(type=["integer", "null"])),
    "request-null-refused": (Kind.CALLERS, lambda d: sent(d, "display_name").update(type="string")),
    "request-max-length-lowered": (Kind.CALLERS, lambda d: sent(d, "title").update(maxLength=100)),
    "request-min-length-raised": (Kind.CALLERS, lambda d: sent(d, "title").update(minLength=2)),
    "request-max-length-added": (Kind.CALLERS, lambda d: sent(d, "ratings").update(maxItems=10)),
    "request-min-items-raised": (Kind.CALLERS, lambda d: sent(d, "ratings").update(minItems=2)),
    "request-items-made-unique": (Kind.CALLERS, lambda d: sent(d, "ratings").update(uniqueItems=True)),
    "request-minimum-raised": (Kind.CALLERS, lambda d: schema(d, "Id").update(minimum=2)),
    "request-maximum-added": (Kind.CALLERS, lambda d: sent(d, "mastery_points").update(maximum=100)),
    "request-minimum-excluded": (Kind.CALLERS, lambda d: sent(d, "mastery_points").update(exclusiveMinimum=0)),
    "request-min-properties-added": (Kind.CALLERS, lambda d: schema(d, "OutcomeUpdate").update(minProperties=1)),
    "form-property-removed": (
        Kind.CALLERS,
        lambda d: schema(d, "OutcomeUpdateForm")["properties"].pop("mastery_points"),
    ),
    "request-multiple-added": (Kind.CALLERS, lambda d: sent(d, "mastery_points").update(multipleOf=0.5)),
    "request-pattern-added": (Kind.CALLERS, lambda d: sent(d, "calculation_int").update(pattern="^x")),
    "request-pattern-changed": (Kind.CALLERS, lambda d: sent(d, "vendor_guid").update(pattern="^[a-z]*$")),
    "request-format-narrowed": (Kind.CALLERS, lambda d: schema(d, "Id").update(format="int32")),
    "request-closed": (Kind.CALLERS, lambda d: schema(d, "OutcomeUpdate").update(additionalProperties=False)),
    "request-condition-narrowed": (
        Kind.CALLERS,
        lambda d: schema(d, "OutcomeUpdate")["allOf"][2]["then"]["properties"]["calculation_int"].update(maximum=9),
    ),
    "request-condition-added": (
        Kind.CALLERS,
        lambda d: schema(d, "OutcomeUpdate")["allOf"].append({"if": {"required": ["title"]}, "then": False}),
    ),
    "request-constraint-added": (
        Kind.CALLERS,
        lambda d: schema(d, "OutcomeUpdate").update({"not": {"required": ["a"]}}),
    ),
    "request-property-for-answers-only": (Kind.CALLERS, lambda d: sent(d, "title").update(readOnly=True)),
    "query-parameter-becomes-json": (
        Kind.CALLERS,
        lambda d: listing(d)["parameters"][1].update(
            content={"application/json": {"schema": listing(d)["parameters"][1].pop("schema")}}
        ),
    ),
    "request-property-depends-on-another": (
        Kind.CALLERS,
        lambda d: schema(d, "OutcomeUpdate").update(dependentRequired={"title": ["description"]}),
    ),
    "callback-added": (Kind.BOTH, lambda d: put(d).update(callbacks={"done": {"{$request.query.url}": {}}})),
    "operation-moved-to-another-server": (Kind.CALLERS, lambda d: get(d).update(servers=[{"url": "https://a.edu"}])),
    "path-moved-to-another-server": (
        Kind.CALLERS,
        lambda d: d["paths"][ALIGNMENTS].update(servers=[{"url": "https://a.edu"}]),
    ),
    "request-default-changed": (Kind.CALLERS, lambda d: sent(d, "add_defaults").update(default=True)),
    # tokens
    "scope-added": (Kind.CALLERS, lambda d: get(d)["security"][0]["bearerToken"].append("url:GET|/api/v1/users")),
    "scheme-refused": (Kind.CALLERS, lambda d: get(d)["security"].pop()),
    "scheme-renamed-parameter": (
        Kind.BOTH,
        lambda d: d["components"]["securitySchemes"]["accessToken"].update(name="token"),
    ),
    "server-removed": (Kind.CALLERS, lambda d: d["servers"][0].update(url="https://elsewhere.example.edu")),
    # answers: something may come that could not
    "answer-property-removed": (Kind.CALLERS, lambda d: schema(d, "Outcome")["properties"].pop("can_unlink")),
    "answer-property-renamed": (
        Kind.CALLERS,
        lambda d: rename(schema(d, "OutcomeAlignment")["properties"], "url", "html_url"),
    ),
    "answer-property-no-longer-required": (Kind.CALLERS, lambda d: schema(d, "Outcome")["required"].remove("title")),
    "answer-can-be-null": (Kind.CALLERS, lambda d: shown(d, "title").update(type=["string", "null"])),
    "answer-property-for-requests-only": (Kind.CALLERS, lambda d: shown(d, "title").update(writeOnly=True)),
    "answer-type-widened": (Kind.CALLERS, lambda d: shown(d, "calculation_int").update(type="number")),
    "answer-type-changed": (Kind.BOTH, lambda d: shown(d, "id").update(type="string")),
    "answer-max-length-raised": (Kind.CALLERS, lambda d: shown(d, "title").update(maxLength=300)),
    "answer-pattern-removed": (
        Kind.CALLERS,
        lambda d: schema(d, "OutcomeRating")["allOf"][1]["properties"]["color"].pop("pattern"),
    ),
    "answer-format-changed": (Kind.BOTH, lambda d: shown(d, "url").update(format="email")),
    "answer-alternative-added": (
        Kind.CALLERS,
        lambda d: answer(d, "AlignmentsRefused")["content"]["application/json"]["schema"]["anyOf"].append(
            {"$ref": "#/components/schemas/RefusalError"}
        ),
    ),
    "answer-becomes-one-of-two": (
        Kind.CALLERS,
        lambda d: answer(d, "NotFound")["content"]["application/json"].update(
            schema={
                "anyOf": [{"$ref": "#/components/schemas/ErrorList"}, {"$ref": "#/components/schemas/RefusalError"}]
            }
        ),
    ),
    "answer-header-type-changed": (Kind.BOTH, lambda d: schema(d, "DecimalText").update(type="boolean")),
    "answer-constraint-removed": (Kind.CALLERS, lambda d: schema(d, "OutcomeAlignment").pop("allOf")),
    "success-status-added": (
        Kind.CALLERS,
        lambda d: put(d)["responses"].update({"202": {"description": "It will be changed."}}),
    ),
    "success-status-removed": (Kind.BOTH, lambda d: get(d)["responses"].pop("200")),
    "answer-media-type-added": (
        Kind.CALLERS,
        lambda d: answer(d, "NotFound")["content"].update({"text/html": {"schema": {"type": "string"}}}),
    ),
    "answer-media-type-removed": (Kind.BOTH, lambda d: answer(d, "OutcomeForbidden")["content"].pop("text/plain")),
    "answer-header-removed": (Kind.CALLERS, lambda d: answer(d, "OutcomeShown")["headers"].pop("X-Request-Cost")),
    "clause-removed": (Kind.CALLERS, lambda d: get(d)["x-clauses"].remove(clause(get(d), "MUST"))),
    "clause-weakened": (Kind.CALLERS, lambda d: relevel(clause(get(d), "MUST"), "SHOULD")),
    # answers: what was right is wrong
    "error-status-removed": (Kind.PROVIDERS, lambda d: put(d)["responses"].pop("413")),
    "answer-property-required": (Kind.PROVIDERS, lambda d: schema(d, "Outcome")["required"].append("can_unlink")),
    "required-answer-property-added": (
        Kind.PROVIDERS,
        lambda d: (
            schema(d, "Outcome")["properties"].update(weight=NUMBER),
            schema(d, "Outcome")["required"].append("weight"),
        ),
    ),
    "answer-null-refused": (Kind.PROVIDERS, lambda d: shown(d, "description").update(type="string")),
    "answer-min-items-raised": (
        Kind.PROVIDERS,
        lambda d: schema(d, "ErrorList")["properties"]["errors"].update(minItems=2),
    ),
    "answer-max-length-lowered": (Kind.PROVIDERS, lambda d: shown(d, "title").update(maxLength=200)),
    "answer-enum-added": (Kind.PROVIDERS, lambda d: shown(d, "context_type").update(enum=["Course", "Account", None])),
    "answer-closed": (Kind.PROVIDERS, lambda d: schema(d, "Outcome").update(additionalProperties=False)),
    "answer-alternative-removed": (
        Kind.PROVIDERS,
        lambda d: answer(d, "AlignmentsRefused")["content"]["application/json"]["schema"]["anyOf"].pop(),
    ),
    "answer-header-required": (
        Kind.PROVIDERS,
        lambda d: d["components"]["headers"]["X-Request-Cost"].update(required=True),
    ),
    "clause-added": (Kind.PROVIDERS, lambda d: get(d)["x-clauses"].append(new_clause("MUST"))),
    "clause-strengthened": (Kind.PROVIDERS, lambda d: relevel(clause(get(d), "SHOULD"), "MUST")),
    "deviation-removed": (
        Kind.PROVIDERS,
        lambda d: next(one for one in get(d)["x-clauses"] if "deviation" in one).pop("deviation"),
    ),
}

COMPATIBLE: dict[str, Edit] = {
    "operation-added": lambda d: d["paths"].update({"/api/v1/scales": {"get": {**get(d), "operationId": "get_scale"}}}),
    "query-parameter-added": lambda d: listing(d)["parameters"].append(NEW_QUERY),
    "query-parameter-no-longer-required": lambda d: listing(d)["parameters"][0].update(required=False),
    "one-of-parameters-widened": lambda d: listing(d)["x-requires-one-of"].append("quiz_id"),
    "one-of-parameters-removed": lambda d: listing(d).pop("x-requires-one-of"),
    "request-body-no-longer-required": lambda d: put(d)["requestBody"].update(required=False),
    "request-media-type-added": lambda d: put(d)["requestBody"]["content"].update({"application/xml": {}}),
    "request-property-added": lambda d: schema(d, "OutcomeUpdate")["properties"].update(weight=NUMBER),
    "request-enum-value-added": lambda d: schema(d, "CalculationMethod")["enum"].append("sum"),
    "request-type-widened": lambda d: sent(d, "calculation_int").update(type=["number", "null"]),
    "request-null-allowed": lambda d: sent(d, "title").update(type=["string", "null"]),
    "request-max-length-raised": lambda d: sent(d, "title").update(maxLength=300),
    "request-max-length-removed": lambda d: sent(d, "description").pop("maxLength"),
    "request-min-items-lowered": lambda d: sent(d, "ratings").pop("minItems"),
    "request-pattern-removed": lambda d: sent(d, "vendor_guid").pop("pattern"),
    "request-condition-removed": lambda d: schema(d, "OutcomeUpdate")["allOf"].pop(),
    "scope-removed": lambda d: get(d)["security"][0]["bearerToken"].clear(),
    "scheme-accepted": lambda d: get(d)["security"].append({}),
    "server-added": lambda d: d["servers"].append({"url": "https://test.example.edu"}),
    "answer-property-added": lambda d: schema(d, "Outcome")["properties"].update(weight=NUMBER),
    "error-status-added": lambda d: get(d)["responses"].update({"409": get(d)["responses"]["404"]}),
    "answer-header-added": lambda d: answer(d, "NotFound").update(headers={"X-Why": {"schema": {"type": "string"}}}),
    "operation-deprecated": lambda d: get(d).update(deprecated=True),
    "clause-added-as-advice": lambda d: get(d)["x-clauses"].append(new_clause("SHOULD")),
    "advice-removed": lambda d: get(d)["x-clauses"].remove(clause(get(d), "SHOULD")),
    "deviation-added": lambda d: clause(put(d), "SHOULD").update(deviation="Canvas does not."),
}

DOCUMENTATION: dict[str, Edit] = {
    "document-described": lambda d: d["info"].update(description="A contract."),
    "operation-summary": lambda d: get(d).update(summary="Show one outcome."),
    "operation-description": lambda d: put(d).update(description="Changes an outcome."),
    "parameter-description": lambda d: listing(d)["parameters"][1].update(description="A student."),
    "property-description": lambda d: sent(d, "title").update(description="A title."),
    "schema-title": lambda d: schema(d, "Rating").update(title="Level"),
    "schema-example": lambda d: schema(d, "ErrorItem")["examples"].append({"message": "No."}),
    "answer-description": lambda d: answer(d, "NotFound").update(description="It is not there."),
    "answer-example": lambda d: answer(d, "NotFound")["content"]["application/json"].pop("examples"),
    "header-description": lambda d: d["components"]["headers"]["X-Request-Cost"].update(description="A cost."),
    "tag-description": lambda d: d["tags"][0].update(description="Outcomes."),
    "scheme-description": lambda d: d["components"]["securitySchemes"]["bearerToken"].update(description="A token."),
    "clause-worded-otherwise": lambda d: clause(get(d), "MUST").update(text="Answers MUST be documented."),
    "clause-source": lambda d: clause(get(d), "MUST").update(source="RFC 9110"),
    "answer-property-read-only": lambda d: shown(d, "id").update(readOnly=True),
    "path-summary": lambda d: d["paths"][SHOW].update(summary="Outcomes."),
    "answer-link": lambda d: answer(d, "OutcomeShown").update(links={"again": {"operationId": "get_outcome"}}),
    "extension-of-an-operation": lambda d: get(d).update({"x-owner": "Outcomes team"}),
    "unused-component": lambda d: d["components"]["schemas"].update(Spare={"type": "string"}),
}

NEUTRAL: dict[str, Edit] = {
    "version": lambda d: d["info"].update(version="9.9.9"),
    "properties-in-another-order": lambda d: schema(d, "Outcome").update(
        properties=dict(reversed(schema(d, "Outcome")["properties"].items()))
    ),
    "required-in-another-order": lambda d: schema(d, "Outcome")["required"].reverse(),
    "reference-written-out": lambda d: sent(d, "calculation_method").update(
        {"allOf": [{"$ref": sent(d, "calculation_method").pop("$ref")}]}
    ),
    "parameters-written-out": lambda d: get(d).update(
        parameters=[copy.deepcopy(d["components"]["parameters"]["AddDefaults"])]
    ),
}


def edited(edit: Edit) -> Document:
    document: Document = json.loads(json.dumps(DOCUMENT))  # no two places share a value, as YAML anchors make them do
    edit(document)
    return document


def judged(edit: Edit) -> list[Change]:
    return changes(edited(lambda d: None), edited(edit))


@pytest.mark.parametrize(("kind", "edit"), BREAKING.values(), ids=BREAKING.keys())
def test_a_breaking_edit_is_judged_by_whom_it_breaks(kind: Kind, edit: Edit) -> None:
    found = judged(edit)

    assert {change.kind for change in found if change.kind.breaking} == {kind}, [str(change) for change in found]


def test_security_that_no_operation_uses_is_documentation_only() -> None:
    # Redocly calls it major, whether it applies to an operation or not.
    found = judged(lambda d: d.update(security=[{"accessToken": []}]))

    assert [change.kind for change in found] == [Kind.DOCUMENTATION]


def test_a_token_that_is_needed_now_breaks_callers() -> None:
    free = edited(lambda d: get(d)["security"].append({}))

    assert [change.kind for change in changes(free, edited(lambda d: None))] == [Kind.CALLERS]


@pytest.mark.parametrize("edit", COMPATIBLE.values(), ids=COMPATIBLE.keys())
def test_a_compatible_edit_breaks_nobody(edit: Edit) -> None:
    found = judged(edit)

    assert {change.kind for change in found} == {Kind.COMPATIBLE}, [str(change) for change in found]


@pytest.mark.parametrize("edit", DOCUMENTATION.values(), ids=DOCUMENTATION.keys())
def test_an_edit_of_texts_is_documentation_only(edit: Edit) -> None:
    found = judged(edit)

    assert {change.kind for change in found} == {Kind.DOCUMENTATION}, [str(change) for change in found]


@pytest.mark.parametrize("edit", NEUTRAL.values(), ids=NEUTRAL.keys())
def test_the_same_contract_written_otherwise_has_not_changed(edit: Edit) -> None:
    assert judged(edit) == []


def test_what_is_the_same_in_many_places_is_told_once() -> None:
    found = judged(lambda d: schema(d, "ErrorItem")["required"].clear())

    assert [change.subject for change in found] == ["ErrorItem.message"]
    assert "answer 400, 401, 403, 404, 5XX of get_outcome" in str(found[0])


def test_a_schema_that_contains_itself_is_compared(tmp_path: Path) -> None:
    def nest(document: Document) -> None:
        schema(document, "ErrorItem")["properties"]["causes"] = {
            "type": "array",
            "items": {"$ref": "#/components/schemas/ErrorItem"},
        }

    old, new = edited(nest), edited(nest)
    schema(new, "ErrorItem")["properties"]["message"]["maxLength"] = 9

    assert {change.subject for change in changes(old, new)} == {"ErrorItem.message"}


def written(folder: Path, edit: Edit, name: str = "openapi.yaml") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(yaml.dump(edited(edit), Dumper=yaml.CSafeDumper, sort_keys=False))
    return path


def redocly_verdict(folder: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Redocly calls major, as a second opinion."""
    monkeypatch.chdir(folder)  # a redocly.yaml would replace the rules of its diff by those of the lint
    base, revision = written(folder, lambda d: None, "base.yaml"), written(folder, edit)
    report = redocly_report("diff", str(base), str(revision), "--fail-on", "none")
    return [
        verdict["message"] for one in report["changes"] for verdict in one["verdicts"] if verdict["impact"] == "major"
    ]


def test_redocly_agrees_that_compatible_edits_break_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edits = [*COMPATIBLE.values(), *DOCUMENTATION.values()]

    assert redocly_verdict(tmp_path, lambda d: [edit(d) for edit in edits], monkeypatch) == []


@pytest.mark.parametrize("name", ["operation-removed", "request-enum-value-removed", "answer-property-removed"])
def test_redocly_agrees_that_callers_break(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert redocly_verdict(tmp_path, BREAKING[name][1], monkeypatch) != []


# An edit of the text of the contract, and what is said of the client beyond the contract itself.
CLIENTS = {
    "model-renamed": (
        ("title: Outcome alignment\n", "title: Link\n"),
        [
            r"client models\.OutcomeAlignment: the name is gone from the generated client\.",
            r"client models\.Link: the name is new in the generated client\.",
            r"client usage, line \d+ of docs/usage\.py: Module .* has no attribute \"OutcomeAlignment\" .*",
        ],
    ),
    "answer-type-widened": (
        (
            "integer\n          description: >-\n            The value",
            "number\n          description: >-\n            The value",
        ),
        [r"client usage, line \d+ of docs/usage\.py: Incompatible types in assignment .*"],
    ),
}


@pytest.mark.parametrize(("edit", "told"), CLIENTS.values(), ids=CLIENTS.keys())
def test_what_an_app_has_to_rewrite_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], edit: tuple[str, str], told: list[str]
) -> None:
    revision = tmp_path / "openapi.yaml"
    revision.write_text(CONTRACT.read_text().replace(*edit, 1))

    main(["--base", str(CONTRACT), "--revision", str(revision)])

    of_client = re.findall(r"^(?:breaking for callers|compatible) +(client .*)", capsys.readouterr().out, re.MULTILINE)
    assert len(of_client) == len(told), of_client
    assert [pattern for pattern in told if not any(re.fullmatch(pattern, line) for line in of_client)] == []


# The edit, the version it is published as, what CHANGELOG.md says, the exit code, and what is complained about.
BREAK, ADD, DOCUMENT_IT = (
    BREAKING["request-max-length-lowered"][1],
    COMPATIBLE["answer-header-added"],
    DOCUMENTATION["tag-description"],
)
SAYS = "# Changelog\n\n## {}\n\n- Titles are shorter.\n"
VERSIONS: dict[str, tuple[Edit, str, str, int, str]] = {
    "nothing": (lambda d: None, "1.0.0", "", 0, ""),
    "breaking-as-major": (BREAK, "2.0.0", SAYS.format("2.0.0"), 0, ""),
    "breaking-as-more-than-major": (BREAK, "3.1.0", SAYS.format("3.1.0 (unreleased)"), 0, ""),
    "breaking-as-minor": (BREAK, "1.1.0", SAYS.format("1.1.0"), 1, "ask for a major step. Write 2.0.0."),
    "breaking-unsaid": (BREAK, "1.0.0", SAYS.format("2.0.0"), 1, "info.version is 1.0.0"),
    "compatible-as-minor": (ADD, "1.1.0", SAYS.format("1.1.0"), 0, ""),
    "compatible-as-patch": (ADD, "1.0.1", SAYS.format("1.0.1"), 1, "ask for a minor step. Write 1.1.0."),
    "documentation-as-patch": (DOCUMENT_IT, "1.0.1", SAYS.format("1.0.1"), 0, ""),
    "documentation-unsaid": (DOCUMENT_IT, "1.0.0", SAYS.format("1.0.1"), 1, "ask for a patch step. Write 1.0.1."),
    "backwards": (lambda d: None, "0.9.0", "", 1, "info.version is 0.9.0"),
    "no-changelog": (ADD, "1.1.0", "", 1, "CHANGELOG.md has no section 1.1.0."),
    "another-section": (ADD, "1.1.0", SAYS.format("1.1.01"), 1, "CHANGELOG.md has no section 1.1.0."),
    "empty-section": (ADD, "1.1.0", "## 1.1.0\n\n## 1.0.0\n\n- Titles.\n", 1, "CHANGELOG.md has no sentence"),
}


@pytest.mark.parametrize("case", VERSIONS.values(), ids=VERSIONS.keys())
def test_version_and_changelog_have_to_carry_the_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: tuple[Edit, str, str, int, str]
) -> None:
    edit, version, changelog, code, complaint = case
    base = written(tmp_path / "base", lambda d: d["info"].update(version="1.0.0"))
    revision = written(tmp_path / "revision", lambda d: (edit(d), d["info"].update(version=version)))
    (revision.parent / "CHANGELOG.md").write_text(changelog)

    assert main(["--base", str(base), "--revision", str(revision)]) == code
    assert complaint in capsys.readouterr().err


def test_one_description_is_documentation_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = written(tmp_path / "base", lambda d: None)
    revision = written(tmp_path / "revision", DOCUMENTATION["property-description"])

    main(["--base", str(base), "--revision", str(revision)])

    told, summary = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"documentation only +OutcomeUpdate\.title: its description changed\. In request of .+", told)
    assert "ask for a patch step" in summary


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The contract in a repository of its own, with one commit."""
    folder = tmp_path / "checkout"
    written(folder, lambda d: None)
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "The contract")
    return folder


def test_a_git_revision_can_be_the_base(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    revision = written(checkout, BREAK)

    assert main(["--base", "HEAD", "--revision", str(revision)]) == 1
    assert "breaking for callers" in capsys.readouterr().out


UNUSABLE = {
    "unknown-revision": ("nowhere", "Cannot compare with nowhere: it is neither a file nor a git revision."),
    "an-option": ("--output=x", "Cannot compare with --output=x: it is neither a file nor a git revision."),
    "malformed": ("malformed.yaml", "malformed.yaml:2:1: "),
    "not-openapi": ("other.yaml", "other.yaml:1:1: it has no info.version."),
    "wrong-type": ("wrong.yaml", "wrong.yaml:3:8: it is not an OpenAPI document: [] is not of type"),
    "version-in-words": ("words.yaml", "info.version 'one' is not MAJOR.MINOR.PATCH."),
    "folder": (".", "Cannot read the contract .: Is a directory."),
}


@pytest.mark.parametrize(("base", "reason"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_base_that_cannot_be_read_is_named(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], base: str, reason: str
) -> None:
    monkeypatch.chdir(checkout)
    (checkout / "malformed.yaml").write_text("openapi: [\n")
    (checkout / "other.yaml").write_text("a: 1\n")
    (checkout / "wrong.yaml").write_text("openapi: 3.1.1\ninfo: {title: T, version: 1.0.0}\npaths: []\n")
    written(checkout, lambda d: d["info"].update(version="one"), "words.yaml")

    assert main([f"--base={base}", "--revision", str(checkout / "openapi.yaml")]) == 2
    said = capsys.readouterr()
    assert reason in said.err
    assert len(said.err.splitlines()) == 1


def test_a_revision_without_the_contract_is_named(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = written(checkout, lambda d: None, "other.yaml")

    assert main(["--base", "HEAD", "--revision", str(other)]) == 2
    assert "Cannot compare with HEAD: it has no other.yaml." in capsys.readouterr().err


def test_a_mistake_at_a_git_revision_is_named_by_it(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "openapi.yaml").write_text("openapi: [\n")
    git(checkout, "commit", "--quiet", "--all", "--message", "A mistake")
    revision = written(checkout, lambda d: None)

    assert main(["--base", "HEAD", "--revision", str(revision)]) == 2
    assert "HEAD:openapi.yaml:2:1: " in capsys.readouterr().err
