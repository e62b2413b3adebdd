"""list_outcome_alignments: rejected requests, permissions, filters and properties of the rows."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from canvas_outcomes_contract.cases.outcome_model import multiset
from canvas_outcomes_contract.cases.responses import (
    JsonObject,
    assert_status,
    parse_alignments,
    request_line,
)
from canvas_outcomes_contract.cases.verdicts import Deviates
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.run.clauses import clause, parametrize_clauses

MISSING = 999999999


@pytest.fixture
def course(provider: Provider) -> int:
    return provider.resource_id("course")


@pytest.fixture
def student(provider: Provider) -> int:
    return provider.resource_id("student")


@pytest.fixture
def rows(provider: Provider, course: int, student: int) -> list[JsonObject]:
    """The alignments of the student, requested by the teacher."""
    return parse_alignments(provider.list_outcome_alignments(course, student_id=student))


@pytest.fixture
def own_rows(provider: Provider, course: int, student: int) -> list[JsonObject]:
    """The alignments of the student, requested by the student."""
    return parse_alignments(provider.list_outcome_alignments(course, role="student", student_id=student))


def request_rows(provider: Provider, role: str, params: dict[str, Any]) -> httpx.Response:
    """Request alignments, of the known course unless `params` names another."""
    resources = provider.resource_id
    ids = {name: resources(value[1:]) if str(value).startswith("$") else value for name, value in params.items()}
    known: dict[str, Any] = {"course_id": resources("course"), "role": role}
    return provider.list_outcome_alignments(**known | ids)


def of_assignment(rows: list[JsonObject], assignment: int) -> list[JsonObject]:
    return [row for row in rows if row.get("assignment_id") == assignment]


def of_any_assignment(rows: list[JsonObject]) -> list[JsonObject]:
    return [row for row in rows if row.get("assignment_id") is not None]


def rejection(suffix: str, status: int, role: str = "teacher", **params: Any) -> Any:
    """A request that is rejected with a status, and the clause that says so. $NAME is the id of a resource."""
    return pytest.param(status, role, params, marks=pytest.mark.clause(f"list-outcome-alignments-{suffix}"))


@pytest.mark.parametrize(
    ("status", "role", "params"),
    [
        rejection("needs-a-student-or-an-assignment", 400),
        rejection("takes-blank-as-absent", 400, student_id="", assignment_id=""),
        rejection("refuses-a-missing-course", 404, course_id=MISSING, student_id="$student"),
        rejection("refuses-a-missing-student", 404, student_id=MISSING),
        rejection("refuses-a-student-who-is-not-enrolled", 400, "student", student_id=MISSING),
        rejection("refuses-a-missing-assignment", 404, assignment_id=MISSING),
        rejection("refuses-a-missing-assignment-of-a-student", 404, student_id="$student", assignment_id=MISSING),
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
def test_rejects_a_request(provider: Provider, status: int, role: str, params: dict[str, Any]) -> None:
    assert_status(request_rows(provider, role, params), status)


@pytest.mark.parametrize(
    ("name", "resource", "blank"),
    [("student_id", "student", "assignment_id"), ("assignment_id", "aligned_assignment", "student_id")],
)
@clause("list-outcome-alignments-takes-blank-as-absent")
def test_treats_a_blank_parameter_as_absent(
    provider: Provider, course: int, name: str, resource: str, blank: str
) -> None:
    params: dict[str, Any] = {name: provider.resource_id(resource)}

    with_blank = parse_alignments(provider.list_outcome_alignments(course, **params, **{blank: ""}))

    assert with_blank == parse_alignments(provider.list_outcome_alignments(course, **params))


@clause("list-outcome-alignments-names-the-outcome-under-id")
def test_has_the_id_of_the_outcome_in_id(rows: list[JsonObject]) -> None:
    if rows and not any("id" in row for row in rows):
        raise Deviates("the outcome's id is under learning_outcome_id only, as on live Canvas")
    assert [row for row in rows if "id" not in row] == []


@parametrize_clauses(
    "is_inconsistent",
    {
        "list-outcome-alignments-names-the-outcome-once": (
            lambda row: {"id", "learning_outcome_id"} <= set(row) and row["id"] != row["learning_outcome_id"]
        ),
        "list-outcome-alignments-names-an-assignment-or-an-assessment": (
            lambda row: (row.get("assignment_id") is None) == (row.get("assessment_id") is None)
        ),
        "list-outcome-alignments-gives-a-url-for-assignments-only": (
            lambda row: (row.get("assignment_id") is None) != (row.get("url") is None)
        ),
        "list-outcome-alignments-names-the-type-of-live-assessments": (
            lambda row: row.get("assessment_id") is not None and row["submission_types"] != "magic_marker"
        ),
    },
)
def test_every_row_is_consistent(rows: list[JsonObject], is_inconsistent: Callable[[JsonObject], bool]) -> None:
    assert [row for row in rows if is_inconsistent(row)] == []


@clause("list-outcome-alignments-lists-outcomes-that-exist")
def test_lists_outcomes_that_exist(provider: Provider, rows: list[JsonObject]) -> None:
    for id in {row["id"] if "id" in row else row["learning_outcome_id"] for row in rows}:
        assert_status(provider.get_outcome(id, role="teacher"), 200)


@clause("list-outcome-alignments-keeps-its-order")
def test_keeps_the_order(provider: Provider, course: int, student: int, rows: list[JsonObject]) -> None:
    assert [parse_alignments(provider.list_outcome_alignments(course, student_id=student)) for _ in range(3)] == [
        rows
    ] * 3


@pytest.mark.parametrize("params", [{"page": 2}, {"per_page": 1}, {"page": 2, "per_page": 1}])
@clause("list-outcome-alignments-is-not-paginated")
def test_is_not_paginated(
    provider: Provider, course: int, student: int, rows: list[JsonObject], params: dict[str, Any]
) -> None:
    assert parse_alignments(provider.list_outcome_alignments(course, student_id=student, **params)) == rows


@clause("list-outcome-alignments-lists-what-the-student-has")
def test_lists_assignments_of_the_student(provider: Provider, rows: list[JsonObject]) -> None:
    assert of_assignment(rows, provider.resource_id("aligned_assignment")) != []


@clause("list-outcome-alignments-lists-quizzes-of-the-student")
def test_lists_quizzes_of_the_student(provider: Provider, rows: list[JsonObject]) -> None:
    of_quiz = of_assignment(rows, provider.resource_id("quiz_assignment"))

    assert [row["submission_types"] for row in of_quiz if row["submission_types"] == "online_quiz"] != []


@pytest.mark.parametrize("assignment", ["aligned_assignment", "unaligned_assignment", "quiz_assignment"])
@clause("list-outcome-alignments-narrows-a-student-to-an-assignment")
def test_narrows_a_student_to_an_assignment(
    provider: Provider, course: int, student: int, rows: list[JsonObject], assignment: str
) -> None:
    id = provider.resource_id(assignment)

    narrowed = parse_alignments(provider.list_outcome_alignments(course, student_id=student, assignment_id=id))

    assert narrowed == of_assignment(rows, id)


@clause("list-outcome-alignments-leaves-out-live-assessments-of-an-assignment")
def test_omits_live_assessments_for_an_assignment(provider: Provider, course: int, student: int) -> None:
    id = provider.resource_id("aligned_assignment")

    narrowed = parse_alignments(provider.list_outcome_alignments(course, student_id=student, assignment_id=id))

    assert [row for row in narrowed if row.get("assessment_id") is not None] == []


@clause("list-outcome-alignments-lists-nothing-for-an-unaligned-assignment")
def test_lists_nothing_for_an_unaligned_assignment(provider: Provider, course: int) -> None:
    assert (
        parse_alignments(
            provider.list_outcome_alignments(course, assignment_id=provider.resource_id("unaligned_assignment"))
        )
        == []
    )


@clause("list-outcome-alignments-lists-one-assignment-only")
def test_lists_only_the_given_assignment(provider: Provider, course: int) -> None:
    id = provider.resource_id("aligned_assignment")

    found = parse_alignments(provider.list_outcome_alignments(course, assignment_id=id))

    assert found != []
    assert found == of_assignment(found, id)


@clause("list-outcome-alignments-lists-the-same-for-assignment-and-student")
def test_lists_the_same_for_assignment_and_student(provider: Provider, course: int, rows: list[JsonObject]) -> None:
    id = provider.resource_id("aligned_assignment")

    found = parse_alignments(provider.list_outcome_alignments(course, assignment_id=id))

    direct = [row for row in of_assignment(rows, id) if row["submission_types"] != "online_quiz"]
    assert multiset(found) == multiset(direct)


@clause("list-outcome-alignments-lists-no-quiz-banks-for-an-assignment")
def test_lists_no_quiz_banks_for_an_assignment(provider: Provider, course: int, rows: list[JsonObject]) -> None:
    id = provider.resource_id("quiz_assignment")
    of_banks = [row for row in of_assignment(rows, id) if "/quizzes/" in (row["url"] or "")]

    found = parse_alignments(provider.list_outcome_alignments(course, assignment_id=id))

    assert of_banks != []
    assert [row for row in found if row in of_banks] == []


@pytest.mark.parametrize("assignment_id", ["abc", "0", "-5"])
@clause("list-outcome-alignments-ignores-an-assignment-id-that-is-no-number")
def test_ignores_an_assignment_id_that_is_not_a_number(
    provider: Provider, course: int, student: int, rows: list[JsonObject], assignment_id: str
) -> None:
    found = parse_alignments(provider.list_outcome_alignments(course, student_id=student, assignment_id=assignment_id))

    assert of_any_assignment(found) == of_any_assignment(rows)


@clause("list-outcome-alignments-shows-a-student-their-own")
def test_lists_alignments_of_the_student_who_requests_them(provider: Provider, own_rows: list[JsonObject]) -> None:
    assert of_assignment(own_rows, provider.resource_id("aligned_assignment")) != []


@clause("list-outcome-alignments-shows-an-observer-the-observed")
def test_lists_the_same_for_an_observer_as_for_the_student(
    provider: Provider, course: int, student: int, own_rows: list[JsonObject]
) -> None:
    rows = parse_alignments(provider.list_outcome_alignments(course, role="observer", student_id=student))

    assert rows == own_rows


@clause("list-outcome-alignments-hides-unpublished-assignments-from-students")
def test_hides_unpublished_assignments_from_students(
    provider: Provider, course: int, student: int, own_rows: list[JsonObject]
) -> None:
    unpublished = provider.resource_id("unpublished_assignment")

    narrowed = provider.list_outcome_alignments(course, role="student", student_id=student, assignment_id=unpublished)

    assert parse_alignments(narrowed) == []
    assert of_assignment(own_rows, unpublished) == []


@clause("list-outcome-alignments-shows-the-same-to-student-and-teacher")
def test_lists_no_more_for_a_student_than_for_a_teacher(rows: list[JsonObject], own_rows: list[JsonObject]) -> None:
    assert multiset(own_rows) <= multiset(rows)


@pytest.mark.parametrize("role", ["student", "observer", "outsider"])
@clause("list-outcome-alignments-keeps-whole-assignments-from-students")
def test_rejects_an_assignment_without_a_student_for_other_roles(provider: Provider, course: int, role: str) -> None:
    response = provider.list_outcome_alignments(
        course, role=role, assignment_id=provider.resource_id("aligned_assignment")
    )

    assert_status(response, 401, 403)
    assert "WWW-Authenticate" not in response.headers, f"{request_line(response)} challenges a token that is valid"


@clause("list-outcome-alignments-answers-as-documented")
@pytest.mark.parametrize(
    ("role", "params"),
    [
        ("student", {"student_id": "$other_student"}),
        ("student", {"student_id": MISSING}),
        ("student", {"assignment_id": "$aligned_assignment"}),
        ("teacher", {}),
        ("teacher", {"assignment_id": "$foreign_assignment"}),
    ],
)
def test_rejects_requests_as_documented(
    provider: Provider, assert_documented: Callable[..., None], role: str, params: dict[str, Any]
) -> None:
    response = request_rows(provider, role, params)

    assert_documented(response, "list_outcome_alignments")
