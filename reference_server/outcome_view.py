"""How an outcome looks in an answer (canvas-behaviour 2.3 and 2.4)."""

from typing import Any

import msgspec

from reference_server.calculation_rules import RANGES
from reference_server.outcome_rules import Outcome
from reference_server.permissions import OutcomeRights
from reference_server.queries import OutcomeRow
from reference_server.rating_defaults import with_defaults

_decoder = msgspec.json.Decoder(dict[str, Any])


def outcome_of(row: OutcomeRow) -> Outcome:
    """The part of a row that an update can change."""
    criterion = _decoder.decode(row.criterion)
    return Outcome(
        title=row.title,
        display_name=row.display_name,
        description=row.description,
        vendor_guid=row.vendor_guid,
        ratings=criterion["ratings"],
        mastery_points=criterion["mastery_points"],
        calculation_method=row.calculation_method,
        calculation_int=row.calculation_int,
    )


def criterion_text(outcome: Outcome) -> str:
    """Ratings and mastery points as they are stored."""
    criterion = {"ratings": outcome.ratings, "mastery_points": outcome.mastery_points}
    return msgspec.json.encode(criterion).decode()


def outcome_view(row: OutcomeRow, outcome: Outcome, rights: OutcomeRights, add_defaults: bool) -> dict[str, Any]:
    """The Outcome object. Under account level mastery scales it has none of the five keys of a scale."""
    scale = {} if row.mastery_scales else _scale(outcome, add_defaults)
    return {
        "id": row.id,
        "context_id": row.context_id,
        "context_type": row.context_type,
        "vendor_guid": outcome.vendor_guid,
        "display_name": outcome.display_name,
        "title": outcome.title,
        "url": f"/api/v1/outcomes/{row.id}",
        "can_edit": rights.update,
        "can_unlink": rights.update and not (row.aligned or row.assessed),
        "has_updateable_rubrics": bool(row.updateable),
        "description": outcome.description,
        "friendly_description": None,
        **scale,
        "assessed": bool(row.assessed),
    }


def _scale(outcome: Outcome, add_defaults: bool) -> dict[str, Any]:
    ratings, method = outcome.ratings, outcome.calculation_method
    return {
        "points_possible": ratings[0]["points"] if ratings else None,
        "mastery_points": outcome.mastery_points,
        "ratings": with_defaults(ratings, outcome.mastery_points) if add_defaults else ratings,
        "calculation_method": method or "highest",
        **({"calculation_int": outcome.calculation_int} if method in RANGES else {}),
    }
