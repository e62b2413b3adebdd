"""How the values of parameters, headers and forms are written, with the defaults of OpenAPI."""

from typing import Any

STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}


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
