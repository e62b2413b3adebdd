"""Providers that send values of wrong types, or null: a check fails then, and never ends with an error of Python."""

import itertools
import json
import zlib
from collections.abc import Iterator
from typing import Any

import httpx2

from canvas_outcomes_contract.cases.response_schemas import ResponseSchemas
from contract_tests.mutants.provider.faults import CONTRACT, Fault, Provider, Request, Response

Place = tuple[str | int, ...]
NESTED = b"[" * 3000 + b"]" * 3000
# JSON texts; None leaves the value out.
VALUES: tuple[bytes | None, ...] = (
    *(None, b"null", b"true", b"7", b"-0.5", b"1e999", b"9" * 400, b"9" * 5000),
    *(b'"seven"', b'"\\ud800"', b"[]", b"[7]", b"[[]]", b"{}", b'{"a": null}', NESTED),
)
SCHEMAS = ResponseSchemas(CONTRACT)
PLACEHOLDER = "the value that is replaced"


def places(value: Any, above: Place = ()) -> Iterator[Place]:
    """The place of a value, and of every value in it."""
    yield above
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield from places(member, (*above, key))


def replaced(response: Response, place: Place, value: bytes | None) -> Response:
    """The response with another value at a place."""
    if not place:
        return response.with_body(value or b"")
    document = holder = response.json
    for key in place[:-1]:
        holder = holder[key]
    if value is None:
        del holder[place[-1]]
    else:
        holder[place[-1]] = PLACEHOLDER
    return response.with_body(json.dumps(document).encode().replace(json.dumps(PLACEHOLDER).encode(), value or b""))


def sends_wrong_types(salt: int, one_in: int, *, changes: bool = False) -> Fault:
    """Replace a value in one of so many responses; the request decides which place and which value.

    With `changes`, the same request has other wrong values each time.
    """
    turns = itertools.count()

    def fault(request: Request, provider: Provider) -> Response:
        response = provider(request)
        decides = (salt, request, next(turns) if changes else 0)
        number = zlib.crc32(repr(decides).encode("utf-8", "backslashreplace")) // 7
        found = list(places(response.json)) if response.body else []
        if number % one_in or not found:
            return response
        number //= one_in
        return replaced(response, found[number % len(found)], VALUES[number // len(found) % len(VALUES)])

    return fault


def sends_null(request: Request, provider: Provider) -> Response:
    """Replace every value that may be null."""
    response = provider(request)
    operation = CONTRACT.operation_at(request.method, request.path)
    if operation is None or not response.body:
        return response
    for place in reversed(list(places(response.json))[1:]):
        changed = replaced(response, place, b"null")
        message = httpx2.Response(changed.status, headers=changed.headers, content=changed.body)
        if not SCHEMAS.violation(operation, message):
            response = changed
    return response
