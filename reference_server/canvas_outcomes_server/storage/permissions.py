"""Permissions of roles, and rights to a record or to act as a user (canvas-behaviour 1.2, 2.5 and 4.6)."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

from canvas_outcomes_server.storage.queries import MasqueradeRow, OutcomeRow, RequesterRow

# Rights: bits of one number.
MANAGE_OUTCOMES, MANAGE_GLOBAL_OUTCOMES, READ_COURSE, READ_ACCOUNT, READ_ALL_GRADES = 1, 2, 4, 8, 16
BECOME_USER = 32

Role = Literal[
    "AccountAdmin", "TeacherEnrollment", "TaEnrollment", "DesignerEnrollment", "StudentEnrollment", "ObserverEnrollment"
]
Permission = Literal[
    "become_user",
    "manage_outcomes",
    "manage_global_outcomes",
    "read_course_content",
    "manage_grades",
    "view_all_grades",
]
# Permissions without role_overrides. An enrollment alone lets a user read the course.
DEFAULT_PERMISSIONS: dict[Role, set[Permission]] = {
    "AccountAdmin": {*get_args(Permission)},
    "TeacherEnrollment": {"manage_outcomes", "manage_grades", "view_all_grades"},
    "TaEnrollment": {"manage_grades", "view_all_grades"},
    "DesignerEnrollment": {"manage_outcomes"},
    "StudentEnrollment": set(),
    "ObserverEnrollment": set(),
}


class OutcomeRights(NamedTuple):
    """The rights of the requester to an outcome."""

    read: bool
    update: bool


def outcome_rights(requester: RequesterRow, outcome: OutcomeRow) -> OutcomeRights:
    rights = requester.rights
    if outcome.context_type is None:
        return OutcomeRights(read=True, update=bool(rights & MANAGE_GLOBAL_OUTCOMES))
    update = bool(rights & MANAGE_OUTCOMES)
    read = bool(rights & (READ_COURSE if outcome.context_type == "Course" else READ_ACCOUNT))
    return OutcomeRights(read or update, update)


def reads_all_grades(requester: RequesterRow) -> bool:
    return bool(requester.rights & READ_ALL_GRADES)


def may_act_as(rows: Sequence[MasqueradeRow]) -> bool:
    """Whether the requester may act as a user: in an account of the user, and with every permission of the user."""
    everywhere = rows[0].everywhere if rows else 0
    may_become = any((everywhere | row.in_account) & BECOME_USER for row in rows)
    lacks = any(
        (row.user_everywhere & ~everywhere | row.user_in_account & ~(everywhere | row.in_account)) & ~READ_ACCOUNT
        for row in rows
    )
    return may_become and not lacks
