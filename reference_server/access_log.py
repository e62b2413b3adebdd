"""Gives each answer an X-Request-Id and writes one JSON line per request on stderr, without query, headers or body."""

import os
import secrets
import traceback
from asyncio import get_running_loop
from collections.abc import Awaitable, Callable
from functools import lru_cache
from itertools import count
from select import PIPE_BUF
from time import gmtime, perf_counter, strftime, time
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_PATH = 200
LARGEST_REPORT_ID = 2**31
STDERR = 2
SECONDS_TO_COLLECT_LINES = 0.2
_encode = msgspec.json.Encoder().encode


class AccessLog:
    """The outermost application. What failed inside it is logged with its traceback.

    `failed` makes the answer to a request that failed, which tells the number that its line of the log has too.
    """

    def __init__(self, app: ASGIApp, failed: Callable[[Scope, int], Response], log_requests: bool = True) -> None:
        self._app = app
        self._failed = failed
        self._log_requests = log_requests
        self._lines = _Lines()
        # An id that no worker gives twice, for less than a random one each time.
        self._first_half, self._numbers = secrets.token_hex(4), count(secrets.randbelow(2**16))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            try:
                await self._app(scope, receive, send)
            finally:
                self._lines.stop()
            return
        began, status = perf_counter(), 0
        request_id = f"{self._first_half}{next(self._numbers) % 2**32:08x}"

        # It passes on what `send` returns: a coroutine around it would cost as much as the rest of this.
        def send_with_id(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"].append((b"x-request-id", request_id.encode()))
            return send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            report = secrets.randbelow(LARGEST_REPORT_ID)
            write_line("error", request_id=request_id, error_report_id=report, traceback=traceback.format_exc())
            if not status:
                await self._failed(scope, report)(scope, receive, send_with_id)
        if self._log_requests:
            self._lines.add(_line(scope, request_id, status, perf_counter() - began))


class _Request(msgspec.Struct, tag_field="event", tag="request"):
    """A line of the log."""

    request_id: str
    method: str
    path: str
    status: int
    ms: float
    queries: int
    time: str


def _line(scope: Scope, request_id: str, status: int, seconds: float) -> bytes:
    path, milliseconds = scope["path"][:LONGEST_PATH], int(seconds * 1_000_000) / 1000
    return _encode(
        _Request(request_id, scope["method"], path, status, milliseconds, scope.get("queries", 0), _timestamp())
    )


class _Lines:
    """Lines that are written together, a moment later; until a graceful stop, when none may wait any more."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._size = 0
        self._stopped = False

    def add(self, line: bytes) -> None:
        if self._size + len(line) >= PIPE_BUF:
            self.write()
        self._waiting.append(line)
        self._size += len(line) + 1
        if self._stopped:
            self.write()
        elif len(self._waiting) == 1:
            get_running_loop().call_later(SECONDS_TO_COLLECT_LINES, self.write)

    def stop(self) -> None:
        self._stopped = True
        self.write()

    def write(self) -> None:
        if self._waiting:
            self._waiting.append(b"")
            _write(b"\n".join(self._waiting))
            self._waiting.clear()
            self._size = 0


def write_line(event: str, **fields: Any) -> None:
    """One JSON object on one line of stderr."""
    _write(_encode({"time": _timestamp(), "event": event} | fields) + b"\n")


def _write(lines: bytes) -> None:
    # A pipe takes up to PIPE_BUF bytes as a whole, so that lines of several workers do not mix.
    os.write(STDERR, lines)


def _timestamp() -> str:
    return _shown_time(int(time() * 1000))


@lru_cache(maxsize=1)
def _shown_time(milliseconds: int) -> str:
    second, milliseconds = divmod(milliseconds, 1000)
    return f"{_shown_second(second)}.{milliseconds:03}Z"


@lru_cache(maxsize=1)
def _shown_second(second: int) -> str:
    return strftime("%Y-%m-%dT%H:%M:%S", gmtime(second))
