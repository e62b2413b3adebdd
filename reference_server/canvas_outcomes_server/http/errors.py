"""Every error response with its status, body and headers (canvas-behaviour 1.2 and 1.3)."""

from collections.abc import Mapping, Sequence
from typing import Any

Headers = Sequence[tuple[bytes, bytes]]
CHALLENGE = ((b"www-authenticate", b'Bearer realm="canvas-lms"'),)
NOT_CACHED = ((b"cache-control", b"no-store"), (b"pragma", b"no-cache"))


class ApiError(Exception):
    """An error response, raised to end a request."""

    def __init__(self, status: int, body: Mapping[str, Any], headers: Headers = ()) -> None:
        self.status, self.body, self.headers = status, body, headers


def error_list(message: str, **more: Any) -> dict[str, Any]:
    return {"errors": [{"message": message, **more}]}


def unauthenticated() -> ApiError:
    return ApiError(401, {"status": "unauthenticated", **error_list("user authorization required")}, CHALLENGE)


def rejected_token(message: str, **more: Any) -> ApiError:
    return ApiError(401, error_list(message, **more), CHALLENGE)


def insufficient_scopes() -> ApiError:
    return ApiError(401, error_list("Insufficient scopes on access token."))


def invalid_masquerade() -> ApiError:
    return ApiError(401, {"errors": "Invalid as_user_id"})


def not_permitted() -> ApiError:
    body = {"status": "unauthorized", **error_list("user not authorized to perform that action")}
    return ApiError(403, body, NOT_CACHED)


def not_found() -> ApiError:
    return ApiError(404, error_list("The specified resource does not exist."))


def bad_request(reason: str) -> ApiError:
    """The response to malformed parameters or a malformed body."""
    return ApiError(400, error_list(reason))


def too_large(limit: int) -> ApiError:
    return ApiError(413, error_list(f"The body is larger than {limit} bytes."))


def invalid(errors: Mapping[str, Any]) -> ApiError:
    return ApiError(400, {"errors": errors})


def mastery_scales_forbid(field: str) -> ApiError:
    return ApiError(403, {"error": f"Individual outcome {field} cannot be modified."})


def message(code: int, text: str, status: str | None = None) -> ApiError:
    """An error response in the format of list_outcome_alignments."""
    return ApiError(code, {"status": status, "message": text} if status else {"message": text})
