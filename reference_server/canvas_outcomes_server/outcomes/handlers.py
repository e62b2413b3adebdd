"""The three operations: each takes a session and a request, and returns the body of a 200 or raises Refused."""

from typing import Any

from canvas_outcomes_server.http import errors as refusals
from canvas_outcomes_server.http.api_request import Incoming
from canvas_outcomes_server.http.authentication import authenticated, token_digest
from canvas_outcomes_server.outcomes.outcome_rules import Invalid, Outcome, updated
from canvas_outcomes_server.outcomes.outcome_view import OutcomeView, outcome_of, outcome_text, outcome_view
from canvas_outcomes_server.storage import queries
from canvas_outcomes_server.storage.permissions import outcome_rights
from canvas_outcomes_server.storage.session import Session
from canvas_outcomes_server.storage.tables import MASTERY_SCALES, NEW_DECAYING_AVERAGE


def get_outcome(session: Session, incoming: Incoming) -> OutcomeView:
    """Show an outcome: authentication, look-up, right to read."""
    digest = token_digest(incoming)
    requester, row = queries.get_outcome(session, digest, incoming.record_id("id"))
    requester = authenticated(requester, digest, incoming, "url:GET|/api/v1/outcomes/:id")
    parameters = incoming.parameters
    if row is None:
        raise refusals.not_found()
    rights = outcome_rights(requester, row)
    if not rights.read:
        raise refusals.not_permitted()
    return outcome_view(row, outcome_of(row.content), rights, _add_defaults(parameters))


def update_outcome(session: Session, incoming: Incoming) -> OutcomeView:
    """Update an outcome: authentication, look-up, right to update, mastery scales, values; all or nothing."""
    digest = token_digest(incoming)
    requester, row = queries.get_outcome(session, digest, incoming.record_id("id"))
    requester = authenticated(requester, digest, incoming, "url:PUT|/api/v1/outcomes/:id")
    change = incoming.parameters
    if row is None:
        raise refusals.not_found()
    rights = outcome_rights(requester, row)
    if not rights.update:
        raise refusals.not_permitted()
    if row.marks & MASTERY_SCALES:
        _refuse_scale_changes(change)
    with session.transaction():
        outcome = _changed(queries.lock_outcome(session, row.id), change, bool(row.marks & NEW_DECAYING_AVERAGE))
        queries.update_outcome(session, row.id, outcome_text(outcome))
    return outcome_view(row, outcome, rights, _add_defaults(change))


def _refuse_scale_changes(change: dict[str, Any]) -> None:
    if _is_given(change, "mastery_points"):
        raise refusals.mastery_scales_forbid("mastery points")
    if _is_given(change, "ratings"):
        raise refusals.mastery_scales_forbid("ratings")
    if _is_given(change, "calculation_method") or _is_given(change, "calculation_int"):
        raise refusals.mastery_scales_forbid("calculation values")


def _is_given(change: dict[str, Any], name: str) -> bool:
    """null and false count as not given."""
    return change.get(name) is not None and change[name] is not False


def _changed(content: str, change: dict[str, Any], new_decaying_average: bool) -> Outcome:
    try:
        return updated(outcome_of(content), change, new_decaying_average)
    except Invalid as problem:
        raise refusals.invalid(problem.errors) from None


def _add_defaults(parameters: dict[str, Any]) -> bool:
    """Only the text true, or true in JSON; 1 and yes do not count."""
    return parameters.get("add_defaults") is True or parameters.get("add_defaults") == "true"
