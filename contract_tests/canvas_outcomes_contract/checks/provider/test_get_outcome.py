"""get_outcome: properties of an outcome, permissions and default ratings."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from canvas_outcomes_contract.cases.outcome_model import (
    INT_RANGES,
    METHODS,
    SCALE_FIELDS,
    Fields,
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
from canvas_outcomes_contract.cases.strategies import DOCUMENTED_RATINGS, known_states, points
from canvas_outcomes_contract.cases.verdicts import Deviates
from canvas_outcomes_contract.connection.editable_outcome import EditableOutcome
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.response_schemas import ResponseSchemas
from canvas_outcomes_contract.run.clauses import clause, parametrize_clauses

CAN_EDIT = pytest.mark.clause("get-outcome-tells-an-editor-that-they-can-edit")
CANNOT_EDIT = pytest.mark.clause("get-outcome-tells-a-reader-that-they-cannot-edit")
Invariant = Callable[[JsonObject], bool]
ROLES = ("editor", "reader", "teacher", "student", "other_student", "observer", "outsider")


def has_calculation_int_if_the_method_uses_it(outcome: JsonObject) -> bool:
    method, is_present = outcome["calculation_method"], "calculation_int" in outcome
    return method not in METHODS or is_present == (method in INT_RANGES)


def has_calculation_int_in_range(outcome: JsonObject) -> bool:
    low, high = INT_RANGES.get(outcome["calculation_method"], (-(2**63), 2**63))
    return bool(low <= outcome.get("calculation_int", low) <= high)


def has_all_scale_fields_or_none(outcome: JsonObject) -> bool:
    fields = set(SCALE_FIELDS) - {"calculation_int"}
    return fields & set(outcome) in (set(), fields)


INVARIANTS_OF_RATINGS: dict[str, Invariant] = {
    "get-outcome-sorts-ratings-by-points": lambda one: is_sorted(one["ratings"]),
    "get-outcome-gives-the-top-rating-as-points-possible": (
        lambda one: one["points_possible"] == top_points(one["ratings"])
    ),
}
INVARIANTS_OF_CALCULATIONS: dict[str, Invariant] = {
    "get-outcome-gives-calculation-int-where-the-method-uses-it": has_calculation_int_if_the_method_uses_it,
    "get-outcome-keeps-calculation-int-in-range": has_calculation_int_in_range,
}
INVARIANTS: dict[str, Invariant] = {
    "get-outcome-names-the-owner-or-none": lambda one: (one["context_id"] is None) == (one["context_type"] is None),
    "get-outcome-gives-the-scale-fields-together": has_all_scale_fields_or_none,
    **INVARIANTS_OF_RATINGS,
    **INVARIANTS_OF_CALCULATIONS,
}


@parametrize_clauses("invariant", INVARIANTS)
def test_is_consistent(provider: Provider, known_id: int, invariant: Invariant) -> None:
    outcome = parse_outcome(provider.get_outcome(known_id))

    assert invariant(outcome), f"got {outcome}"


@parametrize_clauses("invariant", INVARIANTS_OF_RATINGS)
@given(start=known_states)
@example(start={"ratings": [{"description": "Half a point", "points": 4.5}]})
def test_is_consistent_in_any_state(editable: EditableOutcome, start: Fields, invariant: Invariant) -> None:
    editable.set_state(start)
    outcome = editable.read()

    assert invariant(outcome), f"got {outcome}"


@parametrize_clauses("invariant", INVARIANTS_OF_CALCULATIONS)
@pytest.mark.parametrize("method", METHODS)
def test_is_consistent_with_each_method(editable: EditableOutcome, method: str, invariant: Invariant) -> None:
    editable.set_state({"calculation_method": method})
    outcome = editable.read()

    assert invariant(outcome), f"got {outcome}"


def access(suffix: str, status: int, resource: str, role: str = "editor") -> Any:
    """The status for a resource and a role, marked with its clause."""
    return pytest.param(status, resource, role, marks=pytest.mark.clause(f"get-outcome-{suffix}"))


@pytest.mark.parametrize(
    ("status", "resource", "role"),
    [
        access("refuses-a-missing-outcome", 404, "missing_outcome"),
        access("refuses-a-deleted-outcome", 404, "deleted_outcome"),
        access("refuses-an-archived-outcome", 404, "archived_outcome"),
        access("shows-a-course-outcome-to-its-student", 200, "course_outcome", "student"),
        access("shows-an-account-outcome-to-its-student", 200, "account_outcome", "student"),
        *(access("shows-a-global-outcome-to-everybody", 200, "global_outcome", role) for role in ROLES),
    ],
)
def test_responds_with_a_status(provider: Provider, status: int, resource: str, role: str) -> None:
    assert_status(provider.get_outcome(provider.resource_id(resource), role=role), status)


@clause("get-outcome-shows-the-requested-outcome")
def test_returns_the_requested_outcome(provider: Provider, known_id: int) -> None:
    assert parse_outcome(provider.get_outcome(known_id))["id"] == known_id


@clause("get-outcome-shows-a-retired-outcome")
def test_returns_a_retired_outcome(provider: Provider) -> None:
    id = provider.resource_id("retired_outcome")

    assert parse_outcome(provider.get_outcome(id))["id"] == id


@clause("get-outcome-leads-back-by-url")
def test_is_found_at_its_url(provider: Provider, known_id: int) -> None:
    outcome = parse_outcome(provider.get_outcome(known_id))

    path = urlsplit(urljoin(provider.base_url + "/", outcome["url"])).path

    again = provider.send("get_outcome", "GET", path.removeprefix(urlsplit(provider.base_url).path), role="editor")
    assert parse_outcome(again) == outcome


@clause("get-outcome-changes-nothing")
def test_changes_nothing(provider: Provider, known_id: int) -> None:
    first, second = (parse_outcome(provider.get_outcome(known_id, add_defaults=True)) for _ in range(2))

    assert changed_fields(first, second) == {}


@clause("get-outcome-names-the-owner-or-none")
def test_has_no_owner_when_it_is_global(provider: Provider) -> None:
    outcome = parse_outcome(provider.get_outcome(provider.resource_id("global_outcome")))

    assert (outcome["context_id"], outcome["context_type"]) == (None, None)


@parametrize_clauses(
    "resource, context_type",
    {
        "get-outcome-names-a-course-as-owner": ("course_outcome", "Course"),
        "get-outcome-names-an-account-as-owner": ("account_outcome", "Account"),
    },
)
def test_names_the_type_of_its_owner(provider: Provider, resource: str, context_type: str) -> None:
    assert parse_outcome(provider.get_outcome(provider.resource_id(resource)))["context_type"] == context_type


@pytest.mark.parametrize("id", ["abc", "self", "-", "%00", "9" * 40, "１"])
@clause("get-outcome-refuses-an-id-that-is-no-number")
def test_rejects_an_id_that_is_not_a_number(provider: Provider, id: str) -> None:
    assert_status(provider.get_outcome(id), 404)


@clause("get-outcome-refuses-an-outsider")
def test_rejects_an_outsider(provider: Provider) -> None:
    assert_forbidden(provider.get_outcome(provider.resource_id("course_outcome"), role="outsider"))


@clause("get-outcome-answers-as-documented")
def test_rejects_an_outsider_as_documented(provider: Provider, schemas: ResponseSchemas) -> None:
    response = provider.get_outcome(provider.resource_id("course_outcome"), role="outsider")

    assert schemas.violation(provider.contract.operations["get_outcome"], response) == ""


@pytest.mark.parametrize(
    ("resource", "role", "can_edit"),
    [
        pytest.param("editable_outcome", "editor", True, marks=CAN_EDIT),
        pytest.param("editable_outcome", "reader", False, marks=CANNOT_EDIT),
        pytest.param("global_outcome", "teacher", False, marks=CANNOT_EDIT),
    ],
)
def test_can_be_edited_by_an_editor_only(provider: Provider, resource: str, role: str, can_edit: bool) -> None:
    assert parse_outcome(provider.get_outcome(provider.resource_id(resource), role=role))["can_edit"] is can_edit


@clause("get-outcome-differs-between-requesters-only-in-rights")
def test_differs_between_roles_only_in_permissions(provider: Provider) -> None:
    for_editor, for_reader = (
        parse_outcome(provider.get_outcome(provider.resource_id("editable_outcome"), role=role))
        for role in ("editor", "reader")
    )

    rights = ("can_edit", "can_unlink")
    assert changed_fields(without(for_editor, *rights), without(for_reader, *rights)) == {}


@clause("get-outcome-tells-whether-it-can-be-unlinked")
def test_has_can_unlink(provider: Provider) -> None:
    outcome = parse_outcome(provider.get_outcome(provider.resource_id("editable_outcome")))

    if "can_unlink" not in outcome:
        raise Deviates("can_unlink is absent, as on live Canvas")
    assert isinstance(outcome["can_unlink"], bool)


@clause("get-outcome-omits-the-scale-fields-under-account-scales")
def test_omits_the_scale_fields_under_account_scales(provider: Provider) -> None:
    outcome = parse_outcome(provider.get_outcome(provider.resource_id("scales_outcome"), add_defaults=True))

    assert set(SCALE_FIELDS) & set(outcome) == set()


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
    editable.set_state({"ratings": DOCUMENTED_RATINGS, "mastery_points": 3})

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
def test_adds_no_defaults_unless_requested(provider: Provider, known_id: int, params: Fields) -> None:
    ratings = parse_json(provider.get_outcome(known_id, **params))["ratings"]

    assert [rating for rating in ratings if {"mastery", "color"} & set(rating)] == []


@clause("get-outcome-adds-no-defaults-unasked")
@given(mastery_points=points)
def test_adds_no_defaults_after_an_update(editable: EditableOutcome, mastery_points: float) -> None:
    editable.set_state({"ratings": DOCUMENTED_RATINGS, "mastery_points": mastery_points})

    assert [rating for rating in editable.read()["ratings"] if {"mastery", "color"} & set(rating)] == []
