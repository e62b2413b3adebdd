"""list_outcome_alignments: rejected requests, and permissions."""

from typing import Any

import pytest

from canvas_outcomes_contract.cases.equality import Fields, multiset
from canvas_outcomes_contract.cases.response_schemas import ResponseSchemas
from canvas_outcomes_contract.cases.responses import assert_status, shown_body
from canvas_outcomes_contract.checks.provider.known_responses import assert_documented, assert_not_challenged
from canvas_outcomes_contract.checks.provider.outcomes.requests import (
    Rows,
    list_outcome_alignments,
    list_rows,
    of_assignment,
    parse_rows,
)
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.target import MADE_UP_ID
from canvas_outcomes_contract.run.clauses import clause


def rejection(suffix: str, status: int, role: str = "teacher", **params: Any) -> Any:
    """A request that is rejected with a status, marked with its clause."""
    return pytest.param(status, role, params, marks=pytest.mark.clause(f"list-outcome-alignments-{suffix}"))


@pytest.mark.parametrize(
    ("status", "role", "params"),
    [
        rejection("needs-a-student-or-an-assignment", 400),
        rejection("takes-blank-as-absent", 400, student_id="", assignment_id=""),
        rejection("refuses-a-missing-course", 404, course_id=MADE_UP_ID, student_id="$student"),
        rejection("refuses-a-missing-student", 404, student_id=MADE_UP_ID),
        rejection("refuses-a-student-who-is-not-enrolled", 400, "student", student_id=MADE_UP_ID),
        rejection("refuses-a-missing-assignment", 404, assignment_id=MADE_UP_ID),
        rejection("refuses-a-missing-assignment-of-a-student", 404, student_id="$student", assignment_id=MADE_UP_ID),
        rejection("refuses-an-assignment-of-another-course", 404, assignment_id="$foreign_assignment"),
        rejection(
            "refuses-an-assignment-of-another-course", 404, student_id="$student", assignment_id="$foreign_assignment"
        ),
        rejection("refuses-an-assignment-id-that-is-no-number", 400, assignment_id="abc"),
        rejection("refuses-an-assignment-id-that-is-no-number", 400, assignment_id="0"),
        rejection("hides-other-students-from-a-student", 403, "student", student_id="$other_student"),
        rejection("hides-other-students-from-a-student", 403, "other_student", student_id="$student"),
        rejection("hides-others-from-an-observer", 403, "observer", student_id="$other_student"),
        rejection("hides-students-from-an-outsider", 403, "outsider", student_id="$student"),
    ],
)
def test_rejects_a_request(provider: Provider, status: int, role: str, params: Fields) -> None:
    assert_status(list_outcome_alignments(provider, role, **params), status)


@pytest.mark.parametrize(
    ("name", "resource"),
    [
        pytest.param(name, resource, marks=pytest.mark.clause(f"list-outcome-alignments-{suffix}"))
        for name, resource, suffix in (
            ("student_id", "student", "refuses-a-missing-student-of-a-shard"),
            ("assignment_id", "aligned_assignment", "refuses-a-missing-assignment-of-a-shard"),
        )
    ],
)
def test_rejects_an_id_of_a_shard_that_no_record_has(provider: Provider, name: str, resource: str) -> None:
    shard = provider.target.resource_id(resource)
    known: Fields = {name: shard}
    of_the_shard = list_rows(provider, **known)

    response = list_outcome_alignments(provider, **known | {name: f"{shard}~{MADE_UP_ID}"})

    assert not response.is_success or parse_rows(response) == of_the_shard, f"got {shown_body(response)}, wanted 404"
    assert_status(response, 404)


@clause("list-outcome-alignments-shows-a-student-their-own")
def test_lists_alignments_of_the_student_who_requests_them(provider: Provider, own_rows: Rows) -> None:
    assert of_assignment(provider, own_rows, "aligned_assignment") != []


@clause("list-outcome-alignments-shows-an-observer-the-observed")
def test_lists_the_same_for_an_observer_as_for_the_student(provider: Provider, own_rows: Rows) -> None:
    assert list_rows(provider, "observer", student_id="$student") == own_rows


@clause("list-outcome-alignments-hides-unpublished-assignments-from-students")
def test_hides_unpublished_assignments_from_students(provider: Provider, own_rows: Rows) -> None:
    assert list_rows(provider, "student", student_id="$student", assignment_id="$unpublished_assignment") == []
    assert of_assignment(provider, own_rows, "unpublished_assignment") == []


@clause("list-outcome-alignments-shows-the-same-to-student-and-teacher")
def test_lists_no_more_for_a_student_than_for_a_teacher(rows: Rows, own_rows: Rows) -> None:
    more = multiset(own_rows) - multiset(rows)
    assert list(more) == []


@pytest.mark.parametrize("role", ["student", "observer", "outsider"])
@clause("list-outcome-alignments-keeps-whole-assignments-from-students")
def test_rejects_an_assignment_without_a_student_for_other_roles(provider: Provider, role: str) -> None:
    response = list_outcome_alignments(provider, role, assignment_id="$aligned_assignment")

    assert_not_challenged(response, 401, 403)


@clause("list-outcome-alignments-answers-as-documented")
@pytest.mark.parametrize(
    ("role", "params"),
    [
        ("student", {"student_id": "$other_student"}),
        ("student", {"student_id": MADE_UP_ID}),
        ("student", {"assignment_id": "$aligned_assignment"}),
        ("teacher", {}),
        ("teacher", {"assignment_id": "$foreign_assignment"}),
    ],
)
def test_rejects_as_documented(provider: Provider, schemas: ResponseSchemas, role: str, params: Fields) -> None:
    response = list_outcome_alignments(provider, role, **params)

    assert_documented(response, provider.contract.operations["list_outcome_alignments"], schemas)
