"""Who makes a request: refuses a token that does not serve (canvas-behaviour 1.2)."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from canvas_outcomes_server.http import errors as refusals
from canvas_outcomes_server.http.api_request import Incoming
from canvas_outcomes_server.http.ruby_values import is_blank
from canvas_outcomes_server.storage.queries import RequesterRow


@lru_cache(maxsize=100)
def digest(token: str) -> str:
    """What is stored of a token; the token itself is not."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def token_digest(incoming: Incoming) -> str:
    """The digest of the token of a request. Raises Refused with 401 where there is none."""
    token = incoming.token
    if not token:
        raise refusals.unauthenticated()
    return digest(token)


def authenticated(requester: RequesterRow | None, digest: str, incoming: Incoming, scope: str) -> RequesterRow:
    """The requester whom the look-up of the token's digest found. Raises Refused with 401, or 400 or 413.

    Nobody in a world has the right to act as somebody else.
    """
    if requester is None or not hmac.compare_digest(requester.digest, digest):
        raise refusals.invalid_token()
    if requester.terms is not None:
        _check_terms(json.loads(requester.terms), scope)
    acts_as = incoming.parameters.get("as_user_id")
    if acts_as is not None and not _is_self(acts_as, requester):
        raise refusals.invalid_masquerade()
    return requester


def _is_self(user: object, requester: RequesterRow) -> bool:
    text = str(user)
    return is_blank(text) or text in ("self", str(requester.user_id))


def _check_terms(terms: dict[str, Any], scope: str) -> None:
    if terms.get("revoked"):
        raise refusals.revoked_token()
    if "expires_at" in terms and datetime.fromisoformat(terms["expires_at"]) <= datetime.now(UTC):
        raise refusals.expired_token(terms["expires_at"])
    if "scopes" in terms and scope not in terms["scopes"]:
        raise refusals.insufficient_scopes()
