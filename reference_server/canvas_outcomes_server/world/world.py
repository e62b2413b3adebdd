"""What a world file may say and what it means where it says nothing; long, because the sections stand together."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from canvas_outcomes_server.http.ruby_values import is_blank
from canvas_outcomes_server.outcomes import calculation_rules
from canvas_outcomes_server.outcomes.calculation_rules import METHODS, Calculation
from canvas_outcomes_server.outcomes.outcome_rules import TEXT_LIMITS
from canvas_outcomes_server.storage.permissions import DEFAULT_PERMISSIONS
from canvas_outcomes_server.world.world_file import (
    Kind,
    Place,
    boolean,
    choice,
    either,
    given_id,
    integer,
    mapping,
    moment,
    nullable,
    number,
    open_world,
    reference,
    sequence,
    storable_text,
    text,
)

World = dict[str, list[dict[str, Any]]]
FEATURES = ("account_level_mastery_scales", "outcomes_new_decaying_average_calculation")
PERMISSIONS = sorted(DEFAULT_PERMISSIONS["AccountAdmin"])
ENROLLMENT_ROLES = {
    "teacher": "TeacherEnrollment",
    "ta": "TaEnrollment",
    "designer": "DesignerEnrollment",
    "student": "StudentEnrollment",
    "observer": "ObserverEnrollment",
}
PUBLISHABLE = choice("published", "unpublished", "deleted")


def _checked(kind: Kind, check: Callable[[Place, dict[str, Any]], None]) -> Kind:
    def read(place: Place) -> Any:
        value = kind(place)
        check(place, value)
        return value

    return read


def _context(place: Place) -> dict[str, Any]:
    fields: dict[str, Kind] = {"type": choice("Account", "Course"), "id": integer}
    value: dict[str, Any] = mapping(fields, ("type", "id"))(place)
    reference("accounts" if value["type"] == "Account" else "courses")(_member(place, "id"))
    return value


def _member(place: Place, key: str) -> Place:
    assert isinstance(place.node, yaml.MappingNode)
    return next(place.at(key, value) for name, value in place.node.value if name.value == key)


def _title(place: Place) -> str:
    value: str = storable_text(TEXT_LIMITS["title"])(place)
    if is_blank(value):
        raise place.error("the title is blank. Write one")
    return value


def _check_calculation(place: Place, outcome: dict[str, Any]) -> None:
    method = outcome.get("calculation_method", "decaying_average")
    value = outcome.get("calculation_int")
    if method is None or value is None:
        return
    for _, message in calculation_rules.problems(Calculation(method, value)).values():
        raise _member(place, "calculation_int").error(f"{message}. Correct it or leave it out")


def _check_observes(place: Place, enrollment: dict[str, Any]) -> None:
    if "observes" in enrollment and enrollment["type"] != "observer":
        raise _member(place, "observes").error("only an observer observes. Remove it or make the type observer")


def _token_value(place: Place) -> str:
    value: str = storable_text()(place)
    if not value or value != value.strip():
        raise place.error("the token is blank or has blanks around it. Write it without")
    if not (value.isascii() and value.isprintable()):
        raise place.error("the token has a character that no header can carry. Use printable ASCII")
    if value in place.links.tokens:
        raise place.error("the token is given twice. Choose another")
    place.links.tokens.add(value)
    return value


TOKEN = mapping(
    {"value": _token_value, "revoked": boolean, "expires_at": nullable(moment), "scopes": sequence(text)}, ("value",)
)
RATING = mapping({"description": storable_text(), "points": number}, ("description", "points"))

SECTIONS: dict[str, Kind] = {
    "accounts": mapping(
        {
            "id": given_id("accounts"),
            "name": storable_text(),
            "parent": nullable(reference("accounts")),
            "features": mapping(dict.fromkeys(FEATURES, boolean)),
        },
        ("id",),
    ),
    "users": mapping(
        {
            "id": given_id("users"),
            "name": storable_text(),
            "tokens": sequence(TOKEN),
            "account_admin_of": sequence(reference("accounts")),
            "site_admin": boolean,
        },
        ("id",),
    ),
    "role_overrides": mapping(
        {
            "account": nullable(reference("accounts")),
            "role": choice(*DEFAULT_PERMISSIONS),
            "permission": choice(*PERMISSIONS),
            "enabled": boolean,
        },
        ("account", "role", "permission", "enabled"),
    ),
    "courses": mapping(
        {
            "id": given_id("courses"),
            "account": reference("accounts"),
            "name": storable_text(),
            "published": boolean,
        },
        ("id", "account"),
    ),
    "enrollments": _checked(
        mapping(
            {
                "course": reference("courses"),
                "user": reference("users"),
                "type": choice(*ENROLLMENT_ROLES),
                "observes": nullable(reference("users")),
            },
            ("course", "user", "type"),
        ),
        _check_observes,
    ),
    "outcomes": _checked(
        mapping(
            {
                "id": given_id("outcomes"),
                "context": nullable(_context),
                "title": _title,
                "display_name": nullable(storable_text(TEXT_LIMITS["display_name"])),
                "description": nullable(storable_text(TEXT_LIMITS["description"])),
                "vendor_guid": nullable(storable_text(TEXT_LIMITS["vendor_guid"])),
                "calculation_method": nullable(choice(*METHODS)),
                "calculation_int": nullable(integer),
                "mastery_points": number,
                "ratings": sequence(RATING),
                "state": choice("active", "archived", "retired", "deleted"),
            },
            ("id", "context", "title"),
        ),
        _check_calculation,
    ),
    "assignments": mapping(
        {
            "id": given_id("assignments"),
            "course": reference("courses"),
            "title": storable_text(),
            "submission_types": sequence(storable_text()),
            "state": PUBLISHABLE,
            "assigned_to": either("everyone", sequence(reference("users"))),
            "outcomes": sequence(reference("outcomes")),
        },
        ("id", "course", "title"),
    ),
    "quizzes": mapping(
        {
            "id": given_id("quizzes"),
            "course": reference("courses"),
            "assignment": reference("assignments"),
            "title": storable_text(),
            "state": PUBLISHABLE,
            "submitted_by": sequence(reference("users")),
            "outcomes": sequence(reference("outcomes")),
        },
        ("id", "course", "assignment", "title"),
    ),
    "live_assessments": mapping(
        {
            "id": given_id("live_assessments"),
            "course": reference("courses"),
            "title": storable_text(),
            "submitted_by": sequence(reference("users")),
            "outcomes": sequence(reference("outcomes")),
        },
        ("id", "course", "title"),
    ),
    "rubrics": mapping(
        {
            "id": given_id("rubrics"),
            "context": _context,
            "outcomes": sequence(reference("outcomes")),
            "grading_assignments": sequence(reference("assignments")),
            "assessed": sequence(reference("users")),
        },
        ("id", "context"),
    ),
}


def read_world(path: Path) -> World:
    """A world file, checked. Raises WorldError with file, line, column and key."""
    top = open_world(path)
    world: World = {section: [] for section in SECTIONS}
    world |= mapping({section: sequence(kind) for section, kind in SECTIONS.items()})(top)
    top.links.check()
    _check_account_tree(top, world)
    _check_quizzes(top, world)
    return world


def _check_account_tree(top: Place, world: World) -> None:
    parents = {account["id"]: account.get("parent") for account in world["accounts"]}
    for account, parent in parents.items():
        above = parent
        for _ in parents:
            if above is None or above == account:
                break
            above = parents[above]
        if above == account:
            place = top.links.given["accounts"][account]
            raise place.at("parent", place.node).error(f"account {account} is above itself. Give it another parent")


def _check_quizzes(top: Place, world: World) -> None:
    course_of = {assignment["id"]: assignment["course"] for assignment in world["assignments"]}
    for quiz in world["quizzes"]:
        if course_of[quiz["assignment"]] != quiz["course"]:
            place = top.links.given["quizzes"][quiz["id"]]
            raise place.at("assignment", place.node).error(
                f"assignment {quiz['assignment']} of quiz {quiz['id']} is in another course. Name one of its course"
            )
