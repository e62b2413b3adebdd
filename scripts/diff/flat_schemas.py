"""A schema as one flat set of keywords: references followed, and what allOf only adds taken in."""

from typing import Any

from canvas_outcomes_contract.contract.nodes import Document, follow

Schema = dict[str, Any]
TEXTS = ("title", "description", "examples", "example", "$comment", "externalDocs", "xml")


def flat(schema: Any, document: Document) -> Schema:
    """What cannot be taken in, a condition for one, stays in allOf."""
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    own = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
    branches = [follow(document, schema["$ref"])] if "$ref" in schema else []
    branches += schema.get("allOf", [])
    left: list[Any] = []
    for branch in branches:
        own, rest = _take_in(own, flat(branch, document))
        left += rest
    return {**own, "allOf": left} if left else own


def _take_in(own: Schema, branch: Schema) -> tuple[Schema, list[Any]]:
    """Both as one schema, and what of the branch has to stay apart."""
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
    """The name of the component that a schema refers to."""
    if isinstance(schema, dict) and "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    return otherwise
