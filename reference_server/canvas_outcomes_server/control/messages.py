"""The bodies of the requests and responses of /_control."""

import json
import re
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct

LONGEST_DELAY = 3600
Kind = Literal["connection_reset", "truncated_body", "malformed_json", "html_page", "throttled"]
Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
# Kinds that need a response with a body.
DAMAGED = ("truncated_body", "malformed_json")
NO_BODY = (204, 205, 304)
# Kinds that are responses of their own, with their default status.
STATUS_OF_KIND = {"html_page": 502, "throttled": 429}
# A second value of these makes a malformed response.
HEADERS_OF_THE_SERVER = {"content-length", "date", "transfer-encoding", "x-content-type-options", "x-request-id"}
# Paths of requests that are neither recorded nor fail, and of those that control the server.
UNRECORDED = re.compile(r"/(?:docs(?:/.*)?|healthz|favicon\.ico)")
PREFIX = "/_control/"
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")

Seconds = Annotated[float, Meta(ge=0, le=LONGEST_DELAY)]
Path = Annotated[str, Meta(pattern=r"^[/*]")]
# Visible ASCII, so that a value cannot end its line.
HeaderName = Annotated[str, Meta(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z", extra_json_schema={"pattern": "^[^ :]+$"})]
HeaderValue = Annotated[str, Meta(pattern=r"^[ -~]*\Z", extra_json_schema={"pattern": "^[ -~]*$"})]


class Fault(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True, omit_defaults=True):
    """Which requests fail, how often, and how."""

    operation: Annotated[
        str | None, Meta(description="operationId of the requests that fail, such as get_outcome.")
    ] = None
    method: Annotated[
        Method | None, Meta(description="Method of the requests that fail; any if left out. GET is HEAD too.")
    ] = None
    path: Annotated[
        Path | None,
        Meta(
            description="Path of the requests that fail, decoded and without a query; * matches any characters, and no "
            "other character is special. Any if left out. Requests to /_control/, /docs, /healthz and /favicon.ico "
            "never fail."
        ),
    ] = None
    times: Annotated[
        Annotated[int, Meta(ge=1)] | None, Meta(description="Number of requests that fail; all of them if left out.")
    ] = None
    kind: Annotated[
        Kind | None,
        Meta(
            description="connection_reset and the pages html_page and throttled replace the response, and nothing is "
            "changed. truncated_body and malformed_json damage the response to a request that was carried out; they do "
            "not apply to HEAD, whose responses have no body."
        ),
    ] = None
    status: Annotated[
        Annotated[int, Meta(ge=200, le=599)] | None,
        Meta(description="Status of a response that replaces the response. Nothing is changed."),
    ] = None
    headers: Annotated[dict[HeaderName, HeaderValue], Meta(description="Headers of that response.")] = {}
    body: Annotated[
        Any,
        Meta(
            description="Body of that response: a string, or a value that is sent as JSON; an error list if left out."
        ),
    ] = UNSET
    delay: Annotated[Seconds, Meta(description="Seconds before the response.")] = 0
    delay_between_bytes: Annotated[Seconds, Meta(description="Seconds before each byte of the body but the first.")] = 0

    def __post_init__(self) -> None:
        own, path = self.kind in STATUS_OF_KIND, self.path or ""
        needs_body = self.kind in DAMAGED or self.delay_between_bytes > 0
        refused = {
            f"no request to {path} fails": UNRECORDED.fullmatch(path) or path.startswith(PREFIX),
            "path is without a query: leave out what follows the question mark": "?" in path,
            "path is decoded: write characters, not their escapes with %": _ESCAPE.search(path),
            "a response to HEAD has no body": self.method == "HEAD" and needs_body,
            f"a response with status {self.status} has no body": (
                self.status in NO_BODY and (self.kind or needs_body or self.body is not UNSET)
            ),
            "an empty body cannot be damaged": needs_body and self.body == "",
            "half of this body is valid JSON": self.kind == "malformed_json" and _is_json(half(encoded(self.body))),
            "operation cannot be combined with method and path": self.operation and (self.method or self.path),
            "a fault needs kind, status, delay or delay_between_bytes": not (
                self.kind or self.status or self.delay or self.delay_between_bytes
            ),
            "connection_reset has no response: leave out status and delay_between_bytes": (
                self.kind == "connection_reset" and (self.status or self.delay_between_bytes)
            ),
            "throttled has status 403 or 429": self.kind == "throttled" and self.status not in (None, 403, 429),
            f"{self.kind} has a body of its own": own and self.body is not UNSET,
            "body needs status": not own and self.body is not UNSET and not self.status,
            f"the server sets {', '.join(sorted(HEADERS_OF_THE_SERVER))}: leave them out of headers": (
                HEADERS_OF_THE_SERVER & {*map(str.lower, self.headers)}
            ),
            "headers need status": not own and self.headers and not self.status,
        }
        for problem, applies in refused.items():
            if applies:
                raise ValueError(problem)


def encoded(body: Any) -> bytes:
    """The bytes of a body of a fault: a string as it is, another value as JSON; none if it is left out."""
    if body is UNSET:
        return b""
    return body.encode() if isinstance(body, str) else msgspec.json.encode(body)


def half(body: bytes) -> bytes:
    """Half of a body, and malformed JSON for one that is too short."""
    return body[: len(body) // 2] or b"{"


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


class Clock(Struct, forbid_unknown_fields=True, frozen=True):
    """The time by which tokens expire."""

    now: Annotated[
        Annotated[datetime, Meta(tz=True)] | None,
        Meta(description="A time with a zone, which stands still; null for the time of the machine."),
    ]


class Received(Struct):
    """A request that the server received. Tokens and passwords are redacted."""

    time: Annotated[datetime, Meta(description="Time of arrival.")]
    method: Annotated[str, Meta(description="Method.")]
    path: Annotated[str, Meta(description="Path, decoded.")]
    query: Annotated[dict[str, list[str]], Meta(description="Values of each parameter of the query.")]
    headers: Annotated[dict[str, str], Meta(description="Headers, with their names in lower case.")]
    body: Annotated[
        Any, Meta(description="A JSON value, the list of values of each field of a form, or a string; null if empty.")
    ]
    status: Annotated[
        int | None, Meta(description="Status of the response; null while there is none, and after a connection reset.")
    ] = None


class Ready(Struct, frozen=True):
    """The state after a world was loaded."""

    token: Annotated[str | None, Meta(description="A token of the world without limits, of an admin if there is one.")]


def schemas() -> dict[str, Any]:
    """The JSON Schemas of the structs, by name."""
    _, found = msgspec.json.schema_components(
        (Fault, Clock, Received, Ready), ref_template="#/components/schemas/{name}"
    )
    return dict(found)
