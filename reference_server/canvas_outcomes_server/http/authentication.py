"""Authentication: reject missing, invalid and limited tokens (canvas-behaviour 1.2)."""

import hmac
import json
from datetime import UTC, datetime
from typing import Any

from canvas_outcomes_server.http import errors
from canvas_outcomes_server.http.api_request import ApiRequest
from canvas_outcomes_server.http.ruby_values import is_blank
from canvas_outcomes_server.storage.queries import RequesterRow, digest


def token_digest(request: ApiRequest) -> str:
    """Return the digest of the token of a request. Raises ApiError with 401 if there is none."""
    token = request.token
    if not token:
        raise errors.unauthenticated()
    return digest(token)


def authenticated(requester: RequesterRow | None, token_digest: str, request: ApiRequest, scope: str) -> RequesterRow:
    """Check the requester that the lookup of the digest returned. Raises ApiError with 401, or 400 or 413.

    No user of a world may act as another user.
    """
    if requester is None or not hmac.compare_digest(requester.digest, token_digest):
        raise errors.rejected_token("Invalid access token.")
    if requester.terms is not None:
        _check_terms(json.loads(requester.terms), scope)
    acts_as = request.parameters.get("as_user_id")
    if acts_as is not None and not _is_self(acts_as, requester):
        raise errors.invalid_masquerade()
    return requester


def _is_self(user: object, requester: RequesterRow) -> bool:
    text = str(user)
    return is_blank(text) or text in ("self", str(requester.user_id))


def _check_terms(terms: dict[str, Any], scope: str) -> None:
    if terms.get("revoked"):
        raise errors.rejected_token("Revoked access token.")
    if "expires_at" in terms and datetime.fromisoformat(terms["expires_at"]) <= datetime.now(UTC):
        raise errors.rejected_token("Expired access token.", expired_at=terms["expires_at"])
    if "scopes" in terms and scope not in terms["scopes"]:
        raise errors.insufficient_scopes()
