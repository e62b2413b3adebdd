"""Faults of list_outcome_alignments: which alignments are listed, and the fields of each."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from contract_tests.mutants.provider.faults import (
    MISSING,
    Fault,
    Faults,
    Provider,
    Request,
    Response,
    When,
    alignments,
    change_request,
    error,
    refuse,
    respond,
)

Row = dict[str, Any]
NOTHING = Response(200, b"[]")


def each(change: Callable[[Row], Row], when: Callable[[Row], bool] = lambda row: True) -> Fault:
    """Change every alignment, or those for which `when` is true."""
    return alignments(lambda rows: [change(row) if when(row) else row for row in rows])


def only(keep: Callable[[Row], bool]) -> Fault:
    """List some of the alignments."""
    return alignments(lambda rows: [row for row in rows if keep(row)])


def without(*names: str) -> Callable[[Row], Row]:
    return lambda row: {key: value for key, value in row.items() if key not in names}


def is_live(row: Row) -> bool:
    return row.get("assessment_id") is not None


def is_quiz(row: Row) -> bool:
    return bool(row["submission_types"] == "online_quiz")


def asks_for(*names: str) -> When:
    """Whether exactly these parameters have a value."""
    return lambda request: {n for n in ("student_id", "assignment_id") if request.params.get(n)} == set(names)


def lists_in_another_order_each_time(request: Request, provider: Provider) -> Response:
    response = provider(request)
    outcome = replace(request, path="/api/v1/outcomes/2", query="")
    visited = provider(outcome).json
    provider(outcome.updating(vendor_guid="" if visited and visited["vendor_guid"] else "visited"))
    return response.change_alignments(lambda rows: rows[::-1]) if visited and visited["vendor_guid"] else response


def lists_live_assessments_of_an_assignment(request: Request, provider: Provider) -> Response:
    response = provider(request)
    if not asks_for("student_id", "assignment_id")(request):
        return response
    everything = provider(request.with_params(assignment_id=None)).json
    return response.change_alignments(lambda rows: [*rows, *filter(is_live, everything)])


def refuses_an_unaligned_assignment(request: Request, provider: Provider) -> Response:
    response = provider(request)
    return error(404) if response.json == [] else response


def lists_another_assignment(request: Request, provider: Provider) -> Response:
    response = provider(request)
    return provider(request.with_params(assignment_id="1")) if response.json == [] else response


def lists_a_second_assignment(request: Request, provider: Provider) -> Response:
    response = provider(request)
    if not asks_for("assignment_id")(request):
        return response
    others = provider(request.with_params(assignment_id="5")).json or []
    return response.change_alignments(lambda rows: [*rows, *others])


def lists_a_page(request: Request, provider: Provider) -> Response:
    return provider(request).change_alignments(lambda rows: rows[: int(request.params.get("per_page", 100))])


FAULTS: Faults = {
    "list-outcome-alignments-needs-a-student-or-an-assignment": {
        "lists nothing without a student and an assignment": respond(NOTHING, lambda request: not request.params),
    },
    "list-outcome-alignments-takes-blank-as-absent": {
        "refuses a blank parameter": refuse(400, lambda request: "" in request.params.values()),
        "lists nothing for a blank assignment": respond(
            NOTHING, lambda request: request.params.get("assignment_id") == ""
        ),
        "lists nothing for two blank parameters": respond(
            NOTHING, lambda request: list(request.params.values()) == ["", ""]
        ),
    },
    "list-outcome-alignments-refuses-a-missing-course": {
        "lists nothing for a missing course": respond(NOTHING, lambda request: MISSING in request.path),
        "lists the first course for a missing one": change_request(
            lambda request: replace(request, path=request.path.replace(MISSING, "1"))
        ),
    },
    "list-outcome-alignments-names-the-outcome-under-id": {
        "leaves the outcome out of live assessments": each(without("id"), is_live),
    },
    "list-outcome-alignments-names-the-outcome-once": {
        "sends the number of the row as id": alignments(
            lambda rows: [row | {"id": 90 + n} for n, row in enumerate(rows)]
        ),
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
        "sends no type of live assessments": each(lambda row: row | {"submission_types": "none"}, is_live),
    },
    "list-outcome-alignments-lists-outcomes-that-exist": {
        "lists a deleted outcome": alignments(
            lambda rows: [rows[0] | {"id": 32, "learning_outcome_id": 32}, *rows[1:]]
        ),
    },
    "list-outcome-alignments-keeps-its-order": {
        "reverses the order with each request": lists_in_another_order_each_time,
    },
    "list-outcome-alignments-is-not-paginated": {
        "lists as many alignments as fit on a page": lists_a_page,
        "lists nothing on a second page": respond(NOTHING, lambda request: request.params.get("page", "1") > "1"),
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
        "ignores the assignment of a student": change_request(
            lambda request: request.with_params(assignment_id=None), when=asks_for("student_id", "assignment_id")
        ),
        "ignores the student of an assignment": change_request(
            lambda request: request.with_params(student_id=None), when=asks_for("student_id", "assignment_id")
        ),
    },
    "list-outcome-alignments-leaves-out-live-assessments-of-an-assignment": {
        "adds live assessments to an assignment": lists_live_assessments_of_an_assignment,
    },
    "list-outcome-alignments-lists-nothing-for-an-unaligned-assignment": {
        "responds with 404 to an unaligned assignment": refuses_an_unaligned_assignment,
        "lists another assignment instead of nothing": lists_another_assignment,
    },
    "list-outcome-alignments-lists-one-assignment-only": {
        "lists a second assignment": lists_a_second_assignment,
        "lists nothing for an assignment": alignments(lambda rows: [], asks_for("assignment_id")),
    },
    "list-outcome-alignments-lists-the-same-for-assignment-and-student": {
        "lists only the first outcome of an assignment": alignments(lambda rows: rows[:1], asks_for("assignment_id")),
        "adds the outcome to the title of an assignment": alignments(
            lambda rows: [row | {"title": f"{row['title']} {row['id']}"} for row in rows], asks_for("assignment_id")
        ),
    },
    "list-outcome-alignments-lists-no-quiz-banks-for-an-assignment": {
        "lists quiz banks for an assignment": change_request(
            lambda request: request.with_params(student_id="30"),
            when=lambda request: asks_for("assignment_id")(request) and request.has_token_of("teacher"),
        ),
    },
}
