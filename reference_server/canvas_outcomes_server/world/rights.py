"""Rights of users, from the roles and overrides of a world (canvas-behaviour 2.5 and 4.6)."""

from collections import defaultdict
from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

from canvas_outcomes_server.storage.permissions import (
    BECOME_USER,
    DEFAULT_PERMISSIONS,
    MANAGE_GLOBAL_OUTCOMES,
    MANAGE_OUTCOMES,
    READ_ACCOUNT,
    READ_ALL_GRADES,
    READ_COURSE,
    Permission,
    Role,
)
from canvas_outcomes_server.world.accounts import Accounts
from canvas_outcomes_server.world.world import Enrollment, User, World

ADMIN: Role = "AccountAdmin"
ENROLLMENT_ROLES: dict[str, Role] = {
    "teacher": "TeacherEnrollment",
    "ta": "TaEnrollment",
    "designer": "DesignerEnrollment",
    "student": "StudentEnrollment",
    "observer": "ObserverEnrollment",
}
STAFF = {"TeacherEnrollment", "TaEnrollment", "DesignerEnrollment"}
RIGHTS: dict[Permission, int] = {
    "become_user": BECOME_USER,
    "manage_outcomes": MANAGE_OUTCOMES,
    "manage_global_outcomes": MANAGE_GLOBAL_OUTCOMES,
    "read_course_content": READ_COURSE,
    "manage_grades": READ_ALL_GRADES,
    "view_all_grades": READ_ALL_GRADES,
}


class Rights:
    """Rights, as rows of the tables of rights."""

    def __init__(self, world: World, accounts: Accounts) -> None:
        self._world, self._accounts = world, accounts
        self._overrides = {
            (override.account, override.role, override.permission): override.enabled
            for override in world.role_overrides
        }
        self._published = {course.id for course in world.courses if course.published}
        self._of_roles: dict[tuple[int | None, Role], int] = {}

    def everywhere(self, user: User) -> int:
        """Rights of a site admin. Overrides of the site admin account do not apply to other accounts."""
        return READ_ACCOUNT | self._of_role(None, ADMIN) if user.site_admin else 0

    def in_accounts(self) -> Iterator[dict[str, Any]]:
        """Rows of every user, for each account that the user can read."""
        admin_of = {user.id: set(user.account_admin_of) for user in self._world.users}
        for user, account in sorted(self._readable(admin_of)):
            is_admin = not admin_of[user].isdisjoint(self._accounts.chain(account))
            rights = self._of_role(account, ADMIN) if is_admin else 0
            if not self._accounts.is_root(account):
                rights &= ~BECOME_USER
            yield {"user_id": user, "account_id": account, "rights": READ_ACCOUNT | rights}

    def _readable(self, admin_of: dict[int, set[int]]) -> set[tuple[int, int]]:
        """Pairs of user and account: admins read accounts above and below, enrolled users those above the course."""
        accounts = self._accounts
        enrolled = {(item.user, accounts.of_course[item.course]) for item in self._world.enrollments}
        admins = {(user, account) for user, tops in admin_of.items() for account in tops}
        above = {(user, above) for user, account in enrolled | admins for above in accounts.chain(account)}
        below = {(user, account) for user, top in admins for account in accounts.ids if top in accounts.chain(account)}
        return above | below

    def in_courses(self) -> Iterator[dict[str, Any]]:
        """Rows of every user, for each course that the user is enrolled in."""
        rights: dict[tuple[int, int], int] = defaultdict(int)
        for item in self._world.enrollments:
            rights[item.user, item.course] |= self._of_enrollment(item)
        for (user, course), combined in rights.items():
            yield {"user_id": user, "course_id": course, "rights": combined}

    def _of_enrollment(self, enrollment: Enrollment) -> int:
        """Rights in the course. Staff read every course and others a published one, whatever the role's permissions."""
        course, role = enrollment.course, ENROLLMENT_ROLES[enrollment.type]
        rights = self._of_role(self._accounts.of_course[course], role) & ~READ_COURSE
        return rights | READ_COURSE if role in STAFF or course in self._published else rights

    def _of_role(self, account: int | None, role: Role) -> int:
        """Rights of a role in an account, where the nearest override counts. None is the site admin account."""
        if (account, role) not in self._of_roles:
            chain = [None] if account is None else self._accounts.chain(account)
            allowed = [right for name, right in RIGHTS.items() if self._allows(chain, role, name)]
            self._of_roles[account, role] = reduce(or_, allowed, 0)
        return self._of_roles[account, role]

    def _allows(self, chain: list[int] | list[None], role: Role, permission: Permission) -> bool:
        keys = ((account, role, permission) for account in chain)
        default = permission in DEFAULT_PERMISSIONS[role]
        return next((self._overrides[key] for key in keys if key in self._overrides), default)
