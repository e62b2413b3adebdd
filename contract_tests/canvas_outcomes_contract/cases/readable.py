"""Recognizes bodies that no check can read: JSON that Python's decoder accepts, or fails on, against RFC 8259."""

import json
import math
import re
from typing import Any

DEEPEST = 100  # levels of lists and objects
DEEP = f"JSON of more than {DEEPEST} levels"
DIGITS = 308  # of an integer that a double can hold
# An unreadable body has one of these, is deep or has a large number; no other body is decoded here.
SUSPECT = (b"NaN", b"Infinity", b"\\u")
LARGE_NUMBER = re.compile(rb"[0-9](?:[0-9]{299}|[eE][+]?[0-9]{2})")


class _Unreadable(ValueError):
    """The JSON has a value that other decoders reject or change."""


def unreadable(content: bytes) -> str:
    """Why no check can read a body that is JSON; empty if one can, and for other bodies."""
    is_suspect = any(one in content for one in SUSPECT) or b"\0" in content[:4] or LARGE_NUMBER.search(content)
    if not is_suspect and content.count(b"[") + content.count(b"{") <= DEEPEST:
        return ""
    try:
        value = json.loads(content, parse_constant=_constant, parse_float=_float, parse_int=_integer)
        return _problem(content, value)
    except RecursionError:
        return DEEP
    except _Unreadable as error:
        return str(error)
    except ValueError:
        return ""


def _problem(content: bytes, value: Any) -> str:
    if not json.detect_encoding(content).startswith("utf-8"):
        return "JSON that is not in UTF-8"
    if _is_deep(value):
        return DEEP
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return "JSON with a string that contains half a surrogate pair"
    return ""


def _constant(text: str) -> float:
    raise _Unreadable(f"{text}, which is not JSON")


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _Unreadable("JSON with a number that no double can hold")
    return value


def _integer(text: str) -> int:
    if len(text) > DIGITS:
        raise _Unreadable("JSON with a number that no double can hold")
    return int(text)


def _is_deep(value: Any) -> bool:
    level = [value] if isinstance(value, list | dict) else []
    for _ in range(DEEPEST):
        children = (one.values() if isinstance(one, dict) else one for one in level)
        level = [child for several in children for child in several if isinstance(child, list | dict)]
    return bool(level)
