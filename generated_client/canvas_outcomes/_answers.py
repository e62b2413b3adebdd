# Written by `tox -e regenerate` from openapi.yaml. Edit that or scripts/templates, never this file.
"""Answers of a provider as models and as errors. Whatever bytes come, what leaves is a model or a CanvasOutcomesError."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import NoneType
from typing import Any, Generic, NamedTuple, TypeVar, cast

import httpx
import msgspec

from . import errors, models
from .errors import ApiError, DecodeError, RequestInfo

T = TypeVar("T")

# What msgspec raises: its own errors, the one of a text that is not UTF-8, and the one of a body that nests too deep.
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
THROTTLED = b"Rate Limit Exceeded"
# The bodies of errors, those that require most first: a less demanding one would take them too.
_ERROR_BODIES: tuple[type[models.ErrorBody], ...] = (
    models.AuthorizationError,
    models.ErrorList,
    models.ValidationErrors,
    models.RefusalError,
    models.MessageError,
)


class Operation(Generic[T]):
    """One operation of the contract and how its answer is read."""

    __slots__ = ("decode", "error_bodies", "method", "name", "returns")

    def __init__(
        self, name: str, method: str, returns: type[T], error_bodies: Mapping[int, Sequence[type[models.ErrorBody]]]
    ) -> None:
        self.name: str = name
        self.method: str = method
        self.returns: type[T] = returns
        self.error_bodies: Mapping[int, Sequence[type[models.ErrorBody]]] = error_bodies
        """What the contract documents, by status or by its first digit."""
        self.decode: Callable[[bytes], T] = msgspec.json.Decoder(returns).decode


class Call(NamedTuple, Generic[T]):
    """One request, ready but for the address of the provider and the token."""

    operation: Operation[T]
    target: str
    content: bytes | None = None
    media_type: str | None = None

    def info(self, request: httpx.Request | None = None) -> RequestInfo:
        """What an error tells about the request; with its whole path once there is one."""
        path = request.url.path if request else self.target.partition("?")[0]
        return RequestInfo(self.operation.name, self.operation.method, path)


class RawResponse(msgspec.Struct, Generic[T], frozen=True):
    """An answer with what it was read from."""

    parsed: T
    response: httpx.Response
    """Status, headers, body and times, as httpx has them. Its request carries the token."""


def read(call: Call[T], response: httpx.Response) -> T:
    """The body of a success as what the contract describes; ids may be integers or text with their digits."""
    operation = call.operation
    if operation.returns is NoneType:
        return cast("T", None)
    try:
        return operation.decode(response.content)
    except UNREADABLE as cause:
        try:
            return msgspec.convert(_with_integers(msgspec.json.decode(response.content)), operation.returns)
        except UNREADABLE:
            kind = response.headers.get("Content-Type", "no content type")
            info = call.info(response.request)
            raise DecodeError(
                f"cannot read the answer to {info}: {cause}. It has the status {response.status_code}, {kind} and "
                f"{len(response.content)} bytes.",
                request=info,
                status=response.status_code,
                headers=response.headers,
                body=response.content,
            ) from cause


def _with_integers(value: object, key: str = "") -> object:
    """The value with ids that came as text, and whole numbers that came with a fraction of zero, as integers."""
    if isinstance(value, dict):
        return {name: _with_integers(inner, name) for name, inner in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [_with_integers(inner, key) for inner in cast("list[object]", value)]
    if isinstance(value, str) and (key == "id" or key.endswith("_id")) and re.fullmatch("-?[0-9]{1,40}", value):
        return int(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def is_throttled(response: httpx.Response) -> bool:
    """Canvas throttles with 429, or with 403 and a text; a 403 in JSON is about rights."""
    if response.status_code != 403:
        return response.status_code == 429
    kind: str = response.headers.get("Content-Type", "")
    return "json" not in kind and THROTTLED in response.content


def failure(call: Call[Any], response: httpx.Response, retry_after: float | None, token: str) -> ApiError:
    """The error that an answer without success is raised as. A token that the provider echoes is blotted out."""
    body = response.content.replace(token.encode(), b"[token]") if len(token) > 5 else response.content
    status = response.status_code
    kind = errors.BY_STATUS.get(status) or errors.BY_RANGE.get(status // 100, ApiError)
    message = " ".join(_explain(body).split())[:500]
    info = call.info(response.request)
    silent = "a redirect, which is not followed; check the base URL" if 300 <= status < 400 else "without a word"
    return (errors.RateLimitedError if is_throttled(response) else kind)(
        f"cannot {info}: {status}: {message or silent}",
        request=info,
        status=status,
        headers=response.headers,
        body=body,
        message=message,
        parsed=_parsed(body, call.operation, status),
        retry_after=retry_after,
    )


def _parsed(body: bytes, operation: Operation[Any], status: int) -> models.ErrorBody | None:
    """The body as what is documented for the status, or else as any body of an error."""
    documented = operation.error_bodies.get(status) or operation.error_bodies.get(status // 100, ())
    try:
        value = _with_integers(msgspec.json.decode(body))
    except UNREADABLE:
        return None
    for model in (*documented, *_ERROR_BODIES):
        try:
            return msgspec.convert(value, model)
        except UNREADABLE:
            continue
    return None


def _explain(body: bytes) -> str:
    try:
        return "; ".join(_words(msgspec.json.decode(body)))
    except UNREADABLE:
        words = body.decode("utf-8", "replace")
        title = re.search(r"<title[^>]*>([^<]+)", words, re.IGNORECASE)
        return title[1] if title else re.sub(r"<[^>]*>", " ", words)


def _words(value: object) -> Iterator[str]:
    """The words of an error body: under errors (a list, a map or a text), error or message."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _words(item)
    elif isinstance(value, dict):
        body = cast("dict[str, object]", value)
        inner = next((body[key] for key in ("errors", "error", "message") if body.get(key)), None)
        if isinstance(inner, dict):
            for attribute, problems in cast("dict[str, object]", inner).items():
                yield f"{attribute}: {', '.join(_words(problems))}"
        else:
            yield from _words(inner)
