"""The pace of a run: requests per second, concurrent requests, and retries after throttling."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx2

LOOPBACK = ("localhost", "127.0.0.1", "::1")
DEFAULT_RATE = 20.0  # requests per second to a server that other people use
MAX_WAIT = 60.0  # seconds that one request waits in total while it is throttled
FIRST_WAIT = 1.0  # seconds; doubled with each attempt, where the provider sends no Retry-After


def default_rate(base_url: str) -> float | None:
    """Requests per second; None, without a limit, for a server on this machine."""
    return None if urlsplit(base_url).hostname in LOOPBACK else DEFAULT_RATE


class Pace:
    """Spaces requests evenly and limits how many run at once."""

    def __init__(
        self,
        rate: float | None,
        at_once: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.rate, self.at_once, self._clock, self.sleep = rate, at_once, clock, sleep
        self._slots = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._next = clock()

    def share(self, number: int, count: int) -> "Pace":
        """The share of worker `number` of `count`; the shares of all workers add up to this pace."""
        part, rest = divmod(self.at_once, count)
        return Pace(self.rate and self.rate / count, part + (number < rest))

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Wait until the next request may start; it runs inside the block."""
        with self._slots:
            delay = self._reserve()
            if delay > 0:
                self.sleep(delay)
            yield

    def _reserve(self) -> float:
        if self.rate is None:
            return 0
        with self._lock:
            now = self._clock()
            start = max(now, self._next)
            self._next = start + 1 / self.rate
            return start - now


def is_throttled(response: httpx2.Response) -> bool:
    """Whether the response is a 429, or the 403 in plain text with which Canvas throttles."""
    if response.status_code != 403:
        return response.status_code == 429
    is_plain = response.headers.get("content-type", "").startswith("text/plain")
    return is_plain and "Rate Limit Exceeded" in response.text


def retry_delay(response: httpx2.Response, attempt: int, now: float) -> float:
    """Seconds to wait: Retry-After as a number or a date, else a time that doubles with each attempt."""
    retry_after = response.headers.get("retry-after", "").strip()
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - now)
    except (TypeError, ValueError, OverflowError):
        return FIRST_WAIT * float(2**attempt)
