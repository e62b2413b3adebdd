"""uvicorn's HTTP protocol, with a limit on the head of a request and JSON for requests that are not HTTP."""

import secrets

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from reference_server.access_log import write_line
from reference_server.refusals import error_list

# uvicorn has no limit with httptools: a client could send headers until the memory is full.
MAX_HEAD = 64 * 1024
TOO_LARGE = f"The head of the request is larger than {MAX_HEAD} bytes."


class _HeadTooLarge(ValueError):
    pass


class JsonHttpProtocol(HttpToolsProtocol):
    """Answers 400 with an error list where uvicorn answers with plain text."""

    _in_head = True
    _received = 0
    _head = 0
    _refused = False

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._received += len(data)
        super().data_received(data)
        # A single header without an end never gets to on_header.
        if self._in_head and self._received > 2 * MAX_HEAD and not self._refused:
            self._head = self._received
            self.send_400_response("")

    def on_message_begin(self) -> None:
        self._in_head, self._received, self._head = True, 0, 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._grow(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._grow(len(name) + len(value))

    def _grow(self, size: int) -> None:
        self._head += size
        if self._head > MAX_HEAD:
            raise _HeadTooLarge

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        self._refused = True
        request_id = secrets.token_hex(8)
        reason = TOO_LARGE if self._head > MAX_HEAD else "The request does not follow HTTP/1.1."
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
