"""uvicorn's HTTP protocol with limits of size and time, JSON errors for malformed HTTP, and one write per response."""

import asyncio
import re
import secrets
import sys
from typing import Any

import msgspec
from httptools import HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from canvas_outcomes_server.http.access_log import write_line
from canvas_outcomes_server.http.errors import error_list

# uvicorn has no limit with httptools: headers could fill the memory.
MAX_HEAD = 64 * 1024
# From the start of a connection, or of a request that arrives in pieces, to the end of the request.
SECONDS_TO_SEND_A_REQUEST = 60
VERSIONS = ("1.0", "1.1")
_AUTHORITY = re.compile(rb"[A-Za-z]+://([^/?#]*)")
STATUS_LINE, INTERIM = b"HTTP/1.1 ", b"HTTP/1.1 1"
TOO_LARGE = f"The head of the request is larger than {MAX_HEAD} bytes."
NOT_HTTP = "The request does not follow HTTP/1.1."


class _Rejected(ValueError):
    """Raised in a callback to stop the parser."""


class _CombiningTransport:
    """A transport that sends the head of a response together with its body.

    uvicorn writes them separately, and each write costs a system call and a packet: a third of the time of a request.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""
        # Called for every request; __getattr__ is slow.
        self.is_closing = transport.is_closing

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

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class JsonHttpProtocol(HttpToolsProtocol):
    """Responds 400 with an error list where uvicorn responds with plain text, and upgrades no connection."""

    transport: _CombiningTransport  # type: ignore[assignment]

    # Sizes of the current packet, of the packet in which the request or its current part began, and of those since.
    _current = _first = _received = 0
    # Whether the parser reads a head, the line before a chunk, or trailers.
    _in_head, _is_complete = True, False
    _deadline: asyncio.TimerHandle | None = None
    # The bytes that the parser has, and those to parse again because of the header Upgrade.
    _fed = _again = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(_CombiningTransport(transport))  # type: ignore[arg-type]
        self._set_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_complete = True
        self._set_deadline()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        self.transport.write_head()
        super().on_response_complete()

    def data_received(self, data: bytes) -> None:
        self._current = len(data)
        self._received += self._current
        while data and not self.transport.is_closing():
            self._fed, self._again = data, b""
            super().data_received(data)
            data = self._again
        # An endless head never reaches on_headers_complete.
        if self._in_head and self._received > MAX_HEAD:
            self._reject(TOO_LARGE)
        if self._deadline is not None or not self._is_complete:
            self._set_deadline()
        # uvicorn stops the timer of an idle connection at any data, such as an empty line or the end of a body.
        if self._is_complete and self.cycle is not None and self.cycle.response_complete:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def _set_deadline(self) -> None:
        """Start the timer of a request that is not complete, and stop it otherwise."""
        if self._is_complete:
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None
        elif self._deadline is None:
            self._deadline = self.loop.call_later(SECONDS_TO_SEND_A_REQUEST, self.transport.close)

    def on_message_begin(self) -> None:
        self._in_head, self._first, self._received = True, self._current, 0
        self._is_complete = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._check_size(self.url)
        if self.parser.get_http_version() not in VERSIONS:
            raise _Rejected
        if self._is_chunked():
            self._begin_lines()
        if not self.url.startswith(b"/"):
            self._use_authority()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._in_head = False
        super().on_body(body)

    def on_chunk_header(self) -> None:
        # Data follows, or trailers, which uvicorn would add to the headers of the request.
        self.headers = []
        self._begin_lines()

    def on_chunk_complete(self) -> None:
        if self._in_head:
            self._check_size()
            # The parser would ignore the requests after a trailer "Connection: close".
            if self.cycle.keep_alive and not self.parser.should_keep_alive():
                raise _Rejected
        self._begin_lines()

    def on_message_complete(self) -> None:
        self._in_head, self._is_complete = False, True
        super().on_message_complete()

    def _begin_lines(self) -> None:
        """Limit the lines that follow as a head is limited."""
        self._in_head, self._first, self._received = True, self._current, 0

    def _check_size(self, url: bytes = b"") -> None:
        # Adding up the headers of each request would be slower.
        if self._first + self._received <= MAX_HEAD:
            return
        if len(url) + sum(len(name) + len(value) for name, value in self.headers) > MAX_HEAD:
            self._reject(TOO_LARGE)
            raise _Rejected

    def _use_authority(self) -> None:
        """Use the host of an absolute URL instead of the header Host (RFC 9112, section 3.2.2)."""
        if match := _AUTHORITY.match(self.url):
            host = (b"host", match[1])
            self.headers[:] = [host if header[0] == b"host" else header for header in self.headers]
            if host not in self.headers and self.parser.get_http_version() == "1.0":
                self.headers.append(host)

    def _is_chunked(self) -> bool:
        """Whether the body has chunks. Rejects other encodings, and chunks in HTTP/1.0, which some servers ignore."""
        encodings = [value for name, value in self.headers if name == b"transfer-encoding"]
        if encodings and (encodings != [b"chunked"] or self.parser.get_http_version() == "1.0"):
            raise _Rejected
        return bool(encodings)

    # The parser ends a request with the header Upgrade after its head, and uvicorn would read its body as the next
    # request. With these two methods, which are meant for WebSockets, the request is read again as plain HTTP/1.1.
    def _should_upgrade(self) -> bool:
        return True

    def handle_websocket_upgrade(self) -> None:
        ended = sys.exception()
        method, version = self.parser.get_method(), self.parser.get_http_version().encode()
        if method == b"CONNECT" or not isinstance(ended, HttpParserUpgrade):
            self._reject(NOT_HTTP)
            return
        headers = b"".join(b"%b: %b\r\n" % header for header in self.headers if header[0] != b"upgrade")
        # A parser reads nothing after a request that ends its connection.
        self.parser = HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self._again = b"%b %b HTTP/%b\r\n%b\r\n" % (method, self.url, version, headers) + self._fed[ended.args[0] :]

    def send_400_response(self, msg: str) -> None:
        self._reject(NOT_HTTP)

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
            "x-content-type-options: nosniff\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
        write_line("unreadable", request_id=request_id, reason=reason)
