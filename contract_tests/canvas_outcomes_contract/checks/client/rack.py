"""Parser of forms that follows the rules of Rack, independent of the encoder of the client."""

import re
from typing import Any
from urllib.parse import unquote_to_bytes

Pair = tuple[str, str]


class Unreadable(AssertionError):
    """A body that Rack rejects with 400."""


def nested(pairs: list[Pair]) -> dict[str, Any]:
    """Convert names and values to nested parameters."""
    parameters: dict[str, Any] = {}
    for name, value in pairs:
        _store(parameters, name, value, top=True)
    return parameters


def _store(parameters: dict[str, Any], name: str, value: str, *, top: bool = False) -> dict[str, Any]:
    key, rest = _first_key(name) if top else _next_key(name)
    if not key:
        return parameters
    if rest in ("", "["):
        parameters[key if rest == "" else name] = value
    elif rest == "[]":
        _slot(parameters, key, list).append(value)
    elif rest.startswith("[]"):
        _store_in_row(_slot(parameters, key, list), re.sub(r"\A\[\]\[([^\[\]]+)\]\Z|\A\[\]", r"\1", rest), value)
    else:
        _store(_slot(parameters, key, dict), rest, value)
    return parameters


def _first_key(name: str) -> Pair:
    """Split a name at the first bracket that is not its first character."""
    start = name.find("[", 1)
    return (name, "") if start == -1 else (name[:start], name[start:])


def _next_key(name: str) -> Pair:
    match = re.match(r"[\[\]]*([^\[\]]+)\]*", name)
    return ("", "") if match is None else (match[1], name[match.end() :])


def _slot(parameters: dict[str, Any], key: str, kind: type) -> Any:
    found = parameters.setdefault(key, kind())
    if not isinstance(found, kind):
        raise Unreadable(f"{key} is used as {type(found).__name__} and as {kind.__name__}")
    return found


def _store_in_row(rows: list[Any], key: str, value: str) -> None:
    """Store a value in the last row, or in a new row if that has the key already."""
    last = rows[-1] if rows else None
    if isinstance(last, dict) and not _has(last, key):
        _store(last, key, value)
    else:
        rows.append(_store({}, key, value))


def _has(row: dict[str, Any], key: str) -> bool:
    if "[]" in key:
        return False
    found: Any = row
    for part in re.split(r"[\[\]]+", key):
        if part and not (isinstance(found, dict) and part in found):
            return False
        found = found[part] if part else found
    return True


def urlencoded_pairs(content: bytes) -> list[Pair]:
    """Parse application/x-www-form-urlencoded."""
    parts = [part.partition(b"=") for part in content.split(b"&") if part]
    return [(_unescaped(name), _unescaped(value)) for name, _, value in parts]


def _unescaped(text: bytes) -> str:
    return unquote_to_bytes(text.replace(b"+", b" ")).decode()


def multipart_pairs(content: bytes, media_type: str) -> list[Pair]:
    """Parse multipart/form-data. A file is a string with a character for each of its bytes."""
    boundary = re.fullmatch(r'multipart/form-data; *boundary="?([^";]+)"?', media_type)
    if boundary is None:
        raise Unreadable(f"no boundary in {media_type!r}")
    before, *parts, after = (b"\r\n" + content).split(b"\r\n--" + boundary[1].encode())
    if before or not after.startswith(b"--"):
        raise Unreadable(f"the body does not begin and end with the boundary {boundary[1]!r}")
    return [_part(part) for part in parts]


def _part(part: bytes) -> Pair:
    head, _, value = part.partition(b"\r\n\r\n")
    disposition = rb'\r\ncontent-disposition: form-data; name="([^"]*)"(; filename="[^"]*")?(?=\r\n|\Z)'
    name = re.search(disposition, head, re.IGNORECASE)
    if name is None:
        raise Unreadable(f"a part without a name: {head!r}")
    return name[1].decode(), value.decode("latin-1" if name[2] else "utf-8")
