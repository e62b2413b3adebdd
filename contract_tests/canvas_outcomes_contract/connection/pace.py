"""How fast a run may ask: requests per second, requests at once, and what a provider that throttles says."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

LOOPBACK = ("localhost", "127.0.0.1", "::1")
DEFAULT_RATE = 20.0  # requests a second to a server that other people use
MAX_WAIT = 60.0  # seconds for one request, all its waits together
FIRST_WAIT = 1.0  # seconds; doubled while the provider goes on throttling without saying for how long


def default_rate(base_url: str) -> float | None:
    """Requests a second; None, without a limit, for a server on this machine."""
    return None if urlsplit(base_url).hostname in LOOPBACK else DEFAULT_RATE


class Pace:
    """Spaces requests evenly and bounds how many are under way."""

    def __init__(
        self,
        rate: float | None,
        at_once: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.rate, self.at_once, self._clock, self.sleep = rate, at_once, clock, sleep
        self._places = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._next = clock()

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Holds one of the places while a request is under way."""
        with self._places:
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


def is_throttled(response: httpx.Response) -> bool:
    """429, or the 403 that Canvas throttles with."""
    text = response.headers.get("content-type", "").startswith("text/plain")
    return response.status_code == 429 or (
        response.status_code == 403 and text and "Rate Limit Exceeded" in response.text
    )


def retry_delay(response: httpx.Response, attempt: int, now: float) -> float:
    """What Retry-After says, in seconds or as a date; else a time that doubles with each attempt."""
    said = response.headers.get("retry-after", "").strip()
    if said.isdecimal():
        return float(said)
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - now)
    except (TypeError, ValueError):
        return FIRST_WAIT * float(2**attempt)
