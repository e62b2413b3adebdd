"""Parse query strings and forms into nested values by Rack's rules (canvas-behaviour 1.5)."""

import re
from typing import Any
from urllib.parse import unquote_to_bytes

DEEPEST = 32
MAX_PARAMETERS = 4096
LONGEST_SHOWN = 100
_BAD_ESCAPE = re.compile(rb"%(?![0-9a-fA-F]{2})")
_SEPARATOR = re.compile(rb"& *")
_BRACKETS = re.compile(r"[\[\]]+")
# `[][key]`: the key of an object in a list.
_KEY_IN_LIST = re.compile(r"\[\]\[([^\[\]]+)\]\Z")

Pairs = list[tuple[str, str | None]]


class MalformedRequest(ValueError):
    """A malformed query string or body; str() is the message for the client."""


def parse_pairs(encoded: bytes, source: str) -> Pairs:
    """Decode the names and values of a query string or a form; a name without = has the value None.

    A name that is not UTF-8 cannot be a known one, so only values have to be UTF-8.
    """
    if not encoded:
        return []
    if b"%" in encoded and _BAD_ESCAPE.search(encoded):
        raise MalformedRequest(f"{source} has a % without two hexadecimal digits.")
    parts = _SEPARATOR.split(encoded) if b"& " in encoded else encoded.split(b"&")
    check_number(parts, source)
    pairs: Pairs = []
    for part in parts:
        if not part:
            continue
        name, equals, value = part.partition(b"=")
        pairs.append(
            (_unquoted(name).decode("utf-8", "replace"), decoded(_unquoted(value), source) if equals else None)
        )
    return pairs


def check_number(parameters: list[Any], source: str) -> None:
    """Raises MalformedRequest for more than MAX_PARAMETERS."""
    if len(parameters) > MAX_PARAMETERS:
        raise MalformedRequest(f"{source} has more than {MAX_PARAMETERS} parameters.")


def _unquoted(raw: bytes) -> bytes:
    return unquote_to_bytes(raw.replace(b"+", b" ")) if b"%" in raw or b"+" in raw else raw


def decoded(raw: bytes, source: str, charset: str = "utf-8") -> str:
    """Decode a value. Raises MalformedRequest."""
    try:
        return raw.decode(charset)
    except UnicodeDecodeError:
        raise MalformedRequest(f"{source} is not valid {charset.upper()}.") from None


def parse_nested(pairs: Pairs, known: frozenset[str]) -> dict[str, Any]:
    """Collect the values of known names; the other names may not contradict each other either.

    `a[b]` makes an object and `a[]` a list; in a list of objects a repeated key starts the next object.
    """
    if not pairs:
        return {}
    values: dict[str, Any] = {}
    has_null = False
    for name, value in pairs:
        if value is None:
            has_null = True
        start = name.find("[", 1)
        if start > 0:
            _set(values, name, name[:start], name[start:], value, (name[:start][:LONGEST_SHOWN], 0))
        elif name:
            values[name] = value
    ours = {name: value for name, value in values.items() if name in known}
    return without_nulls(ours) if has_null else ours


def without_nulls(value: Any) -> Any:
    """Drop the nulls of lists at any depth, as Rails does."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_nulls(item) for item in value if item is not None]
    return value


# The name of the parameter, for messages, and the depth of nesting.
Where = tuple[str, int]


def _set(target: dict[str, Any], name: str, key: str, rest: str, value: str | None, where: Where) -> None:
    """Set the value of a name that consists of a key and the rest, its brackets."""
    if not rest:
        target[key] = value
    elif rest == "[":
        target[name] = value
    elif rest.startswith("[]"):
        _append(_container(target, key, list, where), rest, value, where)
    else:
        _set_inside(_container(target, key, dict, where), rest, value, where)


def _append(target: list[Any], brackets: str, value: str | None, where: Where) -> None:
    if brackets == "[]":
        target.append(value)
        return
    key = _KEY_IN_LIST.match(brackets)
    name = key[1] if key else brackets[2:]
    if not (target and isinstance(target[-1], dict) and not _has(target[-1], name)):
        target.append([value] if name == "[]" else {})
    if name != "[]":
        _set_inside(target[-1], name, value, where)


def _set_inside(target: dict[str, Any], name: str, value: str | None, where: Where) -> None:
    """Set a value by a name inside another; brackets that do not match are part of a key."""
    root, depth = where
    if depth == DEEPEST:
        raise MalformedRequest(f"The parameter {root} is nested deeper than {DEEPEST} levels.")
    key, rest = name, ""
    if name.startswith("[]"):
        key, rest = "[]", name[2:]
    elif name.startswith("[") and "]" in name:
        key, _, rest = name[1:].partition("]")
    _set(target, name, key, rest, value, (root, depth + 1))


def _has(target: Any, name: str) -> bool:
    if "[]" in name:
        return False
    for key in filter(None, _BRACKETS.split(name)):
        if not isinstance(target, dict) or key not in target:
            return False
        target = target[key]
    return True


def _container(target: dict[str, Any], key: str, kind: type, where: Where) -> Any:
    container = target.get(key)
    if container is None:
        container = target[key] = kind()
    elif not isinstance(container, kind):
        raise MalformedRequest(f"The parameter {where[0]} is sent as values of different kinds.")
    return container
