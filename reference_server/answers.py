"""Turns bodies into HTTP responses, with ids as strings where the request asks for them (canvas-behaviour 1.4)."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

JSON = "application/json; charset=utf-8"
_encode = msgspec.json.Encoder().encode


def answer(
    body: Any, status: int = 200, headers: Mapping[str, str] | None = None, string_ids: bool = False
) -> Response:
    content = _encode(with_string_ids(body) if string_ids else body)
    return Response(content, status, headers=headers, media_type=JSON)


def with_string_ids(value: Any) -> Any:
    """A copy in which integers under id and *_id, and in lists under ids and *_ids, are strings."""
    if isinstance(value, list):
        return [with_string_ids(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {key: _member(key, item) for key, item in value.items()}


def _member(key: str, value: Any) -> Any:
    if key == "id" or key.endswith("_id"):
        return str(value) if _is_integer(value) else value
    if (key == "ids" or key.endswith("_ids")) and isinstance(value, list):
        return [str(item) if _is_integer(item) else item for item in value]
    return with_string_ids(value)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
