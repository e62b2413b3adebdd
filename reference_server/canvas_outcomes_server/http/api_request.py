"""A request as the operations see it: its token, its record ids and its parameters, read when they are asked for."""

import re
from typing import Any

from starlette.requests import Request
from starlette.types import Receive, Scope

from canvas_outcomes_server.http import errors as refusals
from canvas_outcomes_server.http.bodies import body_values
from canvas_outcomes_server.http.nested_parameters import Unreadable, nested, pairs
from canvas_outcomes_server.http.ruby_values import MAX_ID

MAX_BODY = 1024 * 1024
# What is read and thrown away of a larger body, so that its sender gets to see the answer.
MAX_DISCARDED = 16 * MAX_BODY
PARAMETERS = frozenset(
    (
        "access_token",
        "add_defaults",
        "as_user_id",
        "assignment_id",
        "calculation_int",
        "calculation_method",
        "description",
        "display_name",
        "mastery_points",
        "ratings",
        "student_id",
        "title",
        "vendor_guid",
    )
)
LONGEST_ID = len(str(MAX_ID))
STRING_IDS = b"application/json+canvas-string-ids"
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?\Z")


class Incoming:
    """One request. A body of None is one that was larger than MAX_BODY."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._headers: dict[bytes, bytes] = dict(scope["headers"])
        self._body: bytes | None = b""
        self._token: str | None = None
        self._parameters: dict[str, Any] | None = None

    @property
    def has_body(self) -> bool:
        return b"content-length" in self._headers or b"transfer-encoding" in self._headers

    async def receive(self, receive: Receive) -> None:
        """Read the body. Raises ClientDisconnect for one that breaks off."""
        self._body = await _body(Request(self._scope, receive))

    def _header(self, name: bytes) -> str:
        value: bytes = self._headers.get(name, b"")
        return value.decode("latin-1")

    def record_id(self, name: str) -> int | None:
        """An id of the path, which ends with it or with .json; None for what no record can have."""
        text: str = self._scope["path_params"][name]
        if self._scope["path"].endswith(text):
            text = text.removesuffix(".json")
        if len(text) > LONGEST_ID or not (text.isascii() and text.isdigit()):
            return None
        number = int(text)
        return number if number <= MAX_ID else None

    @property
    def base_url(self) -> str:
        """Scheme and host as the client sees them; for a Host header that is none, the server's own address."""
        scope, host = self._scope, self._header(b"host")
        if not _HOST.match(host):
            name, port = scope["server"] or ("localhost", None)
            host = f"{name}:{port}" if port else name
        return f"{scope['scheme']}://{host}"

    @property
    def wants_string_ids(self) -> bool:
        return STRING_IDS in self._headers.get(b"accept", b"")

    @property
    def token(self) -> str:
        """The token of the header, else the parameter access_token; empty where there is none."""
        if self._token is None:
            self._token = self._token_of_header() or self._token_of_parameters()
        return self._token

    def _token_of_header(self) -> str:
        header = self._header(b"authorization")
        return header[7:].strip() if header.startswith("Bearer ") else ""

    def _token_of_parameters(self) -> str:
        # What cannot be read holds no token, and authentication is checked first.
        return self._token_of(self._query) or self._token_of(self._form) or ""

    @staticmethod
    def _token_of(read: Any) -> str | None:
        try:
            token = read().get("access_token")
        except (refusals.Refused, Unreadable):
            return None
        return token if isinstance(token, str) else None

    @property
    def parameters(self) -> dict[str, Any]:
        """The known parameters; one in the query string wins over the same in the body. Raises Refused: 400 or 413."""
        if self._parameters is None:
            try:
                self._parameters = self._form() | self._query()
            except Unreadable as problem:
                raise refusals.unreadable(str(problem)) from None
        return self._parameters

    def _query(self) -> dict[str, Any]:
        raw: bytes = self._scope["query_string"]
        return nested(pairs(raw, "The query string"), PARAMETERS)

    def _form(self) -> dict[str, Any]:
        if self._body is None:
            raise refusals.too_large(MAX_BODY)
        return body_values(self._headers.get(b"content-type"), self._body, PARAMETERS)


async def _body(request: Request) -> bytes | None:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= MAX_BODY:
            chunks.append(chunk)
        elif size > MAX_DISCARDED:
            return None
    return b"".join(chunks) if size <= MAX_BODY else None
