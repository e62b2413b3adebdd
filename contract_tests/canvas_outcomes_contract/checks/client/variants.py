"""Variants of the requests and responses of the contract, each loaded as an operation of its own to draw cases from."""

import copy
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import jsonschema_rs
import schemathesis
from hypothesis import strategies as st

from canvas_outcomes_contract.checks.client.equality import Schema
from canvas_outcomes_contract.connection.response_schemas import validator
from canvas_outcomes_contract.contract.document import Contract, Operation, contract_path
from canvas_outcomes_contract.run.schema_cases import load_document

Case = schemathesis.Case[Any]
CONTRACT = Contract(contract_path())
GET, UPDATE = CONTRACT.operations["get_outcome"], CONTRACT.operations["update_outcome"]


@dataclass(frozen=True)
class RequestVariant:
    """An operation with one media type, and one of the parameters of x-requires-one-of."""

    operation: Operation
    media_type: str | None
    needed: str | None

    @property
    def id(self) -> str:
        return "-".join(filter(None, (self.operation.id, _slug(self.media_type), self.needed)))

    @property
    def path(self) -> str:
        """The path in the split document: the id of the variant, then the real path."""
        return f"/{self.id}{self.operation.path}"

    @property
    def schema(self) -> Schema:
        """The schema of the body."""
        schema: Schema = CONTRACT.resolve(self.operation.definition["requestBody"])["content"][self.media_type]
        return schema["schema"]  # type: ignore[no-any-return]

    @cached_property
    def validator(self) -> jsonschema_rs.Validator:
        return validator(CONTRACT, self.schema)

    @property
    def parameters(self) -> list[Schema]:
        shared = CONTRACT.document["paths"][self.operation.path].get("parameters", [])
        return [CONTRACT.resolve(one) for one in [*shared, *self.operation.definition.get("parameters", [])]]

    @property
    def definition(self) -> dict[str, Any]:
        definition = copy.deepcopy(self.operation.definition)
        definition["parameters"] = [
            one | {"required": True} if one["name"] == self.needed else one for one in self.parameters
        ]
        if self.media_type is not None:
            body = CONTRACT.resolve(definition["requestBody"])
            definition["requestBody"] = body | {"content": {self.media_type: body["content"][self.media_type]}}
        return definition

    @property
    def cases(self) -> st.SearchStrategy[Case]:
        """Every valid request."""
        return _strategy("requests", "positive", self.path, self.operation.method)


@dataclass(frozen=True)
class DocumentedResponse:
    """A status and media type that the contract documents for an operation."""

    operation: Operation
    status: str
    media_type: str
    examples: tuple[Any, ...]

    @property
    def id(self) -> str:
        return f"{self.operation.id}-{self.status}-{_slug(self.media_type)}"

    @property
    def succeeds(self) -> bool:
        return self.status.startswith("2")

    @property
    def min_status(self) -> int:
        """The status, or the first one of a range such as 5XX."""
        return int(self.status.replace("X", "0"))

    @property
    def max_status(self) -> int:
        return self.min_status + 99 if "X" in self.status else self.min_status

    @property
    def statuses(self) -> st.SearchStrategy[int]:
        """The status, or any of a range, registered or not."""
        return st.integers(self.min_status, self.max_status)


@dataclass(frozen=True)
class ResponseVariant:
    """A schema and media type, with the documented responses that have them."""

    responses: tuple[DocumentedResponse, ...]
    schema: Schema

    @property
    def id(self) -> str:
        return self.responses[0].id

    @property
    def media_type(self) -> str:
        return self.responses[0].media_type

    @property
    def path(self) -> str:
        return f"/{self.id}"

    @property
    def as_request(self) -> dict[str, Any]:
        """An operation with the body of the response as the body of its request."""
        body = {"required": True, "content": {self.media_type: {"schema": self.schema}}}
        return {"requestBody": body, "responses": {"200": {"description": "Read."}}}

    def replies(self, mode: str = "positive") -> st.SearchStrategy[tuple[DocumentedResponse, Any]]:
        """One of the documented responses, with a documented body, or in the mode "negative" with another one."""
        return st.tuples(st.sampled_from(self.responses), _bodies(mode, self.path))


def _slug(media_type: str | None) -> str:
    """The media type in an id, without a slash, which looks like a folder."""
    return (media_type or "").replace("/", "~")


def _body(case: Case) -> Any:
    return None if case.body is schemathesis.core.NOT_SET else case.body


@cache
def request_variants() -> list[RequestVariant]:
    """Every request of every operation."""
    return [
        RequestVariant(operation, media_type, needed)
        for operation in CONTRACT.operations.values()
        for media_type in CONTRACT.resolve(operation.definition.get("requestBody", {})).get("content", [None])
        for needed in operation.definition.get("x-requires-one-of", [None])
    ]


@cache
def response_variants() -> list[ResponseVariant]:
    """Every documented response with a body; each schema is listed once."""
    found: dict[str, ResponseVariant] = {}
    for operation in CONTRACT.operations.values():
        for status, raw in operation.definition["responses"].items():
            for media_type, content in CONTRACT.resolve(raw).get("content", {}).items():
                examples = tuple(one["value"] for one in content.get("examples", {}).values())
                documented = DocumentedResponse(operation, str(status), media_type, examples)
                key = f"{media_type} {content['schema']}"
                known = found[key].responses if key in found else ()
                found[key] = ResponseVariant((*known, documented), content["schema"])
    return list(found.values())


@cache
def _bodies(mode: str, path: str) -> st.SearchStrategy[Any]:
    return _strategy("responses", mode, path, "POST").map(_body)


@cache
def _strategy(document: str, mode: str, path: str, method: str) -> st.SearchStrategy[Case]:
    # Without this argument, Schemathesis draws positive cases, whatever the mode of the configuration.
    return _loaded(document, mode)[path][method].as_strategy(generation_mode=schemathesis.GenerationMode(mode))


@cache
def _loaded(document: str, mode: str) -> schemathesis.schemas.BaseSchema:
    paths: dict[str, Any] = {one.path: {one.operation.method.lower(): one.definition} for one in request_variants()}
    if document == "responses":  # as bodies of a POST, because Schemathesis draws bodies of requests only
        paths = {one.path: {"post": one.as_request} for one in response_variants()}
    whole = copy.deepcopy({**CONTRACT.document, "security": [], "paths": paths})
    return load_document(whole, mode)
