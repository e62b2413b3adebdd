"""Refusals are as documented, too: what Schemathesis draws is asked by those who may."""

from typing import Any

import httpx
import pytest

from canvas_outcomes_contract.connection.provider import NO_TOKEN, Provider
from canvas_outcomes_contract.connection.response_schemas import ResponseSchemas
from canvas_outcomes_contract.contract.document import Operation
from canvas_outcomes_contract.run.clauses import clause, clause_of_each_operation

INVALID = {"Authorization": "Bearer no-such-token"}


@pytest.fixture(scope="session")
def schemas(provider: Provider) -> ResponseSchemas:
    return ResponseSchemas(provider.contract)


def undocumented(provider: Provider, schemas: ResponseSchemas, operation: str, answer: httpx.Response) -> str:
    return schemas.violation(provider.contract.operations[operation], answer)


@clause_of_each_operation("answers-as-documented")
@pytest.mark.parametrize("headers", [{}, INVALID])
def test_refuses_tokens_as_documented(
    provider: Provider, schemas: ResponseSchemas, operation: Operation, headers: dict[str, str]
) -> None:
    answer = provider.send_known_request(operation, role=NO_TOKEN, headers=headers)

    assert undocumented(provider, schemas, operation.id, answer) == ""


@clause_of_each_operation("answers-as-documented")
def test_refuses_a_malformed_query_as_documented(
    provider: Provider, schemas: ResponseSchemas, operation: Operation
) -> None:
    path = provider.known_request(operation)["path"]

    answer = provider.send_known_request(operation, path=f"{path}?add_defaults=%ff", params=None)

    assert undocumented(provider, schemas, operation.id, answer) == ""


@clause("get-outcome-answers-as-documented")
def test_refuses_an_outsider_as_documented(provider: Provider, schemas: ResponseSchemas) -> None:
    answer = provider.get_outcome(provider.resource_id("course_outcome"), role="outsider")

    assert undocumented(provider, schemas, "get_outcome", answer) == ""


@clause("update-outcome-answers-as-documented")
@pytest.mark.parametrize(("resource", "role"), [("editable_outcome", "reader"), ("scales_outcome", "editor")])
def test_refuses_updates_as_documented(provider: Provider, schemas: ResponseSchemas, resource: str, role: str) -> None:
    answer = provider.update_outcome(provider.resource_id(resource), {"mastery_points": 1}, role=role)

    assert undocumented(provider, schemas, "update_outcome", answer) == ""


@clause("list-outcome-alignments-answers-as-documented")
@pytest.mark.parametrize(
    ("role", "asked"),
    [
        ("student", {"student_id": "other_student"}),
        ("student", {"assignment_id": "aligned_assignment"}),
        ("teacher", {}),
        ("teacher", {"assignment_id": "foreign_assignment"}),
    ],
)
def test_refuses_to_list_as_documented(
    provider: Provider, schemas: ResponseSchemas, role: str, asked: dict[str, Any]
) -> None:
    params = {name: provider.resource_id(resource) for name, resource in asked.items()}

    answer = provider.list_outcome_alignments(provider.resource_id("course"), role=role, **params)

    assert undocumented(provider, schemas, "list_outcome_alignments", answer) == ""


@clause("list-outcome-alignments-answers-as-documented")
def test_refuses_a_student_who_is_not_enrolled_as_documented(provider: Provider, schemas: ResponseSchemas) -> None:
    answer = provider.list_outcome_alignments(provider.resource_id("course"), role="student", student_id=999999999)

    assert undocumented(provider, schemas, "list_outcome_alignments", answer) == ""
