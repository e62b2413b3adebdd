"""get_outcome: properties of an outcome."""

from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given

from canvas_outcomes_contract.cases.equality import Fields
from canvas_outcomes_contract.cases.responses import (
    JsonObject,
    changed_fields,
    shown,
)
from canvas_outcomes_contract.checks.provider.outcomes.editable_outcome import EditableOutcome
from canvas_outcomes_contract.checks.provider.outcomes.outcome_model import (
    INT_RANGES,
    METHODS,
    SCALE_FIELDS,
    is_sorted,
    top_points,
)
from canvas_outcomes_contract.checks.provider.outcomes.requests import parse_outcome, ratings_of, read_outcome
from canvas_outcomes_contract.checks.provider.outcomes.strategies import known_states
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.run.clauses import clause, parametrize_clauses

Invariant = Callable[[JsonObject], bool]


def has_calculation_int_if_the_method_uses_it(outcome: JsonObject) -> bool:
    method, is_present = outcome["calculation_method"], outcome.get("calculation_int") is not None
    return method not in METHODS or is_present == (method in INT_RANGES)


def has_calculation_int_in_range(outcome: JsonObject) -> bool:
    low, high = INT_RANGES.get(outcome["calculation_method"], (-(2**63), 2**63))
    value = outcome.get("calculation_int")
    return value is None or bool(low <= value <= high)


def has_all_scale_fields_or_none(outcome: JsonObject) -> bool:
    fields = set(SCALE_FIELDS) - {"calculation_int"}
    return fields & set(outcome) in (set(), fields)


INVARIANTS_OF_RATINGS: dict[str, Invariant] = {
    "get-outcome-sorts-ratings-by-points": lambda one: is_sorted(ratings_of(one)),
    "get-outcome-gives-the-top-rating-as-points-possible": (
        lambda one: one["points_possible"] == top_points(ratings_of(one))
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
    outcome = read_outcome(provider, known_id)

    assert invariant(outcome), f"got {shown(outcome)}, wanted what the clause states"


@parametrize_clauses("invariant", INVARIANTS_OF_RATINGS)
@given(start=known_states)
@example(start={"ratings": [{"description": "Half a point", "points": 4.5}]})
def test_is_consistent_in_any_state(editable: EditableOutcome, start: Fields, invariant: Invariant) -> None:
    editable.set_state(start)
    outcome = editable.read()

    assert invariant(outcome), f"got {shown(outcome)}, wanted what the clause states"


@parametrize_clauses("invariant", INVARIANTS_OF_CALCULATIONS)
@pytest.mark.parametrize("method", METHODS)
def test_is_consistent_with_each_method(editable: EditableOutcome, method: str, invariant: Invariant) -> None:
    editable.set_state({"calculation_method": method})
    outcome = editable.read()

    assert invariant(outcome), f"got {shown(outcome)}, wanted what the clause states"


@clause("get-outcome-shows-the-requested-outcome")
def test_returns_the_requested_outcome(provider: Provider, known_id: int) -> None:
    assert read_outcome(provider, known_id)["id"] == known_id


@clause("get-outcome-shows-a-retired-outcome")
def test_returns_a_retired_outcome(provider: Provider) -> None:
    id = provider.target.resource_id("retired_outcome")

    assert read_outcome(provider, id)["id"] == id


@clause("get-outcome-leads-back-by-url")
def test_is_found_at_its_url(provider: Provider, known_id: int) -> None:
    outcome = read_outcome(provider, known_id)

    path = urlsplit(urljoin(provider.base_url + "/", outcome["url"])).path

    again = provider.send("get_outcome", "GET", path.removeprefix(urlsplit(provider.base_url).path), role="editor")
    assert parse_outcome(again) == outcome


@clause("get-outcome-changes-nothing")
def test_changes_nothing(provider: Provider, known_id: int) -> None:
    first, second = (read_outcome(provider, known_id, add_defaults=True) for _ in range(2))

    assert changed_fields(first, second) == {}


@clause("get-outcome-names-the-owner-or-none")
def test_has_no_owner_when_it_is_global(provider: Provider) -> None:
    outcome = read_outcome(provider, "$global_outcome")

    assert (outcome["context_id"], outcome["context_type"]) == (None, None)


@parametrize_clauses(
    "resource, context_type",
    {
        "get-outcome-names-a-course-as-owner": ("course_outcome", "Course"),
        "get-outcome-names-an-account-as-owner": ("account_outcome", "Account"),
    },
)
def test_names_the_type_of_its_owner(provider: Provider, resource: str, context_type: str) -> None:
    assert read_outcome(provider, f"${resource}")["context_type"] == context_type


@clause("get-outcome-omits-the-scale-fields-under-account-scales")
def test_omits_the_scale_fields_under_account_scales(provider: Provider) -> None:
    outcome = read_outcome(provider, "$scales_outcome", add_defaults=True)

    assert set(SCALE_FIELDS) & set(outcome) == set()
