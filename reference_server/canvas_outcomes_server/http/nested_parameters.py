"""Parse query strings and forms into nested values by Rack's rules (canvas-behaviour 1.5)."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

DEEPEST = 32
_BAD_ESCAPE = re.compile(rb"%(?![0-9a-fA-F]{2})")
_KEY = re.compile(r"([^\[]+)((?:\[[^\[\]]*\])*)\Z")
_SUBKEYS = re.compile(r"\[([^\[\]]*)\]")


class MalformedRequest(ValueError):
    """A malformed query string or body; str() is the message for the client."""


def parse_pairs(encoded: bytes, source: str) -> list[tuple[str, str | None]]:
    """Decode the names and values of a query string or a form; a name without = has the value None."""
    if _BAD_ESCAPE.search(encoded):
        raise MalformedRequest(f"{source} has a % without two hexadecimal digits.")
    decoded = []
    for part in encoded.split(b"&"):
        name, equals, value = part.partition(b"=")
        if part:
            decoded.append((_decoded(name, source), _decoded(value, source) if equals else None))
    return decoded


def _decoded(raw: bytes, source: str) -> str:
    try:
        return unquote_to_bytes(raw.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise MalformedRequest(f"{source} is not valid UTF-8.") from None


def parse_nested(pairs: Iterable[tuple[str, str | None]], known: frozenset[str]) -> dict[str, Any]:
    """Collect the values of known names.

    `a[b]` makes an object and `a[]` a list; in a list of objects a repeated key starts the next object.
    """
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in known:
            values[name] = value
        elif name.partition("[")[0] in known:
            _set(values, name, value)
    return values


def _set(values: dict[str, Any], name: str, value: str | None) -> None:
    match = _KEY.match(name)
    if match is None:
        return
    subkeys = _SUBKEYS.findall(match[2])
    if len(subkeys) > DEEPEST:
        raise MalformedRequest(f"The parameter {match[1]} is nested deeper than {DEEPEST} levels.")
    _set_in_object(values, match[1], subkeys, value, match[1])


def _set_in_object(target: dict[str, Any], key: str, subkeys: list[str], value: str | None, root: str) -> None:
    if not subkeys:
        target[key] = value
    elif subkeys[0] == "":
        _set_in_list(_container(target, key, list, root), subkeys[1:], value, root)
    else:
        _set_in_object(_container(target, key, dict, root), subkeys[0], subkeys[1:], value, root)


def _set_in_list(target: list[Any], subkeys: list[str], value: str | None, root: str) -> None:
    if not subkeys:
        target.append(value)
        return
    if subkeys[0] == "":
        raise MalformedRequest(f"The parameter {root} has a list in a list.")
    if not (target and isinstance(target[-1], dict) and not _has(target[-1], subkeys)):
        target.append({})
    _set_in_object(target[-1], subkeys[0], subkeys[1:], value, root)


def _has(target: Any, subkeys: list[str]) -> bool:
    for key in subkeys:
        if not isinstance(target, dict) or key not in target:
            return False
        target = target[key]
    return True


def _container(target: dict[str, Any], key: str, kind: type, root: str) -> Any:
    container = target.setdefault(key, kind())
    if not isinstance(container, kind):
        raise MalformedRequest(f"The parameter {root} is sent as values of different kinds.")
    return container
