"""Fills the template of the page with a contract."""

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markdown_it import MarkdownIt
from markupsafe import Markup

from canvas_outcomes_contract.contract.document import Contract, Operation

ROOM = Path(__file__).resolve().parent
MARKDOWN = MarkdownIt("commonmark", {"html": False})
# Keywords that a reader sees as they are written; types, properties and alternatives are shown in words.
LIMITS = [
    *("format", "minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("multipleOf", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "default", "const"),
]


def page(contract: Contract) -> str:
    """The whole page."""
    environment = Environment(loader=FileSystemLoader(ROOM), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"markdown": markdown, "json": as_json, "limits": limits, "component": component}
    document = contract.document
    return environment.get_template("page.html.jinja").render(
        contract=contract,
        document=document,
        operations=[operation_view(contract, one) for one in contract.operations.values()],
        clauses=contract.clauses.values(),
        schemas=document.get("components", {}).get("schemas", {}),
        schemes=document.get("components", {}).get("securitySchemes", {}),
    )


def operation_view(contract: Contract, operation: Operation) -> dict[str, Any]:
    """The operation with its references followed, save those to schemas."""
    definition = operation.definition
    return {
        **definition,
        "id": operation.id,
        "method": operation.method,
        "path": operation.path,
        "security": definition.get("security", contract.document.get("security", [])),
        "parameters": contract.parameters(operation),
        "body": contract.resolve(definition.get("requestBody", {})),
        "answers": {status: answer_view(contract, one) for status, one in definition["responses"].items()},
    }


def answer_view(contract: Contract, answer: Any) -> dict[str, Any]:
    found = contract.resolve(answer)
    return {**found, "headers": {name: contract.resolve(one) for name, one in found.get("headers", {}).items()}}


def markdown(text: str) -> Markup:
    """HTML in the text is shown, not obeyed; an address is text, so that the page leads nowhere."""
    return Markup(MARKDOWN.disable(["link", "autolink", "image"]).render(text))


def as_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def limits(schema: dict[str, Any] | bool) -> list[str]:
    """What the schema limits, keyword by keyword; true and false have none."""
    return [] if isinstance(schema, bool) else [f"{key} {schema[key]}" for key in LIMITS if key in schema]


def component(schema: dict[str, Any]) -> str:
    """The name of the component that a reference points to."""
    return str(schema["$ref"].rpartition("/")[2])
