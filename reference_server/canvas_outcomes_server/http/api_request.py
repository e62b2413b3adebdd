"""The request that an operation receives: token, record ids and parameters, parsed on first use."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.types import Receive, Scope

from canvas_outcomes_server.http import errors
from canvas_outcomes_server.http.bodies import parse_body
from canvas_outcomes_server.http.nested_parameters import MalformedRequest, parse_nested, parse_pairs
from canvas_outcomes_server.storage.tables import MAX_ID

MAX_BODY = 1024 * 1024
# Bytes of a larger body that are read and discarded, so that the client receives the response.
MAX_DISCARDED = 16 * MAX_BODY
PARAMETER_NAMES = """
    access_token add_defaults as_user_id assignment_id calculation_int calculation_method description display_name
    mastery_points ratings student_id title vendor_guid
"""
PARAMETERS = frozenset(PARAMETER_NAMES.split())
LONGEST_ID = len(str(MAX_ID))
STRING_IDS = b"application/json+canvas-string-ids"


class ApiRequest:
    """A request to an operation. The body is None if it was larger than MAX_BODY."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._headers = _joined(scope["headers"])
        self._body: bytes | None = b""
        self._token: str | None = None
        self._parameters: dict[str, Any] | None = None

    @property
    def now(self) -> datetime:
        """The time, with a zone, by which tokens expire: that of the clock of /_control, if it is set."""
        return self._scope.get("now") or datetime.now(UTC)

    @property
    def has_body(self) -> bool:
        return b"content-length" in self._headers or b"transfer-encoding" in self._headers

    async def read_body(self, receive: Receive) -> None:
        """Read the body. Raises ClientDisconnect if the client disconnects before its end."""
        self._body = await _body(Request(self._scope, receive))

    def _header(self, name: bytes) -> str:
        value: bytes = self._headers.get(name, b"")
        return value.decode("latin-1")

    def record_id(self, name: str) -> int | None:
        """An id in the path, with or without .json at the end; None if no record can have it."""
        text: str = self._scope["path_params"][name]
        if self._scope["path"].endswith(text):
            text = text.removesuffix(".json")
        return parse_id(text)

    @property
    def base_url(self) -> str:
        """Scheme and host from the Host header, or the server's own address in HTTP/1.0 without it."""
        name, port = self._scope["server"]
        return f"{self._scope['scheme']}://{self._header(b'host') or f'{name}:{port}'}"

    @property
    def wants_string_ids(self) -> bool:
        return STRING_IDS in self._headers.get(b"accept", b"")

    @property
    def token(self) -> str:
        """The token from the header, else from the parameter access_token, else empty."""
        if self._token is None:
            self._token = self._token_of_header() or self._token_of_parameters()
        return self._token

    def _token_of_header(self) -> str:
        header = self._header(b"authorization")
        return header[7:].strip() if header.startswith("Bearer ") else ""

    def _token_of_parameters(self) -> str:
        for read in (self._query, self._form):
            # Authentication is checked before a malformed query or body is rejected.
            with suppress(errors.ApiError, MalformedRequest):
                token = read().get("access_token")
                if token and isinstance(token, str):
                    return token
        return ""

    @property
    def parameters(self) -> dict[str, Any]:
        """The known parameters; the query string wins over the body. Raises ApiError with 400 or 413."""
        if self._parameters is None:
            try:
                self._parameters = self._form() | self._query()
            except MalformedRequest as error:
                raise errors.bad_request(str(error)) from None
        return self._parameters

    def _query(self) -> dict[str, Any]:
        raw: bytes = self._scope["query_string"]
        return parse_nested(parse_pairs(raw, "The query string"), PARAMETERS)

    def _form(self) -> dict[str, Any]:
        if self._body is None:
            raise errors.too_large(MAX_BODY)
        return parse_body(self._headers.get(b"content-type"), self._body, PARAMETERS)


def _joined(headers: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """The headers by name, with the values of a repeated one joined as Rack does: two tokens are not a valid one."""
    joined = dict(headers)
    if len(joined) < len(headers):
        joined = {name: b", ".join(value for other, value in headers if other == name) for name in joined}
    return joined


def parse_id(text: str) -> int | None:
    """Parse an id; None if no record can have it, such as one of another shard."""
    if len(text) > LONGEST_ID or not (text.isascii() and text.isdigit()):
        return None
    number = int(text)
    return number if number <= MAX_ID else None


async def _body(request: Request) -> bytes | None:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= MAX_BODY:
            chunks.append(chunk)
        elif size > MAX_DISCARDED:
            return None
    return b"".join(chunks) if size <= MAX_BODY else None
