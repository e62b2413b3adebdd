"""When two values say the same: numbers by value, true apart from 1, null apart from what is left out."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
from msgspec import UNSET, Struct

from canvas_outcomes_contract.contract.document import Contract

Schema = dict[str, Any]
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?")
BOOLEANS = {"true": True, "false": False}


def differences(wanted: Any, got: Any, where: str = "") -> list[str]:
    """Each place where two JSON values differ: where, got, wanted."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        keys = sorted(wanted.keys() | got.keys())
        pairs = [(f"{where}.{key}", wanted.get(key, UNSET), got.get(key, UNSET)) for key in keys]
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        pairs = [(f"{where}[{index}]", *pair) for index, pair in enumerate(zip(wanted, got, strict=True))]
    else:
        return [] if _same_scalar(wanted, got) else [f"{where or 'value'}: got {got!r}, wanted {wanted!r}"]
    return [line for place, one, other in pairs for line in differences(one, other, place)]


def _same_scalar(wanted: Any, got: Any) -> bool:
    if _is_number(wanted) and _is_number(got):
        return bool(wanted == got)
    return type(wanted) is type(got) and bool(wanted == got)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def shown(parsed: Any) -> Any:
    """A parsed answer as the JSON value that its attributes say; a field that is UNSET was left out."""
    if isinstance(parsed, Struct):
        names = zip(parsed.__struct_encode_fields__, parsed.__struct_fields__, strict=True)
        fields = {wire: getattr(parsed, attribute) for wire, attribute in names}
        return {wire: shown(value) for wire, value in fields.items() if value is not UNSET}
    if isinstance(parsed, list):
        return [shown(item) for item in parsed]
    if isinstance(parsed, dict):
        return {key: shown(value) for key, value in parsed.items()}
    return parsed


def with_string_ids(value: Any, key: str = "") -> Any:
    """The value as a provider answers it that was asked for ids as text."""
    if isinstance(value, dict):
        return {name: with_string_ids(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_string_ids(inner, key) for inner in value]
    is_id = _is_number(value) and value == int(value) and (key == "id" or key.endswith("_id"))
    return str(int(value)) if is_id else value


def alternatives(contract: Contract, schema: Schema) -> Iterator[Schema]:
    """The schema and what it is combined of."""
    schema = contract.resolve(schema)
    yield schema
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(keyword, []):
            yield from alternatives(contract, part)


def named(contract: Contract, schema: Schema, value: Any) -> Any:
    """The value without fields that the contract does not name: a client made from it has no word for them."""
    schemas = list(alternatives(contract, schema))
    if isinstance(value, dict):
        known = {key: _of_field(schemas, key) for key in value}
        return {key: named(contract, field, value[key]) for key, field in known.items() if field["anyOf"]}
    if isinstance(value, list):
        return [named(contract, _of_items(schemas), item) for item in value]
    return value


def _of_field(schemas: list[Schema], key: str) -> Schema:
    """All that is said of a field: as a property, or as a member of a map."""
    properties = [one["properties"][key] for one in schemas if key in one.get("properties", {})]
    members = [one["additionalProperties"] for one in schemas if isinstance(one.get("additionalProperties"), dict)]
    return {"anyOf": [*properties, *members]}


def _of_items(schemas: list[Schema]) -> Schema:
    return {"anyOf": [one["items"] for one in schemas if "items" in one]}


def typed(contract: Contract, schema: Schema, value: Any) -> Any:
    """The texts of a form as the values that the schema asks for; a text that says none stays what it is."""
    schemas = list(alternatives(contract, schema))
    kinds = {kind for one in schemas for kind in ([one["type"]] if isinstance(one.get("type"), str) else [])}
    if isinstance(value, dict):
        return {key: typed(contract, _of_field(schemas, key), item) for key, item in value.items()}
    if isinstance(value, list):
        return [typed(contract, _of_items(schemas), item) for item in value]
    if kinds & {"integer", "number"} and NUMBER.fullmatch(value):
        return json.loads(value)
    return BOOLEANS.get(value, value) if "boolean" in kinds else value


def violations(contract: Contract, schema: Schema, value: Any) -> list[str]:
    """Each rule of the schema that the value breaks."""
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    validator = jsonschema_rs.validator_for(whole | {"components": contract.document["components"]})
    return [f"{'/'.join(map(str, error.instance_path))}: {error.message}" for error in validator.iter_errors(value)]
