"""Faults of list_outcome_alignments: who may list whose alignments, and which ids are refused."""

from dataclasses import replace

from contract_tests.mutants.provider.faults import (
    MISSING,
    Faults,
    Request,
    act_as,
    alignments,
    change_request,
    change_response,
    error,
    has_token_of,
    instead_of,
    refuse,
    respond,
)
from contract_tests.mutants.provider.list_outcome_alignments import NOTHING, asks_for, is_live

TEACHER = "teacher-token"
UNPUBLISHED, OF_ANOTHER_COURSE = "5", "20"  # assignments of the demo world


def is_assignment(request: Request, id: str) -> bool:
    return request.params.get("assignment_id") == id


def asks_for_a_missing_assignment(request: Request) -> bool:
    return asks_for("assignment_id")(request) and is_assignment(request, MISSING)


def asks_for_a_missing_assignment_of_a_student(request: Request) -> bool:
    return asks_for("student_id", "assignment_id")(request) and is_assignment(request, MISSING)


def has_an_assignment_that_is_not_a_number(request: Request) -> bool:
    return not request.params.get("assignment_id", "1").isdecimal() or is_assignment(request, "0")


def has_a_missing_student(request: Request) -> bool:
    return request.params.get("student_id") == MISSING


def lists_assignments_of_every_course(request: Request) -> Request:
    return replace(request, path="/api/v1/courses/3/outcome_alignments").with_token("admin-token")


def asks_for_an_unpublished_assignment_as_a_student(request: Request) -> bool:
    return request.has_token_of("student") and is_assignment(request, UNPUBLISHED)


FAULTS: Faults = {
    "list-outcome-alignments-refuses-a-missing-assignment": {
        "lists nothing for a missing assignment": respond(NOTHING, asks_for_a_missing_assignment),
        "responds with 400 to a missing assignment": refuse(400, asks_for_a_missing_assignment),
    },
    "list-outcome-alignments-refuses-a-missing-assignment-of-a-student": {
        "lists nothing for a missing assignment of a student": respond(
            NOTHING, asks_for_a_missing_assignment_of_a_student
        ),
        "ignores a missing assignment of a student": change_request(
            lambda request: request.with_params(assignment_id=None), when=asks_for_a_missing_assignment_of_a_student
        ),
    },
    "list-outcome-alignments-refuses-an-assignment-of-another-course": {
        "lists assignments of every course": change_request(
            lists_assignments_of_every_course, when=lambda request: is_assignment(request, OF_ANOTHER_COURSE)
        ),
        "lists nothing for a student in another course": respond(
            NOTHING,
            lambda request: is_assignment(request, OF_ANOTHER_COURSE) and "student_id" in request.params,
        ),
    },
    "list-outcome-alignments-ignores-an-assignment-id-that-is-no-number": {
        "responds with 404 to an assignment id that is not a number": refuse(
            404, lambda request: "student_id" in request.params and has_an_assignment_that_is_not_a_number(request)
        ),
        "lists nothing for a negative assignment id": respond(
            NOTHING, lambda request: request.params.get("assignment_id", "").startswith("-")
        ),
    },
    "list-outcome-alignments-refuses-an-assignment-id-that-is-no-number": {
        "lists nothing for an assignment id that is not a number": respond(
            NOTHING,
            lambda request: asks_for("assignment_id")(request) and has_an_assignment_that_is_not_a_number(request),
        ),
        "responds with 404 to assignment 0": refuse(404, lambda request: is_assignment(request, "0")),
    },
    "list-outcome-alignments-refuses-a-missing-student": {
        "lists nothing for a missing student": respond(NOTHING, has_a_missing_student),
        "responds with 400 to a missing student": refuse(400, has_a_missing_student),
    },
    "list-outcome-alignments-shows-a-student-their-own": {
        "lists nothing to students": respond(NOTHING, has_token_of("student")),
        "lists alignments to teachers only": refuse(403, lambda request: not request.has_token_of("teacher")),
    },
    "list-outcome-alignments-hides-other-students-from-a-student": {
        "shows students each other": act_as(TEACHER, when=has_token_of("student", "other_student")),
        "shows the first student the others": act_as(TEACHER, when=has_token_of("student")),
        "shows the others the first student": act_as(TEACHER, when=has_token_of("other_student")),
        "lists nothing for another student": instead_of(403, NOTHING),
    },
    "list-outcome-alignments-shows-an-observer-the-observed": {
        "forbids observers to list anything": refuse(403, has_token_of("observer")),
        "hides live assessments from observers": alignments(
            lambda rows: [row for row in rows if not is_live(row)], has_token_of("observer")
        ),
    },
    "list-outcome-alignments-hides-others-from-an-observer": {
        "shows observers everybody": act_as(TEACHER, when=has_token_of("observer")),
        "responds with 404 to an observer of another student": instead_of(403, error(404), has_token_of("observer")),
    },
    "list-outcome-alignments-hides-students-from-an-outsider": {
        "shows outsiders everybody": act_as(TEACHER, when=has_token_of("outsider")),
        "lists nothing to outsiders": respond(NOTHING, has_token_of("outsider")),
    },
    "list-outcome-alignments-refuses-a-student-who-is-not-enrolled": {
        "responds with 404 to a student who is not enrolled": refuse(404, has_a_missing_student),
        "forbids a student who is not enrolled": refuse(403, has_a_missing_student),
    },
    "list-outcome-alignments-hides-unpublished-assignments-from-students": {
        "lists unpublished assignments to students": act_as(TEACHER, when=has_token_of("student")),
        "lists an unpublished assignment that a student asks for": act_as(
            TEACHER, when=asks_for_an_unpublished_assignment_as_a_student
        ),
        "responds with 404 to a student who asks for an unpublished assignment": refuse(
            404, asks_for_an_unpublished_assignment_as_a_student
        ),
    },
    "list-outcome-alignments-shows-the-same-to-student-and-teacher": {
        "hides live assessments from teachers": alignments(
            lambda rows: [row for row in rows if not is_live(row)], has_token_of("teacher")
        ),
        "sends relative URLs to students": alignments(
            lambda rows: [row | {"url": row.get("url") and "/assignments"} for row in rows], has_token_of("student")
        ),
    },
    "list-outcome-alignments-keeps-whole-assignments-from-students": {
        "lists whole assignments to students": act_as(TEACHER, when=asks_for("assignment_id")),
        "sends WWW-Authenticate to students": change_response(
            lambda response: response.with_headers(www_authenticate='Bearer realm="canvas-lms"'),
            asks_for("assignment_id"),
            status=401,
        ),
        "responds with 404 to students": instead_of(401, error(404), asks_for("assignment_id")),
    },
}
