"""openapi.yaml is valid, its examples are what its schemas say, and its clauses are well-formed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import validate

from canvas_outcomes_contract.cases.outcome_model import INT_RANGES, MAX_LENGTHS
from canvas_outcomes_contract.cases.outcome_model import METHODS as CALCULATION_METHODS
from canvas_outcomes_contract.contract.document import SENTENCE, Contract, contract_path
from canvas_outcomes_contract.contract.errors import CannotTell

CONTRACT = Contract(contract_path())
SCHEMAS: dict[str, Any] = CONTRACT.document["components"]["schemas"]


def examples(node: Any, at: str = "#") -> Iterator[tuple[str, Any, Any]]:
    """Every (place, schema, example) of the contract."""
    if isinstance(node, dict):
        if isinstance(node.get("schema"), dict):
            yield from ((f"{at}/example", node["schema"], node[key]) for key in ("example",) if key in node)
            yield from ((f"{at}/examples/{k}", node["schema"], v["value"]) for k, v in node.get("examples", {}).items())
        elif isinstance(node.get("examples"), list):
            yield from ((f"{at}/examples/{i}", node, value) for i, value in enumerate(node["examples"]))
        for key, child in node.items():
            yield from examples(child, f"{at}/{key}")


@pytest.mark.parametrize(("schema", "example"), [pytest.param(s, e, id=at) for at, s, e in examples(CONTRACT.document)])
def test_an_example_is_valid(schema: Any, example: Any) -> None:
    rooted = {**schema, "components": CONTRACT.document["components"]}

    assert list(jsonschema_rs.Draft202012Validator(rooted).iter_errors(example)) == []


def test_a_wrong_example_is_found() -> None:
    rooted = {"$ref": "#/components/schemas/Outcome", "components": CONTRACT.document["components"]}

    assert list(jsonschema_rs.Draft202012Validator(rooted).iter_errors({"id": "1"})) != []


def test_the_document_is_valid_openapi() -> None:
    validate(CONTRACT.document)


@pytest.mark.parametrize("name", list(SCHEMAS))
def test_a_schema_has_title_description_and_example(name: str) -> None:
    schema = SCHEMAS[name]

    assert {"title", "description"} <= set(schema)
    assert schema.get("examples"), f"{name} has no example"


@pytest.mark.parametrize("name", list(CONTRACT.document["components"]["responses"]))
def test_a_response_has_a_description_and_an_example_of_each_media_type(name: str) -> None:
    response = CONTRACT.document["components"]["responses"][name]

    assert response["description"]
    assert [media for media, content in response["content"].items() if not content.get("examples")] == []


@pytest.mark.parametrize("operation", CONTRACT.operations.values(), ids=lambda operation: operation.id)
def test_an_operation_has_summary_description_scope_and_clauses(operation: Any) -> None:
    scope = f"url:{operation.method}|{operation.path.replace('{', ':').replace('}', '')}"

    assert operation.definition["summary"].endswith(".")
    assert operation.definition["description"]
    assert {"bearerToken": [scope]} in operation.definition["security"]
    assert operation.definition["x-clauses"]


@pytest.mark.parametrize("clause", CONTRACT.clauses.values(), ids=lambda clause: clause.id)
def test_a_clause_is_one_sentence_with_level_and_source(clause: Any) -> None:
    assert SENTENCE.findall(clause.text) == [clause.level]
    assert clause.text.endswith(".")
    assert clause.source
    assert "optional" not in clause.text


def test_the_model_has_the_limits_of_the_contract() -> None:
    properties = SCHEMAS["OutcomeUpdate"]["properties"]

    assert {field: properties[field]["maxLength"] for field in MAX_LENGTHS} == MAX_LENGTHS
    assert {
        field: SCHEMAS["OutcomeUpdateForm"]["properties"][field]["maxLength"] for field in MAX_LENGTHS
    } == MAX_LENGTHS


def test_the_model_has_the_methods_and_ranges_of_the_contract() -> None:
    ranges = {}
    for rule in SCHEMAS["OutcomeUpdate"]["allOf"]:
        condition = rule["if"]["properties"]["calculation_method"]
        limits = rule["then"]["properties"]["calculation_int"]
        for method in condition.get("enum") or [condition["const"]]:
            ranges[method] = (limits["minimum"], limits["maximum"])

    assert ranges == INT_RANGES
    assert set(SCHEMAS["CalculationMethod"]["enum"]) == set(CALCULATION_METHODS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("openapi: [", ":2:1"),
        ("a: b: c", ":1:5"),
        ("[]", "holds no mapping"),
        ("info: {version: 1.0.0}\npaths: {/a: {get: {}, get: {}}}\n", ":2:23: the key get is there twice"),
        ("openapi: 3.1.1\ninfo: {title: t}\npaths: {}\n", "no info.version"),
        ("info: {version: 1.0.0}\n", "has no paths"),
        ("info: {version: 1.0.0}\npaths:\n  /a:\n    get: {}\n", ":4:10: GET /a has no operationId"),
    ],
)
def test_a_contract_that_cannot_be_used_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(text)

    with pytest.raises(CannotTell) as refusal:
        _ = Contract(path).clauses

    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        ("{id: other-op-x, text: It MUST., level: MUST, source: s}", "is not op-…"),
        ("{id: op-X, text: It MUST., level: MUST, source: s}", "is not op-…"),
        ("{id: op-x, text: It may., level: MUST, source: s}", "does not say its level"),
        ("{id: op-x, text: It MUST and MUST., level: MUST, source: s}", "does not say its level"),
        ("{id: op-x, text: It MUST., level: MUST}", "a clause has id, text, level, source"),
        ("{id: op-x, text: It MUST., level: MUST, source: s, more: m}", "a clause has id, text, level, source"),
    ],
)
def test_a_clause_that_is_not_well_formed_is_refused_with_its_place(tmp_path: Path, clause: str, said: str) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(
        "info: {version: 1.0.0}\npaths:\n  /a:\n    get:\n      operationId: op\n      x-clauses:\n        - " + clause
    )

    with pytest.raises(CannotTell) as refusal:
        _ = Contract(path).clauses

    assert said in str(refusal.value)
    assert f"{path}:7:11" in str(refusal.value)
