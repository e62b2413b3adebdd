"""Facts about the operations of the contract that the client has to follow: names, parameters, tokens, responses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import strategies as st

from canvas_outcomes_contract.checks.client.equality import Schema
from canvas_outcomes_contract.checks.client.names import ARGUMENTS, MEMBERS, python_name
from canvas_outcomes_contract.contract.document import Contract, Operation, contract_path
from canvas_outcomes_contract.contract.judging import first_example

CONTRACT = Contract(contract_path())
OPERATIONS = tuple(CONTRACT.operations.values())
PLACES = ("path", "query", "header")
# OpenAPI describes these headers elsewhere and ignores parameters of these names.
OTHER_HEADERS = ("accept", "content-type", "authorization")
# RFC 9110, section 9.2.2, without TRACE and the methods that no REST API uses.
IDEMPOTENT = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE")
SUCCESSFUL, FAILED = range(200, 300), range(300, 600)


def method_name(operation: Operation) -> str:
    return python_name(operation.id, MEMBERS)


def parameters_of(operation: Operation) -> list[Schema]:
    """The parameters by their place, those in the path by its order. One of the operation overrides one of the path."""
    found = {(one["in"], one["name"]): one for one in CONTRACT.parameters(operation)}
    sent = [one for one in found.values() if one["in"] != "header" or one["name"].lower() not in OTHER_HEADERS]
    return sorted(sent, key=lambda one: (PLACES.index(one["in"]), operation.path.find(f"{{{one['name']}}}")))


def parameter_names(operation: Operation) -> dict[tuple[str, str], str]:
    """The Python name of each parameter by its place and name."""
    names: dict[tuple[str, str], str] = {}
    for one in parameters_of(operation):
        names[one["in"], one["name"]] = python_name(one["name"], {*ARGUMENTS, *names.values()})
    return names


def schema_of(parameter: Schema) -> Schema:
    """The schema of a parameter, also of one with a media type."""
    holder: Schema = next(iter(parameter.get("content", {}).values()), parameter)
    schema: Schema = CONTRACT.resolve(holder["schema"])
    return schema


def parameters_with(kind: str) -> dict[str, tuple[Operation, str]]:
    """The operation and the Python name of every parameter of a type, or of a string with a pattern, by an id."""
    return {
        f"{operation.id}-{one['name']}": (operation, parameter_names(operation)[one["in"], one["name"]])
        for operation in OPERATIONS
        for one in parameters_of(operation)
        if _is_of(kind, schema_of(one))
    }


def _is_of(kind: str, schema: Schema) -> bool:
    members = schema.get("anyOf", [schema])
    others = [one for one in members if one.get("type") != kind or "enum" in one]
    return len(others) < len(members) and all("pattern" in one for one in others)


def example_path(operation: Operation) -> str:
    """The path with the examples of its parameters."""
    examples = {one["name"]: first_example(CONTRACT, one) for one in parameters_of(operation)}
    return operation.fill(lambda name: str(examples[name]))


def token_place(operation: Operation) -> tuple[str, str] | None:
    """The place and name of the token, a header rather than the query; None for an operation that sends none."""
    schemes = CONTRACT.document.get("components", {}).get("securitySchemes", {})
    alternatives = operation.definition.get("security", CONTRACT.document.get("security", []))
    single = [CONTRACT.resolve(schemes[name]) for needs in alternatives if len(needs) == 1 for name in needs]
    places = [(one["in"], one["name"]) if one["type"] == "apiKey" else ("header", "Authorization") for one in single]
    return min(places, key=lambda place: place[0] == "query", default=None)


def token_value(operation: Operation, token: str) -> str:
    """The token as the operation sends it."""
    return f"Bearer {token}" if token_place(operation) == ("header", "Authorization") else token


def kind_of(media_type: str) -> str:
    """json, form, multipart, text or bytes."""
    name = media_type.partition(";")[0].strip().lower()
    kinds = {"application/x-www-form-urlencoded": "form", "multipart/form-data": "multipart"}
    if name.endswith(("/json", "+json")):
        return "json"
    return kinds.get(name, "text" if name.startswith("text/") else "bytes")


@dataclass(frozen=True)
class DocumentedResponse:
    """A status and media type that the contract documents for an operation; no media type for an empty body."""

    operation: Operation
    status: str
    media_type: str
    content: Schema
    headers: tuple[str, ...]

    @property
    def id(self) -> str:
        return "-".join(filter(None, (self.operation.id, self.status, slug(self.media_type))))

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def kind(self) -> str:
        return kind_of(self.media_type) if self.media_type else "none"

    @property
    def schema(self) -> Schema:
        """The schema of the body. Without one, bytes are bytes, text is a string, and JSON is any value."""
        schema: Schema = self.content.get("schema", {})
        return {"type": "string"} if self.kind in ("text", "bytes") and not schema else schema

    @property
    def examples(self) -> tuple[Any, ...]:
        named = (CONTRACT.resolve(one)["value"] for one in self.content.get("examples", {}).values())
        return (*([self.content["example"]] if "example" in self.content else []), *named)

    @property
    def succeeds(self) -> bool:
        return self.status[0] == "2" or (self.status == "default" and not self.operation.successes)

    @property
    def statuses(self) -> list[int]:
        """Every status that the response has, registered or not."""
        own = range(int(self.status[0]) * 100, int(self.status[0]) * 100 + 100) if self.status != "default" else None
        possible = own or (SUCCESSFUL if self.succeeds else FAILED)
        return [one for one in possible if self.operation.documented(one) == self.status]

    @property
    def drawn_statuses(self) -> st.SearchStrategy[int]:
        return st.sampled_from(self.statuses)


@cache
def documented_responses() -> list[DocumentedResponse]:
    """Every documented response with each of its media types."""
    return [one for operation in OPERATIONS for one in _responses_of(operation)]


def _responses_of(operation: Operation) -> Iterator[DocumentedResponse]:
    for status, raw in operation.definition["responses"].items():
        response = CONTRACT.resolve(raw)
        content = {} if operation.method == "HEAD" else response.get("content", {})
        found = [
            DocumentedResponse(operation, status, media_type, media, tuple(response.get("headers", {})))
            for media_type, media in (content or {"": {}}).items()
        ]
        # A client accepts one media type of a success: JSON, or else text.
        kinds = sorted(found, key=lambda one: ("json", "text").index(one.kind) if one.kind in ("json", "text") else 2)
        yield from kinds[:1] if found[0].succeeds else found


def successes_of(operation: Operation) -> list[DocumentedResponse]:
    return [one for one in documented_responses() if one.operation is operation and one.succeeds]


def accepted_media_type(operation: Operation) -> str:
    return next((one.media_type for one in successes_of(operation) if one.media_type), "application/json")


# Operations whose successful responses all have a JSON body.
JSON_OPERATIONS = tuple(one for one in OPERATIONS if {each.kind for each in successes_of(one)} == {"json"})
IDEMPOTENT_OPERATIONS = tuple(one for one in OPERATIONS if one.method in IDEMPOTENT)
# An operation for the checks that need only one.
GET = next(one for one in JSON_OPERATIONS if one.method == "GET" and token_place(one) == ("header", "Authorization"))


def slug(media_type: str | None) -> str:
    """The media type in an id, without a slash, which looks like a folder."""
    return re.sub("[/;* ]+", "~", media_type or "")
