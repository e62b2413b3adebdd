"""uvicorn's HTTP protocol with limited request heads, JSON errors for malformed HTTP, and one write per response."""

import asyncio
import secrets
from typing import Any

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from canvas_outcomes_server.http.access_log import write_line
from canvas_outcomes_server.http.errors import error_list

# uvicorn has no limit with httptools: headers could fill the memory.
MAX_HEAD = 64 * 1024
STATUS_LINE, INTERIM = b"HTTP/1.1 ", b"HTTP/1.1 1"
TOO_LARGE = f"The head of the request is larger than {MAX_HEAD} bytes."


class _HeadTooLarge(ValueError):
    pass


class _CombiningTransport(asyncio.Transport):
    """A transport that sends the head of a response together with its body.

    uvicorn writes them separately, and each write costs a system call and a packet.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._head = b""

    def write(self, data: Any) -> None:
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(STATUS_LINE) and not data.startswith(INTERIM):
            self._head = data
            return
        self._transport.write(data)

    def write_head(self) -> None:
        """Send a pending head without a body."""
        if self._head:
            self._transport.write(self._head)
            self._head = b""

    def close(self) -> None:
        self.write_head()
        self._transport.close()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()


class JsonHttpProtocol(HttpToolsProtocol):
    """Responds 400 with an error list where uvicorn responds with plain text."""

    transport: _CombiningTransport

    # Sizes of the current chunk, of the chunk in which the request began, and of the chunks since then.
    _current = _first = _received = 0
    _in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(_CombiningTransport(transport))

    def on_response_complete(self) -> None:
        self.transport.write_head()
        super().on_response_complete()

    def data_received(self, data: bytes) -> None:
        self._current = len(data)
        self._received += self._current
        super().data_received(data)
        # An endless head never reaches on_headers_complete.
        if self._in_head and self._received > MAX_HEAD:
            self._reject(TOO_LARGE)

    def on_message_begin(self) -> None:
        self._in_head, self._first, self._received = True, self._current, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        # Adding up the headers of each request would be slower.
        if self._first + self._received > MAX_HEAD and self._head_size() > MAX_HEAD:
            self._reject(TOO_LARGE)
            raise _HeadTooLarge
        super().on_headers_complete()

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def send_400_response(self, msg: str) -> None:
        self._reject("The request does not follow HTTP/1.1.")

    def _reject(self, reason: str) -> None:
        if self.transport.is_closing():
            return
        request_id = secrets.token_hex(8)
        body = msgspec.json.encode(error_list(reason))
        head = (
            "HTTP/1.1 400 Bad Request\r\n"
            "content-type: application/json; charset=utf-8\r\n"
            f"content-length: {len(body)}\r\n"
            f"x-request-id: {request_id}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
        write_line("unreadable", request_id=request_id, reason=reason)
