"""Converts request values to text and numbers as Ruby does; clients of Canvas rely on it (canvas-behaviour 3.2)."""

import math
import re
from typing import Any

MAX_ID = 2**63 - 1
EXACT_IN_DOUBLE = 2**53
# Unicode White_Space. str.isspace() also counts U+001C to U+001F, which are no white space to Ruby.
WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"

_INTEGER = re.compile(r"[\t\n\v\f\r ]*([+-]?)([0-9]+(?:_[0-9]+)*)")
_FLOAT = re.compile(r"[\t\n\v\f\r ]*([+-]?(?:[0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")


class NoNumber(ValueError):
    """A value that cannot stand for a number."""


def is_blank(text: str) -> bool:
    """Whether a text is empty or white space only."""
    return not text.strip(WHITE_SPACE)


def is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float))


def scalar_text(value: Any) -> str | None:
    """The text under which a scalar is stored; None stays None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value)


def leading_integer(text: str) -> int:
    """The integer at the beginning of a text, 0 if there is none; cut off at the largest id."""
    found = _INTEGER.match(text)
    if found is None:
        return 0
    # No int() of all digits: it refuses thousands. Twenty are more than the largest id.
    digits = found[2].replace("_", "").lstrip("0")[:20]
    size = min(int(digits or 0), MAX_ID)
    return -size if found[1] == "-" else size


def truncated(value: Any) -> int:
    """The integer part of a number, a numeric text or a boolean. Raises NoNumber for one that is infinite."""
    if isinstance(value, str):
        return leading_integer(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise NoNumber
    return int(value)


def number(value: Any) -> int | float:
    """The number that a value stands for, whole numbers as int. Raises NoNumber for what is no number or infinite."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise NoNumber
    if isinstance(value, str):
        found = _FLOAT.match(value)
        value = float(found[1]) if found else 0
    return _finite(value)


def _finite(value: int | float) -> int | float:
    try:
        as_float = float(value)
    except OverflowError:
        raise NoNumber from None
    if not math.isfinite(as_float):
        raise NoNumber
    if isinstance(value, int):
        return value if abs(value) <= MAX_ID else as_float
    return int(value) if value.is_integer() and abs(value) <= EXACT_IN_DOUBLE else value
