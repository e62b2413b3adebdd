"""The requests that the server received, with tokens redacted."""

import re
from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qs

import msgspec
from starlette.types import Scope

from canvas_outcomes_server.control.messages import Received
from canvas_outcomes_server.control.redaction import SECRET, Redaction, unescaped
from canvas_outcomes_server.http.api_request import MAX_BODY, ApiRequest

MOST_REQUESTS = 1000
MOST_BYTES = 64 * MAX_BODY
_QUOTED = re.compile(r"\\(.)")


@dataclass
class Entry:
    """A request as it was sent, because decoded JSON takes more memory, without a body that operations reject."""

    scope: Scope
    body: bytes
    status: int | None = None
    time: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def size(self) -> int:
        headers = sum(len(name) + len(value) for name, value in self.scope["headers"])
        return len(self.body) + len(self.scope["query_string"]) + headers


class Record:
    """The latest requests, up to MOST_REQUESTS and to MOST_BYTES. `tokens` returns those of the world."""

    def __init__(self, tokens: Callable[[], Collection[str]] = tuple) -> None:
        self._tokens = tokens
        self._entries: deque[Entry] = deque()
        self._bytes = 0

    @property
    def requests(self) -> Iterator[Received]:
        """The requests, each decoded when it is its turn."""
        tokens = self._tokens()
        return (_received(entry, tokens) for entry in [*self._entries])

    def clear(self) -> None:
        self._entries.clear()
        self._bytes = 0

    def add(self, scope: Scope, body: bytes) -> Entry:
        """Add a request."""
        kept = {key: scope[key] for key in ("type", "method", "path", "query_string", "headers")}
        entry = Entry(kept, body if len(body) <= MAX_BODY else b"")
        self._entries.append(entry)
        self._bytes += entry.size
        while len(self._entries) > MOST_REQUESTS or self._bytes > MOST_BYTES:
            self._bytes -= self._entries.popleft().size
        return entry


def _received(entry: Entry, tokens: Collection[str]) -> Received:
    scope = entry.scope
    redaction = Redaction([*tokens, *_tokens_of_operation(entry)])
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    parts = [*redaction.value([scope["path"], headers]), redaction.fields(query)]
    try:
        body = _body(dict(scope["headers"]).get(b"content-type", b""), entry.body, redaction)
        parts = redaction.everywhere([*parts, body])
    except Exception:  # Not JSON, too deep, or a header for which the email package raises one of many exceptions.
        parts = redaction.everywhere([*parts, redaction.unparsed(entry.body.decode("utf-8", "replace"))])
    path, headers, query, body = parts
    return Received(entry.time, scope["method"], path, query, headers, body, entry.status)


def _tokens_of_operation(entry: Entry) -> Iterator[str]:
    """The tokens that an operation finds, in the header and in the parameters."""
    headers = entry.scope["headers"]
    for found in (headers, [header for header in headers if header[0] != b"authorization"]):
        request = ApiRequest({**entry.scope, "headers": found})
        request.content = entry.body
        yield request.token


def _body(content_type: bytes, body: bytes, redaction: Redaction) -> Any:
    if not body:
        return None
    media_type = content_type.lower()
    if b"urlencoded" in media_type:
        return redaction.fields(parse_qs(body.decode(), keep_blank_values=True))
    if b"form" in media_type:
        return redaction.value(_multipart(content_type, body, redaction))
    return redaction.value(msgspec.json.decode(body))


def _multipart(content_type: bytes, body: bytes, redaction: Redaction) -> dict[str, list[str]]:
    """The fields of a multipart form, with the names of uploaded files. Raises ValueError."""
    message = message_from_bytes(b"Content-Type: " + content_type + b"\r\n\r\n" + body, policy=HTTP)
    if not message.is_multipart():
        raise ValueError
    fields: dict[str, list[str]] = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", "", "Content-Disposition"))
        content = part.get_payload(decode=True)
        text = part.get_filename() or (content.decode("utf-8", "replace") if isinstance(content, bytes) else "")
        # Operations may find another name in the head, or a head in the content.
        head = _QUOTED.sub(r"\1", "".join(f"{key}: {value}\n" for key, value in part.raw_items()))
        if SECRET.search(unescaped(head)):
            text = redaction.secret(text)
        elif not name or "content-disposition" in text.lower():
            text = redaction.unparsed(text)
        fields.setdefault(name, []).append(text)
    return fields
