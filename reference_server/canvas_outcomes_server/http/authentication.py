"""Authentication: reject missing, invalid and limited tokens, and act as other users (canvas-behaviour 1.2)."""

import hmac
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from canvas_outcomes_server.http import errors
from canvas_outcomes_server.http.api_request import ApiRequest, parse_id
from canvas_outcomes_server.http.ruby_values import is_blank
from canvas_outcomes_server.storage.permissions import may_act_as
from canvas_outcomes_server.storage.queries import Record, RequesterRow, get_masquerade, user_digest
from canvas_outcomes_server.storage.session import Session


def authenticated(
    session: Session,
    request: ApiRequest,
    scope: str,
    look_up: Callable[[str], tuple[RequesterRow | None, Record | None]],
) -> tuple[RequesterRow, Record | None]:
    """Return the user who makes the request or whom it acts as, and the record, both looked up by a digest.

    Raises ApiError with 401, or 400 or 413.
    """
    if not request.token:
        raise errors.unauthenticated()
    token_digest = request.token_digest
    requester, record = look_up(token_digest)
    if requester is None or not hmac.compare_digest(requester.digest, token_digest):
        raise errors.rejected_token("Invalid access token.")
    if requester.terms is not None:
        _check_terms(json.loads(requester.terms), scope, request.now)
    acts_as = request.parameters.get("as_user_id")
    if is_blank(acts_as) or str(acts_as) in ("self", str(requester.user_id)):
        return requester, record
    user_id = parse_id(str(acts_as).strip())
    if user_id is None or not may_act_as(get_masquerade(session, token_digest, user_digest(user_id))):
        raise errors.invalid_masquerade()
    user, record = look_up(user_digest(user_id))
    assert user is not None
    return user, record


def _check_terms(terms: dict[str, Any], scope: str, now: datetime) -> None:
    if terms.get("revoked"):
        raise errors.rejected_token("Revoked access token.")
    if "expires_at" in terms and datetime.fromisoformat(terms["expires_at"]) <= now:
        raise errors.rejected_token("Expired access token.", expired_at=terms["expires_at"])
    if "scopes" in terms and scope not in terms["scopes"]:
        raise errors.insufficient_scopes()
