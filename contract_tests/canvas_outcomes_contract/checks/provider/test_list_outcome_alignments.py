"""list_outcome_alignments: which alignments, for whom, and what a row says; long, with a check for each clause."""

from typing import Any

import pytest

from canvas_outcomes_contract.cases.outcome_model import multiset
from canvas_outcomes_contract.cases.responses import (
    JsonObject,
    assert_status,
    parse_alignments,
    parse_json,
    request_line,
)
from canvas_outcomes_contract.cases.verdicts import Deviates
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.run.clauses import clause


@pytest.fixture
def course(provider: Provider) -> int:
    return provider.resource_id("course")


@pytest.fixture
def student(provider: Provider) -> int:
    return provider.resource_id("student")


@pytest.fixture
def rows(provider: Provider, course: int, student: int) -> list[JsonObject]:
    """What the teacher is shown of the student."""
    return parse_alignments(provider.list_outcome_alignments(course, student_id=student))


def of_assignment(rows: list[JsonObject], assignment: int) -> list[JsonObject]:
    return [row for row in rows if row.get("assignment_id") == assignment]


def outcome_id(row: JsonObject) -> Any:
    return row["id"] if "id" in row else row["learning_outcome_id"]


@clause("list-outcome-alignments-needs-a-student-or-an-assignment")
def test_needs_a_student_or_an_assignment(provider: Provider, course: int) -> None:
    assert_status(provider.list_outcome_alignments(course), 400)


@pytest.mark.parametrize(
    ("name", "resource", "blank"),
    [("student_id", "student", "assignment_id"), ("assignment_id", "aligned_assignment", "student_id")],
)
@clause("list-outcome-alignments-takes-blank-as-absent")
def test_takes_blank_as_absent(provider: Provider, course: int, name: str, resource: str, blank: str) -> None:
    params: dict[str, Any] = {name: provider.resource_id(resource)}

    with_blank = parse_alignments(provider.list_outcome_alignments(course, **params, **{blank: ""}))

    assert with_blank == parse_alignments(provider.list_outcome_alignments(course, **params))


@clause("list-outcome-alignments-takes-blank-as-absent")
def test_takes_two_blanks_as_absent(provider: Provider, course: int) -> None:
    assert_status(provider.list_outcome_alignments(course, student_id="", assignment_id=""), 400)


@clause("list-outcome-alignments-refuses-a-missing-course")
def test_refuses_a_missing_course(provider: Provider, student: int) -> None:
    assert_status(provider.list_outcome_alignments(999999999, student_id=student), 404)


@clause("list-outcome-alignments-names-the-outcome-under-id")
def test_names_the_outcome_under_id(rows: list[JsonObject]) -> None:
    if rows and not any("id" in row for row in rows):
        raise Deviates("the outcome's id is under learning_outcome_id only, as on live Canvas")
    assert [row for row in rows if "id" not in row] == []


@clause("list-outcome-alignments-names-the-outcome-once")
def test_names_the_outcome_once(rows: list[JsonObject]) -> None:
    both = [row for row in rows if {"id", "learning_outcome_id"} <= set(row)]

    assert [row for row in both if row["id"] != row["learning_outcome_id"]] == []


@clause("list-outcome-alignments-names-an-assignment-or-an-assessment")
def test_names_an_assignment_or_an_assessment(rows: list[JsonObject]) -> None:
    neither_or_both = [row for row in rows if (row.get("assignment_id") is None) == (row.get("assessment_id") is None)]

    assert neither_or_both == []


@clause("list-outcome-alignments-gives-a-url-for-assignments-only")
def test_gives_a_url_for_assignments_only(rows: list[JsonObject]) -> None:
    assert [row for row in rows if (row.get("assignment_id") is None) != (row.get("url") is None)] == []


@clause("list-outcome-alignments-names-the-type-of-live-assessments")
def test_names_the_type_of_live_assessments(rows: list[JsonObject]) -> None:
    live = [row for row in rows if row.get("assessment_id") is not None]

    assert [row for row in live if row["submission_types"] != "magic_marker"] == []


@clause("list-outcome-alignments-lists-outcomes-that-exist")
def test_lists_outcomes_that_exist(provider: Provider, rows: list[JsonObject]) -> None:
    for id in {outcome_id(row) for row in rows}:
        assert_status(provider.get_outcome(id, role="teacher"), 200)


@clause("list-outcome-alignments-keeps-its-order")
def test_keeps_its_order(provider: Provider, course: int, student: int, rows: list[JsonObject]) -> None:
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
def test_lists_what_the_student_has(provider: Provider, rows: list[JsonObject]) -> None:
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
def test_leaves_out_live_assessments_of_an_assignment(provider: Provider, course: int, student: int) -> None:
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
def test_lists_one_assignment_only(provider: Provider, course: int) -> None:
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


@clause("list-outcome-alignments-refuses-a-missing-assignment")
def test_refuses_a_missing_assignment(provider: Provider, course: int) -> None:
    assert_status(provider.list_outcome_alignments(course, assignment_id=999999999), 404)


@clause("list-outcome-alignments-refuses-a-missing-assignment-of-a-student")
def test_refuses_a_missing_assignment_of_a_student(provider: Provider, course: int, student: int) -> None:
    assert_status(provider.list_outcome_alignments(course, student_id=student, assignment_id=999999999), 404)


@pytest.mark.parametrize("with_student", [False, True])
@clause("list-outcome-alignments-refuses-an-assignment-of-another-course")
def test_refuses_an_assignment_of_another_course(
    provider: Provider, course: int, student: int, with_student: bool
) -> None:
    params: dict[str, Any] = {"student_id": student} if with_student else {}

    answer = provider.list_outcome_alignments(
        course, assignment_id=provider.resource_id("foreign_assignment"), **params
    )

    assert_status(answer, 404)


@pytest.mark.parametrize("assignment_id", ["abc", "0", "-5"])
@clause("list-outcome-alignments-ignores-an-assignment-id-that-is-no-number")
def test_ignores_an_assignment_id_that_is_no_number(
    provider: Provider, course: int, student: int, rows: list[JsonObject], assignment_id: str
) -> None:
    found = parse_alignments(provider.list_outcome_alignments(course, student_id=student, assignment_id=assignment_id))

    assert of_assignments(found) == of_assignments(rows)


def of_assignments(rows: list[JsonObject]) -> list[JsonObject]:
    return [row for row in rows if row.get("assignment_id") is not None]


@pytest.mark.parametrize("assignment_id", ["abc", "0"])
@clause("list-outcome-alignments-refuses-an-assignment-id-that-is-no-number")
def test_refuses_an_assignment_id_that_is_no_number(provider: Provider, course: int, assignment_id: str) -> None:
    assert_status(provider.list_outcome_alignments(course, assignment_id=assignment_id), 400)


@clause("list-outcome-alignments-refuses-a-missing-student")
def test_refuses_a_missing_student(provider: Provider, course: int) -> None:
    assert_status(provider.list_outcome_alignments(course, student_id=999999999), 404)


@clause("list-outcome-alignments-shows-a-student-their-own")
def test_shows_a_student_their_own(provider: Provider, course: int, student: int) -> None:
    own = parse_alignments(provider.list_outcome_alignments(course, role="student", student_id=student))

    assert of_assignment(own, provider.resource_id("aligned_assignment")) != []


@clause("list-outcome-alignments-hides-other-students-from-a-student")
def test_hides_other_students_from_a_student(provider: Provider, course: int) -> None:
    answer = provider.list_outcome_alignments(course, role="student", student_id=provider.resource_id("other_student"))

    assert_status(answer, 403)


@clause("list-outcome-alignments-hides-other-students-from-a-student")
def test_hides_a_student_from_other_students(provider: Provider, course: int, student: int) -> None:
    assert_status(provider.list_outcome_alignments(course, role="other_student", student_id=student), 403)


@clause("list-outcome-alignments-shows-an-observer-the-observed")
def test_shows_an_observer_the_observed(provider: Provider, course: int, student: int) -> None:
    by_observer = parse_alignments(provider.list_outcome_alignments(course, role="observer", student_id=student))

    assert by_observer == parse_alignments(provider.list_outcome_alignments(course, role="student", student_id=student))


@clause("list-outcome-alignments-hides-others-from-an-observer")
def test_hides_others_from_an_observer(provider: Provider, course: int) -> None:
    answer = provider.list_outcome_alignments(course, role="observer", student_id=provider.resource_id("other_student"))

    assert_status(answer, 403)


@clause("list-outcome-alignments-hides-students-from-an-outsider")
def test_hides_students_from_an_outsider(provider: Provider, course: int, student: int) -> None:
    assert_status(provider.list_outcome_alignments(course, role="outsider", student_id=student), 403)


@clause("list-outcome-alignments-refuses-a-student-who-is-not-enrolled")
def test_refuses_a_student_who_is_not_enrolled(provider: Provider, course: int) -> None:
    assert_status(provider.list_outcome_alignments(course, role="student", student_id=999999999), 400)


@clause("list-outcome-alignments-hides-unpublished-assignments-from-students")
def test_hides_unpublished_assignments_from_students(provider: Provider, course: int, student: int) -> None:
    unpublished = provider.resource_id("unpublished_assignment")

    asked_for = provider.list_outcome_alignments(course, role="student", student_id=student, assignment_id=unpublished)
    own = parse_alignments(provider.list_outcome_alignments(course, role="student", student_id=student))

    assert parse_alignments(asked_for) == []
    assert of_assignment(own, unpublished) == []


@clause("list-outcome-alignments-shows-the-same-to-student-and-teacher")
def test_shows_the_same_to_student_and_teacher(
    provider: Provider, course: int, student: int, rows: list[JsonObject]
) -> None:
    own = parse_alignments(provider.list_outcome_alignments(course, role="student", student_id=student))

    assert multiset(own) <= multiset(rows)


@pytest.mark.parametrize("role", ["student", "observer", "outsider"])
@clause("list-outcome-alignments-keeps-whole-assignments-from-students")
def test_keeps_whole_assignments_from_students(provider: Provider, course: int, role: str) -> None:
    answer = provider.list_outcome_alignments(
        course, role=role, assignment_id=provider.resource_id("aligned_assignment")
    )

    assert_status(answer, 401, 403)
    assert "WWW-Authenticate" not in answer.headers, (
        f"{request_line(answer)} asks for another token: {parse_json(answer)}"
    )
