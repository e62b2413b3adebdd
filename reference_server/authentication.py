"""Who makes a request: refuses a token that does not serve (canvas-behaviour 1.2)."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from functools import lru_cache

from reference_server import refusals
from reference_server.incoming import Incoming
from reference_server.queries import RequesterRow


@lru_cache(maxsize=100)
def digest(token: str) -> str:
    """What is stored of a token; the token itself is not."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def token_digest(incoming: Incoming) -> str:
    """The digest of the token of a request. Raises Refused with 401 where there is none."""
    if incoming.token is None:
        raise refusals.unauthenticated()
    return digest(incoming.token)


def authenticated(requester: RequesterRow | None, wanted: str, scope: str) -> RequesterRow:
    """The requester whom the look-up of a digest found. Raises Refused with 401."""
    if requester is None or not hmac.compare_digest(requester.digest, wanted):
        raise refusals.invalid_token()
    _check_serves(requester, scope)
    return requester


def _check_serves(requester: RequesterRow, scope: str) -> None:
    if requester.revoked:
        raise refusals.revoked_token()
    if requester.expires_at is not None and datetime.fromisoformat(requester.expires_at) <= datetime.now(UTC):
        raise refusals.expired_token(requester.expires_at)
    if requester.scopes is not None and scope not in json.loads(requester.scopes):
        raise refusals.insufficient_scopes()
