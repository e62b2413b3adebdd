"""The requests that the server received, with tokens redacted."""

import re
from collections import deque
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import msgspec
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Receive, Scope

from canvas_outcomes_server.control.messages import Received

MOST_REQUESTS = 1000
# A longer body is refused by the operations, and left out here.
LARGEST_BODY = 1024 * 1024
MOST_BYTES = 64 * LARGEST_BODY
REDACTED = "REDACTED"
SECRET = re.compile(r"authorization|api.?key|cookie|password|secret|token", re.IGNORECASE)


class Record:
    """The latest requests, up to MOST_REQUESTS and to MOST_BYTES of their bodies."""

    def __init__(self) -> None:
        self._entries: deque[tuple[Received, int]] = deque()
        self._bytes = 0

    @property
    def requests(self) -> list[Received]:
        return [entry for entry, _ in self._entries]

    def clear(self) -> None:
        self._entries.clear()
        self._bytes = 0

    async def add(self, scope: Scope, body: bytes, receive: Receive) -> Received:
        """Add a request; `receive` yields its body once more."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        size = len(body) if len(body) <= LARGEST_BODY else 0
        shown = await _body(scope, body, receive) if size else None
        entry = Received(datetime.now(UTC), scope["method"], scope["path"], _redacted(query), _redacted(headers), shown)
        self._entries.append((entry, size))
        self._bytes += size
        while len(self._entries) > MOST_REQUESTS or self._bytes > MOST_BYTES:
            self._bytes -= self._entries.popleft()[1]
        return entry


async def _body(scope: Scope, body: bytes, receive: Receive) -> Any:
    request = Request(scope, receive)
    try:
        if "form" not in request.headers.get("content-type", ""):
            return _redacted(msgspec.json.decode(body))
        form = await request.form()
        fields: dict[str, list[str]] = {}
        for name, value in form.multi_items():
            fields.setdefault(name, []).append(value if isinstance(value, str) else value.filename or "")
        return _redacted(fields)
    except (MultiPartException, ValueError, RecursionError):
        text = body.decode("utf-8", "replace")
        return REDACTED if "token" in text else text


def _redacted(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _hidden(name, item) if SECRET.search(str(name)) else _redacted(item) for name, item in value.items()
        }
    return [_redacted(item) for item in value] if isinstance(value, list) else value


def _hidden(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [REDACTED for _ in value]
    # The scheme tells whether a token was sent.
    scheme, space, _ = value.partition(" ") if name.lower() == "authorization" else ("", "", "")
    return f"{scheme}{space}{REDACTED}" if space else REDACTED
