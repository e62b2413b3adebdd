"""Faults of list_outcome_alignments: filters, fields, permissions and rejected ids; long, because it is a list."""

from collections.abc import Callable
from dataclasses import replace

from contract_tests.mutants.provider import on_request, on_response
from contract_tests.mutants.provider.conditions import MISSING, always, has_token_of
from contract_tests.mutants.provider.faults import (
    Fault,
    Faults,
    Provider,
    Request,
    Response,
    Row,
    When,
    refuse,
    respond,
)

NOTHING = Response(200, b"[]")
TEACHER = "teacher-token"
UNPUBLISHED, OF_ANOTHER_COURSE = "5", "20"  # assignments of the demo world


def list_nothing(when: When) -> Fault:
    return respond(NOTHING, when)


def each(change: Callable[[Row], Row], when: Callable[[Row], bool] = lambda row: True) -> Fault:
    """Change every alignment, or those for which `when` is true."""
    return on_response.row(lambda row: change(row) if when(row) else row)


def only(keep: Callable[[Row], bool], when: When = always) -> Fault:
    """List some of the alignments."""
    return on_response.rows(lambda rows: list(filter(keep, rows)), when)


def without(*names: str) -> Callable[[Row], Row]:
    return lambda row: {key: value for key, value in row.items() if key not in names}


def is_live(row: Row) -> bool:
    return row.get("assessment_id") is not None


def is_not_live(row: Row) -> bool:
    return not is_live(row)


def is_quiz(row: Row) -> bool:
    return bool(row["submission_types"] == "online_quiz")


def asks_for(*names: str) -> When:
    """Whether exactly these parameters have a value."""
    return lambda request: {n for n in ("student_id", "assignment_id") if request.params.get(n)} == set(names)


def of_a_shard(name: str) -> When:
    return lambda request: "~" in request.params.get(name, "")


of_assignment = asks_for("assignment_id")
of_student_and_assignment = asks_for("student_id", "assignment_id")


def lists_in_another_order_each_time(request: Request, provider: Provider) -> Response:
    response = provider(request)
    outcome = replace(request, path="/api/v1/outcomes/2", query="")
    visited = provider(outcome).json
    provider(outcome.updating(vendor_guid="" if visited and visited["vendor_guid"] else "visited"))
    return response.change_rows(lambda rows: rows[::-1]) if visited and visited["vendor_guid"] else response


def lists_live_assessments_of_an_assignment(request: Request, provider: Provider) -> Response:
    response = provider(request)
    if not of_student_and_assignment(request):
        return response
    everything = provider(request.with_params(assignment_id=None)).json
    return response.change_rows(lambda rows: [*rows, *filter(is_live, everything)])


def lists_another_assignment(request: Request, provider: Provider) -> Response:
    response = provider(request)
    return provider(request.with_params(assignment_id="1")) if response.json == [] else response


def lists_a_second_assignment(request: Request, provider: Provider) -> Response:
    response = provider(request)
    if not of_assignment(request):
        return response
    others = provider(request.with_params(assignment_id="5")).json or []
    return response.change_rows(lambda rows: [*rows, *others])


def lists_a_page(request: Request, provider: Provider) -> Response:
    return provider(request).change_rows(lambda rows: rows[: int(request.params.get("per_page", 100))])


def is_assignment(request: Request, id: str) -> bool:
    return request.params.get("assignment_id") == id


def of_a_missing_assignment(request: Request) -> bool:
    return of_assignment(request) and is_assignment(request, MISSING)


def of_a_missing_assignment_of_a_student(request: Request) -> bool:
    return of_student_and_assignment(request) and is_assignment(request, MISSING)


def has_an_assignment_that_is_not_a_number(request: Request) -> bool:
    return not request.params.get("assignment_id", "1").isdecimal() or is_assignment(request, "0")


def has_a_missing_student(request: Request) -> bool:
    return request.params.get("student_id") == MISSING


def lists_assignments_of_every_course(request: Request) -> Request:
    return replace(request, path="/api/v1/courses/3/outcome_alignments").with_token("admin-token")


def of_an_unpublished_assignment_as_a_student(request: Request) -> bool:
    return request.has_token_of("student") and is_assignment(request, UNPUBLISHED)


FAULTS: Faults = {
    "list-outcome-alignments-needs-a-student-or-an-assignment": {
        "lists nothing without a student and an assignment": list_nothing(lambda request: not request.params)
    },
    "list-outcome-alignments-takes-blank-as-absent": {
        "refuses a blank parameter": refuse(400, lambda request: "" in request.params.values()),
        "lists nothing for a blank assignment": list_nothing(lambda request: request.params.get("assignment_id") == ""),
        "lists nothing for two blank parameters": list_nothing(lambda request: set(request.params.values()) == {""}),
    },
    "list-outcome-alignments-refuses-a-missing-course": {
        "lists nothing for a missing course": list_nothing(lambda request: MISSING in request.path),
        "lists the first course for a missing one": on_request.change(
            lambda request: replace(request, path=request.path.replace(MISSING, "1"))
        ),
    },
    "list-outcome-alignments-names-the-outcome-under-id": {
        "leaves the outcome out of live assessments": each(without("id"), is_live)
    },
    "list-outcome-alignments-names-the-outcome-once": {
        "sends the number of the row as id": on_response.rows(
            lambda rows: [row | {"id": 90 + n} for n, row in enumerate(rows)]
        )
    },
    "list-outcome-alignments-names-an-assignment-or-an-assessment": {
        "names an assignment and an assessment": each(
            lambda row: row | {"assignment_id": row.get("assignment_id") or 1}
        ),
        "leaves out the assessment": each(without("assessment_id")),
    },
    "list-outcome-alignments-gives-a-url-for-assignments-only": {
        "sends no URL for a quiz": each(without("url"), is_quiz),
        "sends a URL for a live assessment": each(lambda row: row | {"url": "/live"}, is_live),
    },
    "list-outcome-alignments-names-the-type-of-live-assessments": {
        "sends no type of live assessments": each(lambda row: row | {"submission_types": "none"}, is_live)
    },
    "list-outcome-alignments-lists-outcomes-that-exist": {
        "lists a deleted outcome": on_response.rows(
            lambda rows: [rows[0] | {"id": 32, "learning_outcome_id": 32}, *rows[1:]]
        )
    },
    "list-outcome-alignments-keeps-its-order": {
        "reverses the order with each request": lists_in_another_order_each_time
    },
    "list-outcome-alignments-is-not-paginated": {
        "lists as many alignments as fit on a page": lists_a_page,
        "lists nothing on a second page": list_nothing(lambda request: request.params.get("page", "1") > "1"),
    },
    "list-outcome-alignments-lists-what-the-student-has": {
        "lists only quizzes": only(is_quiz),
        "leaves out an assignment of the student": only(lambda row: row.get("assignment_id") != 1),
    },
    "list-outcome-alignments-lists-quizzes-of-the-student": {
        "lists no quizzes": only(lambda row: not is_quiz(row)),
        "sends a quiz as a text entry": each(lambda row: row | {"submission_types": "online_text_entry"}),
    },
    "list-outcome-alignments-narrows-a-student-to-an-assignment": {
        "ignores the assignment of a student": on_request.params(of_student_and_assignment, assignment_id=None),
        "ignores the student of an assignment": on_request.params(of_student_and_assignment, student_id=None),
    },
    "list-outcome-alignments-leaves-out-live-assessments-of-an-assignment": {
        "adds live assessments to an assignment": lists_live_assessments_of_an_assignment
    },
    "list-outcome-alignments-lists-nothing-for-an-unaligned-assignment": {
        "responds with 404 to an unaligned assignment": on_response.change(
            lambda response: replace(response, status=404) if response.json == [] else response
        ),
        "lists another assignment instead of nothing": lists_another_assignment,
    },
    "list-outcome-alignments-lists-one-assignment-only": {
        "lists a second assignment": lists_a_second_assignment,
        "lists nothing for an assignment": on_response.rows(lambda rows: [], of_assignment),
    },
    "list-outcome-alignments-lists-the-same-for-assignment-and-student": {
        "lists only the first outcome of an assignment": on_response.rows(lambda rows: rows[:1], of_assignment),
        "adds the outcome to the title of an assignment": on_response.row(
            lambda row: row | {"title": f"{row['title']} {row['id']}"}, of_assignment
        ),
    },
    "list-outcome-alignments-lists-no-quiz-banks-for-an-assignment": {
        "lists quiz banks for an assignment": on_request.params(
            lambda request: of_assignment(request) and request.has_token_of("teacher"), student_id="30"
        )
    },
    "list-outcome-alignments-refuses-a-missing-assignment": {
        "lists nothing for a missing assignment": list_nothing(of_a_missing_assignment),
        "responds with 400 to a missing assignment": refuse(400, of_a_missing_assignment),
    },
    "list-outcome-alignments-refuses-a-missing-assignment-of-a-student": {
        "lists nothing for a missing assignment of a student": list_nothing(of_a_missing_assignment_of_a_student),
        "ignores a missing assignment of a student": on_request.params(
            of_a_missing_assignment_of_a_student, assignment_id=None
        ),
    },
    "list-outcome-alignments-refuses-an-assignment-of-another-course": {
        "lists assignments of every course": on_request.change(
            lists_assignments_of_every_course, when=lambda request: is_assignment(request, OF_ANOTHER_COURSE)
        ),
        "lists nothing for a student in another course": list_nothing(
            lambda request: is_assignment(request, OF_ANOTHER_COURSE) and "student_id" in request.params
        ),
    },
    "list-outcome-alignments-ignores-an-assignment-id-that-is-no-number": {
        "responds with 404 to an assignment id that is not a number": refuse(
            404, lambda request: "student_id" in request.params and has_an_assignment_that_is_not_a_number(request)
        ),
        "lists nothing for a negative assignment id": list_nothing(
            lambda request: request.params.get("assignment_id", "").startswith("-")
        ),
    },
    "list-outcome-alignments-refuses-an-assignment-id-that-is-no-number": {
        "lists nothing for an assignment id that is not a number": list_nothing(
            lambda request: of_assignment(request) and has_an_assignment_that_is_not_a_number(request)
        ),
        "responds with 404 to assignment 0": refuse(404, lambda request: is_assignment(request, "0")),
    },
    "list-outcome-alignments-refuses-a-missing-student-of-a-shard": {
        "lists nothing for a student of a shard": list_nothing(of_a_shard("student_id")),
        "refuses a student of a shard as malformed": refuse(400, of_a_shard("student_id")),
    },
    "list-outcome-alignments-refuses-a-missing-assignment-of-a-shard": {
        "lists nothing for an assignment of a shard": list_nothing(of_a_shard("assignment_id")),
        "refuses an assignment of a shard as malformed": refuse(400, of_a_shard("assignment_id")),
    },
    "list-outcome-alignments-refuses-a-missing-student": {
        "lists nothing for a missing student": list_nothing(has_a_missing_student),
        "responds with 400 to a missing student": refuse(400, has_a_missing_student),
    },
    "list-outcome-alignments-shows-a-student-their-own": {
        "lists nothing to students": list_nothing(has_token_of("student")),
        "lists alignments to teachers only": refuse(403, lambda request: not request.has_token_of("teacher")),
    },
    "list-outcome-alignments-hides-other-students-from-a-student": {
        "shows students each other": on_request.act_as(TEACHER, when=has_token_of("student", "other_student")),
        "shows the first student the others": on_request.act_as(TEACHER, when=has_token_of("student")),
        "shows the others the first student": on_request.act_as(TEACHER, when=has_token_of("other_student")),
        "lists nothing for another student": on_response.instead_of(403, NOTHING),
    },
    "list-outcome-alignments-shows-an-observer-the-observed": {
        "forbids observers to list anything": refuse(403, has_token_of("observer")),
        "hides live assessments from observers": only(is_not_live, has_token_of("observer")),
    },
    "list-outcome-alignments-hides-others-from-an-observer": {
        "shows observers everybody": on_request.act_as(TEACHER, when=has_token_of("observer")),
        "responds with 404 to an observer of another student": on_response.status(403, 404, has_token_of("observer")),
    },
    "list-outcome-alignments-hides-students-from-an-outsider": {
        "shows outsiders everybody": on_request.act_as(TEACHER, when=has_token_of("outsider")),
        "lists nothing to outsiders": list_nothing(has_token_of("outsider")),
    },
    "list-outcome-alignments-refuses-a-student-who-is-not-enrolled": {
        "responds with 404 to a student who is not enrolled": refuse(404, has_a_missing_student),
        "forbids a student who is not enrolled": refuse(403, has_a_missing_student),
    },
    "list-outcome-alignments-hides-unpublished-assignments-from-students": {
        "lists unpublished assignments to students": on_request.act_as(TEACHER, when=has_token_of("student")),
        "lists an unpublished assignment that a student requests": on_request.act_as(
            TEACHER, when=of_an_unpublished_assignment_as_a_student
        ),
        "responds with 404 to a student who requests an unpublished assignment": refuse(
            404, of_an_unpublished_assignment_as_a_student
        ),
    },
    "list-outcome-alignments-shows-the-same-to-student-and-teacher": {
        "hides live assessments from teachers": only(is_not_live, has_token_of("teacher")),
        "sends relative URLs to students": on_response.row(
            lambda row: row | {"url": row.get("url") and "/assignments"}, has_token_of("student")
        ),
    },
    "list-outcome-alignments-keeps-whole-assignments-from-students": {
        "lists whole assignments to students": on_request.act_as(TEACHER, when=of_assignment),
        "sends WWW-Authenticate to students": on_response.change(
            lambda response: response.with_headers(www_authenticate='Bearer realm="canvas-lms"'),
            of_assignment,
            status=401,
        ),
        "responds with 404 to students": on_response.status(401, 404, of_assignment),
    },
}
