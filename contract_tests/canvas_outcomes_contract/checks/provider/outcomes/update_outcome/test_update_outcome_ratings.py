"""update_outcome: ratings, mastery_points and the points derived from them."""

import json

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from canvas_outcomes_contract.cases.equality import Fields
from canvas_outcomes_contract.cases.responses import assert_response, changed_fields, mismatches, without
from canvas_outcomes_contract.checks.provider.outcomes.editable_outcome import EditableOutcome
from canvas_outcomes_contract.checks.provider.outcomes.outcome_model import (
    NO_DESCRIPTION,
    expect_update,
    is_sorted,
    top_points,
    updatable_fields,
)
from canvas_outcomes_contract.checks.provider.outcomes.requests import parse_outcome, ratings_of
from canvas_outcomes_contract.checks.provider.outcomes.strategies import (
    DOCUMENTED_RATINGS,
    known_states,
    points,
    ratings,
)
from canvas_outcomes_contract.run.clauses import clause

Ratings = list[Fields]


@clause("update-outcome-stores-ratings")
@given(new=ratings)
@example(new=DOCUMENTED_RATINGS)
@example(new=[{"description": "", "points": 0}])
@example(new=[{"description": " \U0001f9ea ", "points": 2.5}])
def test_stores_ratings(editable: EditableOutcome, new: Ratings) -> None:
    before = editable.set_state({"ratings": [{"description": "before", "points": 1}]})

    editable.update({"ratings": new})

    expected = {"ratings": expect_update(before, {"ratings": new})["ratings"]}
    assert mismatches(expected, editable.read()) == {}


@clause("update-outcome-stores-ratings")
def test_stores_markup_in_descriptions_as_plain_text(editable: EditableOutcome) -> None:
    response = editable.send({"ratings": [{"description": "A & B", "points": 1}]})

    descriptions = [rating["description"] for rating in ratings_of(parse_outcome(response))]
    assert_response(response, descriptions == ["A & B"], "the description 'A & B'")


@clause("update-outcome-replaces-all-ratings")
@given(old=ratings, new=ratings)
def test_replaces_all_ratings(editable: EditableOutcome, old: Ratings, new: Ratings) -> None:
    editable.update({"ratings": old})

    assert len(ratings_of(editable.update({"ratings": new}))) == len(new)


@clause("update-outcome-sorts-new-ratings")
@given(new=ratings)
@example(new=DOCUMENTED_RATINGS[::-1])
@example(
    new=[{"description": "A", "points": -1}, {"description": "B", "points": 2.5}, {"description": "C", "points": 10}]
)
def test_sorts_new_ratings(editable: EditableOutcome, new: Ratings) -> None:
    points = [rating["points"] for rating in ratings_of(editable.update({"ratings": new}))]

    assert points == sorted(points, reverse=True)


@clause("update-outcome-derives-points-possible")
@given(start=known_states, new=ratings, mastery_points=points)
@example(start={"title": "before"}, new=DOCUMENTED_RATINGS, mastery_points=7)
def test_derives_points_possible(editable: EditableOutcome, start: Fields, new: Ratings, mastery_points: float) -> None:
    editable.set_state(start)

    after = editable.update({"ratings": new, "mastery_points": mastery_points})

    assert mismatches({"points_possible": top_points(new)}, after) == {}


@clause("update-outcome-resets-mastery-points-with-new-ratings")
@given(start=known_states, new=ratings)
@example(start={"ratings": DOCUMENTED_RATINGS, "mastery_points": 3}, new=[{"description": "A", "points": 0}])
def test_resets_mastery_points_with_new_ratings(editable: EditableOutcome, start: Fields, new: Ratings) -> None:
    editable.set_state(start)

    after = editable.update({"ratings": new})

    assert mismatches({"mastery_points": top_points(new)}, after) == {}


@clause("update-outcome-takes-mastery-points-with-new-ratings")
@given(new=ratings, mastery_points=points)
@example(new=DOCUMENTED_RATINGS, mastery_points=7)
@example(new=DOCUMENTED_RATINGS, mastery_points=0)
def test_stores_mastery_points_with_new_ratings(editable: EditableOutcome, new: Ratings, mastery_points: float) -> None:
    after = editable.update({"ratings": new, "mastery_points": mastery_points})

    assert mismatches({"mastery_points": mastery_points}, after) == {}


@clause("update-outcome-stores-mastery-points")
@given(mastery_points=points)
@example(mastery_points=0)
@example(mastery_points=2.5)
def test_stores_mastery_points(editable: EditableOutcome, mastery_points: float) -> None:
    editable.set_state({"ratings": DOCUMENTED_RATINGS, "mastery_points": 3})

    editable.update({"mastery_points": mastery_points})

    assert mismatches({"mastery_points": mastery_points}, editable.read()) == {}


@clause("update-outcome-keeps-ratings-when-mastery-points-change")
@given(start=known_states, mastery_points=points)
def test_keeps_ratings_for_new_mastery_points(editable: EditableOutcome, start: Fields, mastery_points: float) -> None:
    before = editable.set_state(start)

    after = editable.update({"mastery_points": mastery_points})

    fields = ("ratings", "points_possible")
    assert changed_fields(*({key: updatable_fields(one)[key] for key in fields} for one in (before, after))) == {}
    assert is_sorted(ratings_of(after))


@clause("update-outcome-describes-a-rating-without-description")
def test_sets_a_description_for_a_rating_without_one(editable: EditableOutcome) -> None:
    response = editable.send({"ratings": [{"points": 1}]})

    descriptions = [rating["description"] for rating in ratings_of(parse_outcome(response))]
    assert_response(response, descriptions == [NO_DESCRIPTION[0]], f"the description {NO_DESCRIPTION[0]!r}")


@clause("update-outcome-gives-a-rating-without-points-zero")
@given(text=st.text("abc", max_size=5), others=st.lists(st.integers(1, 9).map(lambda n: {"points": n}), max_size=2))
def test_gives_a_rating_without_points_zero(editable: EditableOutcome, text: str, others: Ratings) -> None:
    after = editable.update({"ratings": [*others, {"description": text}]})

    assert [rating["points"] for rating in ratings_of(after)][-1:] == [0]


@clause("update-outcome-keeps-equal-and-negative-points")
@given(shared=points)
def test_keeps_equal_points(editable: EditableOutcome, shared: float) -> None:
    new = [{"description": name, "points": shared} for name in ("A", "B", "C")]

    assert mismatches({"ratings": new}, editable.update({"ratings": new})) == {}


@clause("update-outcome-keeps-equal-and-negative-points")
@given(lost=st.integers(1, 1000))
def test_keeps_negative_points(editable: EditableOutcome, lost: int) -> None:
    new = [{"description": "A", "points": 1}, {"description": "B", "points": -lost}]

    assert mismatches({"ratings": new}, editable.update({"ratings": new})) == {}


@clause("update-outcome-drops-other-keys-of-ratings")
@given(new=ratings)
def test_drops_other_keys_of_ratings(editable: EditableOutcome, new: Ratings) -> None:
    extended = [rating | {"id": "blank", "mastery": True, "color": "000000", "long_description": "x"} for rating in new]

    after = editable.update({"ratings": extended})

    assert [without(rating, "description", "points") for rating in ratings_of(after)] == [{}] * len(new)


@clause("update-outcome-takes-null-ratings-as-not-sent")
@given(start=known_states, fields=st.sets(st.sampled_from(["ratings", "mastery_points"]), min_size=1))
def test_treats_null_ratings_as_not_sent(editable: EditableOutcome, start: Fields, fields: set[str]) -> None:
    before = editable.set_state(start)

    after = editable.update(dict.fromkeys(sorted(fields)))

    assert changed_fields(before, after) == {}


@clause("update-outcome-converts-numeric-text")
@given(number=st.integers(-100, 100) | st.sampled_from([0.5, 2.5, -0.25]))
def test_converts_numeric_strings(editable: EditableOutcome, number: float) -> None:
    assume(number != 7)
    editable.update({"ratings": [{"description": "A", "points": 7}], "mastery_points": 7})

    text = json.dumps(number)
    after = editable.update({"ratings": [{"description": "A", "points": text}], "mastery_points": text})

    assert mismatches({"mastery_points": number, "ratings": [{"points": number}]}, after) == {}


@pytest.mark.parametrize("mastery_points", [0, 3])
@clause("update-outcome-stores-mastery-points")
def test_stores_mastery_points_next_to_a_title(editable: EditableOutcome, mastery_points: int) -> None:
    editable.update({"title": "Next to a title", "mastery_points": mastery_points})

    assert mismatches({"mastery_points": mastery_points}, editable.read()) == {}
