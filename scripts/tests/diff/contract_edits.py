"""Edits of the contract by whom they break. One table, hence its length."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from canvas_outcomes_contract.contract.document import Contract, contract_path

Document = dict[str, Any]
Edit = Callable[[Document], object]

CONTRACT = Contract(contract_path())
SHOW, ALIGNMENTS = "/api/v1/outcomes/{id}", "/api/v1/courses/{course_id}/outcome_alignments"


def write(folder: Path, edit: Edit, name: str = "openapi.yaml") -> Path:
    """Write the edited contract as JSON, in which no two places share a value as YAML anchors make them do."""
    folder.mkdir(exist_ok=True)
    document = json.loads(json.dumps(CONTRACT.document))
    edit(document)
    path = folder / name
    path.write_text(json.dumps(document, indent=1))
    return path


def get(document: Document) -> Any:
    return document["paths"][SHOW]["get"]


def put(document: Document) -> Any:
    return document["paths"][SHOW]["put"]


def listing(document: Document) -> Any:
    return document["paths"][ALIGNMENTS]["get"]


def parameter(document: Document, index: int) -> Any:
    return listing(document)["parameters"][index]


def schema(document: Document, name: str) -> Any:
    return document["components"]["schemas"][name]


def update(document: Document) -> Any:
    return schema(document, "OutcomeUpdate")


def outcome(document: Document) -> Any:
    return schema(document, "Outcome")


def fields(document: Document, name: str) -> Any:
    return schema(document, name)["properties"]


def sent(document: Document, name: str) -> Any:
    return fields(document, "OutcomeUpdate")[name]


def shown(document: Document, name: str) -> Any:
    return fields(document, "Outcome")[name]


def response(document: Document, name: str) -> Any:
    return document["components"]["responses"][name]


def json_of(document: Document, name: str) -> Any:
    return response(document, name)["content"]["application/json"]


def clause(holder: Any, level: str) -> Any:
    """Return the first clause of the level, of an operation or of the document."""
    return next(one for one in holder["x-clauses"] if one["level"] == level)


def deviation(holder: Any) -> Any:
    return next(one for one in holder["x-clauses"] if "deviation" in one)


def relevel(one: Any, level: str) -> None:
    one.update(text=one["text"].replace(one["level"], level), level=level)


def new_clause(prefix: str, level: str) -> dict[str, str]:
    return {"id": f"{prefix}-is-quick", "text": f"It {level} be quick.", "level": level, "source": "this document"}


def move_to_operations(document: Document, shared: Any) -> None:
    document["x-clauses"].remove(shared)
    for operation in (get(document), put(document), listing(document)):
        prefix = operation["operationId"].replace("_", "-")
        operation["x-clauses"].append({**shared, "id": shared["id"].replace("{operation}", prefix)})


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
REFUSAL = {"$ref": "#/components/schemas/RefusalError"}
SCALES = "/api/v1/scales"
OF_STRINGS = {"schema": {"type": "string"}}

CALLERS: dict[str, Edit] = {
    "operation-removed": lambda d: d["paths"][SHOW].pop("put"),
    "path-removed": lambda d: d["paths"].pop(ALIGNMENTS),
    "path-parameter-renamed": lambda d: rename_path_parameter(d, "outcome_id"),
    "operation-id-renamed": lambda d: rename_operation(get(d), "show_outcome"),
    "query-parameter-removed": lambda d: get(d).pop("parameters"),
    "query-parameter-renamed": lambda d: parameter(d, 1).update(name="user_id"),
    "query-parameter-required": lambda d: parameter(d, 1).update(required=True),
    "query-parameter-moved-to-header": lambda d: parameter(d, 1).update({"in": "header"}),
    "required-query-parameter-added": lambda d: listing(d)["parameters"].append({**NEW_QUERY, "required": True}),
    "query-parameter-type-narrowed": lambda d: parameter(d, 2).update(schema={"type": "integer", "minimum": 5}),
    "query-parameter-written-differently": lambda d: parameter(d, 1).update(style="pipe"),
    "one-of-parameters-narrowed": lambda d: listing(d).update({"x-requires-one-of": ["student_id"]}),
    "one-of-parameters-added": lambda d: get(d).update({"x-requires-one-of": ["add_defaults"]}),
    "request-body-removed": lambda d: put(d).pop("requestBody"),
    "request-body-added-and-required": lambda d: get(d).update(requestBody=copy.deepcopy(put(d)["requestBody"])),
    "request-media-type-removed": lambda d: put(d)["requestBody"]["content"].pop("multipart/form-data"),
    "request-property-removed": lambda d: fields(d, "OutcomeUpdate").pop("vendor_guid"),
    "request-property-renamed": lambda d: rename(fields(d, "OutcomeUpdate"), "display_name", "friendly_name"),
    "request-property-required": lambda d: update(d).update(required=["title"]),
    "required-request-property-added": lambda d: (
        fields(d, "OutcomeUpdate").update(weight=NUMBER),
        update(d).update(required=["weight"]),
    ),
    "request-enum-value-removed": lambda d: schema(d, "CalculationMethod")["enum"].remove("latest"),
    "request-enum-added": lambda d: sent(d, "title").update(enum=["A", "B"]),
    "request-type-changed": lambda d: sent(d, "title").update(type="integer"),
    "request-type-narrowed": lambda d: sent(d, "mastery_points").update(type=["integer", "null"]),
    "request-null-refused": lambda d: sent(d, "display_name").update(type="string"),
    "request-max-length-lowered": lambda d: sent(d, "title").update(maxLength=100),
    "request-min-length-raised": lambda d: sent(d, "title").update(minLength=2),
    "request-max-length-added": lambda d: sent(d, "ratings").update(maxItems=10),
    "request-min-items-raised": lambda d: sent(d, "ratings").update(minItems=2),
    "request-items-made-unique": lambda d: sent(d, "ratings").update(uniqueItems=True),
    "request-minimum-raised": lambda d: schema(d, "Id").update(minimum=2),
    "request-maximum-added": lambda d: sent(d, "mastery_points").update(maximum=100),
    "request-minimum-excluded": lambda d: sent(d, "mastery_points").update(exclusiveMinimum=0),
    "request-min-properties-added": lambda d: update(d).update(minProperties=1),
    "form-property-removed": lambda d: fields(d, "OutcomeUpdateForm").pop("mastery_points"),
    "request-multiple-added": lambda d: sent(d, "mastery_points").update(multipleOf=0.5),
    "request-pattern-added": lambda d: sent(d, "calculation_int").update(pattern="^x"),
    "request-pattern-changed": lambda d: sent(d, "vendor_guid").update(pattern="^[a-z]*$"),
    "request-format-narrowed": lambda d: schema(d, "Id").update(format="int32"),
    "request-closed": lambda d: update(d).update(additionalProperties=False),
    "request-condition-narrowed": lambda d: update(d)["allOf"][2]["then"]["properties"]["calculation_int"].update(
        maximum=9
    ),
    "request-condition-added": lambda d: update(d)["allOf"].append({"if": {"required": ["title"]}, "then": False}),
    "request-constraint-added": lambda d: update(d).update({"not": {"required": ["a"]}}),
    "request-property-for-responses-only": lambda d: sent(d, "title").update(readOnly=True),
    "query-parameter-becomes-json": lambda d: parameter(d, 1).update(
        content={"application/json": {"schema": parameter(d, 1).pop("schema")}}
    ),
    "request-property-depends-on-another": lambda d: update(d).update(dependentRequired={"title": ["description"]}),
    "operation-moved-to-another-server": lambda d: get(d).update(servers=[{"url": "https://a.edu"}]),
    "path-moved-to-another-server": lambda d: d["paths"][ALIGNMENTS].update(servers=[{"url": "https://a.edu"}]),
    "request-default-changed": lambda d: sent(d, "add_defaults").update(default=True),
    "scope-added": lambda d: get(d)["security"][0]["bearerToken"].append("url:GET|/api/v1/users"),
    "scheme-refused": lambda d: get(d)["security"].pop(),
    "server-removed": lambda d: d["servers"][0].update(url="https://elsewhere.example.edu"),
    "response-property-removed": lambda d: fields(d, "Outcome").pop("can_unlink"),
    "error-property-removed": lambda d: fields(d, "ErrorItem").pop("error_code"),
    "response-property-renamed": lambda d: rename(fields(d, "OutcomeAlignment"), "url", "html_url"),
    "response-property-no-longer-required": lambda d: outcome(d)["required"].remove("title"),
    "response-can-be-null": lambda d: shown(d, "title").update(type=["string", "null"]),
    "response-property-for-requests-only": lambda d: shown(d, "title").update(writeOnly=True),
    "response-type-widened": lambda d: shown(d, "calculation_int").update(type="number"),
    "response-max-length-raised": lambda d: shown(d, "title").update(maxLength=300),
    "response-pattern-removed": lambda d: schema(d, "OutcomeRating")["allOf"][1]["properties"]["color"].pop("pattern"),
    "response-alternative-added": lambda d: json_of(d, "AlignmentsRefused")["schema"]["anyOf"].append(REFUSAL),
    "response-becomes-one-of-two": lambda d: json_of(d, "NotFound").update(
        schema={"anyOf": [{"$ref": "#/components/schemas/ErrorList"}, REFUSAL]}
    ),
    "response-constraint-removed": lambda d: schema(d, "OutcomeAlignment").pop("allOf"),
    "success-status-added": lambda d: put(d)["responses"].update({"202": {"description": "It will be changed."}}),
    "response-media-type-added": lambda d: response(d, "NotFound")["content"].update({"text/html": OF_STRINGS}),
    "response-header-removed": lambda d: response(d, "OutcomeShown")["headers"].pop("X-Request-Cost"),
    "clause-removed": lambda d: get(d)["x-clauses"].remove(clause(get(d), "MUST")),
    "clause-weakened": lambda d: relevel(clause(get(d), "MUST"), "SHOULD"),
    "clause-of-every-operation-removed": lambda d: d["x-clauses"].remove(clause(d, "MUST")),
    "clause-of-every-operation-weakened": lambda d: relevel(clause(d, "MUST"), "SHOULD"),
}

PROVIDERS: dict[str, Edit] = {
    "error-status-removed": lambda d: put(d)["responses"].pop("413"),
    "response-property-required": lambda d: outcome(d)["required"].append("can_unlink"),
    "required-response-property-added": lambda d: (
        fields(d, "Outcome").update(weight=NUMBER),
        outcome(d)["required"].append("weight"),
    ),
    "response-null-refused": lambda d: shown(d, "description").update(type="string"),
    "response-min-items-raised": lambda d: fields(d, "ErrorList")["errors"].update(minItems=2),
    "response-max-length-lowered": lambda d: shown(d, "title").update(maxLength=200),
    "response-enum-added": lambda d: shown(d, "context_type").update(enum=["Course", "Account", None]),
    "response-closed": lambda d: outcome(d).update(additionalProperties=False),
    "response-alternative-removed": lambda d: json_of(d, "AlignmentsRefused")["schema"]["anyOf"].pop(),
    "response-header-required": lambda d: d["components"]["headers"]["X-Request-Cost"].update(required=True),
    "clause-added": lambda d: get(d)["x-clauses"].append(new_clause("get-outcome", "MUST")),
    "clause-strengthened": lambda d: relevel(clause(get(d), "SHOULD"), "MUST"),
    "deviation-removed": lambda d: deviation(get(d)).pop("deviation"),
    "clause-of-every-operation-added": lambda d: d["x-clauses"].append(new_clause("{operation}", "MUST")),
    "clause-of-every-operation-strengthened": lambda d: relevel(clause(d, "SHOULD"), "MUST"),
    "deviation-of-every-operation-removed": lambda d: deviation(d).pop("deviation"),
}

BOTH: dict[str, Edit] = {
    "path-renamed": lambda d: rename(d["paths"], ALIGNMENTS, "/api/v2/courses/{course_id}/alignments"),
    "method-changed": lambda d: rename(d["paths"][SHOW], "put", "patch"),
    "callback-added": lambda d: put(d).update(callbacks={"done": {"{$request.query.url}": {}}}),
    "scheme-renamed-parameter": lambda d: d["components"]["securitySchemes"]["accessToken"].update(name="token"),
    "response-type-changed": lambda d: shown(d, "id").update(type="string"),
    "response-format-changed": lambda d: shown(d, "url").update(format="email"),
    "response-header-type-changed": lambda d: schema(d, "DecimalText").update(type="boolean"),
    "success-status-removed": lambda d: get(d)["responses"].pop("200"),
    "response-media-type-removed": lambda d: response(d, "OutcomeForbidden")["content"].pop("text/plain"),
}

COMPATIBLE: dict[str, Edit] = {
    "operation-added": lambda d: d["paths"].update(
        {SCALES: {"get": {**get(d), "operationId": "get_scale", "x-clauses": []}}}
    ),
    "query-parameter-added": lambda d: listing(d)["parameters"].append(NEW_QUERY),
    "query-parameter-no-longer-required": lambda d: parameter(d, 0).update(required=False),
    "one-of-parameters-widened": lambda d: listing(d)["x-requires-one-of"].append("quiz_id"),
    "one-of-parameters-removed": lambda d: listing(d).pop("x-requires-one-of"),
    "request-body-no-longer-required": lambda d: put(d)["requestBody"].update(required=False),
    "request-media-type-added": lambda d: put(d)["requestBody"]["content"].update({"application/xml": {}}),
    "request-property-added": lambda d: fields(d, "OutcomeUpdate").update(weight=NUMBER),
    "request-enum-value-added": lambda d: schema(d, "CalculationMethod")["enum"].append("sum"),
    "request-type-widened": lambda d: sent(d, "calculation_int").update(type=["number", "null"]),
    "request-null-allowed": lambda d: sent(d, "title").update(type=["string", "null"]),
    "request-max-length-raised": lambda d: sent(d, "title").update(maxLength=300),
    "request-max-length-removed": lambda d: sent(d, "description").pop("maxLength"),
    "request-min-items-lowered": lambda d: sent(d, "ratings").pop("minItems"),
    "request-pattern-removed": lambda d: sent(d, "vendor_guid").pop("pattern"),
    "request-condition-removed": lambda d: update(d)["allOf"].pop(),
    "scope-removed": lambda d: get(d)["security"][0]["bearerToken"].clear(),
    "scheme-accepted": lambda d: get(d)["security"].append({}),
    "server-added": lambda d: d["servers"].append({"url": "https://test.example.edu"}),
    "response-property-added": lambda d: fields(d, "Outcome").update(weight=NUMBER),
    "error-status-added": lambda d: get(d)["responses"].update({"409": get(d)["responses"]["404"]}),
    "response-header-added": lambda d: response(d, "NotFound").update(headers={"X-Why": OF_STRINGS}),
    "operation-deprecated": lambda d: get(d).update(deprecated=True),
    "clause-added-as-advice": lambda d: get(d)["x-clauses"].append(new_clause("get-outcome", "SHOULD")),
    "advice-removed": lambda d: get(d)["x-clauses"].remove(clause(get(d), "SHOULD")),
    "deviation-added": lambda d: clause(put(d), "SHOULD").update(deviation="Canvas does not."),
    "advice-of-every-operation-removed": lambda d: d["x-clauses"].remove(clause(d, "SHOULD")),
}

DOCUMENTATION: dict[str, Edit] = {
    "document-described": lambda d: d["info"].update(description="A contract."),
    "operation-summary": lambda d: get(d).update(summary="Show one outcome."),
    "operation-description": lambda d: put(d).update(description="Changes an outcome."),
    "parameter-description": lambda d: parameter(d, 1).update(description="A student."),
    "request-property-description": lambda d: sent(d, "title").update(description="A title."),
    "response-property-description": lambda d: shown(d, "title").update(description="A title."),
    "schema-title": lambda d: schema(d, "Rating").update(title="Level"),
    "schema-example": lambda d: schema(d, "ErrorItem")["examples"].append({"message": "No."}),
    "response-description": lambda d: response(d, "NotFound").update(description="It is not there."),
    "response-example": lambda d: json_of(d, "NotFound").pop("examples"),
    "header-description": lambda d: d["components"]["headers"]["X-Request-Cost"].update(description="A cost."),
    "tag-description": lambda d: d["tags"][0].update(description="Outcomes."),
    "scheme-description": lambda d: d["components"]["securitySchemes"]["bearerToken"].update(description="A token."),
    "clause-worded-differently": lambda d: clause(get(d), "MUST").update(text="Answers MUST be documented."),
    "clause-source": lambda d: clause(get(d), "MUST").update(source="RFC 9110"),
    "clause-of-every-operation-worded-differently": lambda d: clause(d, "MUST").update(text="It MUST be so."),
    "clause-of-every-operation-source": lambda d: clause(d, "MUST").update(source="RFC 9110"),
    "response-property-read-only": lambda d: shown(d, "id").update(readOnly=True),
    "path-summary": lambda d: d["paths"][SHOW].update(summary="Outcomes."),
    "response-link": lambda d: response(d, "OutcomeShown").update(links={"again": {"operationId": "get_outcome"}}),
    "extension-of-an-operation": lambda d: get(d).update({"x-owner": "Outcomes team"}),
    "unused-component": lambda d: d["components"]["schemas"].update(Spare={"type": "string"}),
}

NEUTRAL: dict[str, Edit] = {
    "version": lambda d: d["info"].update(version="9.9.9"),
    "properties-in-another-order": lambda d: outcome(d).update(properties=dict(reversed(fields(d, "Outcome").items()))),
    "required-in-another-order": lambda d: outcome(d)["required"].reverse(),
    "clause-of-every-operation-written-out": lambda d: move_to_operations(d, clause(d, "MUST")),
    "reference-written-out": lambda d: sent(d, "calculation_method").update(
        {"allOf": [{"$ref": sent(d, "calculation_method").pop("$ref")}]}
    ),
    "parameters-written-out": lambda d: get(d).update(
        parameters=[copy.deepcopy(d["components"]["parameters"]["AddDefaults"])]
    ),
}
