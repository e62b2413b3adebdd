"""Convert request values to strings and numbers as Ruby does (canvas-behaviour 3.2)."""

import math
import re
from typing import Any

from canvas_outcomes_server.storage.tables import MAX_ID

EXACT_IN_DOUBLE = 2**53
# Unicode White_Space. Unlike str.isspace(), Ruby does not include U+001C to U+001F.
WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"

_INTEGER = re.compile(r"[\t\n\v\f\r ]*([+-]?)([0-9]+(?:_[0-9]+)*)")
_DIGITS = r"[0-9]+(?:_[0-9]+)*"
_FLOAT = re.compile(rf"[\t\n\v\f\r ]*([+-]?(?:{_DIGITS}(?:\.{_DIGITS})?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?)")


class NotANumber(ValueError):
    """A value that cannot be converted to a finite number."""


def is_blank(value: Any) -> bool:
    """Whether a value is a string of white space only, an empty list or object, null or false."""
    if isinstance(value, str):
        return not value.strip(WHITE_SPACE)
    return value is None or value is False or value in ([], {})


def is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float))


def to_string(value: Any) -> str | None:
    """Convert a scalar to the string to store; None stays None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, float):
        return re.sub(r"^(-?[0-9])e", r"\1.0e", repr(value)).replace("inf", "Infinity")
    return str(value)


def leading_integer(text: str) -> int:
    """Parse the integer at the start of a string: 0 if there is none, at most the largest id."""
    match = _INTEGER.match(text)
    if match is None:
        return 0
    # int() rejects strings of thousands of digits; twenty digits exceed the largest id.
    digits = match[2].replace("_", "").lstrip("0")[:20]
    size = min(int(digits or 0), MAX_ID)
    return -size if match[1] == "-" else size


def to_integer(value: Any) -> int:
    """Convert a number, a string or a boolean to its integer part. Raises NotANumber if it is not finite."""
    if isinstance(value, str):
        return leading_integer(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise NotANumber
    return int(value)


def to_number(value: Any) -> int | float:
    """Convert a number or a string to a number, integral ones to int. Raises NotANumber for other values."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise NotANumber
    if isinstance(value, str):
        match = _FLOAT.match(value)
        value = float(match[1]) if match else 0
    return _finite(value)


def _finite(value: int | float) -> int | float:
    try:
        as_float = float(value)
    except OverflowError:
        raise NotANumber from None
    if not math.isfinite(as_float):
        raise NotANumber
    if isinstance(value, int):
        return value if abs(value) <= MAX_ID else as_float
    return int(value) if value.is_integer() and abs(value) <= EXACT_IN_DOUBLE else value
