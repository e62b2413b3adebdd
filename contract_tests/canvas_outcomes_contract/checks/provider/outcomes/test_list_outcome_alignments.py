"""list_outcome_alignments: filters, and properties of the rows."""

import re
from collections.abc import Callable

import pytest

from canvas_outcomes_contract.cases.equality import Fields, multiset
from canvas_outcomes_contract.cases.responses import JsonObject, assert_response, assert_status
from canvas_outcomes_contract.checks.provider.outcomes.requests import (
    Rows,
    get_outcome,
    list_outcome_alignments,
    list_rows,
    of_assignment,
    parse_rows,
)
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.run.clauses import clause, parametrize_clauses

COURSE = re.compile(r"/courses/([^/?#]+)")


def of_any_assignment(rows: Rows) -> Rows:
    return [row for row in rows if row.get("assignment_id") is not None]


def of_live_assessments(rows: Rows) -> Rows:
    return [row for row in rows if row.get("assessment_id") is not None]


@pytest.mark.parametrize(
    ("given", "blank"),
    [({"student_id": "$student"}, "assignment_id"), ({"assignment_id": "$aligned_assignment"}, "student_id")],
)
@clause("list-outcome-alignments-takes-blank-as-absent")
def test_treats_a_blank_parameter_as_absent(provider: Provider, given: Fields, blank: str) -> None:
    assert list_rows(provider, **given, **{blank: ""}) == list_rows(provider, **given)


@clause("list-outcome-alignments-names-the-outcome-under-id")
def test_has_the_id_of_the_outcome_in_id(provider: Provider) -> None:
    response = list_outcome_alignments(provider, student_id="$student")

    assert_response(response, all("id" in row for row in parse_rows(response)), "the id of each outcome as id")


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
def test_every_row_is_consistent(rows: Rows, is_inconsistent: Callable[[JsonObject], bool]) -> None:
    assert [row for row in rows if is_inconsistent(row)] == []


@clause("list-outcome-alignments-lists-outcomes-that-exist")
def test_lists_outcomes_that_exist(provider: Provider, rows: Rows) -> None:
    for id in {row["id"] if "id" in row else row["learning_outcome_id"] for row in rows}:
        assert_status(get_outcome(provider, id, role="teacher"), 200)


@pytest.mark.parametrize("given", [{"student_id": "$student"}, {"assignment_id": "$aligned_assignment"}])
@clause("list-outcome-alignments-lists-each-alignment-once")
def test_lists_no_alignment_twice(provider: Provider, given: Fields) -> None:
    counts = multiset(row for row in list_rows(provider, **given) if row["submission_types"] != "external_tool")

    assert [row for row, count in counts.items() if count > 1] == []


@clause("list-outcome-alignments-lists-assignments-of-the-course")
def test_lists_assignments_of_the_course(provider: Provider, rows: Rows) -> None:
    for id in {row["assignment_id"] for row in of_any_assignment(rows)}:
        assert_status(list_outcome_alignments(provider, assignment_id=id), 200)


@clause("list-outcome-alignments-links-to-the-course")
def test_links_to_no_other_course(provider: Provider, rows: Rows) -> None:
    course = str(provider.target.resource_id("course"))

    assert [row for row in rows if set(COURSE.findall(str(row.get("url")))) - {course}] == []


@clause("list-outcome-alignments-keeps-its-order")
def test_keeps_the_order(provider: Provider, rows: Rows) -> None:
    assert [list_rows(provider, student_id="$student") for _ in range(3)] == [rows] * 3


@pytest.mark.parametrize("page", [{"page": 2}, {"per_page": 1}, {"page": 2, "per_page": 1}])
@clause("list-outcome-alignments-is-not-paginated")
def test_is_not_paginated(provider: Provider, rows: Rows, page: Fields) -> None:
    assert list_rows(provider, student_id="$student", **page) == rows


@clause("list-outcome-alignments-lists-what-the-student-has")
def test_lists_assignments_of_the_student(provider: Provider, rows: Rows) -> None:
    assert of_assignment(provider, rows, "aligned_assignment") != []


@clause("list-outcome-alignments-lists-only-what-the-student-has")
def test_lists_no_assignment_of_others(provider: Provider, rows: Rows) -> None:
    assert of_assignment(provider, rows, "unassigned_assignment") == []
    assert list_rows(provider, student_id="$student", assignment_id="$unassigned_assignment") == []


@clause("list-outcome-alignments-lists-quizzes-of-the-student")
def test_lists_quizzes_of_the_student(provider: Provider, rows: Rows) -> None:
    of_quiz = of_assignment(provider, rows, "quiz_assignment")

    assert "online_quiz" in [row["submission_types"] for row in of_quiz]


@pytest.mark.parametrize("assignment", ["aligned_assignment", "unaligned_assignment", "quiz_assignment"])
@clause("list-outcome-alignments-narrows-a-student-to-an-assignment")
def test_narrows_a_student_to_an_assignment(provider: Provider, rows: Rows, assignment: str) -> None:
    narrowed = list_rows(provider, student_id="$student", assignment_id=f"${assignment}")

    assert narrowed == of_assignment(provider, rows, assignment)


@clause("list-outcome-alignments-leaves-out-live-assessments-of-an-assignment")
def test_omits_live_assessments_for_an_assignment(provider: Provider) -> None:
    narrowed = list_rows(provider, student_id="$student", assignment_id="$aligned_assignment")

    assert of_live_assessments(narrowed) == []


@clause("list-outcome-alignments-lists-nothing-for-an-unaligned-assignment")
def test_lists_nothing_for_an_unaligned_assignment(provider: Provider) -> None:
    assert list_rows(provider, assignment_id="$unaligned_assignment") == []


@clause("list-outcome-alignments-lists-one-assignment-only")
def test_lists_only_the_given_assignment(provider: Provider) -> None:
    found = list_rows(provider, assignment_id="$aligned_assignment")

    assert found != []
    assert found == of_assignment(provider, found, "aligned_assignment")


@clause("list-outcome-alignments-lists-the-same-for-assignment-and-student")
def test_lists_the_same_for_assignment_and_student(provider: Provider, rows: Rows) -> None:
    found = list_rows(provider, assignment_id="$aligned_assignment")

    of_student = of_assignment(provider, rows, "aligned_assignment")
    assert multiset(found) == multiset(row for row in of_student if row["submission_types"] != "online_quiz")


@clause("list-outcome-alignments-lists-no-quiz-banks-for-an-assignment")
def test_lists_no_quiz_banks_for_an_assignment(provider: Provider, rows: Rows) -> None:
    of_quiz = of_assignment(provider, rows, "quiz_assignment")
    of_banks = [row for row in of_quiz if "/quizzes/" in (row["url"] or "")]

    found = list_rows(provider, assignment_id="$quiz_assignment")

    assert of_banks != []
    assert [row for row in found if row in of_banks] == []


@pytest.mark.parametrize("assignment_id", ["abc", "0", "-5"])
@clause("list-outcome-alignments-ignores-an-assignment-id-that-is-no-number")
def test_ignores_an_assignment_id_that_is_not_a_number(provider: Provider, rows: Rows, assignment_id: str) -> None:
    found = list_rows(provider, student_id="$student", assignment_id=assignment_id)

    assert of_any_assignment(found) == of_any_assignment(rows)
