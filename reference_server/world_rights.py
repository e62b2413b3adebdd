"""What users may do in a world: roles and their overrides become rights (canvas-behaviour 2.5 and 4.6)."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from reference_server.permissions import DEFAULT_PERMISSIONS
from reference_server.world import ENROLLMENT_ROLES, World
from reference_server.world_accounts import Accounts

ADMIN = "AccountAdmin"
STAFF = {"TeacherEnrollment", "TaEnrollment", "DesignerEnrollment"}
GRADES = {"manage_grades", "view_all_grades"}


class Rights:
    """The rows of the tables of rights."""

    def __init__(self, world: World, accounts: Accounts) -> None:
        self._world, self._accounts = world, accounts
        self._overrides = {
            (item["account"], item["role"], item["permission"]): item["enabled"] for item in world["role_overrides"]
        }
        self._permissions: dict[tuple[int | None, str], set[str]] = {}

    def everywhere(self, user: dict[str, Any]) -> dict[str, bool]:
        """What a site admin may do. The account for that has overrides of its own and passes none on."""
        site_admin = user.get("site_admin", False)
        allowed = self._of_role(None, ADMIN) if site_admin else set()
        return {
            "site_admin": site_admin,
            "manage_outcomes": "manage_outcomes" in allowed,
            "manage_global_outcomes": "manage_global_outcomes" in allowed,
            "read_course_content": "read_course_content" in allowed,
            "read_all_grades": bool(allowed & GRADES),
        }

    def in_accounts(self) -> Iterator[dict[str, Any]]:
        """Of every user, in each account that the user is tied to."""
        admin_of = {user["id"]: set(user.get("account_admin_of", [])) for user in self._world["users"]}
        for user, account in sorted(self._ties(admin_of)):
            is_admin = not admin_of[user].isdisjoint(self._accounts.chain(account))
            allowed = self._of_role(account, ADMIN) if is_admin else set()
            yield {
                "user_id": user,
                "account_id": account,
                "manage_outcomes": "manage_outcomes" in allowed,
                "read_course_content": not allowed.isdisjoint(("manage_outcomes", "read_course_content")),
                "read_all_grades": bool(allowed & GRADES),
            }

    def _ties(self, admin_of: dict[int, set[int]]) -> set[tuple[int, int]]:
        """An admin is tied to what is above and below the account; an enrolled user to what is above the course."""
        accounts = self._accounts
        enrolled = {(item["user"], accounts.of_course[item["course"]]) for item in self._world["enrollments"]}
        admins = {(user, account) for user, tops in admin_of.items() for account in tops}
        above = {(user, above) for user, account in enrolled | admins for above in accounts.chain(account)}
        below = {(user, account) for user, top in admins for account in accounts.ids if top in accounts.chain(account)}
        return above | below

    def in_courses(self) -> Iterator[dict[str, Any]]:
        """Of every user, in each course that the user is enrolled in. Who is no staff reads published courses only."""
        published = {course["id"]: course.get("published", True) for course in self._world["courses"]}
        roles = defaultdict(set)
        for item in self._world["enrollments"]:
            roles[item["user"], item["course"]].add(ENROLLMENT_ROLES[item["type"]])
        for (user, course), mine in roles.items():
            allowed = set().union(*(self._of_role(self._accounts.of_course[course], role) for role in mine))
            yield {
                "user_id": user,
                "course_id": course,
                "manage_outcomes": "manage_outcomes" in allowed,
                "read_outcomes": published[course] or bool(mine & STAFF),
                "read_all_grades": bool(allowed & GRADES),
            }

    def _of_role(self, account: int | None, role: str) -> set[str]:
        """What a role may do in an account: the nearest override counts. None is the account of site admins."""
        if (account, role) not in self._permissions:
            chain = [None] if account is None else self._accounts.chain(account)
            self._permissions[account, role] = {
                permission for permission in DEFAULT_PERMISSIONS[ADMIN] if self._allows(chain, role, permission)
            }
        return self._permissions[account, role]

    def _allows(self, chain: "list[int] | list[None]", role: str, permission: str) -> bool:
        keys = ((account, role, permission) for account in chain)
        default = permission in DEFAULT_PERMISSIONS[role]
        return next((self._overrides[key] for key in keys if key in self._overrides), default)
