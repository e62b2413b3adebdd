"""The statements of list_outcome_alignments: direct, quiz and live alignments in one union, in that order."""

from typing import Any, NamedTuple

import sqlalchemy as sa

from reference_server import tables as t
from reference_server.queries import literal
from reference_server.session import Session

DIRECT, QUIZ, LIVE = literal("assignment"), literal("quiz"), literal("live")
DELETED, PUBLISHED = literal("deleted"), literal("published")
STUDENT = literal("StudentEnrollment")
NONE = sa.cast(sa.null(), t.Id)


class AlignmentRow(NamedTuple):
    """One alignment; `rank` is 0 for a direct one, 1 for a quiz, 2 for a live assessment."""

    rank: int
    id: int
    outcome_id: int
    title: str
    submission_types: str
    assignment_id: int | None
    quiz_id: int | None
    assessment_id: int | None


def _is_student() -> sa.ColumnElement[bool]:
    e = t.enrollments
    return sa.exists().where(
        e.c.course_id == sa.bindparam("course_id"), e.c.user_id == sa.bindparam("student_id"), e.c.role == STUDENT
    )


def _direct() -> sa.Select[Any]:
    al, a = t.alignments, t.assignments
    return (
        sa.select(
            sa.literal_column("0").label("rank"),
            al.c.id,
            al.c.outcome_id,
            a.c.title,
            a.c.submission_types,
            al.c.assignment_id,
            NONE.label("quiz_id"),
            NONE.label("assessment_id"),
        )
        .select_from(al.join(a, a.c.id == al.c.assignment_id))
        .where(al.c.kind == DIRECT, a.c.state != DELETED)
    )


def _quiz() -> sa.Select[Any]:
    al, q, a = t.alignments, t.quizzes, t.assignments
    return (
        sa.select(
            sa.literal_column("1"),
            al.c.id,
            al.c.outcome_id,
            q.c.title,
            literal("online_quiz"),
            al.c.assignment_id,
            al.c.quiz_id,
            NONE,
        )
        .select_from(al.join(q, q.c.id == al.c.quiz_id).join(a, a.c.id == al.c.assignment_id))
        .where(al.c.kind == QUIZ, q.c.state != DELETED, a.c.state != DELETED)
    )


def _live() -> sa.Select[Any]:
    al, live, done = t.alignments, t.live_assessments, t.live_submissions
    return (
        sa.select(
            sa.literal_column("2"),
            al.c.id,
            al.c.outcome_id,
            live.c.title,
            literal("magic_marker"),
            NONE,
            NONE,
            al.c.live_assessment_id,
        )
        .select_from(
            done.join(al, al.c.live_assessment_id == done.c.live_assessment_id).join(
                live, live.c.id == done.c.live_assessment_id
            )
        )
        .where(done.c.course_id == sa.bindparam("course_id"), done.c.user_id == sa.bindparam("student_id"))
    )


def _of_student(found: sa.Select[Any], visible: sa.ColumnElement[bool], one: bool) -> list[sa.Select[Any]]:
    """What is for everyone, if the user is a student of the course; and what the user is assigned by name.

    Each begins with the key that finds fewest: the user's assignments by name, not the alignments of the course.
    """
    al, mine = t.alignments, t.assignees
    sees_hidden = sa.bindparam("hidden", type_=sa.Integer) == sa.literal_column("1")
    shown = found.where(sees_hidden | visible)
    if one:
        shown = shown.where(al.c.assignment_id == sa.bindparam("assignment_id"))
    everyone = shown.where(al.c.course_id == sa.bindparam("course_id"), al.c.for_everyone, _is_student())
    by_name = shown.join(mine, mine.c.assignment_id == al.c.assignment_id).where(
        mine.c.course_id == sa.bindparam("course_id"), mine.c.user_id == sa.bindparam("student_id")
    )
    return [everyone, by_name]


def _list_of_student(*, one: bool, live: bool) -> sa.CompoundSelect[Any]:
    """Of `one` assignment or of all; with `live` assessments or without."""
    return sa.union_all(
        *_of_student(_direct(), t.assignments.c.state == PUBLISHED, one),
        *_of_student(_quiz(), t.quizzes.c.state == PUBLISHED, one),
        *([_live()] if live else []),
    ).order_by(sa.literal_column("1"), sa.literal_column("2"))


LIST_OF_STUDENT = _list_of_student(one=False, live=True)
LIST_OF_STUDENT_WITHOUT_LIVE = _list_of_student(one=False, live=False)
LIST_OF_STUDENT_AND_ASSIGNMENT = _list_of_student(one=True, live=False)
LIST_OF_ASSIGNMENT = (
    _direct().where(t.alignments.c.assignment_id == sa.bindparam("assignment_id")).order_by(t.alignments.c.id)
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
