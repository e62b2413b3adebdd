"""Run the application: bind the socket, start workers, print the address once they accept requests, stop gracefully."""

import logging
import multiprocessing
import os
import signal
import socket
import threading
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
import uvicorn
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from canvas_outcomes_server.app import Settings, application
from canvas_outcomes_server.control.protocol import ControlProtocol
from canvas_outcomes_server.http.access_log import write_line
from canvas_outcomes_server.http.hosts import is_loopback, url_host
from canvas_outcomes_server.http.protocol import JsonHttpProtocol
from canvas_outcomes_server.storage.database import engine_of
from canvas_outcomes_server.world.source import WorldSource

# With closing the database and writing the log, a stop takes less than 10 seconds.
SECONDS_TO_FINISH_REQUESTS = 6
BACKLOG = 2048
LARGEST_PORT = 65535
OPTIONS: dict[str, Any] = {
    "http": JsonHttpProtocol,
    "loop": "uvloop",
    "ws": "none",
    "access_log": False,
    "log_config": None,
    "server_header": False,
    "headers": [("X-Content-Type-Options", "nosniff")],
    "timeout_graceful_shutdown": SECONDS_TO_FINISH_REQUESTS,
    "backlog": BACKLOG,
}


class ListenError(Exception):
    """An address that the server cannot listen on; str() is the message for the user."""


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises ListenError."""
    try:
        return _bound(host, port)
    except (OSError, OverflowError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ListenError(
            f"Cannot listen on {host}:{port}: {reason.lower()}. "
            "Choose another --host or --port; --port 0 picks a free port."
        ) from None


def _bound(host: str, port: int) -> socket.socket:
    if not 0 <= port <= LARGEST_PORT:  # getaddrinfo would wrap it around
        raise OverflowError(f"a port is between 0 and {LARGEST_PORT}")
    family, _, _, _, target = socket.getaddrinfo(host, port)[0]
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(target)
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


def serve(listener: socket.socket, engine: sa.Engine, settings: Settings, workers: int, source: WorldSource) -> None:
    """Serve until SIGTERM or SIGINT, then finish the requests in progress."""
    _log_as_json()
    _warn_if_reachable(listener)
    first_contact = _first_contact(listener, source.token_in(engine))
    if workers == 1:
        protocol = {"http": ControlProtocol} if settings.control else {}
        serve_here(listener, application(engine, settings, source), first_contact, **protocol)
        return
    engine.dispose()
    config = uvicorn.Config(Worker(engine.url, settings), workers=workers, **OPTIONS)
    threading.Thread(target=_announce_when_ready, args=[listener, first_contact]).start()
    Multiprocess(config, sockets=[listener]).run()


def serve_here(listener: socket.socket, app: ASGIApp, first_contact: str = "", **options: Any) -> None:
    """Serve in this process until SIGTERM or SIGINT; `options` of uvicorn override OPTIONS."""
    # uvicorn raises the signal again after it has stopped, which would end the process with an error.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    server = _Server(uvicorn.Config(app, **OPTIONS | options))
    server.first_contact = first_contact
    server.run(sockets=[listener])


class _Server(uvicorn.Server):
    first_contact = ""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        assert sockets is not None
        _announce(sockets[0], self.first_contact)


class Worker:
    """The application of a worker, made in its process because database connections cannot be inherited."""

    def __init__(self, url: sa.URL, settings: Settings) -> None:
        self._url, self._settings = url, settings
        self._app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self._app is None:
            _log_as_json()
            threading.Thread(target=_stop_with_parent, daemon=True).start()
            self._app = application(engine_of(self._url), self._settings)
        await self._app(scope, receive, send)


def _stop_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _announce_when_ready(listener: socket.socket, first_contact: str) -> None:
    # A stop before the workers are ready closes the listener.
    with suppress(OSError), socket.create_connection(listener.getsockname()[:2]) as connection:
        connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        if connection.recv(1):
            _announce(listener, first_contact)


def _announce(listener: socket.socket, first_contact: str) -> None:
    # One write: a reader may close its end after the first line.
    print(f"listening on {_url(listener)}\n{first_contact}", end="", flush=True)


def _first_contact(listener: socket.socket, token: str | None) -> str:
    return f"docs: {_url(listener)}/docs\n" + (f"token: {token}\n" if token else "")


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{url_host(host)}:{port}"


def require_loopback(listener: socket.socket) -> None:
    """Raises ListenError for a listener that other machines can reach."""
    host = listener.getsockname()[0]
    if not is_loopback(host):
        raise ListenError(
            f"Cannot offer --control on {host}: other machines could make the server fail. Use --host 127.0.0.1."
        )


def _warn_if_reachable(listener: socket.socket) -> None:
    host = listener.getsockname()[0]
    if not is_loopback(host):
        write_line(
            "warning", message=f"{host} can be reached from other machines. Use --host 127.0.0.1 to keep them out."
        )


class _JsonHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        fields = {"message": record.getMessage(), "logger": record.name, "level": record.levelname}
        if record.exc_info:
            fields["traceback"] = logging.Formatter().formatException(record.exc_info)
        write_line("log", **fields)


def _log_as_json() -> None:
    logging.basicConfig(level=logging.ERROR, handlers=[_JsonHandler()])
