"""get_outcome: what an outcome shows, to whom, and with which defaults; long, with a check for each clause."""

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from canvas_outcomes_contract.cases.outcome_model import (
    INT_RANGES,
    METHODS_WITHOUT_INT,
    SCALE_FIELDS,
    is_sorted,
    top_points,
)
from canvas_outcomes_contract.cases.responses import (
    JsonObject,
    assert_forbidden,
    assert_status,
    changed_fields,
    parse_json,
    parse_outcome,
    without,
)
from canvas_outcomes_contract.cases.strategies import known_states, points
from canvas_outcomes_contract.cases.verdicts import Deviates
from canvas_outcomes_contract.connection.editable_outcome import EditableOutcome
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.run.clauses import clause

BUILT_IN = [
    {"description": "Exceeds Expectations", "points": 5},
    {"description": "Meets Expectations", "points": 3},
    {"description": "Does Not Meet Expectations", "points": 0},
]


@clause("get-outcome-shows-the-requested-outcome")
def test_shows_the_requested_outcome(provider: Provider, known_id: int) -> None:
    assert parse_outcome(provider.get_outcome(known_id))["id"] == known_id


@clause("get-outcome-leads-back-by-url")
def test_leads_back_by_url(provider: Provider, known_id: int) -> None:
    outcome = parse_outcome(provider.get_outcome(known_id))

    path = urlsplit(urljoin(provider.base_url + "/", outcome["url"])).path

    again = provider.send("get_outcome", "GET", path.removeprefix(urlsplit(provider.base_url).path), role="editor")
    assert parse_outcome(again) == outcome


@clause("get-outcome-changes-nothing")
def test_changes_nothing(provider: Provider, known_id: int) -> None:
    first, second = (parse_outcome(provider.get_outcome(known_id, add_defaults=True)) for _ in range(2))

    assert changed_fields(first, second) == {}


@clause("get-outcome-names-the-owner-or-none")
def test_names_the_owner_or_none(provider: Provider, known_id: int) -> None:
    outcome = parse_outcome(provider.get_outcome(known_id))

    assert (outcome["context_id"] is None) == (outcome["context_type"] is None)


@clause("get-outcome-names-the-owner-or-none")
def test_names_no_owner_of_a_global_outcome(provider: Provider) -> None:
    outcome = parse_outcome(provider.get_outcome(provider.resource_id("global_outcome")))

    assert (outcome["context_id"], outcome["context_type"]) == (None, None)


@clause("get-outcome-names-a-course-as-owner")
def test_names_a_course_as_owner(provider: Provider) -> None:
    assert parse_outcome(provider.get_outcome(provider.resource_id("course_outcome")))["context_type"] == "Course"


@clause("get-outcome-names-an-account-as-owner")
def test_names_an_account_as_owner(provider: Provider) -> None:
    assert parse_outcome(provider.get_outcome(provider.resource_id("account_outcome")))["context_type"] == "Account"


@clause("get-outcome-refuses-a-missing-outcome")
def test_refuses_a_missing_outcome(provider: Provider) -> None:
    assert_status(provider.get_outcome(provider.resource_id("missing_outcome")), 404)


@clause("get-outcome-refuses-a-deleted-outcome")
def test_refuses_a_deleted_outcome(provider: Provider) -> None:
    assert_status(provider.get_outcome(provider.resource_id("deleted_outcome")), 404)


@clause("get-outcome-refuses-an-archived-outcome")
def test_refuses_an_archived_outcome(provider: Provider) -> None:
    assert_status(provider.get_outcome(provider.resource_id("archived_outcome")), 404)


@clause("get-outcome-shows-a-retired-outcome")
def test_shows_a_retired_outcome(provider: Provider) -> None:
    id = provider.resource_id("retired_outcome")

    assert parse_outcome(provider.get_outcome(id))["id"] == id


@pytest.mark.parametrize("id", ["abc", "self", "-", "%00", "9" * 40, "１"])
@clause("get-outcome-refuses-an-id-that-is-no-number")
def test_refuses_an_id_that_is_no_number(provider: Provider, id: str) -> None:
    assert_status(provider.get_outcome(id), 404)


@clause("get-outcome-refuses-an-outsider")
def test_refuses_an_outsider(provider: Provider) -> None:
    assert_forbidden(provider.get_outcome(provider.resource_id("course_outcome"), role="outsider"))


@clause("get-outcome-shows-a-course-outcome-to-its-student")
def test_shows_a_course_outcome_to_its_student(provider: Provider) -> None:
    assert_status(provider.get_outcome(provider.resource_id("course_outcome"), role="student"), 200)


@clause("get-outcome-shows-an-account-outcome-to-its-student")
def test_shows_an_account_outcome_to_its_student(provider: Provider) -> None:
    assert_status(provider.get_outcome(provider.resource_id("account_outcome"), role="student"), 200)


@pytest.mark.parametrize("role", ["editor", "reader", "teacher", "student", "other_student", "observer", "outsider"])
@clause("get-outcome-shows-a-global-outcome-to-everybody")
def test_shows_a_global_outcome_to_everybody(provider: Provider, role: str) -> None:
    assert_status(provider.get_outcome(provider.resource_id("global_outcome"), role=role), 200)


@clause("get-outcome-tells-an-editor-that-they-can-edit")
def test_tells_an_editor_that_they_can_edit(provider: Provider) -> None:
    assert parse_outcome(provider.get_outcome(provider.resource_id("editable_outcome")))["can_edit"] is True


@clause("get-outcome-tells-a-reader-that-they-cannot-edit")
def test_tells_a_reader_that_they_cannot_edit(provider: Provider) -> None:
    assert (
        parse_outcome(provider.get_outcome(provider.resource_id("editable_outcome"), role="reader"))["can_edit"]
        is False
    )


@clause("get-outcome-tells-a-reader-that-they-cannot-edit")
def test_tells_a_teacher_that_they_cannot_edit_a_global_outcome(provider: Provider) -> None:
    assert (
        parse_outcome(provider.get_outcome(provider.resource_id("global_outcome"), role="teacher"))["can_edit"] is False
    )


@clause("get-outcome-differs-between-requesters-only-in-rights")
def test_differs_between_requesters_only_in_rights(provider: Provider) -> None:
    by_editor, by_reader = (
        parse_outcome(provider.get_outcome(provider.resource_id("editable_outcome"), role=role))
        for role in ("editor", "reader")
    )

    rights = ("can_edit", "can_unlink")
    assert changed_fields(without(by_editor, *rights), without(by_reader, *rights)) == {}


@clause("get-outcome-tells-whether-it-can-be-unlinked")
def test_tells_whether_it_can_be_unlinked(provider: Provider) -> None:
    outcome = parse_outcome(provider.get_outcome(provider.resource_id("editable_outcome")))

    if "can_unlink" not in outcome:
        raise Deviates("can_unlink is absent, as on live Canvas")
    assert isinstance(outcome["can_unlink"], bool)


@clause("get-outcome-gives-the-scale-fields-together")
def test_gives_the_scale_fields_together(provider: Provider, known_id: int) -> None:
    present = {key for key in SCALE_FIELDS if key in parse_outcome(provider.get_outcome(known_id))} - {
        "calculation_int"
    }

    assert present in (set(), set(SCALE_FIELDS) - {"calculation_int"})


@clause("get-outcome-omits-the-scale-fields-under-account-scales")
def test_omits_the_scale_fields_under_account_scales(provider: Provider) -> None:
    outcome = parse_outcome(provider.get_outcome(provider.resource_id("scales_outcome"), add_defaults=True))

    assert set(SCALE_FIELDS) & set(outcome) == set()


@clause("get-outcome-sorts-ratings-by-points")
def test_sorts_ratings_by_points(provider: Provider, known_id: int) -> None:
    assert is_sorted(parse_outcome(provider.get_outcome(known_id))["ratings"])


@clause("get-outcome-sorts-ratings-by-points")
@given(start=known_states)
def test_sorts_ratings_of_any_state(editable: EditableOutcome, start: JsonObject) -> None:
    editable.set_state(start)

    assert is_sorted(editable.read()["ratings"])


@clause("get-outcome-gives-the-top-rating-as-points-possible")
def test_gives_the_top_rating_as_points_possible(provider: Provider, known_id: int) -> None:
    outcome = parse_outcome(provider.get_outcome(known_id))

    assert outcome["points_possible"] == top_points(outcome["ratings"])


@clause("get-outcome-gives-the-top-rating-as-points-possible")
@example(start={"ratings": [{"description": "Half a point", "points": 4.5}]})
@given(start=known_states)
def test_gives_the_top_rating_of_any_state(editable: EditableOutcome, start: JsonObject) -> None:
    editable.set_state(start)

    outcome = editable.read()

    assert outcome["points_possible"] == top_points(outcome["ratings"])


@clause("get-outcome-gives-calculation-int-where-the-method-uses-it")
def test_gives_calculation_int_where_the_method_uses_it(provider: Provider, known_id: int) -> None:
    assert_calculation_int_follows_method(parse_outcome(provider.get_outcome(known_id)))


@pytest.mark.parametrize("method", [*INT_RANGES, *METHODS_WITHOUT_INT])
@clause("get-outcome-gives-calculation-int-where-the-method-uses-it", "get-outcome-keeps-calculation-int-in-range")
def test_gives_calculation_int_of_each_method(editable: EditableOutcome, method: str) -> None:
    editable.set_state({"calculation_method": method})

    outcome = editable.read()

    assert_calculation_int_follows_method(outcome)
    assert_calculation_int_in_range(outcome)


@clause("get-outcome-keeps-calculation-int-in-range")
def test_keeps_calculation_int_in_range(provider: Provider, known_id: int) -> None:
    assert_calculation_int_in_range(parse_outcome(provider.get_outcome(known_id)))


def assert_calculation_int_follows_method(outcome: JsonObject) -> None:
    uses = dict.fromkeys(INT_RANGES, True) | dict.fromkeys(METHODS_WITHOUT_INT, False)
    present = "calculation_int" in outcome
    assert uses.get(outcome["calculation_method"], present) == present, f"calculation_int: {outcome}"


def assert_calculation_int_in_range(outcome: JsonObject) -> None:
    low, high = INT_RANGES.get(outcome["calculation_method"], (-(2**63), 2**63))
    assert low <= outcome.get("calculation_int", low) <= high, f"{outcome['calculation_method']}: {outcome}"


@clause("get-outcome-marks-one-rating-as-mastery-with-add-defaults")
@given(start=known_states)
def test_marks_one_rating_as_mastery_with_add_defaults(editable: EditableOutcome, start: JsonObject) -> None:
    editable.set_state(start)

    marks = [rating["mastery"] for rating in editable.read(add_defaults=True)["ratings"]]

    assert sorted(marks) == [False] * (len(marks) - 1) + [True]


@clause("get-outcome-marks-the-rating-at-mastery-points")
@given(start=known_states, drawn=st.data())
def test_marks_the_rating_at_mastery_points(editable: EditableOutcome, start: JsonObject, drawn: st.DataObject) -> None:
    mastery_points = drawn.draw(st.sampled_from(start["ratings"]))["points"]
    editable.set_state(start | {"mastery_points": mastery_points})

    assert_marks_the_first_at(mastery_points, editable.read(add_defaults=True)["ratings"])


@clause("get-outcome-marks-the-rating-at-mastery-points")
def test_marks_the_first_of_equal_ratings(editable: EditableOutcome) -> None:
    ratings = [{"description": text, "points": points} for text, points in (("A", 5), ("B", 3), ("C", 3), ("D", 0))]
    editable.set_state({"ratings": ratings, "mastery_points": 3})

    assert_marks_the_first_at(3, editable.read(add_defaults=True)["ratings"])


def assert_marks_the_first_at(mastery_points: float, ratings: list[JsonObject]) -> None:
    at_mastery = [rating["points"] == float(mastery_points) for rating in ratings]
    assert [rating["mastery"] for rating in ratings].index(True) == at_mastery.index(True)


@clause("get-outcome-colors-ratings-with-add-defaults")
def test_colors_ratings_with_add_defaults(editable: EditableOutcome) -> None:
    editable.set_state({"ratings": BUILT_IN, "mastery_points": 3})

    colors = [rating["color"] for rating in editable.read(add_defaults=True)["ratings"]]

    assert len(colors) == 3
    assert all(re.fullmatch("[0-9A-F]{6}", color) for color in colors), colors


@clause("get-outcome-adds-defaults-to-ratings-only")
@given(start=known_states)
def test_adds_defaults_to_ratings_only(editable: EditableOutcome, start: JsonObject) -> None:
    editable.set_state(start)
    plain = editable.read()

    with_defaults = editable.read(add_defaults=True)

    bare = [without(rating, "mastery", "color") for rating in with_defaults["ratings"]]
    assert changed_fields(plain, with_defaults | {"ratings": bare}) == {}


@pytest.mark.parametrize("params", [{}, {"add_defaults": False}])
@clause("get-outcome-adds-no-defaults-unasked")
def test_adds_no_defaults_unasked(provider: Provider, known_id: int, params: dict[str, Any]) -> None:
    ratings = parse_json(provider.get_outcome(known_id, **params))["ratings"]

    assert [rating for rating in ratings if {"mastery", "color"} & set(rating)] == []


@clause("get-outcome-adds-no-defaults-unasked")
@given(mastery_points=points)
def test_adds_no_defaults_after_an_update(editable: EditableOutcome, mastery_points: float) -> None:
    editable.set_state({"ratings": BUILT_IN, "mastery_points": mastery_points})

    assert [rating for rating in editable.read()["ratings"] if {"mastery", "color"} & set(rating)] == []
