"""The statements of the operations, each of which selects requester, rights and record as one row."""

import hashlib
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


class MasqueradeRow(NamedTuple):
    """The rights of a requester and of a user everywhere and in an account of the user: one row for each account."""

    everywhere: int
    in_account: int
    user_everywhere: int
    user_in_account: int


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


def digest(token: str) -> str:
    """The digest under which a token is stored."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def user_digest(user_id: int) -> str:
    """The digest of a request as a user; no token has such a digest."""
    return f"user {user_id}"


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


def _rights(table: sa.FromClause) -> sa.ColumnElement[int]:
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


def _masquerade() -> sa.Select[Any]:
    requester, user = t.tokens.alias("requester"), t.tokens.alias("user_row")
    own, theirs = t.account_rights.alias("own"), t.account_rights.alias("theirs")
    return (
        sa.select(requester.c.rights, _rights(own), user.c.rights, _rights(theirs))
        .select_from(requester)
        .join(user, user.c.digest == sa.bindparam("user_digest"))
        .outerjoin(theirs, theirs.c.user_id == user.c.user_id)
        .outerjoin(own, (own.c.user_id == requester.c.user_id) & (own.c.account_id == theirs.c.account_id))
        .where(requester.c.digest == sa.bindparam("digest"))
    )


GET_OUTCOME = _outcome()
LOCK_OUTCOME = sa.select(t.outcomes.c.content).where(t.outcomes.c.id == sa.bindparam("outcome_id")).with_for_update()
UPDATE_OUTCOME = (
    sa.update(t.outcomes).where(t.outcomes.c.id == sa.bindparam("outcome_id")).values(content=sa.bindparam("new"))
)
GET_COURSE = _course()
GET_MASQUERADE = _masquerade()
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


def get_masquerade(session: Session, digest: str, user_digest: str) -> list[MasqueradeRow]:
    """Look up the rights that decide whether a requester may act as a user; empty if there is no such user."""
    return [MasqueradeRow._make(row) for row in session.rows(GET_MASQUERADE, digest=digest, user_digest=user_digest)]


def _split(row: Row | None, kind: type[Record]) -> tuple[RequesterRow | None, Record | None]:
    if row is None:
        return None, None
    record = kind._make(row[REQUESTER_COLUMNS:])
    return RequesterRow._make(row[:REQUESTER_COLUMNS]), None if record.id is None else record
