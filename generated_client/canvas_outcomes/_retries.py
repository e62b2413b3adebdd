# Written by `tox -e regenerate` from openapi.yaml. Edit that or scripts/templates, never this file.
"""When a request is sent again, and after what pause."""

import random
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

import httpx
from msgspec import Struct

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
# What throttles is told by more than its status.
STATUSES = frozenset({502, 503, 504})
# Not a read timeout: the provider may be busy with the first request, and the caller has waited long enough.
LOST = (httpx.NetworkError, httpx.RemoteProtocolError, httpx.ConnectTimeout)


class Retries(Struct, frozen=True):
    """How often and when an idempotent request is sent again.

    That is after a lost connection, after 429 and the 403 that Canvas throttles with, and after 502, 503 and 504. The pause
    doubles each time and is shortened by up to half at random, so that many clients do not come back together.
    """

    limit: int = 2
    """How many times a request is sent again; 0 for never."""

    first_pause: float = 0.5
    """The longest first pause, in seconds."""

    longest_pause: float = 30.0
    """The longest pause, in seconds. A provider that asks for more with Retry-After is not asked again."""

    random: Callable[[], float] = random.random
    """A number from 0 to 1 at each call."""

    clock: Callable[[], float] = time.time
    """Seconds since 1970; what a Retry-After with a date is compared with."""

    def pause(self, attempt: int, retry_after: float | None) -> float | None:
        """Seconds to wait after the given attempt, counted from 0; None for giving up."""
        if attempt >= self.limit or (retry_after is not None and retry_after > self.longest_pause):
            return None
        if retry_after is not None:
            return retry_after
        return min(self.longest_pause, self.first_pause * 2.0**attempt) * (1 - self.random() / 2)

    def retry_after(self, headers: httpx.Headers) -> float | None:
        """The seconds that a Retry-After header asks for, be it a number or a date; None without a usable one."""
        value: str = headers.get("Retry-After", "").strip()
        if value.isascii() and value.isdigit():
            return float(value)
        try:
            return max(0.0, parsedate_to_datetime(value).timestamp() - self.clock())
        except (ValueError, OverflowError):
            return None
