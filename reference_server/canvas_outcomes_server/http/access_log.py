"""Middleware that adds X-Request-Id and logs each request as a JSON line on stderr, without query, headers or body."""

import atexit
import os
import secrets
import traceback
from asyncio import CancelledError, get_running_loop
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from multiprocessing import parent_process
from queue import Full, Queue
from select import PIPE_BUF, select
from stat import S_ISFIFO, S_ISREG
from threading import Thread
from time import monotonic, perf_counter, sleep
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from canvas_outcomes_server.http.errors import error_list
from canvas_outcomes_server.http.responses import json_response

LONGEST_PATH = 200
BITS_OF_A_REPORT_ID = 31
STDERR = 2
SECONDS_TO_COLLECT_LINES = 0.2
MOST_LINES = 20
MOST_TEXTS = 1000  # of at most PIPE_BUF bytes, except for long tracebacks
SECONDS_TO_FINISH = 1
STOPPING = "The server is stopping. Send the request again."
_encode_lines = msgspec.json.Encoder().encode_lines


class AccessLog:
    """Logs each request but CORS preflights, which do not reach it, and exceptions with their tracebacks.

    `server_error` makes the response to a request that raised one, with the id that its line in the log has.
    """

    def __init__(self, app: ASGIApp, server_error: Callable[[Scope, int], Response], log_requests: bool) -> None:
        self._app = app
        self._server_error = server_error
        self._log_requests = log_requests
        self._lines = _Lines()
        # Unique across workers, and cheaper than a random id.
        self._first_half, self._numbers = secrets.token_hex(4), count()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            try:
                await self._app(scope, receive, send)
            finally:
                self._lines.write()
            return
        began, status = perf_counter(), 0
        request_id = f"{self._first_half}{next(self._numbers):08x}"

        # Not a coroutine: one more would cost as much as the rest of this middleware.
        def send_with_id(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"].append((b"x-request-id", request_id.encode()))
            return send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except CancelledError:
            # The time of a graceful stop has passed.
            if not status:
                stopping = json_response(error_list(STOPPING), 503, [(b"connection", b"close")])
                await stopping(scope, receive, send_with_id)
        except Exception:
            report = secrets.randbits(BITS_OF_A_REPORT_ID)
            write_line("error", request_id=request_id, error_report_id=report, traceback=traceback.format_exc())
            if not status:
                await self._server_error(scope, report)(scope, receive, send_with_id)
        if self._log_requests:
            self._lines.add(_line(scope, request_id, status, perf_counter() - began))


def _line(scope: Scope, request_id: str, status: int, seconds: float) -> "_Request":
    path, milliseconds = scope["path"][:LONGEST_PATH], int(seconds * 1_000_000) / 1000
    queries = scope.get("queries", 0)
    return _Request(request_id, scope["method"], path, status, milliseconds, queries, datetime.now(UTC))


class _Request(msgspec.Struct, tag_field="event", tag="request"):
    """The line of a request in the log."""

    request_id: str
    method: str
    path: str
    status: int
    ms: float
    queries: int
    time: datetime


class _Lines:
    """Lines that are collected and written together."""

    def __init__(self) -> None:
        self._waiting: list[_Request] = []

    def add(self, request: _Request) -> None:
        self._waiting.append(request)
        if len(self._waiting) >= MOST_LINES:
            self.write()
        elif len(self._waiting) == 1:
            get_running_loop().call_later(SECONDS_TO_COLLECT_LINES, self.write)

    def write(self) -> None:
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            _write(waiting)


def write_line(event: str, **fields: Any) -> None:
    """Write a JSON object as a line on stderr."""
    _write([{"time": datetime.now(UTC), "event": event} | fields])


def _write(lines: list[Any]) -> None:
    # A pipe writes up to PIPE_BUF bytes atomically, so lines of several workers do not mix.
    text = _encode_lines(lines)
    if len(text) <= PIPE_BUF or len(lines) == 1:
        log.write(text)
    else:
        middle = len(lines) // 2
        _write(lines[:middle])
        _write(lines[middle:])


class _Log:
    """Writes to stderr; what would have to wait is written in a thread.

    So a pipe that nobody reads stops the log and not the server. The thread does not write everything, because each of
    its turns takes the interpreter from the event loop: a tenth of the time of a request.
    """

    def __init__(self) -> None:
        self._texts: Queue[bytes] = Queue(MOST_TEXTS)
        self._is_running = False
        self._dropped = 0

    def write(self, text: bytes) -> None:
        """Write a text if that needs no waiting; otherwise queue it, or drop it while the queue is full."""
        if not self._texts.unfinished_tasks and _stderr_takes(text):
            with suppress(OSError):  # The reader of a pipe has ended, or the disk is full.
                os.write(STDERR, text)
            return
        if not self._is_running:
            self._is_running = True
            Thread(target=self._write, daemon=True).start()
            atexit.register(self.finish)
        try:
            self._texts.put_nowait(text)
        except Full:
            self._dropped += text.count(b"\n")

    def _write(self) -> None:
        while True:
            text = self._texts.get()
            with suppress(OSError):
                while text:
                    # Another process may have made stderr non-blocking.
                    select([], [STDERR], [])
                    text = text[os.write(STDERR, text) :]
            self._texts.task_done()
            if self._dropped:
                dropped, self._dropped = self._dropped, 0
                write_line("warning", message=f"stderr was not read: {dropped} lines of the log are lost.")

    def finish(self) -> None:
        """Wait until everything is written, but not for a pipe that nobody reads."""
        until = monotonic() + SECONDS_TO_FINISH
        while self._texts.unfinished_tasks and monotonic() < until:
            sleep(0.005)


def _stderr_takes(text: bytes) -> bool:
    """Whether stderr is a file, or a pipe with room for the text, into which no other worker writes meanwhile."""
    try:
        mode, (_, ready, _) = os.fstat(STDERR).st_mode, select([], [STDERR], [], 0)
    except OSError:
        return False
    is_own_pipe = S_ISFIFO(mode) and len(text) <= PIPE_BUF and parent_process() is None
    return bool(ready) and (S_ISREG(mode) or is_own_pipe)


log = _Log()
