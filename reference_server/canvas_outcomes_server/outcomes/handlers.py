"""Handlers of get_outcome and update_outcome: return the body of a 200 response or raise ApiError."""

from functools import partial
from typing import Any

from canvas_outcomes_server.http import errors
from canvas_outcomes_server.http.api_request import ApiRequest
from canvas_outcomes_server.http.authentication import authenticated
from canvas_outcomes_server.outcomes.outcome_rules import Invalid, Outcome, updated
from canvas_outcomes_server.outcomes.outcome_view import OutcomeView, dump_outcome, load_outcome, outcome_view
from canvas_outcomes_server.storage import queries
from canvas_outcomes_server.storage.permissions import outcome_rights
from canvas_outcomes_server.storage.session import Session
from canvas_outcomes_server.storage.tables import MASTERY_SCALES, NEW_DECAYING_AVERAGE


def get_outcome(session: Session, request: ApiRequest) -> OutcomeView:
    """Return an outcome. Checks authentication, existence and the right to read, in this order."""
    look_up = partial(queries.get_outcome, session, outcome_id=request.record_id("id"))
    requester, row = authenticated(session, request, "url:GET|/api/v1/outcomes/:id", look_up)
    parameters = request.parameters
    if row is None:
        raise errors.not_found()
    rights = outcome_rights(requester, row)
    if not rights.read:
        raise errors.not_permitted()
    return outcome_view(row, load_outcome(row.content), rights, _add_defaults(parameters))


def update_outcome(session: Session, request: ApiRequest) -> OutcomeView:
    """Update an outcome, or change nothing.

    Checks authentication, existence, the right to update, mastery scales and values, in this order.
    """
    look_up = partial(queries.get_outcome, session, outcome_id=request.record_id("id"))
    requester, row = authenticated(session, request, "url:PUT|/api/v1/outcomes/:id", look_up)
    change = request.parameters
    if row is None:
        raise errors.not_found()
    rights = outcome_rights(requester, row)
    if not rights.update:
        raise errors.not_permitted()
    if row.marks & MASTERY_SCALES:
        _refuse_scale_changes(change)
    with session.transaction():
        outcome = _changed(queries.lock_outcome(session, row.id), change, bool(row.marks & NEW_DECAYING_AVERAGE))
        queries.update_outcome(session, row.id, dump_outcome(outcome))
    return outcome_view(row, outcome, rights, _add_defaults(change))


def _refuse_scale_changes(change: dict[str, Any]) -> None:
    if _is_given(change, "mastery_points"):
        raise errors.mastery_scales_forbid("mastery points")
    if _is_given(change, "ratings"):
        raise errors.mastery_scales_forbid("ratings")
    if _is_given(change, "calculation_method") or _is_given(change, "calculation_int"):
        raise errors.mastery_scales_forbid("calculation values")


def _is_given(change: dict[str, Any], name: str) -> bool:
    """Treat null and false as not given."""
    return change.get(name) is not None and change[name] is not False


def _changed(content: str, change: dict[str, Any], new_decaying_average: bool) -> Outcome:
    try:
        return updated(load_outcome(content), change, new_decaying_average)
    except Invalid as problem:
        raise errors.invalid(problem.errors) from None


def _add_defaults(parameters: dict[str, Any]) -> bool:
    """Accept the string true and JSON true; not 1 or yes."""
    return parameters.get("add_defaults") is True or parameters.get("add_defaults") == "true"
