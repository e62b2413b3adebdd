"""Convert a world into rows of the tables."""

import json
from typing import Any

import sqlalchemy as sa
from msgspec import UNSET
from msgspec.structs import asdict

from canvas_outcomes_server.outcomes.calculation_rules import DEFAULTS, default_method
from canvas_outcomes_server.outcomes.descriptions import sanitised
from canvas_outcomes_server.outcomes.outcome_rules import DEFAULT_MASTERY_POINTS, DEFAULT_RATINGS, Outcome
from canvas_outcomes_server.outcomes.outcome_view import dump_outcome
from canvas_outcomes_server.storage import tables as t
from canvas_outcomes_server.storage.queries import digest, user_digest
from canvas_outcomes_server.world import world as w
from canvas_outcomes_server.world.accounts import Accounts
from canvas_outcomes_server.world.alignments import alignment_rows, submission_rows
from canvas_outcomes_server.world.rights import ENROLLMENT_ROLES, Rights

Rows = list[dict[str, Any]]


def rows_of(world: w.World) -> dict[sa.Table, Rows]:
    """Map each table that a world fills to its rows."""
    accounts = Accounts(world)
    rights = Rights(world, accounts)
    alignments = list(alignment_rows(world))
    return {
        t.users: [{"id": user.id, "name": user.name or f"User {user.id}"} for user in world.users],
        t.tokens: [
            row | {"user_id": user.id, "rights": rights.everywhere(user)}
            for user in world.users
            for row in ({"digest": user_digest(user.id), "terms": None}, *map(_token, user.tokens))
        ],
        t.account_rights: list(rights.in_accounts()),
        t.course_rights: list(rights.in_courses()),
        t.courses: [
            {"id": course.id, "account_id": course.account, "name": course.name or f"Course {course.id}"}
            for course in world.courses
        ],
        t.enrollments: [_enrollment(number, item) for number, item in enumerate(world.enrollments, 1)],
        t.outcomes: _outcomes(world, accounts, {row["outcome_id"] for row in alignments}),
        t.assignments: [
            {"id": assignment.id, "course_id": assignment.course}
            for assignment in world.assignments
            if assignment.state != "deleted"
        ],
        t.alignments: alignments,
        t.submissions: list(submission_rows(world, alignments)),
    }


def _token(token: w.Token) -> dict[str, Any]:
    terms = {"revoked": token.revoked or None, "expires_at": token.expires_at, "scopes": token.scopes}
    limits = {name: value for name, value in terms.items() if value not in (None, UNSET)}
    return {"digest": digest(token.value), "terms": json.dumps(limits) if limits else None}


def _enrollment(number: int, enrollment: w.Enrollment) -> dict[str, Any]:
    return {
        "id": number,
        "course_id": enrollment.course,
        "user_id": enrollment.user,
        "role": ENROLLMENT_ROLES[enrollment.type],
        "observed_user_id": enrollment.observes,
    }


def _outcomes(world: w.World, accounts: Accounts, aligned: set[int]) -> Rows:
    assessed, updateable = set(), set()
    for rubric in world.rubrics:
        if rubric.assessed:
            assessed.update(rubric.outcomes)
        # An unassessed rubric follows changes of its outcomes if it grades fewer than two assignments.
        elif len(set(rubric.grading_assignments)) < 2:
            updateable.update(rubric.outcomes)
    marked = ((t.ASSESSED, assessed), (t.UPDATEABLE, updateable), (t.ALIGNED, aligned))
    return [
        _outcome(outcome, accounts, sum(mark for mark, outcomes in marked if outcome.id in outcomes))
        for outcome in world.outcomes
    ]


def _outcome(outcome: w.Outcome, accounts: Accounts, marks: int) -> dict[str, Any]:
    context = outcome.context
    account = accounts.owner(context)
    new_decaying_average = accounts.has_feature(account, "outcomes_new_decaying_average_calculation")
    mastery_scales = accounts.has_feature(account, "account_level_mastery_scales")
    return {
        "id": outcome.id,
        "context_type": context and context.type,
        "context_id": context and context.id,
        "account_id": account,
        "state": outcome.state,
        "content": dump_outcome(_content(outcome, new_decaying_average)),
        "marks": marks + t.NEW_DECAYING_AVERAGE * new_decaying_average + t.MASTERY_SCALES * mastery_scales,
    }


def _content(outcome: w.Outcome, new_decaying_average: bool) -> Outcome:
    ratings: list[dict[str, Any]] = [*DEFAULT_RATINGS]
    highest: int | float = DEFAULT_MASTERY_POINTS
    if outcome.ratings is not UNSET:
        ratings = sorted(map(asdict, outcome.ratings), key=lambda rating: -rating["points"])
        highest = ratings[0]["points"] if ratings else highest
    sent, value = outcome.calculation_method, outcome.calculation_int
    method = default_method(new_decaying_average) if sent is UNSET else sent
    if value is UNSET:
        value = DEFAULTS[method] if sent is UNSET else None
    return Outcome(
        title=outcome.title,
        display_name=outcome.display_name,
        description=None if outcome.description is None else sanitised(outcome.description),
        vendor_guid=outcome.vendor_guid,
        ratings=ratings,
        mastery_points=highest if outcome.mastery_points is UNSET else outcome.mastery_points,
        calculation_method=method,
        calculation_int=value,
    )
