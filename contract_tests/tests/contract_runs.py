"""Contract runs in processes of their own, and their reports."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import yaml

from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET
from canvas_outcomes_contract.run.judge import PROVIDER_CHECKS

CONFORMS, VIOLATES, UNDECIDED = 0, 1, 2
DRAWN_CASES = str(PROVIDER_CHECKS / "test_schema.py")  # takes seconds to collect
DEMO: dict[str, Any] = yaml.safe_load(EMBEDDED_TARGET.read_text())


def start(*arguments: str | Path, report: Path) -> subprocess.Popen[str]:
    """Start to judge a target without the client; the default is an embedded server."""
    # A process that a shell has started in the background ignores interrupts, and so would its children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    command = [sys.executable, "-m", "canvas_outcomes_contract", "judge", "--report", report]
    default = [] if "--target" in arguments else ["--target", EMBEDDED_TARGET]
    return subprocess.Popen(
        list(map(str, [*command, *default, *arguments])), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def run(*arguments: str | Path, report: Path) -> tuple[int, str]:
    """The exit code and the output of a contract run."""
    process = start(*arguments, report=report)
    output, _ = process.communicate(timeout=300)
    return process.returncode, output


def selecting(*clauses: str) -> list[str]:
    return [f"--clause={clause}" for clause in clauses]


def target(folder: Path, **changes: Any) -> Path:
    """The embedded target with some of its keys changed."""
    path = folder / "target.yaml"
    path.write_text(yaml.safe_dump(DEMO | changes))
    return path


def read(report: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((report / "report.json").read_text())
    return document


def statuses(report: Path) -> dict[str, str]:
    return {clause["id"]: clause["status"] for clause in read(report)["clauses"]}


def judged(report: Path) -> dict[str, str]:
    return {clause: status for clause, status in statuses(report).items() if status != "not_applicable"}


def entries(report: Path) -> list[dict[str, Any]]:
    """The recorded traffic."""
    recorded: list[dict[str, Any]] = json.loads((report / "traffic.har").read_text())["log"]["entries"]
    return recorded


def outcome(base_url: str, id: int = 1) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {DEMO['tokens']['editor']}"}
    shown: dict[str, Any] = httpx.get(f"{base_url}/api/v1/outcomes/{id}", headers=headers, trust_env=False).json()
    return shown


def wait_until(condition: Callable[[], bool], seconds: float = 240) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"no change within {seconds} s"
        time.sleep(0.05)


class EmptyObjects(BaseHTTPRequestHandler):
    """Responds to every request with an empty object."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_PUT = do_GET

    def log_message(self, format: str, *args: object) -> None: ...


@contextmanager
def serve(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Yield the base URL of a server on a free port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
