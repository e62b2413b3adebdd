"""Parse request bodies: JSON and forms; bodies of other types are ignored (canvas-behaviour 1.5)."""

import json
import re
from functools import lru_cache
from typing import Any

from canvas_outcomes_server.http.nested_parameters import (
    MalformedRequest,
    Pairs,
    check_number,
    decoded,
    parse_nested,
    parse_pairs,
    without_nulls,
)

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
LONGEST_BOUNDARY = 70
LONGEST_DISPOSITION = 1536
MULTIPART = "The multipart form"
_BOUNDARY = re.compile(rb'boundary="?([^";,]+)', re.IGNORECASE)
_FOLD = re.compile(rb"\r\n[ \t]+")
_OPTION = re.compile(rb';\s*([^\s=;]+)=(?:"((?:[^"\\]|\\.)*)"|([^;]*))', re.DOTALL)
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
# Charsets of a part that Ruby knows too; UTF-16 and UTF-32 fail there, and an unknown charset is ignored.
_CHARSET = re.compile(
    r"us-ascii|iso-8859-(?:[1-9]|1[013-6])|windows-125[0-8]|koi8-[ru]|shift_jis|euc-jp|euc-kr|gb18030|big5"
)
_WIDE = re.compile(r"utf-?(?:16|32)")


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
    boundary = _boundary(content_type) if media_type in MULTIPART_TYPES else None
    return parse_nested(_multipart(body, boundary), known) if boundary else {}


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


def _boundary(content_type: bytes) -> bytes | None:
    """Return the boundary, or None if there is none. Raises MalformedRequest for several or a long one."""
    boundaries = _BOUNDARY.findall(content_type)
    usable = all(len(boundary) <= LONGEST_BOUNDARY and boundary.isascii() for boundary in boundaries)
    if len(boundaries) > 1 or not usable:
        raise MalformedRequest(f"{MULTIPART} needs one boundary of at most {LONGEST_BOUNDARY} ASCII characters.")
    return boundaries[0] if boundaries else None


def _multipart(body: bytes, boundary: bytes) -> Pairs:
    """Return the names and values of the fields by Rack's rules; files, and parts without a name, are skipped."""
    fields: Pairs = []
    parts = _multipart_parts(body, boundary)
    check_number(parts, MULTIPART)
    for head, value in parts:
        headers = _headers(head)
        name = _field_name(headers.get(b"content-disposition", b""))
        if name is not None:
            fields.append(
                (name.decode("utf-8", "replace"), decoded(value, MULTIPART, _charset(headers.get(b"content-type"))))
            )
    return fields


def _multipart_parts(body: bytes, boundary: bytes) -> list[tuple[bytes, bytes]]:
    """Split a body into the heads and the contents of its parts; what is before and after them is skipped."""
    delimiter = re.compile(rb"(?:\A|\r\n)--" + re.escape(boundary) + rb"(\r\n|--)")
    parts = []
    found = delimiter.search(body)
    while found and found[1] != b"--":
        head, end = found.end(), body.find(b"\r\n\r\n", found.end())
        # The delimiter may use the line end of the head.
        found = delimiter.search(body, end + 2) if end >= 0 else None
        if found:
            parts.append((body[head:end], body[end + 4 : found.start()]))
    if not found:
        raise MalformedRequest(f"{MULTIPART} ends before its closing boundary.")
    return parts


def _headers(head: bytes) -> dict[bytes, bytes]:
    lines = (line.partition(b":") for line in _FOLD.sub(b" ", head).split(b"\r\n"))
    return {name.lower(): value.strip() for name, _, value in lines}


def _field_name(disposition: bytes) -> bytes | None:
    if len(disposition) > LONGEST_DISPOSITION:
        return None
    options = {name: _ESCAPE.sub(rb"\1", quoted) or plain for name, quoted, plain in _OPTION.findall(disposition)}
    return None if options.keys() & {b"filename", b"filename*"} else options.get(b"name")


def _charset(content_type: bytes | None) -> str:
    """Return the charset of a part, which only text/plain has. Raises MalformedRequest."""
    if content_type is None:
        return "utf-8"
    if not content_type:
        raise MalformedRequest(f"{MULTIPART} has a part with an empty Content-Type.")
    options = {name: quoted or plain for name, quoted, plain in _OPTION.findall(content_type)}
    charset = options.get(b"charset", b"").decode("latin-1").lower()
    if content_type.partition(b";")[0].strip() != b"text/plain" or not charset:
        return "utf-8"
    if _WIDE.match(charset):
        raise MalformedRequest(f"{MULTIPART} has a part in {charset.upper()}. Send UTF-8.")
    return charset if _CHARSET.fullmatch(charset) else "utf-8"
