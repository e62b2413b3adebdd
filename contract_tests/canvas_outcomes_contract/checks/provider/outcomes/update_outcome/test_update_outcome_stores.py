"""update_outcome: fields that an update stores, keeps or ignores."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from canvas_outcomes_contract.cases.equality import Fields
from canvas_outcomes_contract.cases.responses import changed_fields, mismatches, without
from canvas_outcomes_contract.checks.provider.outcomes.editable_outcome import EditableOutcome
from canvas_outcomes_contract.checks.provider.outcomes.outcome_model import (
    expect_update,
    in_one_order,
    not_idempotent,
    updatable_fields,
)
from canvas_outcomes_contract.checks.provider.outcomes.requests import read_outcome
from canvas_outcomes_contract.checks.provider.outcomes.strategies import (
    known_states,
    outcome_updates,
)
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.run.clauses import clause

VALUES: dict[str, tuple[Any, Any]] = {
    "title": ("A title", "Another title"),
    "display_name": ("A display name", "Another display name"),
    "description": ("A description", "Another description"),
    "vendor_guid": ("a-vendor-guid", "another-vendor-guid"),
    "ratings": (
        [{"description": "A", "points": 8}, {"description": "B", "points": 1}],
        [{"description": "C", "points": 9}],
    ),
    "mastery_points": (4, 2),
    "calculation_method": ("n_mastery", "decaying_average"),
    "calculation_int": (7, 3),
}
DERIVED_FROM = {
    "ratings": {"mastery_points", "points_possible"},
    "mastery_points": set(),
    "calculation_method": {"calculation_int"},
}


def untouched(outcome: Fields, change: Fields) -> Fields:
    """The fields that a change neither carries nor derives."""
    touched = set(change).union(*(DERIVED_FROM.get(key, set()) for key in change))
    return {key: value for key, value in updatable_fields(outcome).items() if key not in touched}


@clause("update-outcome-keeps-fields-not-sent")
@given(start=known_states, change=outcome_updates)
def test_keeps_fields_not_sent(editable: EditableOutcome, start: Fields, change: Fields) -> None:
    before = editable.set_state(start)

    after = editable.update(change)

    assert changed_fields(untouched(before, change), untouched(after, change)) == {}


@clause("update-outcome-keeps-fields-not-sent")
@pytest.mark.parametrize("field", VALUES)
def test_keeps_every_other_field_when_one_is_sent(editable: EditableOutcome, field: str) -> None:
    before = editable.set_state({name: value for name, (value, _) in VALUES.items()})
    change = {field: VALUES[field][1]}

    after = editable.update(change)

    assert changed_fields(untouched(before, change), untouched(after, change)) == {}


@clause("update-outcome-answers-what-is-stored")
@given(start=known_states, change=outcome_updates)
def test_responds_with_the_stored_state(editable: EditableOutcome, start: Fields, change: Fields) -> None:
    editable.set_state(start)

    response = editable.update(change)

    assert changed_fields(response, editable.read()) == {}


@clause("update-outcome-follows-from-the-updates-before-it")
@given(start=known_states, change=outcome_updates)
def test_stores_the_state_that_the_model_predicts(editable: EditableOutcome, start: Fields, change: Fields) -> None:
    before = editable.set_state(start)

    editable.update(change)

    assert mismatches(expect_update(before, change), editable.read()) == {}


@clause("update-outcome-ignores-unrecognized-fields")
@given(start=known_states, names=st.lists(st.text(min_size=1, max_size=12).map("x_".__add__), min_size=1, max_size=4))
def test_ignores_unknown_fields(editable: EditableOutcome, start: Fields, names: list[str]) -> None:
    before = editable.set_state(start)

    after = editable.update({name: ["x"] for name in names} | {"workflow_state": "deleted", "short_description": "x"})

    assert changed_fields(before, after) == {}


@clause("update-outcome-accepts-an-empty-update")
@given(start=known_states)
def test_accepts_an_empty_update(editable: EditableOutcome, start: Fields) -> None:
    before = editable.set_state(start)

    after = editable.update({})

    assert changed_fields(before, after) == {}


@clause("update-outcome-is-idempotent")
@given(start=known_states, change=outcome_updates)
@example(
    start={"calculation_method": "n_mastery"}, change={"calculation_method": "decaying_average", "calculation_int": 5}
)
def test_is_idempotent(editable: EditableOutcome, start: Fields, change: Fields) -> None:
    before = editable.set_state(start)
    excepted = not_idempotent(before, change)

    once = editable.update(change)
    twice = editable.update(change)

    assert changed_fields(*(without(in_one_order(one), *excepted) for one in (once, twice))) == {}


@clause("update-outcome-leaves-other-outcomes-alone")
@given(change=outcome_updates)
def test_does_not_change_other_outcomes(editable: EditableOutcome, neighbours: list[int], change: Fields) -> None:
    before = {id: read_outcome(editable.provider, id) for id in neighbours}

    editable.update(change)

    assert {id: read_outcome(editable.provider, id) for id in neighbours} == before


@pytest.fixture(scope="session")
def neighbours(provider: Provider) -> list[int]:
    names = ("course_outcome", "account_outcome", "global_outcome")
    known = [provider.target.resources[name] for name in names if name in provider.target.resources]
    return [id for id in known if id != provider.target.resource_id("editable_outcome")]


@pytest.mark.parametrize(
    "field",
    ["id", "url", "context_id", "context_type", "points_possible", "can_edit", "assessed", "has_updateable_rubrics"],
)
@pytest.mark.parametrize("value", [7, "Account", True, None])
@clause("update-outcome-cannot-change-derived-fields")
def test_cannot_change_derived_fields(editable: EditableOutcome, field: str, value: Any) -> None:
    before = editable.read()

    after = editable.update({field: value})

    assert changed_fields(before, after) == {}


@clause("update-outcome-loses-no-concurrent-update")
@given(values=st.lists(st.uuids().map(str), min_size=3, max_size=3))
def test_stores_every_concurrent_update(editable: EditableOutcome, values: list[str]) -> None:
    expected = dict(zip(("title", "display_name", "vendor_guid"), values, strict=True))
    editable.update(dict.fromkeys(expected, "before"))

    with ThreadPoolExecutor(len(expected)) as pool:
        responses = list(pool.map(lambda field: editable.send({field: expected[field]}), expected))

    assert [response.status_code for response in responses] == [200] * len(expected)
    assert mismatches(expected, editable.read()) == {}
