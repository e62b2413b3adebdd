"""The normal form of schemas and of serialization: what means the same is written in the same way."""

import json
from math import ceil, floor
from typing import Any

Schema = dict[str, Any]
TYPES = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
NAMES = {type(None): "null", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}
# Values that allow everything: writing them out changes nothing.
NEUTRAL: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("minLength", "minItems", "minProperties"), (0,)),
    **dict.fromkeys(("uniqueItems", "not"), (False,)),
    **dict.fromkeys(("additionalProperties", "propertyNames", "items"), (True, {})),
    **dict.fromkeys(("unevaluatedProperties", "unevaluatedItems"), (True, {})),
    **dict.fromkeys(("patternProperties", "dependentRequired", "dependentSchemas", "prefixItems"), ({}, [])),
}
BOUNDS = {("minimum", "exclusiveMinimum"): 1, ("maximum", "exclusiveMaximum"): -1}
EVERY_VALUE = {"null": ["null"], "boolean": ["true", "false"]}
COMBINED = {"not", "allOf", "if", "anyOf", "oneOf"}
STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}


def normal(schema: Schema) -> Schema:
    """Drop neutral values, list values in `enum` alone, and keep one bound of each side."""
    found = {key: value for key, value in schema.items() if value not in NEUTRAL.get(key, ())}
    if isinstance(found.get("dependentRequired"), dict):
        found["dependentRequired"] = {key: sorted(names) for key, names in found["dependentRequired"].items()}
    if "enum" in found or "const" in found:
        found = _enumerated(found)
    integers = types_of(found) & {"integer", "number"} == {"integer"}
    for names, sign in BOUNDS.items():
        limits = [(sign * found.pop(name), name == names[1]) for name in names if name in found]
        if limits:
            limit, excluded = max(limits)
            if integers:
                limit, excluded = floor(limit) + 1 if excluded else ceil(limit), False
            found[names[excluded]] = sign * (int(limit) if limit == int(limit) else limit)
    return found


def _enumerated(schema: Schema) -> Schema:
    """Return the schema with the listed values that its type allows, and with their types."""
    values = {as_json(one): one for one in schema.get("enum", [schema.get("const")])}
    const = as_json(schema["const"]) if "const" in schema else None
    allowed = types_of(schema)
    values = {key: one for key, one in values.items() if const in (None, key) and type_of(one) in allowed}
    types = sorted({type_of(one) for one in values.values()})
    rest = {key: value for key, value in schema.items() if key not in ("enum", "const")}
    if values and values.keys() == {key for name in types for key in EVERY_VALUE.get(name, ["any"])}:
        return {**rest, "type": types}
    return {**rest, "type": types, "enum": [values[key] for key in sorted(values)]}


def as_json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def type_of(value: Any) -> str:
    return "integer" if isinstance(value, float) and value.is_integer() else NAMES.get(type(value), "string")


def types_of(schema: Schema) -> frozenset[str]:
    found = frozenset(type_list(schema))
    return found | {"integer"} if "number" in found else found


def type_list(schema: Schema) -> list[str]:
    named = schema.get("type", sorted(TYPES))
    return [named] if isinstance(named, str) else list(named)


def union(schemas: list[Schema]) -> Schema | None:
    """Return one schema for several of disjoint types or values, or None if their keywords would affect each other."""
    types = [name for one in schemas for name in types_of(one)]
    listed = {"enum" in one for one in schemas if types_of(one) != {"null"}}
    keywords = [key for one in schemas for key in one if key not in ("type", "enum")]
    if len(listed) > 1 or not is_unique(keywords) or COMBINED & set(keywords):
        return None
    found = {key: value for one in schemas for key, value in one.items()}
    found["type"] = [name for one in schemas for name in type_list(one)]
    if listed == {True}:
        found["enum"] = [value for one in schemas for value in one.get("enum", [None])]
        types = types if keywords else [as_json(value) for value in found["enum"]]
    return found if is_unique(types) else None


def is_unique(names: list[str]) -> bool:
    return len(names) == len(set(names))


def serialization(parameter: dict[str, Any], location: str) -> dict[str, Any]:
    """Return how the value of a parameter, header or part of a form is written, with its defaults."""
    style = parameter.get("style", STYLES[location])
    found = {"style": style, "explode": style == "form", "allowReserved": False, "allowEmptyValue": False}
    return {key: parameter.get(key, value) for key, value in found.items()}


def encoding(content: dict[str, Any]) -> dict[str, Any]:
    """Return how the parts of a form are written, without those that have the default."""
    default = serialization({}, "query")
    parts = {name: {**one, **serialization(one, "query")} for name, one in content.get("encoding", {}).items()}
    return {name: one for name, one in parts.items() if one != default}
