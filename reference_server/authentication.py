"""Who makes a request: looks up the token and refuses one that does not serve (canvas-behaviour 1.2)."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

from reference_server import queries, refusals
from reference_server.database import Session
from reference_server.incoming import Incoming
from reference_server.queries import RequesterRow


def digest(token: str) -> str:
    """What is stored of a token; the token itself is not."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def authenticate(session: Session, incoming: Incoming, scope: str) -> RequesterRow:
    """The requester. Raises Refused with 401."""
    if incoming.token is None:
        raise refusals.unauthenticated()
    wanted = digest(incoming.token)
    requester = queries.get_requester(session, wanted)
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
