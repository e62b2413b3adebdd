# Written by `tox -e regenerate` from openapi.yaml. Edit that or scripts/templates, never this file.
"""Everything that a client raises. All of it derives from CanvasOutcomesError, and none of it holds the token."""

import builtins
from typing import Any, NamedTuple

import httpx

from .models import ErrorBody

__all__ = [
    "ApiError",
    "CanvasOutcomesError",
    "ClientClosedError",
    "DecodeError",
    "InvalidRequestError",
    "RequestInfo",
    "TimeoutError",
    "TransportError",
    "BadRequestError",
    "UnauthorizedError",
    "ForbiddenError",
    "NotFoundError",
    "ContentTooLargeError",
    "RateLimitedError",
    "ServerError",
]


class RequestInfo(NamedTuple):
    """The request that an error is about, without its headers and body."""

    operation: str
    """The operation of the contract, for example get_outcome."""

    method: str
    path: str
    """The path of the URL, without the query."""

    def __str__(self) -> str:
        return f"{self.operation} ({self.method} {self.path})"


class CanvasOutcomesError(Exception):
    """The base of all errors of this package."""

    def __reduce__(self) -> tuple[Any, ...]:
        # By default an exception is rebuilt from its message alone, which fails when it takes more than that.
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(kind: type[CanvasOutcomesError], args: tuple[Any, ...], state: dict[str, Any]) -> CanvasOutcomesError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class InvalidRequestError(CanvasOutcomesError, ValueError):
    """A request that cannot be said, refused before anything was sent."""


class ClientClosedError(CanvasOutcomesError):
    """A call after the client was closed."""


class TransportError(CanvasOutcomesError):
    """No answer came. The reason is the `__cause__`, an error of httpx."""

    def __init__(self, text: str, *, request: RequestInfo) -> None:
        super().__init__(text)
        self.request: RequestInfo = request


class TimeoutError(TransportError, builtins.TimeoutError):
    """No answer came in time. Python's own TimeoutError catches it too."""


class AnsweredError(CanvasOutcomesError):
    """The base of errors that come with an answer."""

    def __init__(self, text: str, *, request: RequestInfo, status: int, headers: httpx.Headers, body: bytes) -> None:
        super().__init__(text)
        self.request: RequestInfo = request
        self.status: int = status
        self.headers: httpx.Headers = headers
        self.body: bytes = body

    @property
    def request_id(self) -> str | None:
        """The provider's name for the request: what its support asks for."""
        found: str | None = self.headers.get("X-Request-Context-Id") or self.headers.get("X-Request-Id")
        return found


class DecodeError(AnsweredError):
    """An answer that reports success, but whose body cannot be read as what the contract describes."""


class ApiError(AnsweredError):
    """An answer that does not report success. Redirects are among them: they are never followed."""

    def __init__(
        self,
        text: str,
        *,
        request: RequestInfo,
        status: int,
        headers: httpx.Headers,
        body: bytes,
        message: str = "",
        parsed: ErrorBody | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(text, request=request, status=status, headers=headers, body=body)
        self.message: str = message
        """The provider's words, out of whichever shape of body they came in."""
        self.parsed: ErrorBody | None = parsed
        """The body as a model; None if the contract does not describe it."""
        self.retry_after: float | None = retry_after
        """In how many seconds the provider wants to be asked again; None if it does not say."""

    @property
    def challenge(self) -> str | None:
        """WWW-Authenticate: there if another token would help, None if a valid token lacks a right."""
        challenge: str | None = self.headers.get("WWW-Authenticate")
        return challenge


class BadRequestError(ApiError):
    """400.

    The request cannot be read.

    The request cannot be read, or a value in it cannot be stored. Nothing was changed.

    Neither student_id nor assignment_id is usable, the student is not in the course, or the request cannot be read.
    """


class UnauthorizedError(ApiError):
    """401.

    There is no token, or the token is unknown, expired, revoked or lacks the scope of the operation.

    As for the other operations, or the requester may not see the grades of everybody in the course.
    """


class ForbiddenError(ApiError):
    """403.

    The requester may not read the outcome, or is throttled.

    The requester may not update the outcome, account level mastery scales do not allow the change, or the requester
    is throttled. Nothing was changed.

    The requester may not see the grades of the student, or is throttled.
    """


class NotFoundError(ApiError):
    """404.

    There is no such outcome, or it is deleted or archived.

    There is no such course, student or assignment, or the assignment is not in the course.
    """


class ContentTooLargeError(ApiError):
    """413.

    The body is larger than the provider reads. Nothing was changed.
    """


class RateLimitedError(ApiError):
    """429, and 403 with the text that Canvas throttles with.

    The requester sent too many requests.
    """


class ServerError(ApiError):
    """5XX.

    The provider failed.
    """


BY_STATUS: dict[int, type[ApiError]] = {
    400: BadRequestError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    413: ContentTooLargeError,
    429: RateLimitedError,
}
BY_RANGE: dict[int, type[ApiError]] = {
    5: ServerError,
}
