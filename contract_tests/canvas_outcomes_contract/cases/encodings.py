"""The three body encodings of an update, written from the rules of Rails and not from the client's code."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote_plus

ENCODINGS = ("json", "form", "multipart")


def encode(fields: dict[str, Any], encoding: str) -> tuple[bytes, str]:
    """The bytes of a body and its media type."""
    if encoding == "json":
        return json.dumps(fields, allow_nan=False).encode(), "application/json"
    if encoding == "form":
        return urlencoded(form_pairs(fields)).encode(), "application/x-www-form-urlencoded"
    # A hash of the fields instead of a random boundary: the same seed sends the same bytes.
    boundary = hashlib.sha256(repr(fields).encode("utf-8", "backslashreplace")).hexdigest()[:32]
    return _multipart(fields, boundary), f"multipart/form-data; boundary={boundary}"


def form_pairs(fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Names and values of a Rails form. A list of objects is written row by row: a repeated key begins a new row."""
    for name, value in fields.items():
        for row in value if isinstance(value, list) else ():
            members = (
                {f"{name}[][{key}]": item for key, item in row.items()} if isinstance(row, dict) else {f"{name}[]": row}
            )
            yield from ((key, form_value(item)) for key, item in members.items())
        if not isinstance(value, list):
            yield name, form_value(value)


def urlencoded(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs)


def form_value(value: Any) -> str:
    """A scalar as a string."""
    return value if isinstance(value, str) else json.dumps(value)


def _multipart(fields: dict[str, Any], boundary: str) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in form_pairs(fields)
    ]
    return ("".join(parts) + f"--{boundary}--\r\n").encode()
