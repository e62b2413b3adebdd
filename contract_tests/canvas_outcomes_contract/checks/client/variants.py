"""Every request and every answer of the contract as an operation of its own, so that each of them can be drawn."""

import copy
from dataclasses import dataclass
from functools import cache
from typing import Any

import schemathesis
from hypothesis import strategies as st

from canvas_outcomes_contract.checks.client.equality import Schema
from canvas_outcomes_contract.contract.document import Contract, Operation, contract_path
from canvas_outcomes_contract.run.schema_cases import load_document

Case = schemathesis.Case[Any]
CONTRACT = Contract(contract_path())


@dataclass(frozen=True)
class RequestVariant:
    """An operation with one media type of its body, and with one of the parameters of which it needs at least one."""

    operation: Operation
    media_type: str | None
    needed: str | None

    @property
    def id(self) -> str:
        return "-".join(filter(None, (self.operation.id, _word(self.media_type), self.needed)))

    @property
    def path(self) -> str:
        """The path in the split document: a segment that is this variant's alone, then the real path."""
        return f"/{self.id}{self.operation.path}"

    @property
    def schema(self) -> Schema:
        """The schema of the body."""
        schema: Schema = CONTRACT.resolve(self.operation.definition["requestBody"])["content"][self.media_type]
        return schema["schema"]  # type: ignore[no-any-return]

    @property
    def schema_example(self) -> Any:
        return CONTRACT.resolve(self.schema)["examples"][0]

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
class Way:
    """One place of the contract where an answer is documented."""

    operation: Operation
    status: str
    media_type: str
    examples: tuple[Any, ...]

    @property
    def id(self) -> str:
        return f"{self.operation.id}-{self.status}-{_word(self.media_type)}"

    @property
    def succeeds(self) -> bool:
        return self.status.startswith("2")

    @property
    def first(self) -> int:
        """The status, or the first of a range such as 5XX."""
        return int(self.status.replace("X", "0"))

    @property
    def last(self) -> int:
        return self.first + 99 if "X" in self.status else self.first

    @property
    def statuses(self) -> st.SearchStrategy[int]:
        """The status, or any out of a range, those that no RFC names included."""
        return st.integers(self.first, self.last)


@dataclass(frozen=True)
class AnswerVariant:
    """A schema with its media type, and the ways in which the contract answers with it."""

    ways: tuple[Way, ...]
    schema: Schema

    @property
    def id(self) -> str:
        return self.ways[0].id

    @property
    def media_type(self) -> str:
        return self.ways[0].media_type

    @property
    def path(self) -> str:
        return f"/{self.id}"

    @property
    def bodies(self) -> st.SearchStrategy[Any]:
        """Every body that the contract describes."""
        return _bodies("positive", self.path)

    @property
    def other_bodies(self) -> st.SearchStrategy[Any]:
        """Bodies that the contract does not describe."""
        return _bodies("negative", self.path)


def _word(media_type: str | None) -> str:
    """The media type in an id, where a slash would read as a folder."""
    return (media_type or "").replace("/", "~")


def _body(case: Case) -> Any:
    return None if case.body is schemathesis.core.NOT_SET else case.body


def request_variants() -> list[RequestVariant]:
    """Every request of every operation."""
    return [
        RequestVariant(operation, media_type, needed)
        for operation in CONTRACT.operations.values()
        for media_type in CONTRACT.resolve(operation.definition.get("requestBody", {})).get("content", [None])
        for needed in operation.definition.get("x-requires-one-of", [None])
    ]


def answer_variants() -> list[AnswerVariant]:
    """Every answer with a body; a schema that is documented in several places is there once."""
    found: dict[str, AnswerVariant] = {}
    for operation in CONTRACT.operations.values():
        for status, raw in operation.definition["responses"].items():
            for media_type, content in CONTRACT.resolve(raw).get("content", {}).items():
                examples = tuple(one["value"] for one in content.get("examples", {}).values())
                way, key = Way(operation, str(status), media_type, examples), f"{media_type} {content['schema']}"
                known = found[key].ways if key in found else ()
                found[key] = AnswerVariant((*known, way), content["schema"])
    return list(found.values())


@cache
def _bodies(mode: str, path: str) -> st.SearchStrategy[Any]:
    return _strategy("answers", mode, path, "POST").map(_body)


@cache
def _strategy(document: str, mode: str, path: str, method: str) -> st.SearchStrategy[Case]:
    # Named here too: without it Schemathesis draws what is described, whatever the configuration says.
    return _loaded(document, mode)[path][method].as_strategy(generation_mode=schemathesis.GenerationMode(mode))


def _mirrored(answer: AnswerVariant) -> dict[str, Any]:
    body = {"required": True, "content": {answer.media_type: {"schema": answer.schema}}}
    return {"requestBody": body, "responses": {"200": {"description": "Read."}}}


def _split() -> dict[str, Any]:
    return {one.path: {one.operation.method.lower(): one.definition} for one in request_variants()}


def _mirror() -> dict[str, Any]:
    """Each answer as the body of a POST, as Schemathesis draws bodies of requests."""
    return {one.path: {"post": _mirrored(one)} for one in answer_variants()}


@cache
def _loaded(document: str, mode: str) -> schemathesis.schemas.BaseSchema:
    paths = _split() if document == "requests" else _mirror()
    whole = copy.deepcopy({**CONTRACT.document, "security": [], "paths": paths})
    return load_document(whole, mode)
