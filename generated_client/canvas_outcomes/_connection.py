# Written by `tox -e regenerate` from openapi.yaml. Edit that or scripts/templates, never this file.
"""What both clients decide in the same way: addresses, headers, limits, retries and what is logged. Nothing here waits."""

import logging
import re
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

import httpx

from ._answers import Call, failure, is_throttled
from ._contract import CONTRACT
from ._retries import IDEMPOTENT, LOST, STATUSES, Retries
from .errors import CanvasOutcomesError, InvalidRequestError, TimeoutError, TransportError

Timeout: TypeAlias = float | httpx.Timeout

logger = logging.getLogger("canvas_outcomes")
DEFAULT_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
HEADERS = {
    "Accept": "application/json",
    "User-Agent": f"canvas-outcomes-client/{CONTRACT.version} python-httpx/{httpx.__version__}",
}
# The only headers of an answer that are logged.
LOGGED = ("X-Request-Context-Id", "X-Request-Cost", "X-Rate-Limit-Remaining", "Retry-After")
_is_host = re.compile(
    rb"[a-zA-Z0-9._-]+|[0-9a-fA-F:.]+"
).fullmatch  # a name, in Punycode where it has other letters, or an address
_is_token = re.compile(r"[\x21-\x7e]+").fullmatch


def headers_to_send(own: Mapping[str, str] | None, ready: httpx.Headers | None) -> httpx.Headers:
    """Ours; before them those of a ready client that are not httpx's defaults; before all those of the caller."""
    sent = httpx.Headers(HEADERS)
    for name, value in ready.items() if ready is not None else ():
        if name in sent and value != "*/*" and not value.startswith("python-httpx/"):
            sent[name] = value
    sent.update(own)
    return sent


class RateLimit(NamedTuple):
    """What the last answer said about the quota of the token, in units of the quota."""

    cost: float | None
    """What the request took."""

    remaining: float | None
    """What is left."""


class Connection:
    """The address of a provider and the rules for talking to it."""

    def __init__(self, base_url: str, timeout: Timeout | None, headers: httpx.Headers | None, retries: Retries) -> None:
        self.base_url: str = _checked(base_url)
        self.timeout: Timeout | None = timeout
        # httpx would send each of two Authorization headers.
        self.headers: list[tuple[str, str]] = [
            (name, value)
            for name, value in (headers or httpx.Headers()).multi_items()
            if name.lower() != "authorization"
        ]
        self.retries: Retries = retries
        self.last_headers: httpx.Headers | None = None

    @property
    def rate_limit(self) -> RateLimit | None:
        """The figures of the last answer; None before the first one."""
        headers = self.last_headers
        if headers is None:
            return None
        return RateLimit(_figure(headers.get("X-Request-Cost")), _figure(headers.get("X-Rate-Limit-Remaining")))

    def request(
        self, http: httpx.Client | httpx.AsyncClient, call: Call[Any], token: object, timeout: Timeout | None
    ) -> httpx.Request:
        """The request with its address and token."""
        if not (isinstance(token, str) and _is_token(token)):
            raise InvalidRequestError(
                "cannot use the token: it is not text, is empty, or has white space or other than ASCII in it."
            )
        timeout = self.timeout if timeout is None else timeout
        headers = [*self.headers, ("Authorization", f"Bearer {token}")]
        if call.media_type is not None:
            headers.append(("Content-Type", call.media_type))
        try:
            return http.build_request(
                call.operation.method,
                self.base_url + call.target,
                content=call.content,
                headers=headers,
                timeout=httpx.USE_CLIENT_DEFAULT if timeout is None else timeout,
            )
        except httpx.InvalidURL as cause:
            raise InvalidRequestError(f"cannot send {call.operation.name}: {cause}.") from cause

    def accepts(self, call: Call[Any], response: httpx.Response) -> bool:
        """Whether the answer is a success. Its figures are kept, and it is logged without anything secret."""
        self.last_headers = response.headers
        if logger.isEnabledFor(logging.DEBUG):
            figures = {name: response.headers[name] for name in LOGGED if name in response.headers}
            logger.debug("%s: %d %s", call.info(response.request), response.status_code, figures)
        return 200 <= response.status_code < 300

    def refused(
        self, call: Call[Any], attempt: int, response: httpx.Response, token: str
    ) -> tuple[CanvasOutcomesError, float | None]:
        """The error for an answer without success, and in how many seconds to send again; None if it is final."""
        error = failure(call, response, self.retries.retry_after(response.headers), token)
        again = response.status_code in STATUSES or is_throttled(response)
        return error, self._pause(call, attempt, str(error.status), error.retry_after) if again else None

    def lost(
        self, call: Call[Any], attempt: int, request: httpx.Request, cause: httpx.HTTPError, token: str
    ) -> tuple[CanvasOutcomesError, float | None]:
        """The same for a request without an answer."""
        info, name = call.info(request), type(cause).__name__
        kind = TimeoutError if isinstance(cause, httpx.TimeoutException) else TransportError
        reason = str(cause).replace(token, "[token]") if len(token) > 5 else str(cause)
        error = kind(f"cannot {info}: no answer: {name}{': ' if reason else ''}{reason}", request=info)
        error.__cause__ = cause
        return error, self._pause(call, attempt, name, None) if isinstance(cause, LOST) else None

    def _pause(self, call: Call[Any], attempt: int, reason: str, retry_after: float | None) -> float | None:
        if call.operation.method not in IDEMPOTENT:
            return None
        seconds = self.retries.pause(attempt, retry_after)
        if seconds is not None:
            total = self.retries.limit + 1
            logger.info("%s: %s; attempt %d of %d follows in %.2f s", call.info(), reason, attempt + 2, total, seconds)
        return seconds


def _checked(base_url: str) -> str:
    """The address without a slash at its end."""
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, TypeError) as cause:
        raise InvalidRequestError(f"cannot use the base URL {base_url!r}: {cause}.") from cause
    if url.scheme not in ("http", "https") or not _is_host(url.raw_host):
        raise InvalidRequestError(f"cannot use the base URL {base_url!r}: it must begin with https:// and a host.")
    if url.userinfo or url.query or url.fragment:
        raise InvalidRequestError("cannot use the base URL: it has a user name, a query or a fragment. Leave them out.")
    return str(url).rstrip("/")


def _figure(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None
