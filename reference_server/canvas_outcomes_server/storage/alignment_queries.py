"""The statements of list_outcome_alignments."""

from typing import Any

import sqlalchemy as sa

from canvas_outcomes_server.storage import tables as t
from canvas_outcomes_server.storage.queries import literal
from canvas_outcomes_server.storage.session import Session

# Alignment id, outcome id, title, submission types, assignment id, quiz id, live assessment id.
AlignmentRow = tuple[int, int, str, str, int | None, int | None, int | None]


def _columns(alignment_id: sa.ColumnElement[int]) -> sa.Select[Any]:
    al = t.alignments
    return sa.select(
        alignment_id,
        al.c.outcome_id,
        al.c.title,
        al.c.submission_types,
        al.c.assignment_id,
        al.c.quiz_id,
        al.c.live_assessment_id,
    )


def _list_of_student(
    everyone: sa.ColumnElement[bool], own: sa.ColumnElement[bool], *conditions: sa.ColumnElement[bool]
) -> sa.CompoundSelect[Any]:
    """Select alignments for everyone, if the user is a student of the course, and those that the user submitted.

    `everyone` and `own` are the conditions that select fewest rows of each. The id columns are the ones that the index
    of each condition is ordered by, so that the database does not sort. `conditions` limit the second part.
    """
    al, mine, e = t.alignments, t.submissions, t.enrollments
    visible = (sa.bindparam("hidden") == sa.literal_column("1")) | al.c.published
    is_student = sa.exists().where(
        e.c.course_id == COURSE, e.c.user_id == STUDENT, e.c.role == literal("StudentEnrollment")
    )
    return sa.union_all(
        _columns(al.c.id).where(everyone, visible, al.c.for_everyone, is_student),
        _columns(mine.c.alignment_id)
        .join_from(mine, al, al.c.id == mine.c.alignment_id)
        .where(own, visible, *conditions, mine.c.user_id == STUDENT),
    ).order_by(sa.literal_column("1"))


COURSE: sa.BindParameter[int] = sa.bindparam("course_id")
STUDENT: sa.BindParameter[int] = sa.bindparam("student_id")
_IN_COURSE = (t.alignments.c.course_id == COURSE, t.submissions.c.course_id == COURSE)
_OF_ASSIGNMENT = t.alignments.c.assignment_id == sa.bindparam("assignment_id")
LIST_OF_STUDENT = _list_of_student(*_IN_COURSE)
# Live assessments are never for everyone, so one part alone leaves them out.
LIST_OF_STUDENT_WITHOUT_LIVE = _list_of_student(*_IN_COURSE, t.alignments.c.live_assessment_id.is_(None))
LIST_OF_STUDENT_AND_ASSIGNMENT = _list_of_student(
    _OF_ASSIGNMENT, _OF_ASSIGNMENT & (t.submissions.c.course_id == t.alignments.c.course_id)
)
LIST_OF_ASSIGNMENT = (
    _columns(t.alignments.c.id).where(_OF_ASSIGNMENT, t.alignments.c.quiz_id.is_(None)).order_by(t.alignments.c.id)
)


def list_of_student(
    session: Session, course_id: int, student_id: int, *, assignment_id: int, hidden: bool
) -> list[AlignmentRow]:
    """List the alignments that a student submitted.

    A positive `assignment_id` selects one assignment; 0 selects all, live assessments included; a negative one selects
    all without live assessments. `hidden` includes unpublished ones.
    """
    values = {"course_id": course_id, "student_id": student_id, "hidden": int(hidden)}
    if assignment_id > 0:
        return session.rows(LIST_OF_STUDENT_AND_ASSIGNMENT, assignment_id=assignment_id, **values)
    return session.rows(LIST_OF_STUDENT_WITHOUT_LIVE if assignment_id else LIST_OF_STUDENT, **values)


def list_of_assignment(session: Session, assignment_id: int) -> list[AlignmentRow]:
    """List the direct alignments of an assignment."""
    return session.rows(LIST_OF_ASSIGNMENT, assignment_id=assignment_id)
