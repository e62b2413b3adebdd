"""JSON responses, with ids as strings where the request accepts them (canvas-behaviour 1.4), and JSON routes."""

from collections.abc import Awaitable, Mapping
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from canvas_outcomes_server.http.errors import Headers, error_list, not_found

JSON = b"application/json; charset=utf-8"
_encode = msgspec.json.Encoder().encode


class _JsonResponse(Response):
    """A minimal response; building Starlette's takes three times as long."""

    def __init__(self, content: bytes, status: int, headers: Headers) -> None:
        self.status_code, self.body, self.background = status, content, None
        self.raw_headers = [(b"content-type", JSON), (b"content-length", b"%d" % len(content)), *headers]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body})


def json_response(body: Any, status: int = 200, headers: Headers = (), string_ids: bool = False) -> Response:
    """Make a JSON response. Header names must be lowercase."""
    return _JsonResponse(_encode(with_string_ids(msgspec.to_builtins(body)) if string_ids else body), status, headers)


async def no_route(scope: Scope, receive: Receive, send: Send) -> None:
    """Respond 404: the default of a router."""
    await json_response(not_found().body, 404)(scope, receive, send)


class JsonRoute(Route):
    """A route that responds to other methods with a JSON 405; Starlette's route sends plain text."""

    # Not a coroutine: one more around that of the application would slow down every await.
    def handle(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:  # type: ignore[override]
        if self.methods and scope["method"] not in self.methods:
            body = error_list("The method is not allowed for this path.")
            return json_response(body, 405, [(b"allow", ", ".join(sorted(self.methods)).encode())])(
                scope, receive, send
            )
        return self.app(scope, receive, send)


def with_string_ids(value: Any) -> Any:
    """Copy a body with the integers under id and *_id as strings."""
    if isinstance(value, list):
        return [with_string_ids(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {key: _member(key, item) for key, item in value.items()}


def _member(key: str, value: Any) -> Any:
    if key == "id" or key.endswith("_id"):
        return str(value) if _is_integer(value) else value
    return with_string_ids(value)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
