"""The statements of each operation: requester, record and how they are tied in one row; long, as they share parts."""

from typing import Any, NamedTuple

import sqlalchemy as sa

from reference_server import tables as t
from reference_server.session import Session

STAFF = ("TeacherEnrollment", "TaEnrollment", "DesignerEnrollment")


class RequesterRow(NamedTuple):
    """A token, its user, and what that user may do everywhere as a site admin."""

    digest: str
    user_id: int
    revoked: bool
    expires_at: str | None
    scopes: str | None
    site_admin: bool
    manage_outcomes: bool | None
    manage_global_outcomes: bool | None
    read_course_content: bool | None
    manage_grades: bool | None
    view_all_grades: bool | None


class OutcomeRow(NamedTuple):
    """An outcome, the features that apply to it, what uses it, and how the requester is tied to its owner."""

    id: int
    context_type: str | None
    context_id: int | None
    title: str
    display_name: str | None
    description: str | None
    vendor_guid: str | None
    criterion: str
    calculation_method: str | None
    calculation_int: int | None
    mastery_scales: bool | None
    new_decaying_average: bool | None
    assessed: bool
    updateable: bool
    aligned: bool
    published: bool | None
    course_staff: bool
    course_member: bool
    enrollment_manages: bool
    admin_manages: bool
    admin_reads: bool
    tied_to_account: bool


class CourseRow(NamedTuple):
    """A course, what the requester is in it, and whether what was asked for exists."""

    id: int
    enrollment_grades: bool
    admin_grades: bool
    student_exists: bool
    student_enrolled: bool
    student_observed: bool
    assignment_exists: bool


def literal(text: str) -> sa.ColumnElement[str]:
    """A constant in the text of a statement, where a planner can see it."""
    return sa.literal_column(f"'{text}'", sa.Text)


def _with_requester(
    table: sa.Table, found: sa.ColumnElement[bool], record: list[sa.ColumnElement[Any]]
) -> sa.Select[Any]:
    """One row for a token that there is: its user and, where it is `found`, the record; nulls where it is not."""
    site = t.role_permissions.alias("site")
    return (
        sa.select(
            t.tokens.c.digest,
            t.tokens.c.user_id,
            t.tokens.c.revoked,
            t.tokens.c.expires_at,
            t.tokens.c.scopes,
            t.users.c.site_admin,
            site.c.manage_outcomes,
            site.c.manage_global_outcomes,
            site.c.read_course_content,
            site.c.manage_grades,
            site.c.view_all_grades,
            *record,
        )
        .select_from(t.tokens)
        .join(t.users, t.users.c.id == t.tokens.c.user_id)
        .outerjoin(
            site,
            t.users.c.site_admin
            & (site.c.account_id == sa.literal_column(str(t.SITE_ADMIN_ACCOUNT)))
            & (site.c.role == literal("AccountAdmin")),
        )
        .outerjoin(table, found)
        .where(t.tokens.c.digest == sa.bindparam("digest"))
    )


def _enrollment_grants(account_id: sa.ColumnElement[Any], course_id: Any, *permissions: str) -> sa.ColumnElement[bool]:
    """Whether an enrollment of the requester in the course has one of the permissions."""
    e, p = t.enrollments, t.role_permissions
    return (
        sa.select(sa.literal_column("1"))
        .select_from(e.join(p, (p.c.account_id == account_id) & (p.c.role == e.c.role)))
        .where(e.c.course_id == course_id, e.c.user_id == t.tokens.c.user_id)
        .where(sa.or_(*(p.c[name] for name in permissions)))
        .correlate_except(e, p)
        .exists()
    )


def _admin_grants(account_id: sa.ColumnElement[Any], *permissions: str) -> sa.ColumnElement[bool]:
    """Whether the requester is admin of the account, or of one above it, with one of the permissions there."""
    admins, above, p = t.account_admins, t.account_ancestors, t.role_permissions
    return (
        sa.select(sa.literal_column("1"))
        .select_from(
            admins.join(above, above.c.ancestor_id == admins.c.account_id).join(
                p, (p.c.account_id == above.c.account_id) & (p.c.role == literal("AccountAdmin"))
            )
        )
        .where(admins.c.user_id == t.tokens.c.user_id, above.c.account_id == account_id)
        .where(sa.or_(*(p.c[name] for name in permissions)))
        .correlate_except(admins, above, p)
        .exists()
    )


def _enrolled(course_id: Any, *roles: str) -> sa.ColumnElement[bool]:
    """Whether the requester is enrolled in the course, in one of the roles if any are named."""
    e = t.enrollments
    found = sa.exists().where(e.c.course_id == course_id, e.c.user_id == t.tokens.c.user_id)
    return found.where(sa.or_(*(e.c.role == literal(role) for role in roles))) if roles else found


def _outcome() -> sa.Select[Any]:
    o, root, course, rubrics, ties = t.outcomes, t.accounts, t.courses, t.rubric_outcomes, t.user_accounts
    in_course = o.c.context_type == literal("Course")
    shown = (o.c.id == sa.bindparam("outcome_id")) & o.c.state.in_([literal("active"), literal("retired")])
    return (
        _with_requester(
            o,
            shown,
            [
                o.c.id,
                o.c.context_type,
                o.c.context_id,
                o.c.title,
                o.c.display_name,
                o.c.description,
                o.c.vendor_guid,
                o.c.criterion,
                o.c.calculation_method,
                o.c.calculation_int,
                root.c.account_level_mastery_scales,
                root.c.outcomes_new_decaying_average_calculation,
                sa.exists().where(rubrics.c.outcome_id == o.c.id, rubrics.c.assessed),
                sa.exists().where(rubrics.c.outcome_id == o.c.id, rubrics.c.updateable),
                sa.exists().where(t.alignments.c.outcome_id == o.c.id),
                course.c.published,
                in_course & _enrolled(o.c.context_id, *STAFF),
                in_course & _enrolled(o.c.context_id),
                in_course & _enrollment_grants(o.c.account_id, o.c.context_id, "manage_outcomes"),
                _admin_grants(o.c.account_id, "manage_outcomes"),
                _admin_grants(o.c.account_id, "manage_outcomes", "read_course_content"),
                sa.exists().where(ties.c.user_id == t.tokens.c.user_id, ties.c.account_id == o.c.account_id),
            ],
        )
        .outerjoin(root, root.c.id == o.c.root_account_id)
        .outerjoin(course, in_course & (course.c.id == o.c.context_id))
    )


def _course() -> sa.Select[Any]:
    c, e = t.courses, t.enrollments
    student: sa.BindParameter[int] = sa.bindparam("student_id")
    grades = ("manage_grades", "view_all_grades")
    return _with_requester(
        c,
        c.c.id == sa.bindparam("course_id"),
        [
            c.c.id,
            _enrollment_grants(c.c.account_id, c.c.id, *grades),
            _admin_grants(c.c.account_id, *grades),
            sa.exists().where(t.users.c.id == student),
            sa.exists().where(e.c.course_id == c.c.id, e.c.user_id == student),
            sa.exists().where(
                e.c.course_id == c.c.id,
                e.c.user_id == t.tokens.c.user_id,
                e.c.role == literal("ObserverEnrollment"),
                e.c.observed_user_id == student,
            ),
            sa.exists().where(
                t.assignments.c.id == sa.bindparam("assignment_id"),
                t.assignments.c.course_id == c.c.id,
                t.assignments.c.state != literal("deleted"),
            ),
        ],
    )


CHANGEABLE = (
    "title",
    "display_name",
    "description",
    "vendor_guid",
    "criterion",
    "calculation_method",
    "calculation_int",
)
GET_OUTCOME = _outcome()
LOCK_OUTCOME = (
    sa.select(*(t.outcomes.c[name] for name in CHANGEABLE))
    .where(t.outcomes.c.id == sa.bindparam("outcome_id"))
    .with_for_update()
)
UPDATE_OUTCOME = (
    sa.update(t.outcomes)
    .where(t.outcomes.c.id == sa.bindparam("outcome_id"))
    .values({name: sa.bindparam("new_" + name) for name in CHANGEABLE})
)
GET_COURSE = _course()
OF_REQUESTER = len(RequesterRow._fields)


def get_outcome(session: Session, digest: str, outcome_id: int | None) -> tuple[RequesterRow | None, OutcomeRow | None]:
    """Whose the token is, and the outcome, unless it is archived or deleted."""
    row = session.row(GET_OUTCOME, digest=digest, outcome_id=outcome_id)
    if row is None:
        return None, None
    outcome = OutcomeRow._make(row[OF_REQUESTER:])
    return RequesterRow._make(row[:OF_REQUESTER]), None if outcome.id is None else outcome


def lock_outcome(session: Session, outcome: OutcomeRow) -> OutcomeRow:
    """The outcome as it is now; until the transaction ends nobody else changes it."""
    row = session.row(LOCK_OUTCOME, outcome_id=outcome.id)
    assert row is not None
    return outcome._replace(**dict(zip(CHANGEABLE, row, strict=True)))


def update_outcome(session: Session, outcome_id: int, **values: Any) -> None:
    session.run(UPDATE_OUTCOME, outcome_id=outcome_id, **{"new_" + name: value for name, value in values.items()})


def get_course(
    session: Session, digest: str, course_id: int | None, student_id: int, assignment_id: int
) -> tuple[RequesterRow | None, CourseRow | None]:
    """Whose the token is, and the course with what was asked for there."""
    row = session.row(
        GET_COURSE, digest=digest, course_id=course_id, student_id=student_id, assignment_id=assignment_id
    )
    if row is None:
        return None, None
    course = CourseRow._make(row[OF_REQUESTER:])
    return RequesterRow._make(row[:OF_REQUESTER]), None if course.id is None else course
