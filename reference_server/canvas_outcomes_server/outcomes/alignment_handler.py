"""The operation list_outcome_alignments, with a branch for a student and one for an assignment (canvas-behaviour 4)."""

from typing import Any

import msgspec

from canvas_outcomes_server.http import errors as refusals
from canvas_outcomes_server.http.api_request import Incoming
from canvas_outcomes_server.http.authentication import authenticated, token_digest
from canvas_outcomes_server.http.ruby_values import MAX_ID, is_blank, leading_integer
from canvas_outcomes_server.storage import alignment_queries, queries
from canvas_outcomes_server.storage.alignment_queries import AlignmentRow
from canvas_outcomes_server.storage.permissions import reads_all_grades
from canvas_outcomes_server.storage.queries import CourseRow, RequesterRow
from canvas_outcomes_server.storage.session import Session


class Alignment(msgspec.Struct):
    """The alignment object; a live assessment has no url."""

    id: int
    learning_outcome_id: int
    title: str
    submission_types: str
    assignment_id: int | None
    assessment_id: int | None
    url: str | msgspec.UnsetType


def list_outcome_alignments(session: Session, incoming: Incoming) -> list[Alignment]:
    """List alignments: authentication, course, then what the branch asks for."""
    digest = token_digest(incoming)
    (student_id, assignment_id), unusable = _asked_for(incoming)
    requester, course = queries.get_course(session, digest, incoming.record_id("course_id"), student_id, assignment_id)
    requester = authenticated(requester, digest, incoming, "url:GET|/api/v1/courses/:course_id/outcome_alignments")
    if unusable is not None:
        raise unusable
    if course is None:
        raise refusals.not_found()
    if student_id is not None:
        rows = _of_student(session, requester, course, student_id, assignment_id or 0)
    elif assignment_id is not None:
        rows = _of_assignment(session, requester, course, assignment_id)
    else:
        raise refusals.message(400, "student_id or assignment_id is required")
    address = f"{incoming.base_url}/courses/{course.id}"
    return [_view(row, address) for row in rows]


def _asked_for(incoming: Incoming) -> tuple[tuple[int | None, int | None], refusals.Refused | None]:
    """The two ids, or why they cannot be used: that is told to nobody whose token has not been looked up."""
    try:
        parameters = incoming.parameters
        return (_id(parameters, "student_id"), _id(parameters, "assignment_id")), None
    except refusals.Refused as unusable:
        return (None, None), unusable


def _id(parameters: dict[str, Any], name: str) -> int | None:
    """None for what is absent or blank, 0 for what is no number."""
    value = parameters.get(name)
    if value is None or value is False or (isinstance(value, str) and is_blank(value)):
        return None
    if value is True or not isinstance(value, (str, int, float)):
        raise refusals.message(400, f"{name} must be a number")
    return _bounded(value)


def _bounded(value: str | int | float) -> int:
    return leading_integer(value) if isinstance(value, str) else int(max(-MAX_ID, min(value, MAX_ID)))


def _of_student(
    session: Session, requester: RequesterRow, course: CourseRow, student_id: int, assignment_id: int
) -> list[AlignmentRow]:
    manager = reads_all_grades(requester)
    if not manager:
        _check_may_read_grades(requester, course, student_id)
    if assignment_id > 0 and not course.assignment_exists:
        raise _no_assignment()
    if not course.student_exists:
        raise refusals.message(404, f"Couldn't find User with 'id'={student_id}")
    # A negative number filters nothing, but it is a number, and that is what leaves live assessments out.
    return alignment_queries.list_of_student(
        session, course.id, student_id, assignment_id=assignment_id, hidden=manager
    )


def _check_may_read_grades(requester: RequesterRow, course: CourseRow, student_id: int) -> None:
    if not course.student_enrolled:
        raise refusals.message(400, "specified users not enrolled", "bad_request")
    if requester.user_id != student_id and not course.student_observed:
        raise refusals.message(403, "not authorized to read grades for specified users", "forbidden")


def _of_assignment(
    session: Session, requester: RequesterRow, course: CourseRow, assignment_id: int
) -> list[AlignmentRow]:
    if not reads_all_grades(requester):
        raise refusals.message(401, "Unauthorized")
    if assignment_id == 0:
        raise refusals.message(400, "assignment_id is required")
    if not course.assignment_exists:
        raise _no_assignment()
    return alignment_queries.list_of_assignment(session, assignment_id)


def _no_assignment() -> refusals.Refused:
    return refusals.message(404, "Assignment not found or does not belong to course")


def _view(row: AlignmentRow, address: str) -> Alignment:
    _, outcome, title, submission_types, assignment, quiz, live_assessment = row
    url: str | msgspec.UnsetType = msgspec.UNSET
    if quiz is not None:
        url = f"{address}/quizzes/{quiz}"
    elif assignment is not None:
        url = f"{address}/assignments/{assignment}"
    return Alignment(outcome, outcome, title, submission_types, assignment, live_assessment, url)
