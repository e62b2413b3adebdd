"""Edits of the contract by whom they break. One table, hence its length."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from canvas_outcomes_contract.contract.document import Contract, contract_path

CONTRACT = Contract(contract_path())
JSON = "application/json"
SHOW, ALIGNMENTS = "/api/v1/outcomes/{id}", "/api/v1/courses/{course_id}/outcome_alignments"


class Document:
    """A copy of the contract and its parts. No two places share a value, as YAML anchors make them do."""

    def __init__(self) -> None:
        self.root = json.loads(json.dumps(CONTRACT.document))
        self.show, self.change = self.root["paths"][SHOW]["get"], self.root["paths"][SHOW]["put"]
        self.listing = self.root["paths"][ALIGNMENTS]["get"]
        self.schemas, self.responses = self.root["components"]["schemas"], self.root["components"]["responses"]
        self.parameters, self.headers = (self.root["components"][name] for name in ("parameters", "headers"))
        self.schemes = self.root["components"]["securitySchemes"]
        self.update, self.outcome = self.schemas["OutcomeUpdate"], self.schemas["Outcome"]
        self.sent, self.shown = self.update["properties"], self.outcome["properties"]
        self.student, self.forms = self.listing["parameters"][1], self.change["requestBody"]["content"]
        self.number = self.schemas["Id"]["anyOf"][0]
        self.refused, self.not_found = (self.responses[name]["content"] for name in ("AlignmentsRefused", "NotFound"))


Edit = Callable[[Document], object]


def write(folder: Path, edit: Edit, name: str = "openapi.yaml") -> Path:
    """Write the edited contract as JSON, which YAML includes."""
    folder.mkdir(exist_ok=True)
    document = Document()
    edit(document)
    path = folder / name
    path.write_text(json.dumps(document.root, indent=1))
    return path


def clause(holder: Any, level: str) -> Any:
    """Return the first clause of the level, of an operation or of the document."""
    return next(one for one in holder["x-clauses"] if one["level"] == level)


def shared(document: Any, level: str) -> Any:
    """Return the last clause of every operation of the level; the first ones are in x-deviations."""
    return [one for one in document["x-clauses"] if one["level"] == level][-1]


def deviation(holder: Any) -> Any:
    return next(one for one in holder["x-clauses"] if "deviation" in one)


def without_deviation(one: Any) -> None:
    del one["deviation"], one["deviating"]


def relevel(one: Any, level: str) -> None:
    one.update(text=one["text"].replace(one["level"], level), level=level)


def new_clause(prefix: str, level: str) -> dict[str, str]:
    return {"id": f"{prefix}-is-quick", "text": f"It {level} be quick.", "level": level, "source": "this document"}


def move_to_operations(d: Document, shared: Any) -> None:
    d.root["x-clauses"].remove(shared)
    for operation in (d.show, d.change, d.listing):
        prefix = operation["operationId"].replace("_", "-")
        operation["x-clauses"].append({**shared, "id": shared["id"].replace("{operation}", prefix)})


def rename(mapping: Any, old: str, new: str) -> None:
    mapping[new] = mapping.pop(old)


def rename_operation(operation: Any, name: str) -> None:
    before, after = (one.replace("_", "-") for one in (operation["operationId"], name))
    operation["operationId"] = name
    for one in operation["x-clauses"]:
        one["id"] = one["id"].replace(before, after)


def rename_path_parameter(d: Document, name: str) -> None:
    rename(d.root["paths"], SHOW, f"/api/v1/outcomes/{{{name}}}")
    d.parameters["OutcomeId"]["name"] = name


NEW_QUERY = {"name": "page", "in": "query", "description": "A page.", "schema": {"type": "integer"}}
NUMBER = {"type": "number", "description": "A number."}
REFUSAL = {"$ref": "#/components/schemas/RefusalError"}
NULL = {"type": "null"}
OF_STRINGS = {"schema": {"type": "string"}}

CALLERS: dict[str, Edit] = {
    "operation-removed": lambda d: d.root["paths"][SHOW].pop("put"),
    "path-removed": lambda d: d.root["paths"].pop(ALIGNMENTS),
    "path-parameter-renamed": lambda d: rename_path_parameter(d, "outcome_id"),
    "operation-id-renamed": lambda d: rename_operation(d.show, "show_outcome"),
    "query-parameter-removed": lambda d: d.show.pop("parameters"),
    "query-parameter-renamed": lambda d: d.student.update(name="user_id"),
    "query-parameter-required": lambda d: d.student.update(required=True),
    "query-parameter-moved-to-header": lambda d: d.student.update({"in": "header"}),
    "required-query-parameter-added": lambda d: d.listing["parameters"].append({**NEW_QUERY, "required": True}),
    "query-parameter-type-narrowed": lambda d: d.listing["parameters"][2].update(
        schema={"type": "integer", "minimum": 5}
    ),
    "query-parameter-written-differently": lambda d: d.student.update(style="pipe"),
    "one-of-parameters-narrowed": lambda d: d.listing.update({"x-requires-one-of": ["student_id"]}),
    "one-of-parameters-added": lambda d: d.show.update({"x-requires-one-of": ["add_defaults"]}),
    "request-body-removed": lambda d: d.change.pop("requestBody"),
    "request-body-added-and-required": lambda d: d.show.update(requestBody=d.change["requestBody"]),
    "request-media-type-removed": lambda d: d.forms.pop("multipart/form-data"),
    "request-property-removed": lambda d: d.sent.pop("vendor_guid"),
    "request-property-renamed": lambda d: rename(d.sent, "display_name", "friendly_name"),
    "request-property-required": lambda d: d.update.update(required=["title"]),
    "required-request-property-added": lambda d: d.update.update(
        required=["weight"], properties={**d.sent, "weight": NUMBER}
    ),
    "request-enum-value-removed": lambda d: d.schemas["CalculationMethod"]["enum"].remove("latest"),
    "request-enum-added": lambda d: d.sent["title"].update(enum=["A", "B"]),
    "request-type-changed": lambda d: d.sent["title"].update(type="integer"),
    "request-type-narrowed": lambda d: d.sent["mastery_points"].update(type=["integer", "null"]),
    "request-null-refused": lambda d: d.sent["display_name"].update(type="string"),
    "request-max-length-lowered": lambda d: d.sent["title"].update(maxLength=100),
    "request-min-length-raised": lambda d: d.sent["title"].update(minLength=2),
    "request-max-length-added": lambda d: d.sent["ratings"].update(maxItems=10),
    "request-min-items-raised": lambda d: d.sent["ratings"].update(minItems=2),
    "request-items-made-unique": lambda d: d.sent["ratings"].update(uniqueItems=True),
    "request-minimum-raised": lambda d: d.schemas["Id"].update(minimum=2),
    "request-maximum-added": lambda d: d.sent["mastery_points"].update(maximum=100),
    "request-minimum-excluded": lambda d: d.sent["mastery_points"].update(exclusiveMinimum=0),
    "request-min-properties-added": lambda d: d.update.update(minProperties=1),
    "form-property-removed": lambda d: d.schemas["OutcomeUpdateForm"]["properties"].pop("mastery_points"),
    "request-multiple-added": lambda d: d.sent["mastery_points"].update(multipleOf=0.5),
    "request-pattern-added": lambda d: d.sent["title"].update(pattern="^x"),
    "request-pattern-changed": lambda d: d.sent["vendor_guid"].update(pattern="^[a-z]*$"),
    "request-format-narrowed": lambda d: d.schemas["Id"].update(format="int32"),
    "request-closed": lambda d: d.update.update(additionalProperties=False),
    "request-condition-narrowed": lambda d: d.update["allOf"][2]["then"]["properties"]["calculation_int"].update(
        maximum=9
    ),
    "request-condition-added": lambda d: d.update["allOf"].append({"if": {"required": ["title"]}, "then": False}),
    "request-constraint-added": lambda d: d.update.update({"not": {"required": ["a"]}}),
    "request-property-for-responses-only": lambda d: d.sent["title"].update(readOnly=True),
    "query-parameter-becomes-json": lambda d: d.student.update(content={JSON: {"schema": d.student.pop("schema")}}),
    "request-property-depends-on-another": lambda d: d.update.update(dependentRequired={"title": ["description"]}),
    "operation-moved-to-another-server": lambda d: d.show.update(servers=[{"url": "https://a.edu"}]),
    "path-moved-to-another-server": lambda d: d.root["paths"][ALIGNMENTS].update(servers=[{"url": "https://a.edu"}]),
    "request-default-changed": lambda d: d.sent["add_defaults"].update(default=True),
    "scope-added": lambda d: d.show["security"][0]["bearerToken"].append("url:GET|/api/v1/users"),
    "scheme-refused": lambda d: d.show["security"].pop(),
    "server-removed": lambda d: d.root["servers"][0].update(url="https://elsewhere.example.edu"),
    "response-property-removed": lambda d: d.shown.pop("can_unlink"),
    "error-property-removed": lambda d: d.schemas["ErrorItem"]["properties"].pop("error_code"),
    "response-property-renamed": lambda d: rename(d.schemas["OutcomeAlignment"]["properties"], "url", "html_url"),
    "response-property-no-longer-required": lambda d: d.outcome["required"].remove("title"),
    "response-can-be-null": lambda d: d.shown["title"].update(type=["string", "null"]),
    "response-property-for-requests-only": lambda d: d.shown["title"].update(writeOnly=True),
    "response-type-widened": lambda d: d.shown["calculation_int"].update(type=["number", "null"]),
    "response-max-length-raised": lambda d: d.shown["title"].update(maxLength=300),
    "response-pattern-removed": lambda d: d.schemas["OutcomeRating"]["allOf"][1]["properties"]["color"].pop("pattern"),
    "response-alternative-added": lambda d: d.refused[JSON]["schema"]["anyOf"].append(REFUSAL),
    "response-becomes-one-of-two": lambda d: d.not_found[JSON].update(
        schema={"anyOf": [{"$ref": "#/components/schemas/ErrorList"}, REFUSAL]}
    ),
    "response-constraint-removed": lambda d: d.schemas["OutcomeAlignment"].pop("allOf"),
    "success-status-added": lambda d: d.change["responses"].update({"202": {"description": "It will be changed."}}),
    "response-media-type-added": lambda d: d.not_found.update({"text/html": OF_STRINGS}),
    "response-header-removed": lambda d: d.responses["OutcomeShown"]["headers"].pop("X-Request-Cost"),
    "clause-removed": lambda d: d.show["x-clauses"].remove(clause(d.show, "MUST")),
    "clause-weakened": lambda d: relevel(clause(d.show, "MUST"), "SHOULD"),
    "clause-of-every-operation-removed": lambda d: d.root["x-clauses"].remove(shared(d.root, "MUST")),
    "clause-of-every-operation-weakened": lambda d: relevel(shared(d.root, "MUST"), "SHOULD"),
}

PROVIDERS: dict[str, Edit] = {
    "error-status-removed": lambda d: d.change["responses"].pop("413"),
    "response-property-required": lambda d: d.outcome["required"].append("can_unlink"),
    "required-response-property-added": lambda d: (
        d.shown.update(weight=NUMBER),
        d.outcome["required"].append("weight"),
    ),
    "response-null-refused": lambda d: d.shown["description"].update(type="string"),
    "response-min-items-raised": lambda d: d.schemas["ErrorList"]["properties"]["errors"].update(minItems=2),
    "response-max-length-lowered": lambda d: d.shown["title"].update(maxLength=200),
    "response-enum-added": lambda d: d.shown["context_type"].update(enum=["Course", "Account", None]),
    "response-closed": lambda d: d.outcome.update(additionalProperties=False),
    "response-alternative-removed": lambda d: d.refused[JSON]["schema"]["anyOf"].pop(),
    "response-header-required": lambda d: d.headers["X-Request-Cost"].update(required=True),
    "clause-added": lambda d: d.show["x-clauses"].append(new_clause("get-outcome", "MUST")),
    "clause-strengthened": lambda d: relevel(clause(d.show, "SHOULD"), "MUST"),
    "deviation-removed": lambda d: without_deviation(deviation(d.show)),
    "clause-of-every-operation-added": lambda d: d.root["x-clauses"].append(new_clause("{operation}", "MUST")),
    "clause-of-every-operation-strengthened": lambda d: relevel(shared(d.root, "SHOULD"), "MUST"),
    "deviation-of-an-operation-removed": lambda d: d.change.pop("x-deviations"),
    "deviation-changed": lambda d: deviation(d.show).update(deviating={}),
}

BOTH: dict[str, Edit] = {
    "path-renamed": lambda d: rename(d.root["paths"], ALIGNMENTS, "/api/v2/courses/{course_id}/alignments"),
    "method-changed": lambda d: rename(d.root["paths"][SHOW], "put", "patch"),
    "callback-added": lambda d: d.change.update(callbacks={"done": {"{$request.query.url}": {}}}),
    "scheme-renamed-parameter": lambda d: d.schemes["accessToken"].update(name="token"),
    "response-type-changed": lambda d: d.shown["id"].update(type="string"),
    "response-format-changed": lambda d: d.shown["url"].update(format="email"),
    "response-header-type-changed": lambda d: d.schemas["DecimalText"].update(type="boolean"),
    "success-status-removed": lambda d: d.show["responses"].pop("200"),
    "response-media-type-removed": lambda d: d.responses["OutcomeForbidden"]["content"].pop("text/plain"),
}

COMPATIBLE: dict[str, Edit] = {
    "operation-added": lambda d: d.root["paths"].update(
        {"/api/v1/scales": {"get": {**d.show, "operationId": "get_scale", "x-clauses": []}}}
    ),
    "query-parameter-added": lambda d: d.listing["parameters"].append(NEW_QUERY),
    "query-parameter-no-longer-required": lambda d: d.listing["parameters"][0].update(required=False),
    "one-of-parameters-widened": lambda d: d.listing["x-requires-one-of"].append("quiz_id"),
    "one-of-parameters-removed": lambda d: d.listing.pop("x-requires-one-of"),
    "request-body-no-longer-required": lambda d: d.change["requestBody"].update(required=False),
    "request-media-type-added": lambda d: d.forms.update({"application/xml": {}}),
    "request-property-added": lambda d: d.sent.update(weight=NUMBER),
    "request-enum-value-added": lambda d: d.schemas["CalculationMethod"]["enum"].append("sum"),
    "request-type-widened": lambda d: d.sent["calculation_int"].update(type=["number", "null"]),
    "request-null-allowed": lambda d: d.sent["title"].update(type=["string", "null"]),
    "request-max-length-raised": lambda d: d.sent["title"].update(maxLength=300),
    "request-max-length-removed": lambda d: d.sent["description"].pop("maxLength"),
    "request-min-items-lowered": lambda d: d.sent["ratings"].pop("minItems"),
    "request-pattern-removed": lambda d: d.sent["vendor_guid"].pop("pattern"),
    "request-condition-removed": lambda d: d.update["allOf"].pop(),
    "scope-removed": lambda d: d.show["security"][0]["bearerToken"].clear(),
    "scheme-accepted": lambda d: d.show["security"].append({}),
    "server-added": lambda d: d.root["servers"].append({"url": "https://test.example.edu"}),
    "response-property-added": lambda d: d.shown.update(weight=NUMBER),
    "error-status-added": lambda d: d.show["responses"].update({"409": d.show["responses"]["404"]}),
    "response-header-added": lambda d: d.responses["NotFound"].update(headers={"X-Why": OF_STRINGS}),
    "operation-deprecated": lambda d: d.show.update(deprecated=True),
    "clause-added-as-advice": lambda d: d.show["x-clauses"].append(new_clause("get-outcome", "SHOULD")),
    "advice-removed": lambda d: d.show["x-clauses"].remove(clause(d.show, "SHOULD")),
    "deviation-added": lambda d: clause(d.change, "SHOULD").update(deviation="Canvas does not.", deviating={}),
    "advice-of-every-operation-removed": lambda d: d.root["x-clauses"].remove(shared(d.root, "SHOULD")),
}

DOCUMENTATION: dict[str, Edit] = {
    "document-described": lambda d: d.root["info"].update(description="A contract."),
    "operation-summary": lambda d: d.show.update(summary="Show one outcome."),
    "operation-description": lambda d: d.change.update(description="Changes an outcome."),
    "parameter-description": lambda d: d.student.update(description="A student."),
    "request-property-description": lambda d: d.sent["title"].update(description="A title."),
    "response-property-description": lambda d: d.shown["title"].update(description="A title."),
    "schema-title": lambda d: d.schemas["Rating"].update(title="Level"),
    "schema-example": lambda d: d.schemas["ErrorItem"]["examples"].append({"message": "No."}),
    "response-description": lambda d: d.responses["NotFound"].update(description="It is not there."),
    "response-example": lambda d: d.not_found[JSON].pop("examples"),
    "header-description": lambda d: d.headers["X-Request-Cost"].update(description="A cost."),
    "tag-description": lambda d: d.root["tags"][0].update(description="Outcomes."),
    "scheme-description": lambda d: d.schemes["bearerToken"].update(description="A token."),
    "clause-worded-differently": lambda d: clause(d.show, "MUST").update(text="Answers MUST be documented."),
    "clause-source": lambda d: clause(d.show, "MUST").update(source="RFC 9110"),
    "clause-of-every-operation-worded-differently": lambda d: shared(d.root, "MUST").update(text="It MUST be so."),
    "clause-of-every-operation-source": lambda d: shared(d.root, "MUST").update(source="RFC 9110"),
    "response-property-read-only": lambda d: d.shown["id"].update(readOnly=True),
    "path-summary": lambda d: d.root["paths"][SHOW].update(summary="Outcomes."),
    "response-link": lambda d: d.responses["OutcomeShown"].update(links={"again": {"operationId": "get_outcome"}}),
    "judging-of-an-operation": lambda d: d.show.update({"x-judging": {"role": "teacher", "valid_but_refused": [400]}}),
    "extension-of-an-operation": lambda d: d.show.update({"x-owner": "Outcomes team"}),
    "unused-component": lambda d: d.schemas.update(Spare={"type": "string"}),
}

NEUTRAL: dict[str, Edit] = {
    "version": lambda d: d.root["info"].update(version="9.9.9"),
    "properties-in-another-order": lambda d: d.outcome.update(properties=dict(reversed(d.shown.items()))),
    "required-in-another-order": lambda d: d.outcome["required"].reverse(),
    "clause-of-every-operation-written-out": lambda d: move_to_operations(d, shared(d.root, "MUST")),
    "reference-written-out": lambda d: d.sent["calculation_method"].update(
        {"allOf": [{"$ref": d.sent["calculation_method"].pop("$ref")}]}
    ),
    "parameters-written-out": lambda d: d.show.update(
        parameters=[d.parameters[name] for name in ("AddDefaults", "AsUserId")]
    ),
    "query-defaults-written-out": lambda d: d.student.update(
        style="form", explode=True, allowReserved=False, allowEmptyValue=False, required=False, deprecated=False
    ),
    "path-defaults-written-out": lambda d: d.parameters["OutcomeId"].update(style="simple", explode=False),
    "one-of-parameters-in-another-order": lambda d: d.listing["x-requires-one-of"].reverse(),
    "scalar-exploded": lambda d: d.parameters["OutcomeId"].update(explode=True),
    "header-defaults-written-out": lambda d: d.headers["X-Request-Cost"].update(
        style="simple", explode=False, required=False, deprecated=False
    ),
    "form-defaults-written-out": lambda d: d.forms["multipart/form-data"].update(
        encoding={"title": {"style": "form", "explode": True, "allowReserved": False}}
    ),
    "operation-defaults-written-out": lambda d: d.show.update(
        deprecated=False, callbacks={}, servers=d.root["servers"]
    ),
    "response-defaults-written-out": lambda d: d.responses["NotFound"].update(headers={}, links={}),
    "null-as-anyof": lambda d: d.sent["display_name"].update(
        anyOf=[{"type": d.sent["display_name"].pop("type")[0]}, NULL]
    ),
    "bound-excluded": lambda d: d.number.update(exclusiveMinimum=d.number.pop("minimum") - 1),
    "parameter-of-the-path": lambda d: d.root["paths"][ALIGNMENTS].update(parameters=d.listing.pop("parameters")),
}
