"""get_outcome: add_defaults, which adds the mastery level and the color to ratings."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_outcomes_contract.cases.equality import Fields, matches
from canvas_outcomes_contract.cases.responses import (
    JsonObject,
    changed_fields,
    without,
)
from canvas_outcomes_contract.checks.provider.outcomes.editable_outcome import EditableOutcome
from canvas_outcomes_contract.checks.provider.outcomes.requests import get_outcome, parse_outcome, ratings_of
from canvas_outcomes_contract.checks.provider.outcomes.strategies import DOCUMENTED_RATINGS, known_states, points
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.run.clauses import clause


@clause("get-outcome-marks-one-rating-as-mastery-with-add-defaults")
@given(start=known_states)
def test_marks_one_rating_as_mastery_with_add_defaults(editable: EditableOutcome, start: JsonObject) -> None:
    editable.set_state(start)

    marks = [rating["mastery"] for rating in ratings_of(editable.read(add_defaults=True))]

    assert sorted(marks) == [False] * (len(marks) - 1) + [True]


@clause("get-outcome-marks-the-rating-at-mastery-points")
@given(start=known_states, drawn=st.data())
def test_marks_the_rating_at_mastery_points(editable: EditableOutcome, start: JsonObject, drawn: st.DataObject) -> None:
    mastery_points = drawn.draw(st.sampled_from(start["ratings"]))["points"]
    editable.set_state(start | {"mastery_points": mastery_points})

    assert_marks_the_first_at(mastery_points, ratings_of(editable.read(add_defaults=True)))


@clause("get-outcome-marks-the-rating-at-mastery-points")
def test_marks_the_first_of_equal_ratings(editable: EditableOutcome) -> None:
    ratings = [{"description": text, "points": points} for text, points in (("A", 5), ("B", 3), ("C", 3), ("D", 0))]
    editable.set_state({"ratings": ratings, "mastery_points": 3})

    assert_marks_the_first_at(3, ratings_of(editable.read(add_defaults=True)))


def assert_marks_the_first_at(mastery_points: float, ratings: list[JsonObject]) -> None:
    at_mastery = [index for index, rating in enumerate(ratings) if matches(mastery_points, rating["points"])]
    marked = [index for index, rating in enumerate(ratings) if rating["mastery"]]
    assert marked[:1] == at_mastery[:1] != [], f"got mastery at {marked}, wanted at {at_mastery[:1]}: {ratings}"


@clause("get-outcome-colors-ratings-with-add-defaults")
def test_colors_ratings_with_add_defaults(editable: EditableOutcome) -> None:
    editable.set_state({"ratings": DOCUMENTED_RATINGS, "mastery_points": 3})

    colors = [rating["color"] for rating in ratings_of(editable.read(add_defaults=True))]

    assert len(colors) == 3
    assert [color for color in colors if not re.fullmatch("[0-9A-F]{6}", color)] == []


@clause("get-outcome-adds-defaults-to-ratings-only")
@given(start=known_states)
def test_adds_defaults_to_ratings_only(editable: EditableOutcome, start: JsonObject) -> None:
    editable.set_state(start)
    plain = editable.read()

    with_defaults = editable.read(add_defaults=True)

    bare = [without(rating, "mastery", "color") for rating in ratings_of(with_defaults)]
    assert changed_fields(plain, with_defaults | {"ratings": bare}) == {}


@pytest.mark.parametrize("params", [{}, {"add_defaults": False}])
@clause("get-outcome-adds-no-defaults-unasked")
def test_adds_no_defaults_unless_requested(provider: Provider, known_id: int, params: Fields) -> None:
    ratings = ratings_of(parse_outcome(get_outcome(provider, known_id, **params)))

    assert [rating for rating in ratings if {"mastery", "color"} & set(rating)] == []


@clause("get-outcome-adds-no-defaults-unasked")
@given(mastery_points=points)
def test_adds_no_defaults_after_an_update(editable: EditableOutcome, mastery_points: float) -> None:
    editable.set_state({"ratings": DOCUMENTED_RATINGS, "mastery_points": mastery_points})

    assert [rating for rating in ratings_of(editable.read()) if {"mastery", "color"} & set(rating)] == []
