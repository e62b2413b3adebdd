"""Apply an update to an outcome, or collect validation errors (canvas-behaviour 3.2 to 3.7)."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec

from canvas_outcomes_server.http.ruby_values import NotANumber, is_blank, is_scalar, to_integer, to_number, to_string
from canvas_outcomes_server.outcomes import calculation_rules
from canvas_outcomes_server.outcomes.calculation_rules import Calculation
from canvas_outcomes_server.outcomes.descriptions import sanitised, unusable

TEXT_LIMITS = {"title": 255, "display_name": 255, "description": 65535, "vendor_guid": 255}
COLUMNS = {"title": "short_description"}
NO_DESCRIPTION = "No description"
DEFAULT_RATINGS = (
    {"description": "Exceeds Expectations", "points": 5},
    {"description": "Meets Expectations", "points": 3},
    {"description": "Does Not Meet Expectations", "points": 0},
)
DEFAULT_MASTERY_POINTS = 3

# Computes values of an update, or raises _Problem.
NewValues = Callable[[], dict[str, Any]]


class Outcome(msgspec.Struct, frozen=True):
    """The fields that an update can change. Ratings are sorted, highest points first."""

    title: str
    display_name: str | None
    description: str | None
    vendor_guid: str | None
    ratings: list[dict[str, Any]]
    mastery_points: int | float
    calculation_method: str | None
    calculation_int: int | None


class Invalid(Exception):
    """A rejected update; `errors` is the errors map of the response."""

    def __init__(self, errors: dict[str, list[dict[str, str]]]) -> None:
        self.errors = errors


class _Problem(Exception):
    def __init__(self, attribute: str, kind: str, message: str) -> None:
        self.attribute, self.kind, self.message = attribute, kind, message


def updated(outcome: Outcome, change: Mapping[str, Any], new_decaying_average: bool) -> Outcome:
    """Return the outcome after an update. Raises Invalid with every rejected attribute."""
    errors: dict[str, list[dict[str, str]]] = {}
    values: dict[str, Any] = {}
    calculation: NewValues = partial(_new_calculation, outcome, change, new_decaying_average)
    for new_values in [*_texts(change), *_criterion(outcome, change), calculation]:
        try:
            values |= new_values()
        except _Problem as problem:
            entry = {"attribute": problem.attribute, "message": problem.message, "type": problem.kind}
            errors.setdefault(problem.attribute, []).append(entry)
    if errors:
        raise Invalid(errors)
    return msgspec.structs.replace(outcome, **values)


def _texts(change: Mapping[str, Any]) -> list[NewValues]:
    # The description is the only one that is read as it is; the others are ignored if they are not scalars.
    sent = [name for name in TEXT_LIMITS if name in change and (name == "description" or is_scalar(change[name]))]
    return [partial(_new_text, name, change[name]) for name in sent]


def _new_text(name: str, value: Any) -> dict[str, Any]:
    attribute = COLUMNS.get(name, name)
    if name == "description" and not (value is None or value is False or isinstance(value, str)):
        raise _Problem(attribute, "invalid", "must be a string")
    text = to_string(value)
    if name == "title" and is_blank(text):
        raise _Problem(attribute, "blank", "can't be blank")
    if text is None:
        return {name: None}
    if len(text) > TEXT_LIMITS[name]:
        raise _Problem(attribute, "too_long", f"is too long (maximum is {TEXT_LIMITS[name]} characters)")
    _check_storable(attribute, text)
    if name != "description":
        return {name: text}
    if reason := unusable(text):
        raise _Problem(attribute, "invalid", reason)
    return {name: sanitised(text)}


def _check_storable(attribute: str, text: str) -> None:
    if reason := unstorable(text):
        raise _Problem(attribute, "invalid", reason)


def unstorable(text: str) -> str | None:
    """Why a string cannot be stored, or None."""
    if "\0" in text:
        return "contains the character U+0000, which cannot be stored"
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "contains half of a surrogate pair, which cannot be stored"
    return None


def _criterion(outcome: Outcome, change: Mapping[str, Any]) -> list[NewValues]:
    """Ratings and mastery points; new ratings without mastery points set them to the points of the highest rating."""
    mastery_points, ratings = (_if_given(change.get(name)) for name in ("mastery_points", "ratings"))
    new_values: list[NewValues] = []
    if ratings is not None:
        new_values.append(lambda: _new_ratings(ratings, mastery_points is not None))
    elif mastery_points is not None:
        new_values.append(lambda: {"ratings": _by_points(outcome.ratings)})
    if mastery_points is not None:
        new_values.append(lambda: {"mastery_points": _points("mastery_points", mastery_points)})
    return new_values


def _if_given(value: Any) -> Any:
    """Treat false like null: as not given."""
    return None if value is False else value


def _new_ratings(sent: Any, has_mastery_points: bool) -> dict[str, Any]:
    if sent == {} and has_mastery_points:
        sent = []
    if not isinstance(sent, list):
        raise _Problem("ratings", "invalid", "must be a list of ratings")
    ratings = _by_points([_rating(item) for item in sent if item is not None])
    if has_mastery_points:
        return {"ratings": ratings}
    if not ratings:
        raise _Problem("ratings", "blank", "must have a rating unless mastery_points are sent")
    return {"ratings": ratings, "mastery_points": ratings[0]["points"]}


def _by_points(ratings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort ratings, highest points first; every save reverses those of equal points."""
    return sorted(ratings, key=lambda rating: rating["points"])[::-1]


def _rating(item: Any) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise _Problem("ratings", "invalid", "must be a list of objects with description and points")
    points = item.get("points")
    return {
        "description": _rating_description(_if_given(item.get("description"))),
        "points": 0 if points is None else _points("ratings", points),
    }


def _rating_description(value: Any) -> str:
    if value is None:
        return NO_DESCRIPTION
    if not isinstance(value, str):
        raise _Problem("ratings", "invalid", "description must be a string")
    _check_storable("ratings", value)
    return value


def _points(attribute: str, value: Any) -> int | float:
    try:
        return to_number(value)
    except NotANumber:
        raise _Problem(attribute, "not_a_number", "is not a number that can be stored") from None


def _new_calculation(outcome: Outcome, change: Mapping[str, Any], new_decaying_average: bool) -> dict[str, Any]:
    before = Calculation(outcome.calculation_method, outcome.calculation_int)
    method, value = before.method, before.value
    if "calculation_method" in change and is_scalar(change["calculation_method"]):
        method = to_string(change["calculation_method"])
    if "calculation_int" in change and is_scalar(change["calculation_int"]):
        value = _calculation_int(change["calculation_int"])
    after = calculation_rules.saved(before, Calculation(method, value), new_decaying_average)
    for attribute, (kind, message) in calculation_rules.problems(after).items():
        raise _Problem(attribute, kind, message)
    return {"calculation_method": after.method, "calculation_int": after.value}


def _calculation_int(value: Any) -> int | None:
    if value is None or (isinstance(value, str) and is_blank(value)):
        return None
    try:
        return to_integer(value)
    except NotANumber:
        raise _Problem("calculation_int", "not_a_number", "is not a number that can be stored") from None
