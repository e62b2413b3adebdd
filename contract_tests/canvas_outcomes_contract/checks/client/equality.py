"""Equality of JSON values: numbers by value, true unlike 1, null unlike an absent field."""

import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from msgspec import UNSET, Struct

from canvas_outcomes_contract.cases.equality import same_scalar
from canvas_outcomes_contract.cases.response_schemas import validator
from canvas_outcomes_contract.contract.document import Contract

Schema = dict[str, Any]
FORMATS: dict[str, Callable[[str], Any]] = {
    "date": date.fromisoformat,
    "date-time": datetime.fromisoformat,
    "uuid": uuid.UUID,
    "binary": lambda text: text.encode("latin-1"),
}
_validators: dict[int, tuple[Schema, Any]] = {}


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
    """Convert models to JSON, with dates and UUIDs as they are. An UNSET field is absent."""
    if isinstance(parsed, Struct):
        names = zip(parsed.__struct_encode_fields__, parsed.__struct_fields__, strict=True)
        fields = {wire: getattr(parsed, attribute) for wire, attribute in names}
        tag = parsed.__struct_config__
        tags = {tag.tag_field: tag.tag} if tag.tag_field else {}
        return tags | {wire: to_json(value) for wire, value in fields.items() if value is not UNSET}
    if isinstance(parsed, list):
        return [to_json(item) for item in parsed]
    if isinstance(parsed, dict):
        return {key: to_json(value) for key, value in parsed.items()}
    return parsed


def tagged(schema: Schema) -> Schema:
    """A union with a discriminator as one whose members have their tags as constants."""
    discriminator = schema.get("discriminator")
    if not isinstance(discriminator, dict):
        return schema
    name = discriminator["propertyName"]
    tags = {ref.rpartition("/")[2]: tag for tag, ref in discriminator.get("mapping", {}).items()}
    keyword = "oneOf" if "oneOf" in schema else "anyOf"
    names = [one["$ref"].rpartition("/")[2] if "$ref" in one else "" for one in schema[keyword]]
    constants = [
        {"type": "object", "required": [name], "properties": {name: {"const": tags.get(one, one)}}} for one in names
    ]
    pairs = zip(schema[keyword], constants, strict=True)
    members = [{"allOf": [one, constant]} if "$ref" in one else one for one, constant in pairs]
    return {key: value for key, value in schema.items() if key != "discriminator"} | {keyword: members}


def is_valid(contract: Contract, schema: Schema, value: Any) -> bool:
    if id(schema) not in _validators:
        _validators[id(schema)] = schema, validator(contract, schema)  # kept, so that no id is used twice
    return bool(_validators[id(schema)][1].is_valid(value))


def alternatives(contract: Contract, schema: Schema, value: Any) -> Iterator[Schema]:
    """The schema, the parts of its allOf, and the members of its unions that the value matches."""
    schema = tagged(contract.resolve(schema))
    yield schema
    for part in schema.get("allOf", []):
        yield from alternatives(contract, part, value)
    for keyword in ("anyOf", "oneOf"):
        members = schema.get(keyword, [])
        matching = members if len(members) < 2 else [one for one in members if is_valid(contract, one, value)]
        for member in matching or members:
            yield from alternatives(contract, member, value)


def named(contract: Contract, schema: Schema, value: Any) -> Any:
    """The value as the models have it: without undocumented fields, and with dates, times, UUIDs and bytes."""
    schemas = list(alternatives(contract, schema, value))
    if isinstance(value, dict) and not all(map(_is_open, schemas)):
        known = {key: _of_field(schemas, key) for key in value}
        return {key: named(contract, field, value[key]) for key, field in known.items() if field["allOf"]}
    if isinstance(value, list):
        items = {"allOf": [one["items"] for one in schemas if "items" in one]}
        return [named(contract, items, item) for item in value]
    formats = [FORMATS[one["format"]] for one in schemas if one.get("format") in FORMATS]
    return _converted(value, formats) if isinstance(value, str) else value


def _converted(text: str, formats: list[Callable[[str], Any]]) -> Any:
    for convert in formats:
        try:
            return convert(text)
        except ValueError:
            continue
    return text


def _is_open(schema: Schema) -> bool:
    """Whether an object is a mapping of any values."""
    return "properties" not in schema and schema.get("additionalProperties", True) is True


def _of_field(schemas: list[Schema], key: str) -> Schema:
    """The schemas of a field, from properties and additionalProperties."""
    properties = [one["properties"][key] for one in schemas if key in one.get("properties", {})]
    members = [one["additionalProperties"] for one in schemas if isinstance(one.get("additionalProperties"), dict)]
    return {"allOf": [*properties, *members]}
