"""How an outcome is stored, and how it looks in an answer (canvas-behaviour 2.3 and 2.4)."""

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


def outcome_of(content: str) -> Outcome:
    """The outcome of a text that is stored."""
    return _decode(content)


def outcome_text(outcome: Outcome) -> str:
    """The text under which an outcome is stored."""
    return _encode(outcome).decode()


class OutcomeView(msgspec.Struct):
    """The Outcome object. Under account level mastery scales it has none of the five keys of a scale."""

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
