"""Parse multipart forms by Rack's rules, which no library for ASGI follows (canvas-behaviour 1.5)."""

import re

from canvas_outcomes_server.http.nested_parameters import MalformedRequest, Pairs, check_number, decoded

LONGEST_BOUNDARY = 70
LONGEST_DISPOSITION = 1536
SOURCE = "The multipart form"
_BOUNDARY = re.compile(rb'boundary="?([^";,]+)', re.IGNORECASE)
_FOLD = re.compile(rb"\r\n[ \t]+")
_OPTION = re.compile(rb';\s*([^\s=;]+)=(?:"((?:[^"\\]|\\.)*)"|([^;]*))', re.DOTALL)
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
# Charsets of a part that Ruby knows too; UTF-16 and UTF-32 fail there, and an unknown charset is ignored.
_CHARSET = re.compile(
    r"us-ascii|iso-8859-(?:[1-9]|1[0-6])|windows-125[0-8]|koi8-[ru]|shift_jis|euc-jp|euc-kr|gb18030|big5"
)
_WIDE = re.compile(r"utf-?(?:16|32)")


def boundary_of(content_type: bytes) -> bytes | None:
    """Return the boundary, or None if there is none. Raises MalformedRequest for several or a long one."""
    boundaries = _BOUNDARY.findall(content_type)
    usable = all(len(boundary) <= LONGEST_BOUNDARY and boundary.isascii() for boundary in boundaries)
    if len(boundaries) > 1 or not usable:
        raise MalformedRequest(f"{SOURCE} needs one boundary of at most {LONGEST_BOUNDARY} ASCII characters.")
    return boundaries[0] if boundaries else None


def parse_multipart(body: bytes, boundary: bytes) -> Pairs:
    """Return the names and values of the fields; files, and parts without a name, are skipped."""
    fields: Pairs = []
    parts = _parts(body, boundary)
    check_number(parts, SOURCE)
    for head, value in parts:
        headers = _headers(head)
        name = _field_name(headers.get(b"content-disposition", b""))
        if name is not None:
            fields.append(
                (name.decode(errors="replace"), decoded(value, SOURCE, _charset(headers.get(b"content-type"))))
            )
    return fields


def _parts(body: bytes, boundary: bytes) -> list[tuple[bytes, bytes]]:
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
        raise MalformedRequest(f"{SOURCE} ends before its closing boundary.")
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
        raise MalformedRequest(f"{SOURCE} has a part with an empty Content-Type.")
    options = {name: quoted or plain for name, quoted, plain in _OPTION.findall(content_type)}
    charset = options.get(b"charset", b"").decode("latin-1").lower()
    if content_type.partition(b";")[0].strip() != b"text/plain" or not charset:
        return "utf-8"
    if _WIDE.match(charset):
        raise MalformedRequest(f"{SOURCE} has a part in {charset.upper()}. Send UTF-8.")
    return charset if _CHARSET.fullmatch(charset) else "utf-8"
