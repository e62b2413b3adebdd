"""update_outcome: who may update which outcome, and that a refusal comes before everything else."""

from typing import Any

import pytest

from canvas_outcomes_contract.cases.responses import assert_forbidden, assert_status, changed_fields, parse_outcome
from canvas_outcomes_contract.connection.editable_outcome import EditableOutcome
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.run.clauses import clause

SCALE_CHANGES = (
    {"mastery_points": 3},
    {"ratings": [{"description": "A", "points": 5}]},
    {"calculation_method": "highest"},
    {"calculation_int": 65},
    {"title": "With a scale", "mastery_points": 3},
)


def unchanged(provider: Provider, id: int, role: str) -> dict[str, Any]:
    """A change that leaves an outcome as it is, in case a provider does not refuse it."""
    return {"title": parse_outcome(provider.get_outcome(id, role=role))["title"]}


@clause("update-outcome-refuses-a-missing-outcome")
def test_refuses_a_missing_outcome(provider: Provider) -> None:
    assert_status(provider.update_outcome(provider.resource_id("missing_outcome"), {"title": "x"}), 404)


@clause("update-outcome-refuses-a-deleted-outcome")
def test_refuses_a_deleted_outcome(provider: Provider) -> None:
    assert_status(provider.update_outcome(provider.resource_id("deleted_outcome"), {}), 404)


@clause("update-outcome-refuses-an-archived-outcome")
def test_refuses_an_archived_outcome(provider: Provider) -> None:
    assert_status(provider.update_outcome(provider.resource_id("archived_outcome"), {}), 404)


@pytest.mark.parametrize("role", ["reader", "student", "other_student", "observer"])
@clause("update-outcome-refuses-a-reader")
def test_refuses_a_reader(editable: EditableOutcome, role: str) -> None:
    before = editable.read()

    assert_forbidden(editable.provider.update_outcome(editable.id, {"title": "By a reader"}, role=role))

    assert changed_fields(before, editable.read()) == {}


@clause("update-outcome-refuses-an-outsider")
def test_refuses_an_outsider(editable: EditableOutcome) -> None:
    before = editable.read()

    assert_forbidden(editable.provider.update_outcome(editable.id, {"title": "By an outsider"}, role="outsider"))

    assert changed_fields(before, editable.read()) == {}


@clause("update-outcome-refuses-a-teacher-on-an-account-outcome")
def test_refuses_a_teacher_on_an_account_outcome(provider: Provider) -> None:
    id = provider.resource_id("account_outcome")

    assert_forbidden(provider.update_outcome(id, unchanged(provider, id, "teacher"), role="teacher"))


@clause("update-outcome-refuses-a-teacher-on-a-global-outcome")
def test_refuses_a_teacher_on_a_global_outcome(provider: Provider) -> None:
    id = provider.resource_id("global_outcome")

    assert_forbidden(provider.update_outcome(id, unchanged(provider, id, "teacher"), role="teacher"))


@pytest.mark.parametrize(
    "change", [{"title": ""}, {"calculation_method": "foo"}, {"ratings": "none"}, {"title": "x" * 256}]
)
@clause("update-outcome-refuses-before-it-validates")
def test_refuses_before_it_validates(editable: EditableOutcome, change: dict[str, Any]) -> None:
    assert_forbidden(editable.provider.update_outcome(editable.id, change, role="reader"))


@pytest.mark.parametrize("change", SCALE_CHANGES)
@clause("update-outcome-refuses-scale-changes-under-account-scales")
def test_refuses_scale_changes_under_account_scales(scaled: EditableOutcome, change: dict[str, Any]) -> None:
    before = scaled.read()

    assert_status(scaled.send(change), 403)

    assert changed_fields(before, scaled.read()) == {}


@pytest.mark.parametrize("field", ["title", "display_name", "description", "vendor_guid"])
@clause("update-outcome-accepts-texts-under-account-scales")
def test_accepts_texts_under_account_scales(scaled: EditableOutcome, field: str) -> None:
    scaled.update({field: f"A new {field}"})

    assert scaled.read()[field] == f"A new {field}"
