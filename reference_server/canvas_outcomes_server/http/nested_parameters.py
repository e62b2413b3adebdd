"""Reads query strings and forms into nested values by Rack's rules (canvas-behaviour 1.5)."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

DEEPEST = 32
_BAD_ESCAPE = re.compile(rb"%(?![0-9a-fA-F]{2})")
_KEY = re.compile(r"([^\[]+)((?:\[[^\[\]]*\])*)\Z")
_SUBKEYS = re.compile(r"\[([^\[\]]*)\]")


class Unreadable(ValueError):
    """A text that does not follow the rules; str() says why, as a sentence."""


def pairs(text: bytes, what: str) -> list[tuple[str, str | None]]:
    """The names and values of a query string or an urlencoded form; a name without = has the value None."""
    if _BAD_ESCAPE.search(text):
        raise Unreadable(f"{what} has a % without two hexadecimal digits.")
    found = []
    for part in text.split(b"&"):
        name, equals, value = part.partition(b"=")
        if part:
            found.append((_decoded(name, what), _decoded(value, what) if equals else None))
    return found


def _decoded(raw: bytes, what: str) -> str:
    try:
        return unquote_to_bytes(raw.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise Unreadable(f"{what} is not valid UTF-8.") from None


def nested(named: Iterable[tuple[str, str | None]], wanted: frozenset[str]) -> dict[str, Any]:
    """The values of the wanted names. `a[b]` makes an object, `a[]` a list; in a list of objects a key that repeats
    begins the next object. Names outside `wanted` are skipped unread."""
    values: dict[str, Any] = {}
    for name, value in named:
        if name in wanted:
            values[name] = value
        elif name.partition("[")[0] in wanted:
            _put(values, name, value)
    return values


def _put(values: dict[str, Any], name: str, value: str | None) -> None:
    found = _KEY.match(name)
    if found is None:
        return
    subkeys = _SUBKEYS.findall(found[2])
    if len(subkeys) > DEEPEST:
        raise Unreadable(f"The parameter {found[1]} is nested deeper than {DEEPEST} levels.")
    _put_in_object(values, found[1], subkeys, value, found[1])


def _put_in_object(target: dict[str, Any], key: str, subkeys: list[str], value: str | None, root: str) -> None:
    if not subkeys:
        target[key] = value
    elif subkeys[0] == "":
        _put_in_list(_container(target, key, list, root), subkeys[1:], value, root)
    else:
        _put_in_object(_container(target, key, dict, root), subkeys[0], subkeys[1:], value, root)


def _put_in_list(target: list[Any], subkeys: list[str], value: str | None, root: str) -> None:
    if not subkeys:
        target.append(value)
        return
    if subkeys[0] == "":
        raise Unreadable(f"The parameter {root} has a list in a list.")
    if not (target and isinstance(target[-1], dict) and not _has(target[-1], subkeys)):
        target.append({})
    _put_in_object(target[-1], subkeys[0], subkeys[1:], value, root)


def _has(target: Any, subkeys: list[str]) -> bool:
    for key in subkeys:
        if not isinstance(target, dict) or key not in target:
            return False
        target = target[key]
    return True


def _container(target: dict[str, Any], key: str, kind: type, root: str) -> Any:
    container = target.setdefault(key, kind())
    if not isinstance(container, kind):
        raise Unreadable(f"The parameter {root} is sent as values of different kinds.")
    return container
