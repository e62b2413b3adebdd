"""An example of each schema: the contract's own, or a value that is derived from the schema."""

import base64
import datetime
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import UNSET

from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.judging import first_example
from canvas_outcomes_contract.contract.yaml_source import walk

TYPES: dict[str, Any] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": int | float,
    "array": list,
    "object": dict,
    "null": type(None),
}
# For each format a value, and the function that the client reads it with.
FORMATS: dict[str, tuple[str, Callable[[str], object]]] = {
    "date": ("2026-01-02", datetime.date.fromisoformat),
    "date-time": ("2026-01-02T03:04:05Z", datetime.datetime.fromisoformat),
    "uuid": ("00000000-0000-0000-0000-000000000001", uuid.UUID),
    "binary": ("YQ==", lambda text: base64.b64decode(text, validate=True)),
    "uri": ("https://example.com/", str),
    "uri-reference": ("/", str),
    "email": ("ada@example.com", str),
}


class ExampleValues:
    """Returns the examples of schemas as JSON values."""

    def __init__(self, contract: Contract, tags: Mapping[int, tuple[str, str]]) -> None:
        """Collect the examples; tags are the discriminators of the schemas by their identity."""
        self._contract, self._tags = contract, tags
        self._found: dict[int, Any] = {}
        for keys, node in walk(contract.document):
            if isinstance(node, dict) and keys[-2:-1] == ("schemas",):
                self._collect(node, first_example(contract, {"schema": node}))
        for keys, node in walk(contract.document):
            if isinstance(node, dict) and keys[-2:-1] == ("content",):
                self._collect(node.get("schema", {}), first_example(contract, node))

    def of(self, schema: Any, above: tuple[int, ...] = ()) -> Any:
        """Return an example; above are the identities of the schemas that it is a part of."""
        schema = self._contract.resolve(schema)
        own = [*schema.get("examples", []), schema.get("example", UNSET), self._found.get(id(schema), UNSET)]
        fitting = (one for one in own if one is not UNSET and self._fits(schema, one))
        found = next(fitting, UNSET)
        return self._derived(schema, above) if found is UNSET else found

    def _collect(self, schema: Any, value: Any) -> None:
        """Keep a value as the example of a schema, and its parts as those of the schemas inside."""
        schema = self._contract.resolve(schema)
        if value is UNSET or id(schema) in self._found or not self._fits(schema, value):
            return
        self._found[id(schema)] = value
        for part in self._parts(schema):
            for name, inner in part.get("properties", {}).items():
                self._collect(inner, value.get(name, UNSET) if isinstance(value, dict) else UNSET)
            if isinstance(value, list) and value:
                self._collect(part.get("items", {}), value[0])
            for option in options(part):
                self._collect(option, value)

    def _parts(self, schema: Any) -> Iterator[dict[str, Any]]:
        """Yield a schema and the schemas of its allOf."""
        schema = self._contract.resolve(schema)
        yield schema
        for part in schema.get("allOf", []):
            yield from self._parts(part)

    def _fits(self, schema: Any, value: Any) -> bool:
        """Return whether the client can read a value."""
        schema = self._contract.resolve(schema)
        return all(self._fits_part(part, value) for part in self._parts(schema))

    def _fits_part(self, part: dict[str, Any], value: Any) -> bool:
        if value is None and part.get("nullable"):
            return True
        inner: list[tuple[Any, Any]] = []
        if isinstance(value, list):
            inner = [(part.get("items", {}), one) for one in value]
        if isinstance(value, dict):
            inner = [(one, value[name]) for name, one in part.get("properties", {}).items() if name in value]
            inner += [(part["additionalProperties"], one) for one in value.values() if is_map(part)]
        return (
            has_type(part, value)
            and value in part.get("enum", [value])
            and value == part.get("const", value)
            and is_formatted(part.get("format"), value)
            and (not options(part) or any(self._fits(option, value) for option in options(part)))
            and (not isinstance(value, dict) or value.keys() >= set(part.get("required", ())))
            and all(self._fits(*one) for one in inner)
        )

    def _derived(self, schema: dict[str, Any], above: tuple[int, ...]) -> Any:
        """Return the smallest value that the types and limits of a schema allow."""
        parts, here = list(self._parts(schema)), (*above, id(schema))
        whole = {key: value for part in reversed(parts) for key, value in part.items()}
        properties = {name: one for part in parts for name, one in part.get("properties", {}).items()}
        choices = [one for part in parts for one in options(part) if id(self._contract.resolve(one)) not in here]
        kinds = [one for one in types_of(whole) if one != "null"]
        if "const" in whole or "enum" in whole:
            return whole["const"] if "const" in whole else whole["enum"][0]
        if properties or "object" in kinds:
            required = {name for part in parts for name in part.get("required", ())}
            wanted = {name: one for name, one in properties.items() if name in required}
            tag = self._tags.get(id(schema))
            return {name: self.of(one, here) for name, one in wanted.items()} | (dict([tag]) if tag else {})
        if choices and not kinds:
            return self.of(min(choices, key=lambda one: self._contract.resolve(one).get("type") == "null"), above)
        if "array" in kinds:
            is_inside = id(self._contract.resolve(whole.get("items", {}))) in here
            return [] if is_inside else [self.of(whole.get("items", {}), here)] * max(1, whole.get("minItems", 1))
        return scalar(whole, kinds[0] if kinds else "null" if types_of(whole) else "integer")


def options(part: dict[str, Any]) -> list[Any]:
    return [*part.get("oneOf", ()), *part.get("anyOf", ())]


def is_map(part: dict[str, Any]) -> bool:
    return isinstance(part.get("additionalProperties"), dict) and "properties" not in part


def has_type(part: dict[str, Any], value: Any) -> bool:
    """Return whether a value has one of the types; true is not a number."""
    kinds = [TYPES.get(one, object) for one in types_of(part)]
    return not kinds or any(isinstance(value, one) and isinstance(value, bool) == (one is bool) for one in kinds)


def is_formatted(name: str | None, value: Any) -> bool:
    """Return whether a string has the format of a date, a UUID and the like, so that the client can read it."""
    if not isinstance(value, str) or name not in FORMATS:
        return True
    try:
        FORMATS[name][1](value)
    except ValueError:
        return False
    return True


def types_of(part: dict[str, Any]) -> list[str]:
    kinds = part.get("type", [])
    return [kinds] if isinstance(kinds, str) else kinds


def scalar(schema: dict[str, Any], kind: str) -> Any:
    """Return a value of a type without parts, within its limits."""
    if kind == "string":
        text = FORMATS[schema["format"]][0] if schema.get("format") in FORMATS else "a"
        return text.ljust(schema.get("minLength", 0), "a")[: schema.get("maxLength")]
    if kind in ("integer", "number"):
        above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
        low = max(schema.get("minimum", 1), above + 1 if isinstance(above, int | float) else 1)
        high = min(schema.get("maximum", low), below - 1 if isinstance(below, int | float) else low)
        return min(low, high)
    return {"boolean": True, "null": None}[kind]
