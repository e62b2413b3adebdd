"""Parse request bodies: JSON and forms; bodies of other types are ignored (canvas-behaviour 1.5)."""

import json
from functools import lru_cache
from typing import Any

from canvas_outcomes_server.http.multipart import boundary_of, parse_multipart
from canvas_outcomes_server.http.nested_parameters import MalformedRequest, parse_nested, parse_pairs, without_nulls

JSON_TYPES = {
    b"application/json",
    b"application/jsonrequest",
    b"application/problem+json",
    b"application/vnd.ims.lis.v1.score+json",
    b"application/vnd.ims.lis.v2.lineitem+json",
    b"text/x-json",
}
FORM_TYPE = b"application/x-www-form-urlencoded"
MULTIPART_TYPES = {b"multipart/form-data", b"multipart/mixed", b"multipart/related"}
DEEPEST_JSON = 100


def parse_body(content_type: bytes | None, body: bytes, known: frozenset[str]) -> dict[str, Any]:
    """Return the known parameters of a body; its charset is ignored, it has to be UTF-8. Raises MalformedRequest."""
    if not body or not content_type:
        return {}
    media_type = _media_type(content_type)
    if media_type in JSON_TYPES:
        return _json(body, known)
    if media_type == FORM_TYPE:
        # Old versions of Safari end a form with a NUL.
        return parse_nested(parse_pairs(body.removesuffix(b"\0"), "The form"), known)
    boundary = boundary_of(content_type) if media_type in MULTIPART_TYPES else None
    return parse_nested(parse_multipart(body, boundary), known) if boundary else {}


@lru_cache(maxsize=256)
def _media_type(content_type: bytes) -> bytes:
    return content_type.replace(b",", b";").partition(b";")[0].strip().lower()


def _json(body: bytes, known: frozenset[str]) -> dict[str, Any]:
    try:
        value = json.loads(body.decode(), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise MalformedRequest("The body is not valid UTF-8.") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise MalformedRequest("The body is not valid JSON.") from None
    if body.count(b"[") + body.count(b"{") > DEEPEST_JSON and _is_too_deep(value):
        raise _too_deep()
    # Rack wraps an array or a scalar, so it holds no known parameter.
    values = {name: value[name] for name in known & value.keys()} if isinstance(value, dict) else {}
    return without_nulls(values) if b"null" in body else values


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _is_too_deep(value: Any) -> bool:
    containers = [value]
    for _ in range(DEEPEST_JSON):
        inner = (item for one in containers for item in (one.values() if isinstance(one, dict) else one))
        containers = [item for item in inner if isinstance(item, (dict, list))]
    return bool(containers)


def _too_deep() -> MalformedRequest:
    return MalformedRequest(f"The body is not JSON that can be read: it is nested deeper than {DEEPEST_JSON} levels.")
