"""Start the server as its users do, send requests to it, and read its log and database."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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
SECONDS_TO_START = 30


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
        return socket.create_connection((address.hostname, address.port), timeout=10)

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
        for _ in range(100):
            for line in self.log.read_text().splitlines():
                if part in line:
                    entry: dict[str, Any] = json.loads(line)
                    return entry
            time.sleep(0.02)
        raise AssertionError(f"the log has no {part}: {self.log.read_text()}")


def new_client(url: str, **options: Any) -> httpx2.Client:
    # Without certificates: loading those of the system takes 30 ms.
    return httpx2.Client(base_url=url, timeout=30, verify=False, trust_env=False, **options)


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
        ready, _, _ = select([process.stdout], [], [], SECONDS_TO_START)
        line = process.stdout.readline() if ready else ""
        assert line.startswith(READY), log.read_text()
        server = Server(process, line.removeprefix(READY).strip(), log, database)
        yield server
        server.client.close()
        server.engine.dispose()
    finally:
        process.terminate()
        try:
            process.wait(20)
        finally:
            process.kill()
            assert process.stdout is not None
            process.stdout.close()


def run_to_end(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command that cannot start, and return its output."""
    return subprocess.run(command(*arguments), capture_output=True, text=True, cwd=ROOT, timeout=30, check=False)
