"""Conversion of an outcome from and to stored JSON, and to a response body (canvas-behaviour 2.3 and 2.4)."""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from canvas_outcomes_server.outcomes.calculation_rules import RANGES
from canvas_outcomes_server.outcomes.outcome_rules import Outcome
from canvas_outcomes_server.outcomes.rating_defaults import with_defaults
from canvas_outcomes_server.storage.permissions import OutcomeRights
from canvas_outcomes_server.storage.queries import OutcomeRow
from canvas_outcomes_server.storage.tables import ALIGNED, ASSESSED, MASTERY_SCALES, UPDATEABLE

_decode = msgspec.json.Decoder(Outcome).decode
_encode = msgspec.json.Encoder().encode


def load_outcome(content: str) -> Outcome:
    """Decode the stored JSON of an outcome."""
    return _decode(content)


def dump_outcome(outcome: Outcome) -> str:
    """Encode an outcome as the JSON to store."""
    return _encode(outcome).decode()


class OutcomeView(msgspec.Struct):
    """The Outcome object. With account level mastery scales it lacks the five keys of a scale."""

    id: int
    context_id: int | None
    context_type: str | None
    vendor_guid: str | None
    display_name: str | None
    title: str
    url: str
    can_edit: bool
    can_unlink: bool
    has_updateable_rubrics: bool
    description: str | None
    friendly_description: None
    points_possible: int | float | UnsetType | None = UNSET
    mastery_points: int | float | UnsetType = UNSET
    ratings: list[dict[str, Any]] | UnsetType = UNSET
    calculation_method: str | UnsetType = UNSET
    calculation_int: int | UnsetType | None = UNSET
    assessed: bool = False


def outcome_view(row: OutcomeRow, outcome: Outcome, rights: OutcomeRights, add_defaults: bool) -> OutcomeView:
    marks = row.marks
    view = OutcomeView(
        row.id,
        row.context_id,
        row.context_type,
        outcome.vendor_guid,
        outcome.display_name,
        outcome.title,
        f"/api/v1/outcomes/{row.id}",
        rights.update,
        rights.update and not marks & (ALIGNED | ASSESSED),
        bool(marks & UPDATEABLE),
        outcome.description,
        None,
        assessed=bool(marks & ASSESSED),
    )
    if not marks & MASTERY_SCALES:
        _add_scale(view, outcome, add_defaults)
    return view


def _add_scale(view: OutcomeView, outcome: Outcome, add_defaults: bool) -> None:
    ratings, method = outcome.ratings, outcome.calculation_method
    view.points_possible = ratings[0]["points"] if ratings else None
    view.mastery_points = outcome.mastery_points
    view.ratings = with_defaults(ratings, outcome.mastery_points) if add_defaults else ratings
    view.calculation_method = method or "highest"
    if method in RANGES:
        view.calculation_int = outcome.calculation_int
