"""The requests that the server received, with tokens redacted."""

import re
from collections import deque
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qs

import msgspec
from starlette.types import Scope

from canvas_outcomes_server.control.messages import Received
from canvas_outcomes_server.http.api_request import MAX_BODY

MOST_REQUESTS = 1000
MOST_BYTES = 64 * MAX_BODY
REDACTED = "REDACTED"
SECRET = re.compile(r"authorization|api.?key|cookie|password|secret|token", re.IGNORECASE)
# In text that cannot be parsed, an escape could hide the name of a secret.
_ESCAPE = re.compile(r"(?:%|\\u00)([0-9a-fA-F]{2})")


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

    def add(self, scope: Scope, body: bytes) -> Received:
        """Add a request."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        # A larger body is rejected by the operations, and left out here.
        size = len(body) if len(body) <= MAX_BODY else 0
        shown = _body(dict(scope["headers"]).get(b"content-type", b""), body) if size else None
        entry = Received(datetime.now(UTC), scope["method"], scope["path"], _redacted(query), _redacted(headers), shown)
        self._entries.append((entry, size))
        self._bytes += size
        while len(self._entries) > MOST_REQUESTS or self._bytes > MOST_BYTES:
            self._bytes -= self._entries.popleft()[1]
        return entry


def _body(content_type: bytes, body: bytes) -> Any:
    try:
        if b"form" in content_type.lower():
            return _redacted(_form(content_type, body))
        return _redacted(msgspec.json.decode(body))
    except (ValueError, RecursionError):
        text = body.decode("utf-8", "replace")
        unescaped = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
        return REDACTED if SECRET.search(unescaped) else text


def _form(content_type: bytes, body: bytes) -> dict[str, list[str]]:
    """The fields of a form, with the names of uploaded files. Raises ValueError."""
    if b"urlencoded" in content_type.lower():
        return parse_qs(body.decode(), keep_blank_values=True)
    message = message_from_bytes(b"Content-Type: " + content_type + b"\r\n\r\n" + body, policy=HTTP)
    if not message.is_multipart():
        raise ValueError
    fields: dict[str, list[str]] = {}
    for part in message.iter_parts():
        name = part.get_param("name", "", "Content-Disposition")
        content = part.get_payload(decode=True)
        text = content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
        fields.setdefault(str(name), []).append(part.get_filename() or text)
    return fields


def _redacted(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _hidden(name, item) if SECRET.search(str(name)) else _redacted(item) for name, item in value.items()
        }
    return [_redacted(item) for item in value] if isinstance(value, list) else value


def _hidden(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [REDACTED for _ in value]
    if name.lower() != "authorization" or not isinstance(value, str):
        return REDACTED
    # The scheme shows whether a token was sent.
    scheme, space, _ = value.partition(" ")
    return f"{scheme}{space}{REDACTED}" if space else REDACTED
