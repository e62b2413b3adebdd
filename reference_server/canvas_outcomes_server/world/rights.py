"""What users may do in a world: roles and their overrides become rights (canvas-behaviour 2.5 and 4.6)."""

from collections import defaultdict
from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

from canvas_outcomes_server.storage.permissions import (
    DEFAULT_PERMISSIONS,
    MANAGE_GLOBAL_OUTCOMES,
    MANAGE_OUTCOMES,
    READ_ACCOUNT,
    READ_ALL_GRADES,
    READ_COURSE,
)
from canvas_outcomes_server.world.accounts import Accounts
from canvas_outcomes_server.world.world import ENROLLMENT_ROLES, World

ADMIN = "AccountAdmin"
STAFF = {"TeacherEnrollment", "TaEnrollment", "DesignerEnrollment"}
RIGHTS = {
    "manage_outcomes": MANAGE_OUTCOMES,
    "manage_global_outcomes": MANAGE_GLOBAL_OUTCOMES,
    "read_course_content": READ_COURSE,
    "manage_grades": READ_ALL_GRADES,
    "view_all_grades": READ_ALL_GRADES,
}


class Rights:
    """The rows of the tables of rights."""

    def __init__(self, world: World, accounts: Accounts) -> None:
        self._world, self._accounts = world, accounts
        self._overrides = {
            (item["account"], item["role"], item["permission"]): item["enabled"] for item in world["role_overrides"]
        }
        self._published = {course["id"] for course in world["courses"] if course.get("published", True)}
        self._of_roles: dict[tuple[int | None, str], int] = {}

    def everywhere(self, user: dict[str, Any]) -> int:
        """What a site admin may do. The account for that has overrides of its own and passes none on."""
        return READ_ACCOUNT | self._of_role(None, ADMIN) if user.get("site_admin") else 0

    def in_accounts(self) -> Iterator[dict[str, Any]]:
        """Of every user, in each account that the user is tied to."""
        admin_of = {user["id"]: set(user.get("account_admin_of", [])) for user in self._world["users"]}
        for user, account in sorted(self._ties(admin_of)):
            is_admin = not admin_of[user].isdisjoint(self._accounts.chain(account))
            mine = self._of_role(account, ADMIN) if is_admin else 0
            yield {"user_id": user, "account_id": account, "rights": READ_ACCOUNT | mine}

    def _ties(self, admin_of: dict[int, set[int]]) -> set[tuple[int, int]]:
        """An admin is tied to what is above and below the account; an enrolled user to what is above the course."""
        accounts = self._accounts
        enrolled = {(item["user"], accounts.of_course[item["course"]]) for item in self._world["enrollments"]}
        admins = {(user, account) for user, tops in admin_of.items() for account in tops}
        above = {(user, above) for user, account in enrolled | admins for above in accounts.chain(account)}
        below = {(user, account) for user, top in admins for account in accounts.ids if top in accounts.chain(account)}
        return above | below

    def in_courses(self) -> Iterator[dict[str, Any]]:
        """Of every user, in each course that the user is enrolled in."""
        rights: dict[tuple[int, int], int] = defaultdict(int)
        for item in self._world["enrollments"]:
            rights[item["user"], item["course"]] |= self._of_enrollment(item)
        for (user, course), mine in rights.items():
            yield {"user_id": user, "course_id": course, "rights": mine}

    def _of_enrollment(self, enrollment: dict[str, Any]) -> int:
        """Who is enrolled reads a published course, and staff every course, whatever the role may read elsewhere."""
        course, role = enrollment["course"], ENROLLMENT_ROLES[enrollment["type"]]
        rights = self._of_role(self._accounts.of_course[course], role) & ~READ_COURSE
        return rights | READ_COURSE if role in STAFF or course in self._published else rights

    def _of_role(self, account: int | None, role: str) -> int:
        """What a role may do in an account: the nearest override counts. None is the account of site admins."""
        if (account, role) not in self._of_roles:
            chain = [None] if account is None else self._accounts.chain(account)
            allowed = [right for name, right in RIGHTS.items() if self._allows(chain, role, name)]
            self._of_roles[account, role] = reduce(or_, allowed, 0)
        return self._of_roles[account, role]

    def _allows(self, chain: "list[int] | list[None]", role: str, permission: str) -> bool:
        keys = ((account, role, permission) for account in chain)
        default = permission in DEFAULT_PERMISSIONS[role]
        return next((self._overrides[key] for key in keys if key in self._overrides), default)
