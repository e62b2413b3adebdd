"""Clauses of every operation about requests as another user."""

from typing import Any

import httpx2
import pytest

from canvas_outcomes_contract.cases.response_schemas import ResponseSchemas
from canvas_outcomes_contract.cases.responses import assert_status
from canvas_outcomes_contract.checks.provider.known_responses import (
    assert_documented,
    assert_like,
    assert_not_challenged,
    known_bodies,
    send_with,
)
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.target import MADE_UP_ID
from canvas_outcomes_contract.contract.document import Operation
from canvas_outcomes_contract.run.clauses import clause_of_each_operation

USERS = ("teacher", "student", "other_student")  # roles, and resources with the ids of their users


def send_as(provider: Provider, operation: Operation, role: str, user: Any) -> httpx2.Response:
    """Send the known request as a user: the id of one, or the name of a resource."""
    user_id = provider.target.resource_id(user) if user in (*USERS, "stronger_user") else user
    return send_with(provider, operation, role=role, params={"as_user_id": user_id})


@pytest.mark.parametrize("user", USERS)
@clause_of_each_operation("acts-as-another-user")
def test_acts_as_another_user(provider: Provider, operation: Operation, user: str) -> None:
    bodies = known_bodies(provider, operation, role=user)
    own = provider.send_known_request(operation, role=user)

    response = send_as(provider, operation, "admin", user)

    assert_status(response, own.status_code)
    assert_like(response, bodies)


@pytest.mark.parametrize("user", USERS)
@clause_of_each_operation("acts-as-the-requester")
def test_acts_as_the_requester(provider: Provider, operation: Operation, user: str) -> None:
    bodies = known_bodies(provider, operation, role=user)
    own = provider.send_known_request(operation, role=user)

    response = send_as(provider, operation, user, user)

    assert_status(response, own.status_code)
    assert_like(response, bodies)


@pytest.mark.parametrize(
    ("role", "user"), [("student", "other_student"), ("other_student", "student"), ("outsider", "student")]
)
@clause_of_each_operation("refuses-to-act-as-another-user")
def test_refuses_to_act_as_another_user(provider: Provider, operation: Operation, role: str, user: str) -> None:
    assert_not_challenged(send_as(provider, operation, role, user), 401)


@clause_of_each_operation("refuses-to-act-as-a-user-with-more-permissions")
def test_refuses_to_act_as_a_user_with_more_permissions(provider: Provider, operation: Operation) -> None:
    assert_not_challenged(send_as(provider, operation, "admin", "stronger_user"), 401)


@pytest.mark.parametrize("user", [MADE_UP_ID, f"{MADE_UP_ID}~{MADE_UP_ID}"])
@pytest.mark.parametrize("role", ["student", "admin"])
@clause_of_each_operation("refuses-to-act-as-a-missing-user")
def test_refuses_to_act_as_a_missing_user(provider: Provider, operation: Operation, role: str, user: Any) -> None:
    assert_not_challenged(send_as(provider, operation, role, user), 401)


@clause_of_each_operation("answers-as-documented")
def test_refuses_to_act_as_a_missing_user_as_documented(
    provider: Provider, schemas: ResponseSchemas, operation: Operation
) -> None:
    response = send_as(provider, operation, "student", MADE_UP_ID)

    assert_documented(response, operation, schemas)
