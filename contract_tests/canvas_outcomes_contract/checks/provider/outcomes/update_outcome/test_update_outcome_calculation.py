"""update_outcome: calculation_method and calculation_int."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from canvas_outcomes_contract.cases.equality import Fields
from canvas_outcomes_contract.cases.responses import assert_status, changed_fields, rejected_attributes
from canvas_outcomes_contract.checks.provider.outcomes.editable_outcome import EditableOutcome
from canvas_outcomes_contract.checks.provider.outcomes.outcome_model import (
    EXACT,
    INT_DEFAULTS,
    INT_RANGES,
    METHODS_WITHOUT_INT,
    VARIANTS,
)
from canvas_outcomes_contract.checks.provider.outcomes.strategies import unknown_methods
from canvas_outcomes_contract.run.clauses import clause

DECAYING = {"calculation_method": "decaying_average", "calculation_int": 70}
OUT_OF_RANGE = [
    ("decaying_average", 0),
    ("decaying_average", 100),
    ("decaying_average", -1),
    ("n_mastery", 0),
    ("n_mastery", 11),
]


def calculation(outcome: Fields) -> tuple[str, int | None]:
    return outcome["calculation_method"], outcome.get("calculation_int")


@pytest.mark.parametrize("method", EXACT)
@pytest.mark.parametrize("before", EXACT)
@clause("update-outcome-stores-the-calculation-method")
def test_stores_the_calculation_method(editable: EditableOutcome, before: str, method: str) -> None:
    editable.set_state({"calculation_method": before})

    editable.update({"calculation_method": method})

    assert editable.read()["calculation_method"] == method


@pytest.mark.parametrize("method", VARIANTS)
@clause("update-outcome-stores-a-decaying-variant")
def test_stores_a_decaying_variant(editable: EditableOutcome, method: str) -> None:
    editable.set_state({"calculation_method": "highest"})

    after = editable.update({"calculation_method": method, "calculation_int": 75})

    assert after["calculation_method"] in (method, "decaying_average")
    assert after["calculation_int"] == 75


@pytest.mark.parametrize("method", list(INT_RANGES))
@clause("update-outcome-stores-calculation-int")
@given(drawn=st.data())
def test_stores_calculation_int(editable: EditableOutcome, method: str, drawn: st.DataObject) -> None:
    value = drawn.draw(st.integers(*INT_RANGES[method]))
    editable.set_state({"calculation_method": method})

    editable.update({"calculation_int": value})

    assert editable.read()["calculation_int"] == value


@pytest.mark.parametrize("method", ["decaying_average", "n_mastery"])
@clause("update-outcome-stores-calculation-int")
@given(drawn=st.data())
def test_stores_calculation_int_with_a_new_method(editable: EditableOutcome, method: str, drawn: st.DataObject) -> None:
    value = drawn.draw(st.integers(*INT_RANGES[method]))
    editable.set_state({"calculation_method": "highest"})

    after = editable.update({"calculation_method": method, "calculation_int": value})

    assert calculation(after) == (method, value)


@clause("update-outcome-refuses-an-unknown-method")
@given(method=unknown_methods)
@example(method="foo")
@example(method=" highest")
@example(method="mean")
def test_rejects_an_unknown_method(editable: EditableOutcome, method: str) -> None:
    editable.set_state(DECAYING)

    response = editable.send({"calculation_method": method})

    assert rejected_attributes(response) == {"calculation_method"}


@pytest.mark.parametrize("method", ["Highest", "N_MASTERY", "decaying_Average"])
@clause("update-outcome-refuses-a-method-in-another-case")
def test_rejects_a_method_in_another_case(editable: EditableOutcome, method: str) -> None:
    assert_status(editable.send({"calculation_method": method}), 400)


@pytest.mark.parametrize("method", [None, ""])
@pytest.mark.parametrize("more", [{}, {"calculation_int": 1500}])
@clause("update-outcome-refuses-a-null-method")
def test_rejects_a_null_method(editable: EditableOutcome, method: str | None, more: dict[str, int]) -> None:
    before = editable.set_state(DECAYING)

    response = editable.send({"calculation_method": method} | more)

    assert rejected_attributes(response) == {"calculation_method"}
    assert changed_fields(before, editable.read()) == {}


@pytest.mark.parametrize(
    ("before", "method"),
    [
        *(
            ({"calculation_method": before}, method)
            for before in ("highest", "latest", "average")
            for method in INT_DEFAULTS
        ),
        ({"calculation_method": "n_mastery", "calculation_int": 7}, "decaying_average"),
        ({"calculation_method": "decaying_average", "calculation_int": 7}, "n_mastery"),
    ],
)
@clause("update-outcome-gives-a-new-method-its-default")
def test_sets_the_default_of_a_new_method(editable: EditableOutcome, before: Fields, method: str) -> None:
    editable.set_state(before)

    assert editable.update({"calculation_method": method})["calculation_int"] == INT_DEFAULTS[method]


@pytest.mark.parametrize("method", METHODS_WITHOUT_INT)
@clause("update-outcome-drops-calculation-int-for-methods-without")
def test_removes_calculation_int_for_a_method_without_one(editable: EditableOutcome, method: str) -> None:
    editable.set_state(DECAYING)

    editable.update({"calculation_method": method})

    assert calculation(editable.read()) == (method, None)


@pytest.mark.parametrize("method", ["highest", "latest"])
@clause("update-outcome-ignores-calculation-int-sent-with-highest-or-latest")
def test_ignores_calculation_int_sent_with_highest_or_latest(editable: EditableOutcome, method: str) -> None:
    editable.set_state(DECAYING)

    after = editable.update({"calculation_method": method, "calculation_int": 4})

    assert calculation(after) == (method, None)


@clause("update-outcome-refuses-calculation-int-with-average")
def test_rejects_calculation_int_with_average(editable: EditableOutcome) -> None:
    before = editable.set_state(DECAYING)

    response = editable.send({"calculation_method": "average", "calculation_int": 4})

    assert rejected_attributes(response) == {"calculation_int"}
    assert changed_fields(before, editable.read()) == {}


@pytest.mark.parametrize("method", METHODS_WITHOUT_INT)
@clause("update-outcome-refuses-calculation-int-where-none-is-used")
@given(value=st.integers(1, 99))
def test_rejects_calculation_int_for_a_method_without_one(editable: EditableOutcome, method: str, value: int) -> None:
    editable.set_state({"calculation_method": method})

    assert rejected_attributes(editable.send({"calculation_int": value})) == {"calculation_int"}


@pytest.mark.parametrize(("method", "value"), [("decaying_average", 70), ("n_mastery", 3)])
@clause("update-outcome-resets-calculation-int-with-null")
def test_resets_calculation_int_with_null(editable: EditableOutcome, method: str, value: int) -> None:
    editable.set_state({"calculation_method": method, "calculation_int": value})

    editable.update({"calculation_int": None})

    assert calculation(editable.read()) == (method, INT_DEFAULTS[method])


@pytest.mark.parametrize(("method", "value"), OUT_OF_RANGE)
@clause("update-outcome-refuses-calculation-int-out-of-range")
def test_rejects_calculation_int_out_of_range(editable: EditableOutcome, method: str, value: int) -> None:
    before = editable.set_state({"calculation_method": method})

    response = editable.send({"calculation_int": value})

    assert rejected_attributes(response) == {"calculation_int"}
    assert changed_fields(before, editable.read()) == {}


@clause("update-outcome-refuses-calculation-int-out-of-range")
@given(value=st.integers(max_value=0) | st.integers(min_value=100))
def test_rejects_any_calculation_int_out_of_range(editable: EditableOutcome, value: int) -> None:
    editable.set_state(DECAYING)

    assert_status(editable.send({"calculation_int": value}), 400)


@pytest.mark.parametrize(
    ("method", "value"), [(name, limit) for name in ("decaying_average", "n_mastery") for limit in INT_RANGES[name]]
)
@clause("update-outcome-accepts-calculation-int-at-the-limits")
def test_accepts_calculation_int_at_the_limits(editable: EditableOutcome, method: str, value: int) -> None:
    editable.set_state({"calculation_method": method})

    assert calculation(editable.update({"calculation_int": value})) == (method, value)


@pytest.mark.parametrize(("sent", "stored"), [("42", 42), (3.7, 3), ("3.7", 3)])
@clause("update-outcome-converts-calculation-int")
def test_converts_calculation_int(editable: EditableOutcome, sent: Any, stored: int) -> None:
    editable.set_state(DECAYING)

    assert editable.update({"calculation_int": sent})["calculation_int"] == stored
