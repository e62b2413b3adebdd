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
    boundary = boundary_of(repr(fields).encode("utf-8", "backslashreplace"))
    return _multipart(fields, boundary), f"multipart/form-data; boundary={boundary}"


def boundary_of(content: bytes) -> str:
    """The boundary of a multipart body, not a random one: the same seed sends the same bytes."""
    return hashlib.sha256(content).hexdigest()[:32]


def encode_body(value: Any, media_type: str) -> tuple[bytes, str]:
    """The bytes of a body of any media type and its Content-Type."""
    encodings = {"application/x-www-form-urlencoded": "form", "multipart/form-data": "multipart"}
    if media_type in encodings:
        return encode(value, encodings[media_type])
    if media_type.endswith("json"):
        return json.dumps(value, allow_nan=False).encode(), media_type
    return plain_text(value).encode(), media_type


def query_parameters(parameter: dict[str, Any], value: Any) -> dict[str, Any]:
    """The names and values that a parameter adds to a query."""
    name, style, explode = parameter["name"], parameter.get("style", "form"), parameter.get("explode")
    if "content" in parameter:
        return {name: json.dumps(value)}
    if isinstance(value, dict) and style == "deepObject":
        return {f"{name}[{key}]": plain_text(item) for key, item in value.items()}
    if isinstance(value, dict) and explode is not False:
        return {key: plain_text(item) for key, item in value.items()}
    if isinstance(value, list) and (explode if explode is not None else style == "form"):
        return {name: [plain_text(item) for item in value]}
    return {name: plain_text(value, {"pipeDelimited": "|", "spaceDelimited": " "}.get(style, ","))}


def plain_text(value: Any, delimiter: str = ",") -> str:
    """A scalar as in a URL; the parts of a list or mapping with a delimiter between them."""
    if isinstance(value, dict):
        value = [part for item in value.items() for part in item]
    return delimiter.join(map(form_value, value)) if isinstance(value, list) else form_value(value)


def form_pairs(fields: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Names and values of a Rails form. A list of objects is written row by row: a repeated key begins a new row."""
    for key, value in fields.items():
        name = f"{prefix}[{key}]" if prefix else key
        if isinstance(value, dict):
            yield from form_pairs(value, name)
        for item in value if isinstance(value, list) else ():
            rows = form_pairs(item, f"{name}[]") if isinstance(item, dict) else [(f"{name}[]", form_value(item))]
            yield from rows
        if not isinstance(value, dict | list):
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
