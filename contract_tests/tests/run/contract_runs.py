"""Contract runs in processes of their own, for the tests: start one, read its report, write its target."""

import json
import os
import re
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

import httpx2
import yaml

from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET
from canvas_outcomes_contract.run.judge import PROVIDER_CHECKS
from scripts import ROOT

DRAWN_CASES = ("--ignore", str(PROVIDER_CHECKS / "test_schema.py"))  # takes seconds to collect
OFTEN = ("-p", "contract_tests.tests.run.frequent_progress")
UNSHRUNK = ("-p", "contract_tests.tests.run.unshrunk")
CONFORMS, VIOLATES, UNDECIDED = 0, 1, 2
# Without certificates, whose reading takes longer than a request.
HTTP = httpx2.Client(timeout=60, verify=False, trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0))
DEMO: dict[str, Any] = yaml.safe_load(EMBEDDED_TARGET.read_text())


def start(*arguments: object, report: Path, folder: Path = ROOT) -> subprocess.Popen[str]:
    """Start a run of the checks of the provider; arguments that `judge` does not define go to pytest."""
    # A shell that starts the tests in the background lets them, and what they start, ignore interrupts; nohup, SIGHUP.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    given = [] if "--target" in arguments else ["--target", EMBEDDED_TARGET]
    command = [sys.executable, "-m", "canvas_outcomes_contract", "judge", "--report", report, *given, *arguments]
    return subprocess.Popen(
        list(map(str, command)), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def run(*arguments: object, report: Path, folder: Path = ROOT) -> tuple[int, str]:
    """The exit code and the output of a run."""
    process = start(*arguments, report=report, folder=folder)
    output, _ = process.communicate(timeout=300)
    return process.returncode, output


def read(report: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((report / "report.json").read_text())
    return document


def statuses(report: Path) -> dict[str, str]:
    return {clause["id"]: clause["status"] for clause in read(report)["clauses"]}


def judged(report: Path) -> dict[str, str]:
    return {clause: status for clause, status in statuses(report).items() if status != "not_applicable"}


def requests(report: Path) -> list[dict[str, Any]]:
    """The requests of the recorded traffic."""
    return [entry["request"] for entry in json.loads((report / "traffic.har").read_text())["log"]["entries"]]


def target(folder: Path, **changes: Any) -> Path:
    """The embedded target with some of its keys changed; what a run changes is restored."""
    path = folder / "target.yaml"
    path.write_text(yaml.safe_dump(DEMO | {"disposable": False} | changes))
    return path


def only(*clauses: str) -> list[str]:
    return [f"--clause={clause}" for clause in clauses]


def outcome(base_url: str, id: int = DEMO["resources"]["editable_outcome"]) -> Any:
    headers = {"Authorization": f"Bearer {DEMO['tokens']['editor']}"}
    return HTTP.get(f"{base_url}/api/v1/outcomes/{id}", headers=headers).json()


def until_checks_run(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    next(line for line in process.stdout if re.match(r" *[1-9]\d* %", line))


def wait_until(condition: Callable[[], bool], seconds: float = 300) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"the condition is not true after {seconds} s"
        time.sleep(0.05)


def in_shell(line: str, **variables: str) -> str:
    """The output of a curl line."""
    environment = {**os.environ, "no_proxy": "*", "EDITOR_TOKEN": "t", **variables}
    return subprocess.run(line, shell=True, check=True, capture_output=True, env=environment).stdout.decode()


class EmptyObjects(BaseHTTPRequestHandler):
    """A server that returns an empty object for every request."""

    body = b"{}"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    do_PUT = do_GET

    def log_message(self, format: str, *args: object) -> None: ...


@contextmanager
def serve(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The base URL of a server on a free port, which ends with the block."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
