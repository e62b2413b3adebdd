"""Turns a world into the rows of the tables; long, because every table of the schema is filled here."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import sqlalchemy as sa

from reference_server import tables as t
from reference_server.authentication import digest
from reference_server.calculation_rules import DEFAULTS, default_method
from reference_server.descriptions import sanitised
from reference_server.outcome_rules import DEFAULT_MASTERY_POINTS, DEFAULT_RATINGS
from reference_server.permissions import DEFAULT_PERMISSIONS
from reference_server.tables import SITE_ADMIN_ACCOUNT
from reference_server.world import ENROLLMENT_ROLES, FEATURES, World

Rows = list[dict[str, Any]]
SHOWN = ("active", "retired")


def rows_of(world: World) -> dict[sa.Table, Rows]:
    """Table -> rows, for every table that a world fills."""
    accounts = _Accounts(world)
    return {
        t.accounts: [_account(account) for account in world["accounts"]],
        t.account_ancestors: _ancestors(accounts),
        t.role_permissions: list(_role_permissions(world, accounts)),
        t.users: [_user(user) for user in world["users"]],
        t.tokens: [_token(user, token) for user in world["users"] for token in user.get("tokens", [])],
        t.account_admins: _pairs(_admins(world), "user_id", "account_id"),
        t.user_accounts: _pairs(_ties(world, accounts), "user_id", "account_id"),
        t.courses: [_course(course) for course in world["courses"]],
        t.enrollments: [_enrollment(number, item) for number, item in enumerate(world["enrollments"], 1)],
        t.outcomes: [_outcome(outcome, accounts) for outcome in world["outcomes"]],
        t.assignments: [_assignment(assignment) for assignment in world["assignments"]],
        t.quizzes: [_quiz(quiz) for quiz in world["quizzes"]],
        t.live_assessments: [{"id": live["id"], "title": live["title"]} for live in world["live_assessments"]],
        t.assignees: [_assignee(*row) for row in _assignees(world)],
        t.live_submissions: [_live_submission(*row) for row in _live_submissions(world)],
        t.alignments: [row | {"id": number} for number, row in enumerate(_alignments(world), 1)],
        t.rubric_outcomes: _rubric_outcomes(world),
    }


class _Accounts:
    """The tree of accounts, and the features that apply in each."""

    def __init__(self, world: World) -> None:
        self._parents = {account["id"]: account.get("parent") for account in world["accounts"]}
        self._features = {account["id"]: account.get("features", {}) for account in world["accounts"]}
        self.of_course = {course["id"]: course["account"] for course in world["courses"]}
        self.ids = list(self._parents)

    def chain(self, account: int) -> list[int]:
        """The account and those above it, the nearest first."""
        parent = self._parents[account]
        return [account] if parent is None else [account, *self.chain(parent)]

    def root(self, account: int | None) -> int | None:
        """The root above an account; for None, which stands for global, the root with the lowest id."""
        if account is not None:
            return self.chain(account)[-1]
        return min((number for number, parent in self._parents.items() if parent is None), default=None)

    def owner(self, context: dict[str, Any] | None) -> int | None:
        if context is None:
            return None
        number: int = context["id"]
        return number if context["type"] == "Account" else self.of_course[number]

    def new_decaying_average(self, account: int | None) -> bool:
        root = self.root(account)
        return root is not None and bool(self._features[root].get("outcomes_new_decaying_average_calculation"))


def _account(account: dict[str, Any]) -> dict[str, Any]:
    features = {name: account.get("features", {}).get(name, False) for name in FEATURES}
    name = account.get("name", f"Account {account['id']}")
    return {"id": account["id"], "parent_id": account.get("parent"), "name": name, **features}


def _ancestors(accounts: _Accounts) -> Rows:
    return [
        {"account_id": account, "ancestor_id": above} for account in accounts.ids for above in accounts.chain(account)
    ]


def _role_permissions(world: World, accounts: _Accounts) -> Iterator[dict[str, Any]]:
    """The nearest override counts. The site admin's account has overrides of its own and passes none on."""
    overrides = {
        (SITE_ADMIN_ACCOUNT if item["account"] is None else item["account"], item["role"], item["permission"]): item[
            "enabled"
        ]
        for item in world["role_overrides"]
    }
    for account in [SITE_ADMIN_ACCOUNT, *accounts.ids]:
        chain = [account] if account == SITE_ADMIN_ACCOUNT else accounts.chain(account)
        for role, defaults in DEFAULT_PERMISSIONS.items():
            allowed = {
                permission: next(
                    (overrides[key] for above in chain if (key := (above, role, permission)) in overrides),
                    permission in defaults,
                )
                for permission in DEFAULT_PERMISSIONS["AccountAdmin"]
            }
            yield {"account_id": account, "role": role, **allowed}


def _user(user: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": user["id"],
        "name": user.get("name", f"User {user['id']}"),
        "site_admin": user.get("site_admin", False),
    }


def _token(user: dict[str, Any], token: dict[str, Any]) -> dict[str, Any]:
    return {
        "digest": digest(token["value"]),
        "user_id": user["id"],
        "revoked": token.get("revoked", False),
        "expires_at": token.get("expires_at"),
        "scopes": json.dumps(token["scopes"]) if "scopes" in token else None,
    }


def _pairs(values: set[tuple[int, int]], first: str, second: str) -> Rows:
    return [{first: one, second: other} for one, other in sorted(values)]


def _admins(world: World) -> set[tuple[int, int]]:
    return {(user["id"], account) for user in world["users"] for account in user.get("account_admin_of", [])}


def _ties(world: World, accounts: _Accounts) -> set[tuple[int, int]]:
    enrolled = {(item["user"], accounts.of_course[item["course"]]) for item in world["enrollments"]}
    return {(user, above) for user, account in enrolled | _admins(world) for above in accounts.chain(account)} | {
        (user, account) for user, top in _admins(world) for account in accounts.ids if top in accounts.chain(account)
    }


def _course(course: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": course["id"],
        "account_id": course["account"],
        "name": course.get("name", f"Course {course['id']}"),
        "published": course.get("published", True),
    }


def _enrollment(number: int, enrollment: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": number,
        "course_id": enrollment["course"],
        "user_id": enrollment["user"],
        "role": ENROLLMENT_ROLES[enrollment["type"]],
        "observed_user_id": enrollment.get("observes"),
    }


def _outcome(outcome: dict[str, Any], accounts: _Accounts) -> dict[str, Any]:
    context = outcome["context"]
    account = accounts.owner(context)
    method = outcome.get("calculation_method", default_method(accounts.new_decaying_average(account)))
    value = outcome.get("calculation_int")
    description = outcome.get("description")
    return {
        "id": outcome["id"],
        "context_type": context and context["type"],
        "context_id": context and context["id"],
        "account_id": account,
        "root_account_id": accounts.root(account),
        "state": outcome.get("state", "active"),
        "title": outcome["title"],
        "display_name": outcome.get("display_name"),
        "description": None if description is None else sanitised(description),
        "vendor_guid": outcome.get("vendor_guid"),
        "criterion": _criterion(outcome),
        "calculation_method": method,
        "calculation_int": DEFAULTS.get(method) if value is None else value,
    }


def _criterion(outcome: dict[str, Any]) -> str:
    ratings = sorted(outcome.get("ratings", DEFAULT_RATINGS), key=lambda rating: -rating["points"])
    highest = ratings[0]["points"] if "ratings" in outcome and ratings else DEFAULT_MASTERY_POINTS
    criterion = {"ratings": ratings, "mastery_points": outcome.get("mastery_points", highest)}
    return msgspec.json.encode(criterion).decode()


def _assignment(assignment: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": assignment["id"],
        "course_id": assignment["course"],
        "title": assignment["title"],
        "submission_types": ",".join(assignment.get("submission_types", ["online_text_entry"])),
        "state": assignment.get("state", "published"),
        "for_everyone": _is_for_everyone(assignment),
    }


def _is_for_everyone(assignment: dict[str, Any]) -> bool:
    return bool(assignment.get("assigned_to", "everyone") == "everyone")


def _quiz(quiz: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": quiz["id"],
        "assignment_id": quiz["assignment"],
        "title": quiz["title"],
        "state": quiz.get("state", "published"),
    }


def _assignees(world: World) -> list[tuple[int, int, int]]:
    """Those who are assigned something by name, and those who submitted a quiz without being assigned it."""
    by_name = {item["id"]: item for item in world["assignments"] if not _is_for_everyone(item)}
    assigned = {(item["course"], user, number) for number, item in by_name.items() for user in item["assigned_to"]}
    submitted = {
        (quiz["course"], user, quiz["assignment"])
        for quiz in world["quizzes"]
        for user in quiz.get("submitted_by", [])
        if quiz["assignment"] in by_name
    }
    return sorted(assigned | submitted)


def _assignee(course: int, user: int, assignment: int) -> dict[str, Any]:
    return {"course_id": course, "user_id": user, "assignment_id": assignment}


def _live_submissions(world: World) -> list[tuple[int, int, int]]:
    return sorted(
        {
            (live["course"], user, live["id"])
            for live in world["live_assessments"]
            for user in live.get("submitted_by", [])
        }
    )


def _live_submission(course: int, user: int, live: int) -> dict[str, Any]:
    return {"course_id": course, "user_id": user, "live_assessment_id": live}


def _alignments(world: World) -> Iterator[dict[str, Any]]:
    """An alignment goes with what it aligns: none has a deleted assignment, or an outcome that cannot be shown."""
    shown = {outcome["id"] for outcome in world["outcomes"] if outcome.get("state", "active") in SHOWN}
    assignments = {assignment["id"]: assignment for assignment in world["assignments"]}
    for kind, section in (("assignment", "assignments"), ("quiz", "quizzes"), ("live", "live_assessments")):
        for item in world[section]:
            assignment = assignments.get(item.get("assignment")) if kind == "quiz" else item
            assert assignment is not None
            if "deleted" in (item.get("state"), assignment.get("state")):
                continue
            for outcome in dict.fromkeys(item.get("outcomes", [])):
                if outcome in shown:
                    yield {
                        "kind": kind,
                        "course_id": item["course"],
                        "outcome_id": outcome,
                        "assignment_id": None if kind == "live" else assignment["id"],
                        "quiz_id": item["id"] if kind == "quiz" else None,
                        "live_assessment_id": item["id"] if kind == "live" else None,
                        "for_everyone": kind != "live" and _is_for_everyone(assignment),
                    }


def _rubric_outcomes(world: World) -> Rows:
    """An unassessed rubric that grades fewer than two assignments takes over changes of its outcomes."""
    return [
        {
            "rubric_id": rubric["id"],
            "outcome_id": outcome,
            "assessed": bool(rubric.get("assessed")),
            "updateable": not rubric.get("assessed") and len(set(rubric.get("grading_assignments", []))) < 2,
        }
        for rubric in world["rubrics"]
        for outcome in dict.fromkeys(rubric.get("outcomes", []))
    ]
