"""The references of a contract that lead nowhere, to themselves, or to a component of another kind."""

import re
from collections.abc import Iterator
from typing import Any

from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.yaml_source import Keys, walk

# A schema stands under these keys, and in the mappings and lists under those.
SCHEMA = {"additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "schema", "then"}
SCHEMAS = {"allOf", "anyOf", "dependentSchemas", "oneOf", "patternProperties", "prefixItems", "properties"}
COMPONENTS = {"callbacks", "examples", "headers", "links", "parameters", "requestBodies", "responses", "schemas"}


def broken_references(contract: Contract) -> Iterator[tuple[Keys, str]]:
    """Yield the keys of every unusable $ref, and the reason. A $ref to a schema that applies itself is unusable."""
    for keys, ref in walk(contract.document):
        if keys[-1:] != ("$ref",) or keys[-2:-1] == ("properties",):
            continue
        if not isinstance(ref, str):
            yield keys, "a $ref must be a string"
        elif ref in _applied(contract, ref):
            yield keys, f"$ref {ref!r} leads back to itself"
        elif contract.follow(ref) is None:
            yield keys, f"$ref {ref!r} points nowhere in this file"
        elif not isinstance(contract.resolve({"$ref": ref}), dict | bool):
            yield keys, f"$ref {ref!r} does not point to an object"
        elif (found := re.match(r"#/components/(\w+)/[^/]+$", ref)) and found[1] != (kind := _kind(keys, found[1])):
            yield keys, f"$ref {ref!r} is one of components.{found[1]}. Name one of components.{kind}"


def _kind(keys: Keys, default: str) -> str:
    """Return the components that a $ref may name, or the default if its place allows several."""
    above, holder, name = ("", "", "", *keys)[-4:-1]
    is_named_schema = above in SCHEMAS or above == "schemas"  # a property may be called links
    if holder in SCHEMAS or (name in SCHEMA and (is_named_schema or holder not in COMPONENTS)):
        return "schemas"
    if name == "requestBody":
        return "requestBodies"
    is_item = isinstance(name, int) == (holder == "parameters" and "components" not in keys[:1])
    return str(holder) if holder in COMPONENTS and is_item else default


def _applied(contract: Contract, ref: str) -> set[str]:
    """Return the references that the value at the end of a $ref applies in its own place."""
    found, waiting = set[str](), list(_references_in(contract.follow(ref)))
    while waiting:
        if (one := waiting.pop()) not in found:
            found.add(one)
            waiting += _references_in(contract.follow(one))
    return found


def _references_in(schema: Any) -> Iterator[str]:
    """Yield the references of a schema to schemas for the same value, not those for its items and properties."""
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        branches = [schema.get(key) for key in ("not", "if", "then", "else")]
        for key in ("allOf", "anyOf", "oneOf"):
            branches += schema[key] if isinstance(schema.get(key), list) else []
        for branch in branches:
            yield from _references_in(branch)
