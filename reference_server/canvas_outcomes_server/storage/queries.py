"""The statements of the operations, each of which selects requester, rights and record as one row."""

import hashlib
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa

from canvas_outcomes_server.storage import tables as t
from canvas_outcomes_server.storage.session import Row, Session


class RequesterRow(NamedTuple):
    """A token, its user, and the rights of that user in the course and the account of the record."""

    digest: str
    user_id: int
    terms: str | None
    rights: int


class OutcomeRow(NamedTuple):
    """An outcome; `marks` are bits of tables.py."""

    id: int
    context_type: str | None
    context_id: int | None
    content: str
    marks: int


class CourseRow(NamedTuple):
    """A course, and facts about the requested student and assignment in it."""

    id: int
    student_exists: bool
    student_enrolled: bool
    student_observed: bool
    assignment_exists: bool


@lru_cache(maxsize=100)
def digest(token: str) -> str:
    """The digest under which a token is stored."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


Record = TypeVar("Record", OutcomeRow, CourseRow)


def literal(text: str) -> sa.ColumnElement[str]:
    """A constant in the SQL itself, where the query planner sees it."""
    return sa.literal_column(f"'{text}'")


def _with_requester(
    record: sa.Table,
    condition: sa.ColumnElement[bool],
    course_id: sa.ColumnElement[Any],
    *columns: sa.ColumnElement[Any],
) -> sa.Select[Any]:
    """Select one row for a known token, with nulls where no record meets the condition."""
    tokens, account, course = t.tokens, t.account_rights, t.course_rights
    return (
        sa.select(
            tokens.c.digest,
            tokens.c.user_id,
            tokens.c.terms,
            tokens.c.rights.bitwise_or(_rights(account)).bitwise_or(_rights(course)),
            *columns,
        )
        .select_from(tokens)
        .outerjoin(record, condition)
        .outerjoin(account, (account.c.user_id == tokens.c.user_id) & (account.c.account_id == record.c.account_id))
        .outerjoin(course, (course.c.user_id == tokens.c.user_id) & (course.c.course_id == course_id))
        .where(tokens.c.digest == sa.bindparam("digest"))
    )


def _rights(table: sa.Table) -> sa.ColumnElement[int]:
    return sa.func.coalesce(table.c.rights, sa.literal_column("0"))


def _outcome() -> sa.Select[Any]:
    o = t.outcomes
    return _with_requester(
        o,
        (o.c.id == sa.bindparam("outcome_id")) & o.c.state.in_(map(literal, t.VISIBLE_STATES)),
        sa.case((o.c.context_type == literal("Course"), o.c.context_id)),
        o.c.id,
        o.c.context_type,
        o.c.context_id,
        o.c.content,
        o.c.marks,
    )


def _course() -> sa.Select[Any]:
    c, e = t.courses, t.enrollments
    student: sa.BindParameter[int] = sa.bindparam("student_id")
    return _with_requester(
        c,
        c.c.id == sa.bindparam("course_id"),
        c.c.id,
        c.c.id,
        sa.exists().where(t.users.c.id == student),
        sa.exists().where(e.c.course_id == c.c.id, e.c.user_id == student),
        sa.exists().where(e.c.course_id == c.c.id, e.c.user_id == t.tokens.c.user_id, e.c.observed_user_id == student),
        sa.exists().where(t.assignments.c.id == sa.bindparam("assignment_id"), t.assignments.c.course_id == c.c.id),
    )


GET_OUTCOME = _outcome()
LOCK_OUTCOME = sa.select(t.outcomes.c.content).where(t.outcomes.c.id == sa.bindparam("outcome_id")).with_for_update()
UPDATE_OUTCOME = (
    sa.update(t.outcomes).where(t.outcomes.c.id == sa.bindparam("outcome_id")).values(content=sa.bindparam("new"))
)
GET_COURSE = _course()
REQUESTER_COLUMNS = len(RequesterRow._fields)


def get_outcome(session: Session, digest: str, outcome_id: int | None) -> tuple[RequesterRow | None, OutcomeRow | None]:
    """Look up the requester, and the outcome unless it is archived or deleted."""
    return _split(session.row(GET_OUTCOME, digest=digest, outcome_id=outcome_id), OutcomeRow)


def lock_outcome(session: Session, outcome_id: int) -> str:
    """Read the content of an outcome and lock it until the transaction ends."""
    row = session.row(LOCK_OUTCOME, outcome_id=outcome_id)
    assert row is not None
    content: str = row[0]
    return content


def update_outcome(session: Session, outcome_id: int, content: str) -> None:
    session.run(UPDATE_OUTCOME, outcome_id=outcome_id, new=content)


def get_course(
    session: Session, digest: str, course_id: int | None, student_id: int | None, assignment_id: int | None
) -> tuple[RequesterRow | None, CourseRow | None]:
    """Look up the requester and the course."""
    ids = {"course_id": course_id, "student_id": student_id, "assignment_id": assignment_id}
    return _split(session.row(GET_COURSE, digest=digest, **ids), CourseRow)


def _split(row: Row | None, kind: type[Record]) -> tuple[RequesterRow | None, Record | None]:
    if row is None:
        return None, None
    record = kind._make(row[REQUESTER_COLUMNS:])
    return RequesterRow._make(row[:REQUESTER_COLUMNS]), None if record.id is None else record
