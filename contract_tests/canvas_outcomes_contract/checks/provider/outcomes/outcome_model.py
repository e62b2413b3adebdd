"""A model of an update: the expected fields of an outcome after a change, ANY where no source documents the value."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from canvas_outcomes_contract.cases.equality import ANY, Fields, OneOf

TEXT_FIELDS = ("title", "display_name", "description", "vendor_guid")
MAX_LENGTHS = {"title": 255, "display_name": 255, "vendor_guid": 255, "description": 65535}
CALCULATION_FIELDS = ("calculation_method", "calculation_int")
SCALE_FIELDS = ("points_possible", "mastery_points", "ratings", *CALCULATION_FIELDS)
INT_RANGES = {
    "decaying_average": (1, 99),
    "weighted_average": (1, 99),
    "standard_decaying_average": (50, 99),
    "n_mastery": (1, 10),
}
INT_DEFAULTS = {"decaying_average": 65, "weighted_average": 65, "standard_decaying_average": 65, "n_mastery": 5}
METHODS_WITHOUT_INT = ("highest", "latest", "average")
METHODS = (*INT_RANGES, *METHODS_WITHOUT_INT)
# Depending on the features of the account, these are stored as decaying_average.
VARIANTS = ("weighted_average", "standard_decaying_average")
EXACT = [method for method in METHODS if method not in VARIANTS]
MARKUP = frozenset("<>&")  # plain text fields may lose markup
# An HTML filter may rewrite characters that an HTML parser changes: control characters and noncharacters among others.
CONTROL_CODES = {*range(32), *range(0x7F, 0xA0)} - {ord("\t"), ord("\n")}
NONCHARACTER_CODES = {
    *range(0xFDD0, 0xFDF0),
    *(plane + last for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)),
}
REWRITTEN_BY_HTML = MARKUP | {"\u00a0", "\ufeff"} | set(map(chr, CONTROL_CODES | NONCHARACTER_CODES))
NO_DESCRIPTION = ("No description", "No Comment")  # documented, live


def is_sorted(ratings: Sequence[Fields]) -> bool:
    points = [rating["points"] for rating in ratings]
    return points == sorted(points, reverse=True)


def updatable_fields(outcome: Fields) -> Fields:
    """The fields that an update can change, and points_possible."""
    return in_one_order({key: outcome.get(key) for key in (*TEXT_FIELDS, *SCALE_FIELDS)})


def in_one_order(outcome: Fields) -> Fields:
    """The outcome with sorted ratings: an update of other fields may change the order of those with equal points."""
    ratings = outcome.get("ratings")
    return outcome | {"ratings": sorted(ratings, key=json.dumps)} if isinstance(ratings, list) else outcome


def expect_update(before: Fields, change: Fields) -> Fields:
    """The updatable fields after a valid change of an outcome whose calculation method is known."""
    after = updatable_fields(before)
    for key in TEXT_FIELDS:
        if key in change:
            after[key] = stored_text(key, change[key])
    return after | _criterion(after, change) | _calculation(before, change)


def stored_text(field: str, sent: Any) -> Any:
    """A string as the provider stores it. It may remove markup from plain text, and rewrite HTML."""
    rewritten = REWRITTEN_BY_HTML if field == "description" else MARKUP
    return ANY if isinstance(sent, str) and rewritten & set(sent) else sent


def stored_rating(sent: Fields) -> Fields:
    described = "description" in sent
    description = stored_text("description", sent["description"]) if described else OneOf(NO_DESCRIPTION)
    return {"description": description, "points": sent.get("points", 0)}


def _criterion(before: Fields, change: Fields) -> Fields:
    ratings, mastery_points = change.get("ratings"), change.get("mastery_points")
    if ratings is None:
        return {} if mastery_points is None else {"mastery_points": mastery_points}
    stored = [stored_rating(rating) for rating in ratings]
    top = top_points(stored)
    mastery = top if mastery_points is None else mastery_points
    return {"ratings": stored, "points_possible": top, "mastery_points": mastery}


def top_points(ratings: Iterable[Fields]) -> Any:
    return max(rating["points"] for rating in ratings)


def _calculation(before: Fields, change: Fields) -> Fields:
    method: Any = change.get("calculation_method", before.get("calculation_method"))
    stored = OneOf((method, "decaying_average")) if method in VARIANTS else method
    if method in METHODS_WITHOUT_INT:
        return {"calculation_method": stored, "calculation_int": None}
    changes = method != before.get("calculation_method")
    value = change.get("calculation_int", before.get("calculation_int"))
    if changes and value == before.get("calculation_int"):
        default = INT_DEFAULTS.get(method, value)
        # A value that is sent may count as unchanged, as on live Canvas. Stored as another variant, the method stays.
        value = OneOf((default, value)) if method in VARIANTS or "calculation_int" in change else default
    return {"calculation_method": stored, "calculation_int": INT_DEFAULTS.get(method) if value is None else value}


def not_idempotent(before: Fields, change: Fields) -> tuple[str, ...]:
    """The fields that the same change may change again when it is repeated.

    A calculation_int that is sent with a new method but equals the stored one counts as not sent. When the change is
    repeated, the method is not new any more, and the value counts.
    """
    changes = change.get("calculation_method", before.get("calculation_method")) != before.get("calculation_method")
    same = change.get("calculation_int") == before.get("calculation_int")
    return (CALCULATION_FIELDS[1],) if changes and same else ()
