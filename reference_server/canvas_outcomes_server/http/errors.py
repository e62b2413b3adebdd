"""Every refusal with its status, body and headers (canvas-behaviour 1.2 and 1.3)."""

from collections.abc import Mapping, Sequence
from typing import Any

Headers = Sequence[tuple[bytes, bytes]]
CHALLENGE = ((b"www-authenticate", b'Bearer realm="canvas-lms"'),)
NOT_CACHED = ((b"cache-control", b"no-store"), (b"pragma", b"no-cache"))


class Refused(Exception):
    """Ends a request with an answer other than 200."""

    def __init__(self, status: int, body: Mapping[str, Any], headers: Headers = ()) -> None:
        self.status, self.body, self.headers = status, body, headers


def error_list(message: str, **more: Any) -> dict[str, Any]:
    return {"errors": [{"message": message, **more}]}


def unauthenticated() -> Refused:
    return Refused(401, {"status": "unauthenticated", **error_list("user authorization required")}, CHALLENGE)


def invalid_token() -> Refused:
    return Refused(401, error_list("Invalid access token."), CHALLENGE)


def revoked_token() -> Refused:
    return Refused(401, error_list("Revoked access token."), CHALLENGE)


def expired_token(expired_at: str) -> Refused:
    return Refused(401, error_list("Expired access token.", expired_at=expired_at), CHALLENGE)


def insufficient_scopes() -> Refused:
    return Refused(401, error_list("Insufficient scopes on access token."))


def invalid_masquerade() -> Refused:
    return Refused(401, {"errors": "Invalid as_user_id"})


def not_permitted() -> Refused:
    body = {"status": "unauthorized", **error_list("user not authorized to perform that action")}
    return Refused(403, body, NOT_CACHED)


def not_found() -> Refused:
    return Refused(404, error_list("The specified resource does not exist."))


def unreadable(reason: str) -> Refused:
    """A request whose parameters or body cannot be read."""
    return Refused(400, error_list(reason))


def too_large(limit: int) -> Refused:
    return Refused(413, error_list(f"The body is larger than {limit} bytes."))


def invalid(errors: Mapping[str, Any]) -> Refused:
    return Refused(400, {"errors": errors})


def mastery_scales_forbid(what: str) -> Refused:
    return Refused(403, {"error": f"Individual outcome {what} cannot be modified."})


def message(status: int, text: str, word: str | None = None) -> Refused:
    """A refusal in the form of the alignments."""
    return Refused(status, {"status": word, "message": text} if word else {"message": text})
