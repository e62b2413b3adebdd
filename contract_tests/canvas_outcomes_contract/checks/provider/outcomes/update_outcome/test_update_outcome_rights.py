"""update_outcome: permissions, and outcomes that cannot be updated."""

import pytest

from canvas_outcomes_contract.cases.equality import Fields
from canvas_outcomes_contract.cases.response_schemas import ResponseSchemas
from canvas_outcomes_contract.cases.responses import assert_status, changed_fields
from canvas_outcomes_contract.checks.provider.known_responses import assert_documented
from canvas_outcomes_contract.checks.provider.outcomes.editable_outcome import EditableOutcome
from canvas_outcomes_contract.checks.provider.outcomes.outcome_model import TEXT_FIELDS
from canvas_outcomes_contract.checks.provider.outcomes.requests import read_outcome, update_outcome
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.run.clauses import clause, parametrize_clauses

CHANGES_THE_SCALED_OUTCOME = pytest.mark.changes("scales_outcome")
SCALE_CHANGES = (
    {"mastery_points": 3},
    {"ratings": [{"description": "A", "points": 5}]},
    {"calculation_method": "highest"},
    {"calculation_int": 65},
    {"title": "With a scale", "mastery_points": 3},
)


@parametrize_clauses(
    "resource, change",
    {
        "update-outcome-refuses-a-missing-outcome": ("missing_outcome", {"title": "x"}),
        "update-outcome-refuses-a-deleted-outcome": ("deleted_outcome", {}),
        "update-outcome-refuses-an-archived-outcome": ("archived_outcome", {}),
    },
)
def test_responds_with_404_for_an_outcome_that_is_not_active(provider: Provider, resource: str, change: Fields) -> None:
    assert_status(update_outcome(provider, f"${resource}", change), 404)


@pytest.mark.parametrize(
    "role",
    [
        *(
            pytest.param(role, marks=pytest.mark.clause("update-outcome-refuses-a-reader"))
            for role in ("reader", "student", "other_student", "observer")
        ),
        pytest.param("outsider", marks=pytest.mark.clause("update-outcome-refuses-an-outsider")),
    ],
)
def test_is_forbidden_for_other_roles(editable: EditableOutcome, role: str) -> None:
    before = editable.read()

    response = update_outcome(editable.provider, editable.id, {"title": f"By {role}"}, role=role)

    assert editable.changes_of_refusal(before, response) == {}
    assert_status(response, 403)


@parametrize_clauses(
    "resource",
    {
        "update-outcome-refuses-a-teacher-on-an-account-outcome": "account_outcome",
        "update-outcome-refuses-a-teacher-on-a-global-outcome": "global_outcome",
    },
)
def test_is_forbidden_for_a_teacher_outside_of_their_courses(provider: Provider, resource: str) -> None:
    # Sends the stored title, so that a provider that does not refuse it changes nothing.
    title = read_outcome(provider, f"${resource}", role="teacher")["title"]

    assert_status(update_outcome(provider, f"${resource}", {"title": title}, role="teacher"), 403)


@pytest.mark.parametrize(
    "change", [{"title": ""}, {"calculation_method": "foo"}, {"ratings": "none"}, {"title": "x" * 256}]
)
@clause("update-outcome-refuses-before-it-validates")
def test_checks_permissions_before_it_validates(editable: EditableOutcome, change: Fields) -> None:
    assert_status(update_outcome(editable.provider, editable.id, change, role="reader"), 403)


@CHANGES_THE_SCALED_OUTCOME
@pytest.mark.parametrize("change", SCALE_CHANGES)
@clause("update-outcome-refuses-scale-changes-under-account-scales")
def test_rejects_scale_changes_under_account_scales(scaled: EditableOutcome, change: Fields) -> None:
    before = scaled.read()

    assert_status(scaled.send(change), 403)

    assert changed_fields(before, scaled.read()) == {}


@CHANGES_THE_SCALED_OUTCOME
@pytest.mark.parametrize("field", TEXT_FIELDS)
@clause("update-outcome-accepts-texts-under-account-scales")
def test_accepts_other_changes_under_account_scales(scaled: EditableOutcome, field: str) -> None:
    scaled.update({field: f"A new {field}"})

    assert scaled.read()[field] == f"A new {field}"


@clause("update-outcome-answers-as-documented")
@pytest.mark.parametrize(("resource", "role"), [("editable_outcome", "reader"), ("scales_outcome", "editor")])
def test_rejects_updates_as_documented(provider: Provider, schemas: ResponseSchemas, resource: str, role: str) -> None:
    response = update_outcome(provider, f"${resource}", {"mastery_points": 1}, role=role)

    assert_documented(response, provider.contract.operations["update_outcome"], schemas)
