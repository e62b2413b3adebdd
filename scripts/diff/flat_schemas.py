"""Flattens a schema: references are followed, and the branches of allOf are merged where that keeps the meaning."""

from typing import Any

from canvas_outcomes_contract.contract.document import Contract
from scripts.diff.normal_form import Schema, is_unique, normal, type_list, types_of, union

TEXTS = ("title", "description", "examples", "example", "$comment", "externalDocs", "xml")
ALTERNATIVES = ("anyOf", "oneOf")


def flat(schema: Any, contract: Contract) -> Schema:
    """Return one mapping of keywords. Branches that cannot be merged, such as conditions, stay in allOf."""
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    own = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
    branches = [contract.follow(schema["$ref"])] if "$ref" in schema else []
    return _with_branches(normal(own), [flat(one, contract) for one in [*branches, *schema.get("allOf", [])]])


def _with_branches(own: Schema, branches: list[Schema]) -> Schema:
    left: list[Any] = []
    for branch in branches:
        own, rest = _merged(own, branch)
        left += rest
    own = normal(own)
    return {**own, "allOf": left} if left else own


def _merged(own: Schema, branch: Schema) -> tuple[Schema, list[Any]]:
    """Return the two as one schema, and the parts of the branch that cannot be merged."""
    assertions = {key for key in branch if key not in (*TEXTS, "properties", "required", "allOf", "type")}
    if "if" in branch or any(own.get(key, branch[key]) != branch[key] for key in assertions):
        return own, [branch]
    merged = {**branch, **own}
    merged.pop("allOf", None)
    if "type" in own and "type" in branch:
        merged["type"] = sorted(types_of(own) & types_of(branch))
    if "properties" in branch:
        merged["properties"] = _properties(branch["properties"], own.get("properties", {}))
    if "required" in branch:
        merged["required"] = list(dict.fromkeys([*branch["required"], *own.get("required", [])]))
    return merged, branch.get("allOf", [])


def _properties(first: Schema, second: Schema) -> Schema:
    both = {name: {"allOf": [first[name], second[name]]} for name in first if name in second}
    return {**first, **second, **both}


def folded(schema: Schema, contract: Contract) -> Schema:
    """Replace alternatives of disjoint types, such as a string or null, by one schema with all their types."""
    keywords = [keyword for keyword in ALTERNATIVES if keyword in schema]
    if len(keywords) != 1:
        return schema
    own = {key: value for key, value in schema.items() if key not in (*ALTERNATIVES, "allOf")}
    branches = [folded(flat(one, contract), contract) for one in schema[keywords[0]]]
    one = branches[0] if len(branches) == 1 else union(branches)
    if one is not None:
        return _with_branches(own, [one, *schema.get("allOf", [])])
    types = [name for branch in branches for name in types_of(branch)]
    keyword = "anyOf" if is_unique(types) else keywords[0]
    return {**{key: value for key, value in schema.items() if key != keywords[0]}, keyword: schema[keywords[0]]}


def split(schema: Any, contract: Contract) -> list[Any]:
    """Return the alternatives that a schema has, with null as one of its own."""
    found = flat(schema, contract)
    if found.keys() - TEXTS == {"anyOf"}:
        return [alternative for one in found["anyOf"] for alternative in split(one, contract)]
    types = type_list(found)
    if "type" not in found or "null" not in types or len(types) == 1:
        return [schema]
    values = {"enum": [one for one in found["enum"] if one is not None]} if "enum" in found else {}
    return [{**found, **values, "type": [name for name in types if name != "null"]}, {"type": "null"}]


def name_of(schema: Any, otherwise: str) -> str:
    """Return the name of the component that a schema refers to, or that it allows beside null."""
    if not isinstance(schema, dict):
        return otherwise
    others = [one for key in ALTERNATIVES for one in schema.get(key, ()) if one != {"type": "null"}]
    if len(others) == 1:
        return name_of(others[0], otherwise)
    return str(schema["$ref"].rpartition("/")[2]) if "$ref" in schema else otherwise
