"""Turns a world into the rows of the tables."""

import json
from typing import Any

import sqlalchemy as sa

from canvas_outcomes_server.http.authentication import digest
from canvas_outcomes_server.outcomes.calculation_rules import DEFAULTS, default_method
from canvas_outcomes_server.outcomes.descriptions import sanitised
from canvas_outcomes_server.outcomes.outcome_rules import DEFAULT_MASTERY_POINTS, DEFAULT_RATINGS, Outcome
from canvas_outcomes_server.outcomes.outcome_view import outcome_text
from canvas_outcomes_server.storage import tables as t
from canvas_outcomes_server.world.accounts import Accounts
from canvas_outcomes_server.world.alignments import DELETED, alignment_rows, submission_rows
from canvas_outcomes_server.world.rights import Rights
from canvas_outcomes_server.world.world import ENROLLMENT_ROLES, World

Rows = list[dict[str, Any]]
TERMS = ("revoked", "expires_at", "scopes")


def rows_of(world: World) -> dict[sa.Table, Rows]:
    """Table -> rows, for every table that a world fills."""
    accounts = Accounts(world)
    rights = Rights(world, accounts)
    alignments = list(alignment_rows(world))
    return {
        t.users: [_user(user) for user in world["users"]],
        t.tokens: [
            _token(user, token) | {"rights": rights.everywhere(user)}
            for user in world["users"]
            for token in user.get("tokens", [])
        ],
        t.account_rights: list(rights.in_accounts()),
        t.course_rights: list(rights.in_courses()),
        t.courses: [_course(course) for course in world["courses"]],
        t.enrollments: [_enrollment(number, item) for number, item in enumerate(world["enrollments"], 1)],
        t.outcomes: _outcomes(world, accounts, {row["outcome_id"] for row in alignments}),
        t.assignments: [
            {"id": assignment["id"], "course_id": assignment["course"]}
            for assignment in world["assignments"]
            if assignment.get("state") != DELETED
        ],
        t.alignments: alignments,
        t.submissions: list(submission_rows(world, alignments)),
    }


def _user(user: dict[str, Any]) -> dict[str, Any]:
    return {"id": user["id"], "name": user.get("name", f"User {user['id']}")}


def _token(user: dict[str, Any], token: dict[str, Any]) -> dict[str, Any]:
    terms = {name: token[name] for name in TERMS if token.get(name) not in (None, False)}
    return {"digest": digest(token["value"]), "user_id": user["id"], "terms": json.dumps(terms) if terms else None}


def _course(course: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": course["id"],
        "account_id": course["account"],
        "name": course.get("name", f"Course {course['id']}"),
    }


def _enrollment(number: int, enrollment: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": number,
        "course_id": enrollment["course"],
        "user_id": enrollment["user"],
        "role": ENROLLMENT_ROLES[enrollment["type"]],
        "observed_user_id": enrollment.get("observes"),
    }


def _outcomes(world: World, accounts: Accounts, aligned: set[int]) -> Rows:
    """An unassessed rubric that grades fewer than two assignments takes over changes of its outcomes."""
    assessed, updateable = set(), set()
    for rubric in world["rubrics"]:
        if rubric.get("assessed"):
            assessed.update(rubric.get("outcomes", []))
        elif len(set(rubric.get("grading_assignments", []))) < 2:
            updateable.update(rubric.get("outcomes", []))
    marked = ((t.ASSESSED, assessed), (t.UPDATEABLE, updateable), (t.ALIGNED, aligned))
    return [
        _outcome(outcome, accounts, sum(mark for mark, outcomes in marked if outcome["id"] in outcomes))
        for outcome in world["outcomes"]
    ]


def _outcome(outcome: dict[str, Any], accounts: Accounts, marks: int) -> dict[str, Any]:
    context = outcome["context"]
    account = accounts.owner(context)
    new_decaying_average = accounts.has_feature(account, "outcomes_new_decaying_average_calculation")
    mastery_scales = accounts.has_feature(account, "account_level_mastery_scales")
    return {
        "id": outcome["id"],
        "context_type": context and context["type"],
        "context_id": context and context["id"],
        "account_id": account,
        "state": outcome.get("state", "active"),
        "content": outcome_text(_content(outcome, new_decaying_average)),
        "marks": marks + t.NEW_DECAYING_AVERAGE * new_decaying_average + t.MASTERY_SCALES * mastery_scales,
    }


def _content(outcome: dict[str, Any], new_decaying_average: bool) -> Outcome:
    ratings = sorted(outcome.get("ratings", DEFAULT_RATINGS), key=lambda rating: -rating["points"])
    highest = ratings[0]["points"] if "ratings" in outcome and ratings else DEFAULT_MASTERY_POINTS
    method = outcome.get("calculation_method", default_method(new_decaying_average))
    value, description = outcome.get("calculation_int"), outcome.get("description")
    return Outcome(
        title=outcome["title"],
        display_name=outcome.get("display_name"),
        description=None if description is None else sanitised(description),
        vendor_guid=outcome.get("vendor_guid"),
        ratings=ratings,
        mastery_points=outcome.get("mastery_points", highest),
        calculation_method=method,
        calculation_int=DEFAULTS.get(method) if value is None else value,
    )
