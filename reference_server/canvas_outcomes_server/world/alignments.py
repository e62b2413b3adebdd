"""Rows for the alignments of a world, and for the submissions of individual users."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from canvas_outcomes_server.storage.tables import VISIBLE_STATES
from canvas_outcomes_server.world.world import Assignment, LiveAssessment, Quiz, World

Row = dict[str, Any]


def alignment_rows(world: World) -> Iterator[Row]:
    """Rows without those of deleted assignments and of outcomes that are not visible."""
    visible = {outcome.id for outcome in world.outcomes if outcome.state in VISIBLE_STATES}
    ids = count(1)
    for row in (*_assignments(world), *_quizzes(world), *_live_assessments(world)):
        for outcome in dict.fromkeys(row.pop("outcomes")):
            if outcome in visible:
                yield {"id": next(ids), "outcome_id": outcome, **row}


def _assignments(world: World) -> Iterator[Row]:
    for assignment in world.assignments:
        if assignment.state != "deleted":
            types, everyone = ",".join(assignment.submission_types), assignment.assigned_to == "everyone"
            yield _row(assignment, types, assignment.state == "published", everyone, assignment_id=assignment.id)


def _quizzes(world: World) -> Iterator[Row]:
    assignments = {assignment.id: assignment for assignment in world.assignments}
    for quiz in world.quizzes:
        assignment = assignments[quiz.assignment]
        if "deleted" not in (quiz.state, assignment.state):
            ids, everyone = {"assignment_id": assignment.id, "quiz_id": quiz.id}, assignment.assigned_to == "everyone"
            yield _row(quiz, "online_quiz", quiz.state == "published", everyone, **ids)


def _live_assessments(world: World) -> Iterator[Row]:
    for assessment in world.live_assessments:
        yield _row(assessment, "magic_marker", True, False, live_assessment_id=assessment.id)


def _row(
    aligned: Assignment | Quiz | LiveAssessment, submission_types: str, published: bool, for_everyone: bool, **ids: int
) -> Row:
    return {
        "course_id": aligned.course,
        "title": aligned.title,
        "submission_types": submission_types,
        **dict.fromkeys(["assignment_id", "quiz_id", "live_assessment_id"]),
        **ids,
        "published": published,
        "for_everyone": for_everyone,
        "outcomes": aligned.outcomes,
    }


def submission_rows(world: World, alignments: Iterable[Row]) -> Iterator[Row]:
    """Rows for everything that is not for everyone."""
    assignees = _assignees(world)
    live = {assessment.id: set(assessment.submitted_by) for assessment in world.live_assessments}
    for alignment in alignments:
        assignment, live_assessment = alignment["assignment_id"], alignment["live_assessment_id"]
        for user in sorted(assignees[assignment] if live_assessment is None else live[live_assessment]):
            yield {"course_id": alignment["course_id"], "user_id": user, "alignment_id": alignment["id"]}


def _assignees(world: World) -> dict[int, set[int]]:
    """Map each assignment that is not for everyone to its assignees and to those who submitted its quiz."""
    users: dict[int, set[int]] = defaultdict(set)
    for assignment in world.assignments:
        if assignment.assigned_to != "everyone":
            users[assignment.id].update(assignment.assigned_to)
    for quiz in world.quizzes:
        if quiz.assignment in users:
            users[quiz.assignment].update(quiz.submitted_by)
    return users
