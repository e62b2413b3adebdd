"""A schema without references and allOf, its alternatives, and its name."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from canvas_outcomes_contract.contract.document import Contract
from scripts.diff.change import brief

Schema = dict[str, Any]
TEXTS = ("title", "description", "examples", "example", "$comment", "externalDocs", "xml")
FLAGS = ("readOnly", "writeOnly", "deprecated")
PARTS = ("items", "additionalProperties")
CONDITION = ("if", "then", "else")
NULL = {"type": "null"}


@dataclass
class Flat:
    """A schema whose references are followed, and whose branches of allOf are merged."""

    notes: Schema = field(default_factory=dict)  # keywords that allow every value
    properties: Schema = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    parts: Schema = field(default_factory=dict)
    choices: list[list[Any]] = field(default_factory=list)  # the values of anyOf and oneOf
    rest: list[Schema] = field(default_factory=list)

    @property
    def is_choice(self) -> bool:
        return len(self.choices) == 1 and not (self.properties or self.required or self.parts or self.rest)

    def with_keywords(self, changed: Schema) -> Schema:
        """Return the schema without its notes, and with other values of some keywords."""
        parts = {"properties": self.properties, "required": sorted(self.required), **self.parts}
        rest = [{key: value for key, value in one.items() if key not in changed} for one in self.rest]
        branches = [*(one for one in rest if one), *({"anyOf": one} for one in self.choices)]
        return {key: value for key, value in {**parts, "allOf": branches}.items() if value or value is False} | changed

    def add(self, layer: Schema) -> None:
        """Add a schema without references and allOf. Of two notes, the first stays."""
        rest: Schema = {}
        for key, value in layer.items():
            if key in (*TEXTS, *FLAGS, "default", "format") or key.startswith("x-"):
                self.notes.setdefault(key, value)
            elif key in PARTS:
                self.parts[key] = both(self.parts[key], value) if key in self.parts else value
            elif key in ("anyOf", "oneOf"):
                self.choices.append(value)
            elif key not in (*CONDITION, "properties", "required"):
                rest[key] = value
        for name, value in layer.get("properties", {}).items():
            self.properties[name] = both(self.properties[name], value) if name in self.properties else value
        self.required |= set(layer.get("required", []))
        condition = {key: layer[key] for key in CONDITION if key in layer}
        self.rest += [one for one in (rest, condition) if one]


def both(one: Any, other: Any) -> Schema:
    return {"allOf": [one, other]}


def flat(schema: Any, contract: Contract) -> Flat:
    found = Flat()
    for layer in layers(schema, contract):
        found.add(layer)
    return found


def layers(schema: Any, contract: Contract) -> Iterator[Schema]:
    """Yield a schema and all that it combines, without the keywords that combine them."""
    if isinstance(schema, bool):
        yield {} if schema else {"not": {}}
        return
    alone = [key for key in ("anyOf", "oneOf") if len(schema.get(key, ())) == 1]
    yield {key: value for key, value in schema.items() if key not in ("$ref", "allOf", *alone)}
    branches = [contract.follow(schema["$ref"])] if "$ref" in schema else []
    for one in [*branches, *schema.get("allOf", []), *(schema[key][0] for key in alone)]:
        yield from layers(one, contract)


def split(schema: Any, contract: Contract) -> list[Any]:
    """Return the alternatives that a schema has, with null as one of its own."""
    found = flat(schema, contract)
    if found.is_choice:
        return [alternative for one in found.choices[0] for alternative in split(one, contract)]
    own = {key: value for layer in found.rest for key, value in layer.items()}
    types, values = own.get("type", []), own.get("enum", [None])
    if isinstance(types, str) or "null" not in types or None not in values or len(types) == 1:
        return [schema]
    others: Schema = {"type": [one for one in types if one != "null"]}
    if "enum" in own:
        others["enum"] = [one for one in values if one is not None]
    return [found.with_keywords(others), NULL]


def name_of(schema: Any, otherwise: str) -> str:
    """Return the name of the component that a schema refers to, or that it allows beside null."""
    if not isinstance(schema, dict):
        return otherwise
    others = [one for key in ("anyOf", "oneOf") for one in schema.get(key, ()) if one != NULL]
    if len(others) == 1:
        return name_of(others[0], otherwise)
    return str(schema["$ref"].rpartition("/")[2]) if "$ref" in schema else otherwise


def label(schema: Any) -> str:
    """Return the name of the component, the title, or the JSON of an alternative."""
    if not isinstance(schema, dict):
        return str(schema)
    return "null" if schema == NULL else name_of(schema, schema.get("title") or brief(schema))


def as_json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
