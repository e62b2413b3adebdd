"""Parts of a request of the client, parsed as a Rails application parses them."""

import json
from typing import Any
from urllib.parse import unquote_to_bytes

import httpx2

from canvas_outcomes_contract.checks.client import rack
from canvas_outcomes_contract.checks.client.equality import Schema, typed
from canvas_outcomes_contract.checks.client.variants import CONTRACT


def segments(raw_path: bytes) -> list[str]:
    """The decoded segments of a path."""
    return [unquote_to_bytes(segment).decode() for segment in raw_path.partition(b"?")[0].split(b"/")[1:]]


def query(request: httpx2.Request) -> list[rack.Pair]:
    """The names and values of a query, sorted."""
    return sorted(rack.urlencoded_pairs(request.url.query))


def media_type(request: httpx2.Request) -> str | None:
    return request.headers.get("Content-Type", "").partition(";")[0].strip() or None


def body(request: httpx2.Request, schema: Schema) -> Any:
    """Parse the body by its media type."""
    kind = media_type(request)
    if kind == "application/json":
        return json.loads(request.content)
    if kind == "application/x-www-form-urlencoded":
        return typed(CONTRACT, schema, rack.nested(rack.urlencoded_pairs(request.content)))
    if kind == "multipart/form-data":
        pairs = rack.multipart_pairs(request.content, request.headers["Content-Type"])
        return typed(CONTRACT, schema, rack.nested(pairs))
    raise AssertionError(f"got Content-Type {kind!r}, wanted a documented one")
