"""The request that an operation receives: token, record ids and parameters, parsed on first use."""

from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from starlette.requests import Request, empty_receive
from starlette.types import Receive, Scope

from canvas_outcomes_server.http import errors
from canvas_outcomes_server.http.bodies import parse_body
from canvas_outcomes_server.http.hosts import url_host
from canvas_outcomes_server.http.nested_parameters import MalformedRequest, parse_nested, parse_pairs
from canvas_outcomes_server.storage.queries import digest
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
LONGEST_REMEMBERED_TOKEN, REMEMBERED_TOKENS = 200, 100
_digest = lru_cache(REMEMBERED_TOKENS)(digest)  # hashing takes a thirtieth of the time of a request
STRING_IDS = b"application/json+canvas-string-ids"


class ApiRequest(Request):
    """A request to an operation. `content` is its body, or None if it is larger than MAX_BODY.

    Starlette's headers and base_url would take a tenth of the time of a request, and so would cached_property, which
    takes a lock in Python 3.11.
    """

    content: bytes | None = b""
    _token: str | None = None
    _token_digest: str | None = None
    _parameters: dict[str, Any] | None = None

    def __init__(self, scope: Scope, receive: Receive = empty_receive) -> None:
        super().__init__(scope, receive)
        headers = scope["headers"]
        values = dict(headers)
        if len(values) < len(headers):
            # As Rack does.
            values = {name: b", ".join(value for other, value in headers if other == name) for name in values}
            if sum(name == b"authorization" for name, _ in headers) > 1:
                # Two tokens are not valid, nor is a token beside another scheme.
                values[b"authorization"] = b"Bearer " + values[b"authorization"]
        self._header_values: dict[bytes, bytes] = values

    @property
    def now(self) -> datetime:
        """The time, with a zone, by which tokens expire: that of the clock of /_control, if it is set."""
        return self.scope.get("now") or datetime.now(UTC)

    async def read_content(self) -> None:
        """Read the body. Raises ClientDisconnect if the client disconnects before its end."""
        if b"content-length" not in self._header_values and b"transfer-encoding" not in self._header_values:
            return
        chunks, size = [], 0
        async for chunk in self.stream():
            size += len(chunk)
            if size <= MAX_BODY:
                chunks.append(chunk)
            elif size > MAX_DISCARDED:
                break
        self.content = b"".join(chunks) if size <= MAX_BODY else None

    def record_id(self, name: str) -> int | None:
        """An id in the path, with or without .json at the end; None if no record can have it."""
        text: str = self.path_params[name]
        if self.scope["path"].endswith(text):
            text = text.removesuffix(".json")
        return parse_id(text)

    @property
    def address(self) -> str:
        """Scheme and host from the Host header, or the server's own address in HTTP/1.0 without it."""
        name, port = self.scope["server"]
        own = f"{url_host(name)}:{port}"
        return f"{self.scope['scheme']}://{self._header_values.get(b'host', b'').decode() or own}"

    @property
    def wants_string_ids(self) -> bool:
        return STRING_IDS in self._header_values.get(b"accept", b"")

    @property
    def token(self) -> str:
        """The token from the header, else from the parameter access_token, else empty."""
        if self._token is None:
            self._token = self._token_of_header() or self._token_of_parameters()
        return self._token

    @property
    def token_digest(self) -> str:
        """The digest under which the token is stored."""
        if self._token_digest is None:
            token = self.token
            self._token_digest = _digest(token) if len(token) <= LONGEST_REMEMBERED_TOKEN else digest(token)
        return self._token_digest

    def _token_of_header(self) -> str:
        header = self._header_values.get(b"authorization", b"").decode("latin-1")
        return header[7:].strip() if header.startswith("Bearer ") else ""

    def _token_of_parameters(self) -> str:
        for read in (self._query, self._form_or_json):
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
                self._parameters = self._form_or_json() | self._query()
            except MalformedRequest as error:
                raise errors.bad_request(str(error)) from None
        return self._parameters

    def _query(self) -> dict[str, Any]:
        return parse_nested(parse_pairs(self.scope["query_string"], "The query string"), PARAMETERS)

    def _form_or_json(self) -> dict[str, Any]:
        if self.content is None:
            raise errors.too_large(MAX_BODY)
        return parse_body(self._header_values.get(b"content-type"), self.content, PARAMETERS)


def parse_id(text: str) -> int | None:
    """Parse an id; None if no record can have it, such as one of another shard."""
    if len(text) > LONGEST_ID or not (text.isascii() and text.isdigit()):
        return None
    number = int(text)
    return number if number <= MAX_ID else None
