"""Equality of JSON values: numbers by value, true unlike 1, null unlike an absent field."""

import json
import re
from collections.abc import Iterator
from typing import Any

from msgspec import UNSET, Struct

from canvas_outcomes_contract.cases.equality import same_scalar
from canvas_outcomes_contract.contract.document import Contract

Schema = dict[str, Any]
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?")
BOOLEANS = {"true": True, "false": False}


def differences(expected: Any, actual: Any, where: str = "") -> list[str]:
    """Describe each difference between two JSON values."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        keys = sorted(expected.keys() | actual.keys())
        pairs = [(f"{where}.{key}", expected.get(key, UNSET), actual.get(key, UNSET)) for key in keys]
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = [(f"{where}[{index}]", *pair) for index, pair in enumerate(zip(expected, actual, strict=True))]
    else:
        return [] if same_scalar(expected, actual) else [f"{where or 'value'}: got {actual!r}, wanted {expected!r}"]
    return [line for place, one, other in pairs for line in differences(one, other, place)]


def to_json(parsed: Any) -> Any:
    """Convert models to JSON. An UNSET field is absent."""
    if isinstance(parsed, Struct):
        names = zip(parsed.__struct_encode_fields__, parsed.__struct_fields__, strict=True)
        fields = {wire: getattr(parsed, attribute) for wire, attribute in names}
        return {wire: to_json(value) for wire, value in fields.items() if value is not UNSET}
    if isinstance(parsed, list):
        return [to_json(item) for item in parsed]
    if isinstance(parsed, dict):
        return {key: to_json(value) for key, value in parsed.items()}
    return parsed


def alternatives(contract: Contract, schema: Schema) -> Iterator[Schema]:
    """The schema and the parts of its allOf, anyOf and oneOf."""
    schema = contract.resolve(schema)
    yield schema
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(keyword, []):
            yield from alternatives(contract, part)


def named(contract: Contract, schema: Schema, value: Any) -> Any:
    """The value without undocumented fields, for which the models have no attribute."""
    schemas = list(alternatives(contract, schema))
    if isinstance(value, dict):
        known = {key: _of_field(schemas, key) for key in value}
        return {key: named(contract, field, value[key]) for key, field in known.items() if field["anyOf"]}
    if isinstance(value, list):
        return [named(contract, _of_items(schemas), item) for item in value]
    return value


def _of_field(schemas: list[Schema], key: str) -> Schema:
    """The schemas of a field, from properties and additionalProperties."""
    properties = [one["properties"][key] for one in schemas if key in one.get("properties", {})]
    members = [one["additionalProperties"] for one in schemas if isinstance(one.get("additionalProperties"), dict)]
    return {"anyOf": [*properties, *members]}


def _of_items(schemas: list[Schema]) -> Schema:
    return {"anyOf": [one["items"] for one in schemas if "items" in one]}


def typed(contract: Contract, schema: Schema, value: Any) -> Any:
    """Convert the strings of a form to the types of the schema, where possible."""
    schemas = list(alternatives(contract, schema))
    kinds = {kind for one in schemas for kind in ([one["type"]] if isinstance(one.get("type"), str) else [])}
    if isinstance(value, dict):
        return {key: typed(contract, _of_field(schemas, key), item) for key, item in value.items()}
    if isinstance(value, list):
        return [typed(contract, _of_items(schemas), item) for item in value]
    if kinds & {"integer", "number"} and NUMBER.fullmatch(value):
        return json.loads(value)
    return BOOLEANS.get(value, value) if "boolean" in kinds else value
