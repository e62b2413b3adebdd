"""uvicorn's HTTP protocol, with a limit on the head of a request, JSON for what is not HTTP, and whole answers."""

import asyncio
import secrets
from typing import Any

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from canvas_outcomes_server.http.access_log import write_line
from canvas_outcomes_server.http.errors import error_list

# uvicorn has no limit with httptools: a client could send headers until the memory is full.
MAX_HEAD = 64 * 1024
STATUS_LINE, INTERIM = b"HTTP/1.1 ", b"HTTP/1.1 1"
TOO_LARGE = f"The head of the request is larger than {MAX_HEAD} bytes."


class _HeadTooLarge(ValueError):
    pass


class _WholeAnswers(asyncio.Transport):
    """A transport that sends the head of an answer together with its body.

    uvicorn writes them apart, and each write is a system call, a packet, and a waking of the client.
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
        """Send a head that no body follows."""
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
    """Answers 400 with an error list where uvicorn answers with plain text."""

    transport: _WholeAnswers

    # Bytes of the data at hand, of the data in which the message began, and of what came since then.
    _at_hand = _first = _received = 0
    _in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(_WholeAnswers(transport))

    def on_response_complete(self) -> None:
        self.transport.write_head()
        super().on_response_complete()

    def data_received(self, data: bytes) -> None:
        self._at_hand = len(data)
        self._received += self._at_hand
        super().data_received(data)
        # A head without an end never gets to on_headers_complete.
        if self._in_head and self._received > MAX_HEAD:
            self._refuse(TOO_LARGE)

    def on_message_begin(self) -> None:
        self._in_head, self._first, self._received = True, self._at_hand, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        # Adding up all headers of each request would cost more than this.
        if self._first + self._received > MAX_HEAD and self._head() > MAX_HEAD:
            self._refuse(TOO_LARGE)
            raise _HeadTooLarge
        super().on_headers_complete()

    def _head(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def send_400_response(self, msg: str) -> None:
        self._refuse("The request does not follow HTTP/1.1.")

    def _refuse(self, reason: str) -> None:
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
