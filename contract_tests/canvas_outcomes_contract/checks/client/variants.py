"""Variants of the requests and responses of the contract, each loaded as an operation of its own to draw cases from."""

import copy
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any

import hypothesis
import schemathesis
from hypothesis import strategies as st

from canvas_outcomes_contract.cases.encodings import plain_text
from canvas_outcomes_contract.checks.client.documented import (
    CONTRACT,
    OPERATIONS,
    PLACES,
    DocumentedResponse,
    documented_responses,
    kind_of,
    parameters_of,
    schema_of,
    slug,
)
from canvas_outcomes_contract.checks.client.equality import Schema, tagged
from canvas_outcomes_contract.contract.document import Operation
from canvas_outcomes_contract.run.schema_cases import load_document

NO_BODY = object()
# HTTP has no other strings in a header: printable ASCII characters without spaces at the ends.
HEADER_STRING = {"type": "string", "pattern": "^[!-~]+( [!-~]+)*$"}
# Bytes, each as the character with its number.
BYTES = {"type": "string", "pattern": r"^[\x00-\xff]*$"}


@dataclass(frozen=True)
class Case:
    """The parameters of a request by their place and name, and its body, as JSON."""

    path: dict[str, Any]
    query: dict[str, Any]
    header: dict[str, Any]
    body: Any = NO_BODY

    @property
    def parameters(self) -> dict[tuple[str, str], Any]:
        return {(place, name): value for place in PLACES for name, value in getattr(self, place).items()}


@dataclass(frozen=True)
class RequestVariant:
    """An operation with one media type, and one of the parameters of x-requires-one-of."""

    operation: Operation
    media_type: str | None
    needed: str | None

    @property
    def id(self) -> str:
        return "-".join(filter(None, (self.operation.id, slug(self.media_type), self.needed)))

    @property
    def path(self) -> str:
        return f"/{self.id}"

    @property
    def kind(self) -> str:
        return kind_of(self.media_type) if self.media_type else "none"

    @property
    def request_body(self) -> Schema:
        body: Schema = CONTRACT.resolve(self.operation.definition.get("requestBody", {}))
        return body

    @property
    def content(self) -> Schema:
        """The schema and the examples of the body."""
        content: Schema = self.request_body["content"][self.media_type]
        return content

    @property
    def schema(self) -> Schema:
        """The schema of the body."""
        return self.content.get("schema") or {"type": "string"}

    @property
    def as_request(self) -> dict[str, Any]:
        """An operation whose JSON body has the parameters and the body of this one."""
        properties: dict[str, Any] = {place: self._parameters(place) for place in PLACES}
        required = [*PLACES]
        if self.media_type is not None:
            properties["body"] = BYTES if self.kind == "bytes" else self.schema
            required += ["body"] if self.request_body.get("required") else []
        return _post(_object(properties, required))

    def _parameters(self, place: str) -> Schema:
        parameters = [one for one in parameters_of(self.operation) if one["in"] == place]
        required = [one["name"] for one in parameters if one.get("required") or one["name"] == self.needed]
        return _object({one["name"]: _sendable(one) for one in parameters}, required)

    @property
    def cases(self) -> st.SearchStrategy[Case]:
        """Every valid request that the encodings of the path and of forms can express."""
        cases = _bodies("requests", "positive", self.path).map(
            lambda drawn: Case(**{part: value if part == "body" else _integers(value) for part, value in drawn.items()})
        )
        is_sendable = _is_form if self.kind in ("form", "multipart") else lambda _: True
        return cases.filter(lambda case: _has_segments(case) and is_sendable(case.body))


@dataclass(frozen=True)
class ResponseVariant:
    """A schema and media type, with the documented responses that have them."""

    responses: tuple[DocumentedResponse, ...]

    @property
    def id(self) -> str:
        return self.responses[0].id

    @property
    def kind(self) -> str:
        return self.responses[0].kind

    @property
    def schema(self) -> Schema:
        return self.responses[0].schema

    @property
    def path(self) -> str:
        return f"/{self.id}"

    @property
    def as_request(self) -> dict[str, Any]:
        """An operation with the body of the response as the body of its request."""
        return _post(BYTES if self.kind == "bytes" else self.schema)

    def replies(self, mode: str = "positive") -> st.SearchStrategy[tuple[DocumentedResponse, Any]]:
        """One of the documented responses, with a documented body, or in the mode "negative" with another one."""
        return st.tuples(st.sampled_from(self.responses), _bodies("responses", mode, self.path))


@cache
def request_variants() -> list[RequestVariant]:
    """Every request of every operation."""
    return [
        RequestVariant(operation, media_type, needed)
        for operation in OPERATIONS
        for media_type in CONTRACT.resolve(operation.definition.get("requestBody", {})).get("content", [None])
        for needed in operation.definition.get("x-requires-one-of", [None])
    ]


@cache
def response_variants() -> list[ResponseVariant]:
    """Every documented response with a body; each schema is listed once."""
    found: dict[str, list[DocumentedResponse]] = defaultdict(list)
    for one in documented_responses():
        if one.media_type:
            found[f"{one.media_type} {one.schema}"].append(one)
    return [ResponseVariant(tuple(responses)) for responses in found.values()]


def drawn_once(strategy: st.SearchStrategy[Any]) -> Any:
    """The first value of a strategy, which is a simple one."""
    settings = hypothesis.settings(
        max_examples=1,
        phases=[hypothesis.Phase.generate],
        database=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    return hypothesis.find(strategy, lambda _: True, settings=settings)


@cache
def simple_case(id: str) -> Case:
    """A simple case of the request variant with this id."""
    case: Case = drawn_once(next(one for one in request_variants() if one.id == id).cases)
    return case


def _post(schema: Schema) -> dict[str, Any]:
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return {"requestBody": body, "responses": {"200": {"description": "Read."}}}


def _object(properties: dict[str, Any], required: list[str]) -> Schema:
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": required}


def _sendable(parameter: Schema) -> Schema:
    """The schema of a parameter, restricted to the strings that a header can have."""
    schema = schema_of(parameter)
    is_free = schema.get("type") == "string" and not schema.keys() & {"enum", "pattern", "format"}
    return HEADER_STRING if parameter["in"] == "header" and is_free else schema


def _integers(value: Any) -> Any:
    """The value with 1 for 1.0, which JSON allows for an integer."""
    if isinstance(value, dict):
        return {key: _integers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_integers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _has_segments(case: Case) -> bool:
    """Whether no value in the path is empty or leads to another path."""
    return all(plain_text(value) not in ("", ".", "..") for value in case.path.values())


def _is_form(value: Any) -> bool:
    """Whether a form can express the value: it has no null, no empty list, and the same keys in all rows."""
    if isinstance(value, dict):
        return all(map(_is_form, value.values()))
    if isinstance(value, list):
        rows = {frozenset(row) for row in value if isinstance(row, dict)}
        return bool(value) and all(map(_is_form, value)) and len(rows) < 2 and frozenset() not in rows
    return value is not None


@cache
def _bodies(document: str, mode: str, path: str) -> st.SearchStrategy[Any]:
    # Without this argument, Schemathesis draws positive cases, whatever the mode of the configuration.
    mode_of_cases = schemathesis.GenerationMode(mode)
    strategy = _loaded(document, mode)[path]["POST"].as_strategy(generation_mode=mode_of_cases)
    return strategy.map(lambda case: None if case.body is schemathesis.core.NOT_SET else case.body)


@cache
def _loaded(document: str, mode: str) -> schemathesis.schemas.BaseSchema:
    """Every variant as a POST, because Schemathesis draws bodies of requests only, and parameters as they are sent."""
    variants = request_variants() if document == "requests" else response_variants()
    paths = {one.path: {"post": one.as_request} for one in variants}
    whole = copy.deepcopy({**CONTRACT.document, "security": [], "paths": paths})
    return load_document(_one_way(whole, "readOnly" if document == "requests" else "writeOnly"), mode)


def _one_way(node: Any, absent: str) -> Any:
    """The document for one direction, without the properties that are absent in it; tags and bytes become values."""
    if isinstance(node, list):
        return [_one_way(item, absent) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "string" and node.get("format") == "binary":
        return BYTES
    node = tagged({key: _one_way(value, absent) for key, value in node.items()})
    if isinstance(node.get("properties"), dict) and isinstance(node.get("required", []), list):
        gone = {name for name, one in node["properties"].items() if isinstance(one, dict) and one.get(absent)}
        kept = {name: _without_direction(one) for name, one in node["properties"].items() if name not in gone}
        node |= {"properties": kept, "required": [name for name in node.get("required", []) if name not in gone]}
    return node


def _without_direction(schema: Any) -> Any:
    """The schema of a property without the keywords that make Schemathesis omit it."""
    if not isinstance(schema, dict):
        return schema
    return {key: value for key, value in schema.items() if key not in ("readOnly", "writeOnly")}
