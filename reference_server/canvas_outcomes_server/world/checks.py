"""Check a world beyond the types of its keys: ids, references, and keys that depend on each other."""

from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from canvas_outcomes_server.http.ruby_values import is_blank
from canvas_outcomes_server.outcomes import calculation_rules
from canvas_outcomes_server.outcomes.calculation_rules import Calculation
from canvas_outcomes_server.outcomes.descriptions import unusable
from canvas_outcomes_server.world.messages import Steps
from canvas_outcomes_server.world.world import World

Problem = tuple[Steps, str]

# Key -> section of the record that it names.
REFERENCES = {
    "account": "accounts",
    "account_admin_of": "accounts",
    "parent": "accounts",
    "course": "courses",
    "assigned_to": "users",
    "assessed": "users",
    "observes": "users",
    "submitted_by": "users",
    "user": "users",
    "assignment": "assignments",
    "grading_assignments": "assignments",
    "outcomes": "outcomes",
}


def problems(world: World) -> Iterator[Problem]:
    """Yield the path and the reason of each problem. After the first the next ones may not be computable."""
    yield from _repeated_ids(world)
    yield from _repeated_tokens(world)
    yield from _dangling_references(world)
    yield from _account_loops(world)
    yield from _quizzes_elsewhere(world)
    for index, enrollment in enumerate(world.enrollments):
        if enrollment.observes is not None and enrollment.type != "observer":
            yield ("enrollments", index, "observes"), "only an observer observes. Remove it or make the type observer"
    yield from _unusable_outcomes(world)


def _records(world: World) -> Iterator[tuple[str, int, Any]]:
    for section in world.__struct_fields__:
        for index, record in enumerate(getattr(world, section)):
            yield section, index, record


def _repeated_ids(world: World) -> Iterator[Problem]:
    first: dict[tuple[str, int], int] = {}
    for section, index, record in _records(world):
        number = getattr(record, "id", None)
        if number is not None and first.setdefault((section, number), index) != index:
            reason = f"the id {number} is given twice in {section}, first in entry {first[section, number] + 1}"
            yield (section, index, "id"), f"{reason}. Choose another"


def _repeated_tokens(world: World) -> Iterator[Problem]:
    values = set()
    for user_index, user in enumerate(world.users):
        for index, token in enumerate(user.tokens):
            if token.value in values:
                yield ("users", user_index, "tokens", index, "value"), "the token is given twice. Choose another"
            values.add(token.value)


def _dangling_references(world: World) -> Iterator[Problem]:
    ids = {section: {record.id for record in getattr(world, section)} for section in REFERENCES.values()}
    for steps, section, number in _references(world):
        if number not in ids[section]:
            yield steps, f"{section} has no id {number}. Add it there or name another"


def _references(world: World) -> Iterator[tuple[Steps, str, int]]:
    for section, index, record in _records(world):
        for key in filter(REFERENCES.get, record.__struct_fields__):
            value = getattr(record, key)
            if isinstance(value, int):
                yield (section, index, key), REFERENCES[key], value
            elif isinstance(value, list):
                yield from (((section, index, key, item), REFERENCES[key], number) for item, number in enumerate(value))
        context = getattr(record, "context", None)
        if context is not None:
            owners = "accounts" if context.type == "Account" else "courses"
            yield (section, index, "context", "id"), owners, context.id


def _account_loops(world: World) -> Iterator[Problem]:
    parents = {account.id: account.parent for account in world.accounts}
    for index, (account, parent) in enumerate(parents.items()):
        above = parent
        for _ in parents:
            if above is None or above == account:
                break
            above = parents[above]
        if above == account:
            yield ("accounts", index, "parent"), f"account {account} is above itself. Give it another parent"


def _quizzes_elsewhere(world: World) -> Iterator[Problem]:
    course_of = {assignment.id: assignment.course for assignment in world.assignments}
    for index, quiz in enumerate(world.quizzes):
        if course_of[quiz.assignment] != quiz.course:
            reason = f"assignment {quiz.assignment} of quiz {quiz.id} is in another course"
            yield ("quizzes", index, "assignment"), f"{reason}. Name one of its course"


def _unusable_outcomes(world: World) -> Iterator[Problem]:
    for index, outcome in enumerate(world.outcomes):
        if is_blank(outcome.title):
            yield ("outcomes", index, "title"), "the title is blank. Write one"
        if outcome.description and (reason := unusable(outcome.description)):
            yield ("outcomes", index, "description"), f"the description {reason}. Close them"
        method = outcome.calculation_method or ("decaying_average" if outcome.calculation_method is UNSET else None)
        if method is not None and isinstance(outcome.calculation_int, int):
            for _, message in calculation_rules.problems(Calculation(method, outcome.calculation_int)).values():
                yield ("outcomes", index, "calculation_int"), f"{message}. Correct it or leave it out"
