"""Equality of expected and actual values: ANY and OneOf, numbers by value, lists in any order."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Fields = dict[str, Any]  # of a record or a change of it, by name


class _Any:
    """Matches every value."""

    def __repr__(self) -> str:
        return "ANY"


ANY = _Any()


@dataclass(frozen=True)
class OneOf:
    """Matches each of its values."""

    values: tuple[Any, ...]


def matches(expected: Any, actual: Any) -> bool:
    """Whether a value is the expected one: 5 equals 5.0, true differs from 1, an object may have further members."""
    if expected is ANY:
        return True
    if isinstance(expected, OneOf):
        return any(matches(value, actual) for value in expected.values)
    if isinstance(expected, list):
        return isinstance(actual, list) and _same_items(expected, actual)
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            key in actual and matches(value, actual[key]) for key, value in expected.items()
        )
    if is_number(expected) and is_number(actual):
        return double(expected) == double(actual)
    return same_scalar(expected, actual)


def double(number: float) -> float:
    """The nearest double, as which JavaScript reads a number: it writes 6.4e16 as an integer with other digits."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def same_scalar(expected: Any, actual: Any) -> bool:
    both_are_numbers = is_number(expected) and is_number(actual)
    return bool(expected == actual) and (both_are_numbers or type(expected) is type(actual))


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same_items(expected: list[Any], actual: list[Any]) -> bool:
    """Whether each item can be assigned to another one that it matches: the assignment may need several tries."""
    assigned: dict[int, int] = {}  # the index of the expected item by that of the actual one

    def assign(item: int, tried: set[int]) -> bool:
        for index in sorted(range(len(actual)), key=assigned.__contains__):
            if index not in tried and matches(expected[item], actual[index]):
                tried.add(index)
                if index not in assigned or assign(assigned[index], tried):
                    assigned[index] = item
                    return True
        return False

    return len(expected) == len(actual) and all(assign(item, set()) for item in range(len(expected)))


def multiset(rows: Iterable[Fields]) -> Counter[Any]:
    """Count equal rows, whatever their order."""
    return Counter(tuple(sorted(row.items(), key=lambda item: item[0])) for row in rows)
