"""Start the server as its users do, send requests to it, and read its log and database."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from select import select
from typing import Any
from urllib.parse import urlsplit

import httpx2
import sqlalchemy as sa

from canvas_outcomes_server.storage import tables as t
from canvas_outcomes_server.storage.database import engine_of

ROOT = Path(__file__).parent.parent.parent
READY = "listening on "
# For whatever ends or appears at once on an idle machine.
SECONDS = 60
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass
class Server:
    """A running server with a client, its log and a connection to its database."""

    process: "subprocess.Popen[str]"
    url: str
    log: Path
    database: str
    client: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = new_client(self.url)
        self.engine = engine_of(sa.make_url(self.database))

    def connect(self) -> socket.socket:
        """Open a connection, for bytes that no client library would send."""
        address = urlsplit(self.url)
        return socket.create_connection((address.hostname, address.port), timeout=SECONDS)

    def begin(self, connection: socket.socket, head: bytes) -> None:
        """Send the head of a request that has a body, and wait until the server reads the body."""
        connection.sendall(head + b"Expect: 100-continue\r\n\r\n")
        assert connection.recv(len(CONTINUE)) == CONTINUE

    def has_listener(self) -> bool:
        with suppress(OSError), self.connect():
            return True
        return False

    def get(self, path: str, token: str | None = "editor-token", **more: Any) -> httpx2.Response:
        return self.client.get("/api/v1" + path, headers=_headers(token, more), **more)

    def put(self, path: str, token: str | None = "editor-token", **more: Any) -> httpx2.Response:
        return self.client.put("/api/v1" + path, headers=_headers(token, more), **more)

    def show(self, outcome: int, token: str = "admin-token", **more: Any) -> dict[str, Any]:
        response = self.get(f"/outcomes/{outcome}", token, **more)
        assert response.status_code == 200, response.text
        shown: dict[str, Any] = response.json()
        return shown

    def update(self, outcome: int, token: str = "editor-token", **more: Any) -> dict[str, Any]:
        response = self.put(f"/outcomes/{outcome}", token, **more)
        assert response.status_code == 200, response.text
        shown: dict[str, Any] = response.json()
        return shown

    def store(self, outcome: int, **values: Any) -> None:
        """Store values that no request could store."""
        condition = t.outcomes.c.id == outcome
        with self.engine.connect() as connection:
            content = json.loads(connection.execute(sa.select(t.outcomes.c.content).where(condition)).scalar_one())
            connection.execute(sa.update(t.outcomes).where(condition).values(content=json.dumps(content | values)))

    def line(self, **fields: object) -> dict[str, Any]:
        """The log line with these successive fields and more, which is written after the response."""
        part = json.dumps(fields, separators=(",", ":"))[1:-1] + ","
        wait_until(lambda: any(part in line for line in self.lines()))
        entry: dict[str, Any] = json.loads(next(line for line in self.lines() if part in line))
        return entry

    def lines(self) -> list[str]:
        """The complete lines of the log."""
        return self.log.read_text().split("\n")[:-1]


def has_ipv6() -> bool:
    with suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
        return True
    return False


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < until, f"the condition is not true after {SECONDS} s"
        time.sleep(0.02)


def new_client(url: str, **options: Any) -> httpx2.Client:
    # Without certificates: loading those of the system takes 30 ms. A request on a connection that was idle for five
    # seconds could cross with its end.
    limits = httpx2.Limits(keepalive_expiry=1)
    return httpx2.Client(base_url=url, timeout=SECONDS, verify=False, trust_env=False, limits=limits, **options)


def _headers(token: str | None, more: dict[str, Any]) -> dict[str, str]:
    given: dict[str, str] = more.pop("headers", {})
    return given if token is None else {"Authorization": f"Bearer {token}"} | given


def command(*arguments: str, program: Sequence[str] = ("-m", "canvas_outcomes_server")) -> list[str]:
    return [sys.executable, *program, *arguments]


@contextmanager
def started(database: str, folder: Path, *arguments: str, **options: Any) -> Iterator[Server]:
    """Run a server on a free port until SIGTERM at the end of the block."""
    log = folder / f"log-{time.monotonic_ns()}"
    parts = command("--port", "0", "--database", database, *arguments, **options)
    with log.open("w") as stderr:
        process = subprocess.Popen(parts, stdout=subprocess.PIPE, stderr=stderr, text=True, cwd=ROOT)
    try:
        assert process.stdout is not None
        ready, _, _ = select([process.stdout], [], [], SECONDS)
        line = process.stdout.readline() if ready else ""
        assert line.startswith(READY), log.read_text()
        server = Server(process, line.removeprefix(READY).strip(), log, database)
        yield server
        server.client.close()
        server.engine.dispose()
    finally:
        process.terminate()
        try:
            process.wait(SECONDS)
        finally:
            process.kill()
            assert process.stdout is not None
            process.stdout.close()


def run_to_end(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command that cannot start, and return its output."""
    return subprocess.run(command(*arguments), capture_output=True, text=True, cwd=ROOT, timeout=SECONDS, check=False)
