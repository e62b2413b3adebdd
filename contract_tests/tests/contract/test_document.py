"""The reader of openapi.yaml, and what the lint does not check in it."""

import re
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from canvas_outcomes_contract.cases.response_schemas import validator
from canvas_outcomes_contract.checks.provider.outcomes.outcome_model import INT_RANGES, MAX_LENGTHS
from canvas_outcomes_contract.checks.provider.outcomes.outcome_model import METHODS as CALCULATION_METHODS
from canvas_outcomes_contract.contract.document import Contract, Operation, contract_path
from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.contract.judging import judging
from canvas_outcomes_contract.contract.references import broken_references

CONTRACT = Contract(contract_path())
SCHEMAS: dict[str, Any] = CONTRACT.document["components"]["schemas"]


def test_a_schema_has_an_example() -> None:
    assert [name for name, schema in SCHEMAS.items() if not schema.get("examples")] == []


@pytest.mark.parametrize("name", list(CONTRACT.document["components"]["responses"]))
def test_a_response_has_an_example_of_each_media_type(name: str) -> None:
    contents = CONTRACT.document["components"]["responses"][name]["content"]

    assert [media_type for media_type, content in contents.items() if not content.get("examples")] == []


@pytest.mark.parametrize("name", list(CONTRACT.document["components"]["headers"]))
def test_the_example_of_a_header_is_valid(name: str) -> None:
    """Redocly checks the examples of everything else."""
    header = CONTRACT.document["components"]["headers"][name]

    assert list(validator(CONTRACT, header["schema"]).iter_errors(header["example"])) == []


@pytest.mark.parametrize("operation", CONTRACT.operations.values(), ids=lambda operation: operation.id)
def test_an_operation_has_its_scope_and_clauses(operation: Operation) -> None:
    scope = f"url:{operation.method}|{operation.path.replace('{', ':').replace('}', '')}"

    assert {"bearerToken": [scope]} in operation.definition["security"]
    assert operation.definition["x-clauses"]


def test_the_model_has_the_limits_of_the_contract() -> None:
    for name in ("OutcomeUpdate", "OutcomeUpdateForm"):
        assert {field: SCHEMAS[name]["properties"][field]["maxLength"] for field in MAX_LENGTHS} == MAX_LENGTHS


def test_the_model_has_the_methods_and_ranges_of_the_contract() -> None:
    ranges = {}
    for rule in SCHEMAS["OutcomeUpdate"]["allOf"]:
        condition = rule["if"]["properties"]["calculation_method"]
        limits = rule["then"]["properties"]["calculation_int"]
        for method in condition.get("enum") or [condition["const"]]:
            ranges[method] = (limits["minimum"], limits["maximum"])

    assert ranges == INT_RANGES
    assert set(SCHEMAS["CalculationMethod"]["enum"]) == set(CALCULATION_METHODS)


UNUSABLE = [
    ("openapi: [", ":2:1"),
    ("a: b: c", ":1:5"),
    ("[]", "expected a mapping"),
    ("", "expected a mapping"),
    ("info: {version: 1.0.0}\npaths: {/a: {get: {}, get: {}}}\n", ":2:23: the key get is used twice"),
    ("openapi: 3.1.1\ninfo: {title: t}\npaths: {}\n", "info.version is missing"),
    ("info: {version: 1.0.0}\n", "paths is missing"),
    ("openapi: 3.0.3\ninfo: {version: 1.0.0}\npaths: {}\n", ":1:10: OpenAPI 3.0.3 is not supported. Write 3.1.0"),
    ("info: {version: 1.0.0}\npaths:\n  /a: {$ref: '#/a'}\n", ":3:14: a path cannot be a $ref"),
    ("info: {version: 1.0.0}\npaths:\n  /a:\n    get: {}\n", ":4:10: GET /a has no operationId"),
    (
        "info: {version: 1.0.0}\npaths:\n  /a: {get: {operationId: op}}\n  /b: {get: {operationId: op}}\n",
        ":4:27: the operationId op is not unique",
    ),
    (
        "info: {version: 1.0.0}\npaths: {/a: {get: {operationId: op, responses: {200: {}}}}}\n",
        ":2:54: the status 200 is not a string",
    ),
    ("info: {version: 1.0.0}\npaths: []\n", ":2:8: paths is not a mapping"),
    ("info: {version: 1.0.0}\npaths:\n  /a:\n", ":3:6: /a is not a mapping"),
    ("info: {version: 1.0.0}\npaths:\n  /a: {get: []}\n", ":3:13: get is not a mapping"),
    ("info: {version: 1.0.0}\npaths:\n  a: {}\n", ":3:6: the path a does not begin with a slash"),
    ("info: {version: 1.0.0}\npaths:\n  /{a: {}\n", ":3:8: the path /{a has a brace without its pair"),
    ("info: {version: 1.0.0}\npaths:\n  /a: {GET: {}}\n", ":3:13: the key GET of a path is unknown. Use one of get"),
    ("a:\n\tb: 1\n", ":2:1: found character that cannot start any token. Write spaces, not a tab."),
    ("a: b: c\n", ":1:5: mapping values are not allowed in this context. Put text that contains a colon in quotes."),
    ("a: @b\n", ":1:4: found character that cannot start any token. Put text that begins with @ in quotes."),
    ("info: {version: 1.0.0}\nx-clauses: 1\npaths: {/a: {get: {operationId: op}}}\n", ":2:12: x-clauses is not a list"),
]


HOSTILE = [
    ("[" * 1_000_000, ":1:101: it is nested deeper than 100 levels"),
    ("- " * 1_000_000, ":1:201: it is nested deeper than 100 levels"),
    ("a: 0x" + "f" * 1_000_000, ":1:4: the value is longer than 100 characters"),
    ("a: 1" + "0" * 100_000, ":1:4: the value is longer than 100 characters"),
    ("&a [*a]", ":1:1: the aliases repeat too many values"),
]


@pytest.mark.parametrize(("text", "reason"), UNUSABLE + HOSTILE, ids=count())
def test_refuses_an_unusable_contract_with_its_place(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(text)

    with pytest.raises(CannotTell) as refusal:
        _ = Contract(path).clauses

    assert reason in str(refusal.value)


def clauses_of(folder: Path, shared: str, own: str) -> list[str]:
    """Return the ids of the clauses of a contract with two operations, op and other_op."""
    path = folder / "openapi.yaml"
    lines = ["info: {version: 1.0.0}", "x-clauses:", f"  - {shared}", "paths:"]
    lines += [
        "  /a: {get: {operationId: other_op}}",
        "  /b:",
        "    get: {operationId: op, x-clauses:",
        f"      [{own}]}}",
    ]
    path.write_text("\n".join(lines))
    return list(Contract(path).clauses)


CLAUSE = "{id: NAME, text: It MUST., level: MUST, source: s}"
SHARED, OWN = CLAUSE.replace("NAME", '"{operation}-works"'), CLAUSE.replace("NAME", "op-x")


def test_expands_the_clauses_of_every_operation(tmp_path: Path) -> None:
    assert clauses_of(tmp_path, SHARED, OWN) == ["other-op-works", "op-works", "op-x"]


def test_leaves_out_the_clauses_that_do_not_apply(tmp_path: Path) -> None:
    clauses = clauses_of(tmp_path, SHARED, f"{OWN}], x-clauses-except: [works")

    assert clauses == ["other-op-works", "op-x"]


def test_adds_a_deviation_to_a_clause_of_every_operation(tmp_path: Path) -> None:
    clauses_of(tmp_path, SHARED, OWN + "], x-deviations: {works: {deviation: It differs., deviating: {}}}, tags: [")

    found = Contract(tmp_path / "openapi.yaml").clauses
    assert {clause.id: clause.deviation for clause in found.values()} == {
        "other-op-works": None,
        "op-works": "It differs.",
        "op-x": None,
    }


def test_reads_the_values_of_placeholders_of_any_name() -> None:
    operation = Operation("op", "GET", "/a/{the-id}/b/{b.c}", {})

    assert operation.fill({"the-id": "1", "b.c": "%2F"}.__getitem__) == "/a/1/b/%2F"
    assert operation.path_values("/base/a/1/b/%2F.json") == {"the-id": "1", "b.c": "%2F"}
    assert operation.path_values("/a/1/c/2") == {}


JUDGING = [
    ("{role: 5}", ":4:46: x-judging has role", "Expected `str`, got `int`"),
    ("{parameters: {id: [a], of: [b]}}", ":4:66: ", "op has no parameter 'of'"),
    ("{valid_but_refused: [400]}", ":4:60: ", "op documents no response with status 400"),
    ("{roles: 5}", ":4:39: ", "unknown field `roles`"),
]


@pytest.mark.parametrize(("text", "place", "reason"), JUDGING)
def test_refuses_malformed_judging_with_its_place(tmp_path: Path, text: str, place: str, reason: str) -> None:
    path = tmp_path / "openapi.yaml"
    lines = ["info: {version: 1.0.0}", "paths:", "  /{id}:", f"    get: {{operationId: op, x-judging: {text},"]
    path.write_text("\n".join([*lines, "      parameters: [{name: id, in: path}], responses: {'200': {}}}"]))
    contract = Contract(path)

    with pytest.raises(CannotTell, match=re.escape(place)) as refusal:
        judging(contract, contract.operations["op"])

    assert reason in str(refusal.value)


MALFORMED = [
    ("{id: other-op-x, text: It MUST., level: MUST, source: s}", "is not op-…"),
    ("{id: op-X, text: It MUST., level: MUST, source: s}", "is not op-…"),
    ("{id: op-works, text: It MUST., level: MUST, source: s}", "used twice"),
    ("{id: op-x, text: It may., level: MUST, source: s}", "does not have its level"),
    ("{id: op-x, text: It MUST and MUST., level: MUST, source: s}", "does not have its level"),
    ("{id: op-x, text: It MAY., level: MAY, source: s}", "Invalid enum value 'MAY'"),
    ("{id: op-x, text: It MUST., level: MUST}", "missing required field `source`"),
    ("{id: op-x, text: It MUST., level: MUST, source: s, more: m}", "unknown field `more`"),
    (
        "{id: op-x, text: It MUST., level: MUST, source: s, deviation: It differs.}",
        "only one of deviation and deviating",
    ),
    ("{id: 1, text: It MUST., level: MUST, source: s}", "Expected `str`, got `int`"),
    ("op-x", "got `str`"),
]


@pytest.mark.parametrize(("own", "reason"), MALFORMED)
def test_refuses_a_malformed_clause_with_its_place(tmp_path: Path, own: str, reason: str) -> None:
    with pytest.raises(CannotTell, match=reason) as refusal:
        clauses_of(tmp_path, SHARED, own)

    assert f"{tmp_path / 'openapi.yaml'}:8:8: " in str(refusal.value)


@pytest.mark.parametrize(("shared", "reason"), [(OWN, "is not other-op-…"), ("op-x", "got `str`")])
def test_refuses_a_malformed_clause_of_every_operation_with_its_place(tmp_path: Path, shared: str, reason: str) -> None:
    with pytest.raises(CannotTell, match=reason) as refusal:
        clauses_of(tmp_path, shared, OWN)

    assert f"{tmp_path / 'openapi.yaml'}:3:5: " in str(refusal.value)


def test_follows_references_in_a_path_and_lists_the_dangling_ones() -> None:
    assert CONTRACT.resolve({"$ref": "#/paths/~1api~1v1~1outcomes~1{id}/get"}) is (
        CONTRACT.operations["get_outcome"].definition
    )
    assert [CONTRACT.follow(ref) for ref in ("#/components/schemas/Nowhere", "other.yaml#/a", "#/info/title/x")] == (
        [None] * 3
    )
    assert list(broken_references(CONTRACT)) == []


# The value of a $ref that the contract refuses, and the schemas A and B.
BROKEN = {
    "to-itself": "A: {$ref: '#/components/schemas/A'}",
    "in-its-all-of": "A: {allOf: [{$ref: '#/components/schemas/A'}]}",
    "in-its-any-of": "A: {anyOf: [{type: string}, {$ref: '#/components/schemas/A'}]}",
    "in-its-not": "A: {not: {$ref: '#/components/schemas/A'}}",
    "through-another-schema": (
        "A: {oneOf: [{$ref: '#/components/schemas/B'}]}\n    B: {if: {$ref: '#/components/schemas/A'}}"
    ),
    "to-a-string": "A: {$ref: '#/info/version'}",
    "to-another-file": "A: {$ref: 'other.yaml'}",
    "to-a-response": "A: {items: {$ref: '#/components/responses/C'}}\n  responses: {C: {description: C}}",
    "to-a-parameter": "A: {properties: {schema: {$ref: '#/components/parameters/C'}}}\n  parameters: {C: {name: C}}",
}


@pytest.mark.parametrize("schemas", BROKEN.values(), ids=BROKEN.keys())
def test_lists_references_without_a_schema(tmp_path: Path, schemas: str) -> None:
    text = f"info: {{version: 1.0.0}}\npaths: {{}}\ncomponents:\n  schemas:\n    {schemas}\n"
    (tmp_path / "openapi.yaml").write_text(text)

    found = list(broken_references(Contract(tmp_path / "openapi.yaml")))

    assert len(found) == text.count("$ref")


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("parameters: [{$ref: '#/components/schemas/A'}]", "parameters"),
        ("requestBody: {$ref: '#/components/schemas/A'}", "requestBodies"),
        ("responses: {'200': {$ref: '#/components/schemas/A'}}", "responses"),
        ("responses: {'200': {headers: {A: {$ref: '#/components/schemas/A'}}}}", "headers"),
        ("responses: {'200': {links: {A: {$ref: '#/components/schemas/A'}}}}", "links"),
    ],
)
def test_lists_references_to_another_kind_of_component(tmp_path: Path, place: str, kind: str) -> None:
    text = f"info: {{version: 1.0.0}}\npaths: {{/a: {{get: {{{place}}}}}}}\ncomponents: {{schemas: {{A: {{}}}}}}\n"
    (tmp_path / "openapi.yaml").write_text(text)

    ((_, reason),) = broken_references(Contract(tmp_path / "openapi.yaml"))

    assert reason == f"$ref '#/components/schemas/A' is one of components.schemas. Name one of components.{kind}"


def test_reads_scalars_as_yaml_1_2_does(tmp_path: Path) -> None:
    scalars = "[2026-01-02, 2026-01-02T03:04:05Z, 12:30:00, yes, off, 0b1, 1_0, true, ~, -7, 0x1F, 1.5, 1e3]"
    (tmp_path / "openapi.yaml").write_text(f"info: {{version: 1.0.0, x: {scalars}}}\npaths: {{}}\n")

    found = Contract(tmp_path / "openapi.yaml").document["info"]["x"]

    assert found[:7] == ["2026-01-02", "2026-01-02T03:04:05Z", "12:30:00", "yes", "off", "0b1", "1_0"]
    assert found[7:] == [True, None, -7, 31, 1.5, 1000.0]


def test_accepts_a_schema_whose_parts_refer_to_it(tmp_path: Path) -> None:
    parts = (
        "A: {items: {$ref: '#/components/schemas/A'}, properties: {links: {items: {$ref: '#/components/schemas/A'}}}}"
    )
    text = f"info: {{version: 1.0.0}}\npaths: {{}}\ncomponents: {{schemas: {{{parts}}}}}\n"
    (tmp_path / "openapi.yaml").write_text(text)

    assert list(broken_references(Contract(tmp_path / "openapi.yaml"))) == []


def test_loads_neither_pytest_nor_httpx() -> None:
    modules = "document, errors, judging, yaml_source"
    program = f"import sys; from canvas_outcomes_contract.contract import {modules}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert {"pytest", "httpx2", "jsonschema_rs", "canvas_outcomes"}.isdisjoint(loaded.split())


@pytest.mark.parametrize(
    ("added", "reason"),
    [
        ("{sleeps: {deviation: d, deviating: {}}}", "'sleeps' is not a clause of every operation"),
        ("{works: {deviation: d}}", "an item of x-deviations must have deviation and deviating"),
        ("[works]", "x-deviations is not a mapping"),
        (
            "{works: {deviation: d, deviating: {}}}, x-clauses-except: [works]",
            "'works' is excepted for op, so it cannot deviate",
        ),
    ],
)
def test_refuses_a_malformed_deviation_with_its_place(tmp_path: Path, added: str, reason: str) -> None:
    with pytest.raises(CannotTell, match=f"openapi.yaml:8:[78][0-9]: {reason}"):
        clauses_of(tmp_path, SHARED, f"{OWN}], x-deviations: {added}, tags: [")
