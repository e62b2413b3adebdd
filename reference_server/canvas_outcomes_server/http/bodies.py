"""Parse request bodies: JSON, forms and multipart forms; bodies of other types are ignored."""

import json
from typing import Any

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from canvas_outcomes_server.http.nested_parameters import MalformedRequest, parse_nested, parse_pairs

MAX_PARTS = 10_000
UTF_8 = (b"", b"utf-8", b"utf8", b"us-ascii")


def parse_body(content_type: bytes | None, body: bytes, known: frozenset[str]) -> dict[str, Any]:
    """Return the known parameters of a body. Raises MalformedRequest."""
    if not body:
        return {}
    media_type, options = parse_options_header(content_type)
    read = READERS.get(media_type.strip().lower())
    if read is None:
        return {}
    if options.get(b"charset", b"").lower() not in UTF_8:
        raise MalformedRequest("The charset of the body is not known. Send UTF-8.")
    return read(body, options, known)


def _json(body: bytes, _: dict[bytes, bytes], known: frozenset[str]) -> dict[str, Any]:
    try:
        value = json.loads(body.decode(), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise MalformedRequest("The body is not valid UTF-8.") from None
    except RecursionError:
        raise MalformedRequest("The body is not JSON that can be read: it is nested too deep.") from None
    except ValueError:
        raise MalformedRequest("The body is not valid JSON.") from None
    # Rack wraps an array or a scalar, so it holds no known parameter.
    return {name: value[name] for name in known & value.keys()} if isinstance(value, dict) else {}


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _form(body: bytes, _: dict[bytes, bytes], known: frozenset[str]) -> dict[str, Any]:
    return parse_nested(parse_pairs(body, "The form"), known)


def _multipart(body: bytes, options: dict[bytes, bytes], known: frozenset[str]) -> dict[str, Any]:
    boundary = options.get(b"boundary")
    if not boundary:
        raise MalformedRequest("The multipart form has no boundary in its Content-Type.")
    parts = _Parts()
    try:
        parser = MultipartParser(boundary, parts.callbacks())  # type: ignore[arg-type]
        parser.write(body)
        parser.finalize()
    except MalformedRequest:
        raise
    except (MultipartParseError, ValueError):
        raise MalformedRequest("The multipart form does not follow RFC 7578.") from None
    if not parts.ended:
        raise MalformedRequest("The multipart form ends before its closing boundary.")
    return parse_nested(parts.fields, known)


class _Parts:
    """Callbacks that collect the fields of a multipart form and skip files."""

    # State of the current part
    _header_name: bytes
    _options: dict[bytes, bytes]
    _data: bytearray

    def __init__(self) -> None:
        self.fields: list[tuple[str, str | None]] = []
        self.ended = False
        self._count = 0

    def callbacks(self) -> dict[str, Any]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        self._count += 1
        if self._count > MAX_PARTS:
            raise MalformedRequest(f"The multipart form has more than {MAX_PARTS} parts.")
        self._options, self._data = {}, bytearray()

    # The parser gets the whole body in one call, so each callback gets a whole name or value.
    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name = data[start:end].lower()

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        if self._header_name == b"content-disposition":
            _, self._options = parse_options_header(data[start:end])

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self._data += data[start:end]

    def _part_end(self) -> None:
        if b"name" not in self._options or b"filename" in self._options:
            return
        try:
            self.fields.append((self._options[b"name"].decode(), self._data.decode()))
        except UnicodeDecodeError:
            raise MalformedRequest("The multipart form is not valid UTF-8.") from None

    def _end(self) -> None:
        self.ended = True


READERS = {b"application/json": _json, b"application/x-www-form-urlencoded": _form, b"multipart/form-data": _multipart}
