"""get_outcome: permissions, and outcomes that cannot be read."""

from typing import Any

import pytest

from canvas_outcomes_contract.cases.response_schemas import ResponseSchemas
from canvas_outcomes_contract.cases.responses import (
    assert_response,
    assert_status,
    changed_fields,
    without,
)
from canvas_outcomes_contract.checks.provider.known_responses import assert_documented
from canvas_outcomes_contract.checks.provider.outcomes.requests import get_outcome, parse_outcome, read_outcome
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.run.clauses import clause

CAN_EDIT = pytest.mark.clause("get-outcome-tells-an-editor-that-they-can-edit")
CANNOT_EDIT = pytest.mark.clause("get-outcome-tells-a-reader-that-they-cannot-edit")
ROLES = ("editor", "reader", "teacher", "student", "other_student", "observer", "outsider")


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
    assert_status(get_outcome(provider, f"${resource}", role=role), status)


@pytest.mark.parametrize("id", ["abc", "self", "-", "%00", "9" * 40, "１"])
@clause("get-outcome-refuses-an-id-that-is-no-number")
def test_rejects_an_id_that_is_not_a_number(provider: Provider, id: str) -> None:
    assert_status(get_outcome(provider, id), 404)


@clause("get-outcome-refuses-an-outsider")
def test_rejects_an_outsider(provider: Provider) -> None:
    assert_status(get_outcome(provider, "$course_outcome", role="outsider"), 403)


@clause("get-outcome-answers-as-documented")
def test_rejects_an_outsider_as_documented(provider: Provider, schemas: ResponseSchemas) -> None:
    response = get_outcome(provider, "$course_outcome", role="outsider")

    assert_documented(response, provider.contract.operations["get_outcome"], schemas)


@pytest.mark.parametrize(
    ("resource", "role", "can_edit"),
    [
        pytest.param("editable_outcome", "editor", True, marks=CAN_EDIT),
        pytest.param("editable_outcome", "reader", False, marks=CANNOT_EDIT),
        pytest.param("global_outcome", "teacher", False, marks=CANNOT_EDIT),
    ],
)
def test_can_be_edited_by_an_editor_only(provider: Provider, resource: str, role: str, can_edit: bool) -> None:
    assert read_outcome(provider, f"${resource}", role=role)["can_edit"] is can_edit


@clause("get-outcome-differs-between-requesters-only-in-rights")
def test_differs_between_roles_only_in_permissions(provider: Provider) -> None:
    for_editor, for_reader = (read_outcome(provider, "$editable_outcome", role=role) for role in ("editor", "reader"))

    rights = ("can_edit", "can_unlink")
    assert changed_fields(without(for_editor, *rights), without(for_reader, *rights)) == {}


@clause("get-outcome-tells-whether-it-can-be-unlinked")
def test_has_can_unlink(provider: Provider) -> None:
    response = get_outcome(provider, "$editable_outcome")

    assert_response(response, isinstance(parse_outcome(response).get("can_unlink"), bool), "can_unlink true or false")
