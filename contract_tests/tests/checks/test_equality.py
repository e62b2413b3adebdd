"""Equality of expected and actual values."""

from typing import Any

import pytest

from canvas_outcomes_contract.cases.equality import ANY, OneOf, matches


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        ([1, 2], [2, 1.0], True),
        ([1, 1, 2], [1, 2, 2], False),
        ([1], [1, 1], False),
        ([1, 1], [1], False),
        # Whichever item comes first, it must leave the only match to the other one.
        ([ANY, 1], [1, 2], True),
        ([OneOf((1, 2)), ANY, 2], [2, 1, 3], True),
        ([OneOf((1, 2)), OneOf((2, 3)), OneOf((3, 1)), 1], [1, 2, 3, 1], True),
        ([ANY, OneOf((1, 2)), 1, 2], [1, 2, 3, 4], False),
        ([1, True], [1, 1], False),
        ([{"a": ANY, "b": 0}, {"a": "x", "b": 0}], [{"a": "x", "b": 0}, {"a": "y", "b": 0}], True),
        ([0] * 300, [0] * 299 + [1], False),
    ],
)
def test_a_list_matches_in_any_order(expected: list[Any], actual: list[Any], same: bool) -> None:
    assert matches(expected, actual) is same
