"""Edits of the contract, by whom they break: a table, and long because it is one."""

import copy
import json
from collections.abc import Callable
from typing import Any

from canvas_outcomes_contract.contract.document import Contract, contract_path
from scripts.diff.change import Kind

Document = dict[str, Any]
Edit = Callable[[Document], object]

DOCUMENT: Document = Contract(contract_path()).document
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
