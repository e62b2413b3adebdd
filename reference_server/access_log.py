"""Gives each answer an X-Request-Id and writes one JSON line per request on stderr, without query, headers or body."""

import os
import secrets
import traceback
from functools import lru_cache
from itertools import count
from time import gmtime, perf_counter, strftime, time
from typing import Any

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_PATH = 200
STDERR = 2
_encode = msgspec.json.Encoder().encode


class AccessLog:
    """The outermost application. What failed inside it is logged with its traceback."""

    def __init__(self, app: ASGIApp, log_requests: bool = True) -> None:
        self._app = app
        self._log_requests = log_requests
        # An id that no worker gives twice, for less than a random one each time.
        self._first_half, self._numbers = secrets.token_hex(4), count(secrets.randbelow(2**16))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = perf_counter(), 0
        request_id = f"{self._first_half}{next(self._numbers) % 2**32:08x}"

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"].append((b"x-request-id", request_id.encode()))
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            report = scope.get("error_report_id")
            write_line("error", request_id=request_id, error_report_id=report, traceback=traceback.format_exc())
        if self._log_requests:
            _log(scope, request_id, status, perf_counter() - began)


def _log(scope: Scope, request_id: str, status: int, seconds: float) -> None:
    write_line(
        "request",
        request_id=request_id,
        method=scope["method"],
        path=scope["path"][:LONGEST_PATH],
        status=status,
        ms=round(seconds * 1000, 3),
        queries=scope.get("queries", 0),
    )


def write_line(event: str, **fields: Any) -> None:
    """One JSON object on one line of stderr."""
    now = time()
    stamp = f"{_second(int(now))}.{int(now * 1000) % 1000:03}Z"
    # One write per line, so that lines of several workers do not mix.
    os.write(STDERR, _encode({"time": stamp, "event": event} | fields) + b"\n")


@lru_cache(maxsize=2)
def _second(second: int) -> str:
    return strftime("%Y-%m-%dT%H:%M:%S", gmtime(second))
