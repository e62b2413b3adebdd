"""Flattens a schema: references are followed, and the branches of allOf are merged where that keeps the meaning."""

from typing import Any

from canvas_outcomes_contract.contract.document import Contract

Schema = dict[str, Any]
TEXTS = ("title", "description", "examples", "example", "$comment", "externalDocs", "xml")


def flat(schema: Any, contract: Contract) -> Schema:
    """Return one mapping of keywords. Branches that cannot be merged, such as conditions, stay in allOf."""
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    own = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
    branches = [contract.follow(schema["$ref"])] if "$ref" in schema else []
    branches += schema.get("allOf", [])
    left: list[Any] = []
    for branch in branches:
        own, rest = _merged(own, flat(branch, contract))
        left += rest
    return {**own, "allOf": left} if left else own


def _merged(own: Schema, branch: Schema) -> tuple[Schema, list[Any]]:
    """Return the two as one schema, and the parts of the branch that cannot be merged."""
    assertions = {key for key in branch if key not in (*TEXTS, "properties", "required", "allOf")}
    if "if" in branch or any(own.get(key, branch[key]) != branch[key] for key in assertions):
        return own, [branch]
    merged = {**branch, **own}
    merged.pop("allOf", None)
    if "properties" in branch:
        merged["properties"] = _properties(branch["properties"], own.get("properties", {}))
    if "required" in branch:
        merged["required"] = list(dict.fromkeys([*branch["required"], *own.get("required", [])]))
    return merged, branch.get("allOf", [])


def _properties(first: Schema, second: Schema) -> Schema:
    both = {name: {"allOf": [first[name], second[name]]} for name in first if name in second}
    return {**first, **second, **both}


def name_of(schema: Any, otherwise: str) -> str:
    """Return the name of the component that a schema refers to."""
    if isinstance(schema, dict) and "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    return otherwise
