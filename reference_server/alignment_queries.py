"""The statements of list_outcome_alignments."""

from typing import Any, NamedTuple

import sqlalchemy as sa

from reference_server import tables as t
from reference_server.queries import literal
from reference_server.session import Session


class AlignmentRow(NamedTuple):
    """One alignment, and what it aligns an outcome with."""

    id: int
    outcome_id: int
    title: str
    submission_types: str
    assignment_id: int | None
    quiz_id: int | None
    assessment_id: int | None


def _shown() -> sa.Select[Any]:
    al = t.alignments
    return sa.select(
        al.c.id,
        al.c.outcome_id,
        al.c.title,
        al.c.submission_types,
        al.c.assignment_id,
        al.c.quiz_id,
        al.c.live_assessment_id,
    )


def _list_of_student(*conditions: sa.ColumnElement[bool]) -> sa.CompoundSelect[Any]:
    """What is for everyone, if the user is a student of the course; and what the user has a submission of.

    Each begins with the key that finds fewest: the user's submissions, not the alignments of the course.
    """
    al, mine, e = t.alignments, t.submissions, t.enrollments
    course: sa.BindParameter[int] = sa.bindparam("course_id")
    student: sa.BindParameter[int] = sa.bindparam("student_id")
    sees_hidden = sa.bindparam("hidden", type_=sa.Integer) == sa.literal_column("1")
    is_student = sa.exists().where(
        e.c.course_id == course, e.c.user_id == student, e.c.role == literal("StudentEnrollment")
    )
    shown = _shown().where(sees_hidden | al.c.published, *conditions)
    return sa.union_all(
        shown.where(al.c.course_id == course, al.c.for_everyone, is_student),
        shown.join(mine, mine.c.alignment_id == al.c.id).where(mine.c.course_id == course, mine.c.user_id == student),
    ).order_by(sa.literal_column("1"))


LIST_OF_STUDENT = _list_of_student()
LIST_OF_STUDENT_WITHOUT_LIVE = _list_of_student(t.alignments.c.live_assessment_id.is_(None))
LIST_OF_STUDENT_AND_ASSIGNMENT = _list_of_student(t.alignments.c.assignment_id == sa.bindparam("assignment_id"))
LIST_OF_ASSIGNMENT = (
    _shown()
    .where(t.alignments.c.assignment_id == sa.bindparam("assignment_id"), t.alignments.c.quiz_id.is_(None))
    .order_by(t.alignments.c.id)
)


def list_of_student(
    session: Session, course_id: int, student_id: int, *, assignment_id: int, hidden: bool
) -> list[AlignmentRow]:
    """What the student has a submission of. `assignment_id` 0: of any assignment, and live; below 0: of any, but not
    live; `hidden`: unpublished too."""
    values = {"course_id": course_id, "student_id": student_id, "hidden": int(hidden)}
    if assignment_id > 0:
        rows = session.rows(LIST_OF_STUDENT_AND_ASSIGNMENT, assignment_id=assignment_id, **values)
    else:
        rows = session.rows(LIST_OF_STUDENT_WITHOUT_LIVE if assignment_id else LIST_OF_STUDENT, **values)
    return [AlignmentRow._make(row) for row in rows]


def list_of_assignment(session: Session, assignment_id: int) -> list[AlignmentRow]:
    """The direct alignments of an assignment."""
    return [AlignmentRow._make(row) for row in session.rows(LIST_OF_ASSIGNMENT, assignment_id=assignment_id)]
