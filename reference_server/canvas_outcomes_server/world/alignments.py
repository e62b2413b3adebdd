"""What the assignments, quizzes and live assessments of a world align, and who has submissions of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from canvas_outcomes_server.storage.tables import SHOWN
from canvas_outcomes_server.world.world import World

PUBLISHED, DELETED, EVERYONE = "published", "deleted", "everyone"
Row = dict[str, Any]


def alignment_rows(world: World) -> Iterator[Row]:
    """An alignment goes with what it aligns: none has a deleted assignment, or an outcome that cannot be shown."""
    shown = {outcome["id"] for outcome in world["outcomes"] if outcome.get("state", "active") in SHOWN}
    numbers = count(1)
    for aligning in (*_assignments(world), *_quizzes(world), *_live_assessments(world)):
        for outcome in dict.fromkeys(aligning.pop("outcomes")):
            if outcome in shown:
                yield {"id": next(numbers), "outcome_id": outcome, **aligning}


def _assignments(world: World) -> Iterator[Row]:
    for assignment in world["assignments"]:
        if assignment.get("state") != DELETED:
            yield {
                "course_id": assignment["course"],
                "title": assignment["title"],
                "submission_types": ",".join(assignment.get("submission_types", ["online_text_entry"])),
                "assignment_id": assignment["id"],
                "quiz_id": None,
                "live_assessment_id": None,
                "published": _is_published(assignment),
                "for_everyone": _is_for_everyone(assignment),
                "outcomes": assignment.get("outcomes", []),
            }


def _quizzes(world: World) -> Iterator[Row]:
    assignments = {assignment["id"]: assignment for assignment in world["assignments"]}
    for quiz in world["quizzes"]:
        assignment = assignments[quiz["assignment"]]
        if DELETED not in (quiz.get("state"), assignment.get("state")):
            yield {
                "course_id": quiz["course"],
                "title": quiz["title"],
                "submission_types": "online_quiz",
                "assignment_id": assignment["id"],
                "quiz_id": quiz["id"],
                "live_assessment_id": None,
                "published": _is_published(quiz),
                "for_everyone": _is_for_everyone(assignment),
                "outcomes": quiz.get("outcomes", []),
            }


def _live_assessments(world: World) -> Iterator[Row]:
    for live in world["live_assessments"]:
        yield {
            "course_id": live["course"],
            "title": live["title"],
            "submission_types": "magic_marker",
            "assignment_id": None,
            "quiz_id": None,
            "live_assessment_id": live["id"],
            "published": True,
            "for_everyone": False,
            "outcomes": live.get("outcomes", []),
        }


def _is_published(item: Row) -> bool:
    return bool(item.get("state", PUBLISHED) == PUBLISHED)


def _is_for_everyone(assignment: Row) -> bool:
    return bool(assignment.get("assigned_to", EVERYONE) == EVERYONE)


def submission_rows(world: World, alignments: Iterable[Row]) -> Iterator[Row]:
    """Submissions of what is not for everyone."""
    by_name = _assignees(world)
    live = {item["id"]: set(item.get("submitted_by", [])) for item in world["live_assessments"]}
    for alignment in alignments:
        assignment, live_assessment = alignment["assignment_id"], alignment["live_assessment_id"]
        for user in sorted(by_name[assignment] if live_assessment is None else live[live_assessment]):
            yield {"course_id": alignment["course_id"], "user_id": user, "alignment_id": alignment["id"]}


def _assignees(world: World) -> dict[int, set[int]]:
    """Those who are assigned something by name, and those who submitted a quiz without being assigned it."""
    by_name: dict[int, set[int]] = defaultdict(set)
    for assignment in world["assignments"]:
        if not _is_for_everyone(assignment):
            by_name[assignment["id"]].update(assignment["assigned_to"])
    for quiz in world["quizzes"]:
        if quiz["assignment"] in by_name:
            by_name[quiz["assignment"]].update(quiz.get("submitted_by", []))
    return by_name
