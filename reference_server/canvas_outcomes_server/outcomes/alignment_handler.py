"""Handler of list_outcome_alignments, which lists by student or by assignment (canvas-behaviour 4)."""

import re
from functools import partial
from typing import Any

import msgspec

from canvas_outcomes_server.http import errors
from canvas_outcomes_server.http.api_request import ApiRequest
from canvas_outcomes_server.http.authentication import authenticated
from canvas_outcomes_server.http.ruby_values import is_blank, leading_integer
from canvas_outcomes_server.storage import alignment_queries, queries
from canvas_outcomes_server.storage.alignment_queries import AlignmentRow
from canvas_outcomes_server.storage.permissions import reads_all_grades
from canvas_outcomes_server.storage.queries import CourseRow, RequesterRow
from canvas_outcomes_server.storage.session import Session
from canvas_outcomes_server.storage.tables import MAX_ID

# Live Canvas reads the shard as the id; here no record has the id.
_OF_A_SHARD = re.compile(r"[0-9]+~[0-9]+\Z")


class Alignment(msgspec.Struct):
    """The alignment object; one of a live assessment has no url."""

    id: int
    learning_outcome_id: int
    title: str
    submission_types: str
    assignment_id: int | None
    assessment_id: int | None
    url: str | msgspec.UnsetType


def list_outcome_alignments(session: Session, request: ApiRequest) -> list[Alignment]:
    """List alignments. Checks authentication, the course, and what the branch requires, in this order."""
    (student_id, assignment_id), refused = _ids(request)
    look_up = partial(
        queries.get_course,
        session,
        course_id=request.record_id("course_id"),
        student_id=student_id,
        assignment_id=assignment_id,
    )
    requester, course = authenticated(
        session, request, "url:GET|/api/v1/courses/:course_id/outcome_alignments", look_up
    )
    if refused is not None:
        raise refused
    if course is None:
        raise errors.not_found()
    if student_id is not None:
        rows = _of_student(session, requester, course, student_id, assignment_id or 0)
    elif assignment_id is not None:
        rows = _of_assignment(session, requester, course, assignment_id)
    else:
        raise errors.message(400, "student_id or assignment_id is required")
    address = f"{request.address}/courses/{course.id}"
    return [_view(row, address) for row in rows]


def _ids(request: ApiRequest) -> tuple[tuple[int | None, int | None], errors.ApiError | None]:
    """Read the two ids, or return the refusal to raise once the token has been checked."""
    try:
        parameters = request.parameters
        return (_id(parameters, "student_id"), _id(parameters, "assignment_id")), None
    except errors.ApiError as refused:
        return (None, None), refused


def _id(parameters: dict[str, Any], name: str) -> int | None:
    """None if the parameter is absent or blank, 0 if it is not a number."""
    value = parameters.get(name)
    if is_blank(value):
        return None
    if value is True or not isinstance(value, (str, int, float)):
        raise errors.message(400, f"{name} must be a number")
    return _bounded(value)


def _bounded(value: str | int | float) -> int:
    if isinstance(value, str) and _OF_A_SHARD.match(value):
        return MAX_ID
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
        raise errors.message(404, f"Couldn't find User with 'id'={student_id}")
    # A negative id selects every assignment, but any id leaves live assessments out.
    return alignment_queries.list_of_student(
        session, course.id, student_id, assignment_id=assignment_id, hidden=manager
    )


def _check_may_read_grades(requester: RequesterRow, course: CourseRow, student_id: int) -> None:
    if not course.student_enrolled:
        raise errors.message(400, "specified users not enrolled", "bad_request")
    if requester.user_id != student_id and not course.student_observed:
        raise errors.message(403, "not authorized to read grades for specified users", "forbidden")


def _of_assignment(
    session: Session, requester: RequesterRow, course: CourseRow, assignment_id: int
) -> list[AlignmentRow]:
    if not reads_all_grades(requester):
        raise errors.message(401, "Unauthorized")
    if assignment_id == 0:
        raise errors.message(400, "assignment_id is required")
    if not course.assignment_exists:
        raise _no_assignment()
    return alignment_queries.list_of_assignment(session, assignment_id)


def _no_assignment() -> errors.ApiError:
    return errors.message(404, "Assignment not found or does not belong to course")


def _view(row: AlignmentRow, address: str) -> Alignment:
    _, outcome, title, submission_types, assignment, quiz, live_assessment = row
    url: str | msgspec.UnsetType = msgspec.UNSET
    if quiz is not None:
        url = f"{address}/quizzes/{quiz}"
    elif assignment is not None:
        url = f"{address}/assignments/{assignment}"
    return Alignment(outcome, outcome, title, submission_types, assignment, live_assessment, url)
