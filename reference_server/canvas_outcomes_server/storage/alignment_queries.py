"""The statements of list_outcome_alignments."""

from typing import Any

import sqlalchemy as sa

from canvas_outcomes_server.storage import tables as t
from canvas_outcomes_server.storage.queries import literal
from canvas_outcomes_server.storage.session import Session

# An alignment: its id, of the outcome, title, submission types, of the assignment, of the quiz, of the live assessment.
AlignmentRow = tuple[int, int, str, str, int | None, int | None, int | None]


def _shown(alignment_id: sa.ColumnElement[int]) -> sa.Select[Any]:
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
    """What is for everyone, if the user is a student of the course; and what the user has a submission of, if it meets
    the conditions.

    `everyone` and `own` say where to look for each: at the key that finds fewest. Each names the id that its key is in
    the order of, so that a list need not be sorted.
    """
    al, mine, e = t.alignments, t.submissions, t.enrollments
    visible = (sa.bindparam("hidden") == sa.literal_column("1")) | al.c.published
    is_student = sa.exists().where(
        e.c.course_id == COURSE, e.c.user_id == STUDENT, e.c.role == literal("StudentEnrollment")
    )
    return sa.union_all(
        _shown(al.c.id).where(everyone, visible, al.c.for_everyone, is_student),
        _shown(mine.c.alignment_id)
        .join_from(mine, al, al.c.id == mine.c.alignment_id)
        .where(own, visible, *conditions, mine.c.user_id == STUDENT),
    ).order_by(sa.literal_column("1"))


COURSE: sa.BindParameter[int] = sa.bindparam("course_id")
STUDENT: sa.BindParameter[int] = sa.bindparam("student_id")
_IN_COURSE = (t.alignments.c.course_id == COURSE, t.submissions.c.course_id == COURSE)
_OF_ASSIGNMENT = t.alignments.c.assignment_id == sa.bindparam("assignment_id")
LIST_OF_STUDENT = _list_of_student(*_IN_COURSE)
# A live assessment is never for everyone.
LIST_OF_STUDENT_WITHOUT_LIVE = _list_of_student(*_IN_COURSE, t.alignments.c.live_assessment_id.is_(None))
LIST_OF_STUDENT_AND_ASSIGNMENT = _list_of_student(
    _OF_ASSIGNMENT, _OF_ASSIGNMENT & (t.submissions.c.course_id == t.alignments.c.course_id)
)
LIST_OF_ASSIGNMENT = (
    _shown(t.alignments.c.id).where(_OF_ASSIGNMENT, t.alignments.c.quiz_id.is_(None)).order_by(t.alignments.c.id)
)


def list_of_student(
    session: Session, course_id: int, student_id: int, *, assignment_id: int, hidden: bool
) -> list[AlignmentRow]:
    """What the student has a submission of. `assignment_id` 0: of any assignment, and live; below 0: of any, but not
    live; `hidden`: unpublished too."""
    values = {"course_id": course_id, "student_id": student_id, "hidden": int(hidden)}
    if assignment_id > 0:
        return session.rows(LIST_OF_STUDENT_AND_ASSIGNMENT, assignment_id=assignment_id, **values)
    return session.rows(LIST_OF_STUDENT_WITHOUT_LIVE if assignment_id else LIST_OF_STUDENT, **values)


def list_of_assignment(session: Session, assignment_id: int) -> list[AlignmentRow]:
    """The direct alignments of an assignment."""
    return session.rows(LIST_OF_ASSIGNMENT, assignment_id=assignment_id)
