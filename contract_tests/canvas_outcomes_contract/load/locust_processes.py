"""Locust's processes: a master that collects figures, and workers that run the users."""

import argparse
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from canvas_outcomes_contract.contract.errors import CannotTell

USERS = Path(__file__).resolve().parent / "users.py"
PORTS = range(20_000, 32_000)
SECONDS_TO_JOIN = 60  # for workers on all machines
SECONDS_TO_END = 30


def free_port() -> int:
    """A free port of the loopback interface, outside the range from which systems choose ports for other programs."""
    while True:
        port = secrets.choice(PORTS)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


class Locust:
    """The processes of a run against the server of a target file. Raises CannotTell if Locust is not installed."""

    def __init__(self, target: Path, workers: int) -> None:
        if find_spec("locust") is None:
            raise CannotTell("Cannot load a server: Locust is not installed. Install the extra load, or use tox.")
        self._target, self._workers = target, workers

    def run(self, base_url: str, users: list[str], options: argparse.Namespace) -> tuple[dict[str, Any], str]:
        """Return the figures of a run, and the reason if it is incomplete."""
        port = options.port if options.remote_workers else free_port()
        host = "*" if options.remote_workers else "127.0.0.1"
        length = ["--users", options.users, "--spawn-rate", options.users, "--run-time", f"{options.seconds}s"]
        joining = ["--expect-workers", self._workers + options.remote_workers]
        patience = ["--expect-workers-max-wait", SECONDS_TO_JOIN, "--stop-timeout", SECONDS_TO_END]
        place = ["--master", "--master-bind-host", host, "--master-bind-port", port, "--host", base_url, "--headless"]
        with tempfile.TemporaryDirectory() as folder:
            figures, log = Path(folder) / "figures.json", Path(folder) / "log"
            with log.open("w") as output:
                master = self._start(output, figures, *place, *length, *joining, *patience, "--only-summary", *users)
                workers = self._start_workers(output, "127.0.0.1", port)
                problem = _wait(master, options.seconds + SECONDS_TO_JOIN + 2 * SECONDS_TO_END)
                problem = problem or _end(workers)
            if not figures.exists():
                raise CannotTell(f"Cannot load {base_url}: {problem or _last_line(log)}")
            found: dict[str, Any] = json.loads(figures.read_text(encoding="utf-8"))
            return found, problem

    def join(self, address: str) -> int:
        """Run workers until the master at HOST:PORT ends the run. Returns 2 if one of them failed."""
        host, _, port = address.rpartition(":")
        workers = self._start_workers(None, host, port)
        codes = [worker.wait() for worker in workers]
        return 2 if any(codes) else 0

    def _start_workers(self, output: Any, host: str, port: object) -> list["subprocess.Popen[bytes]"]:
        arguments = ["--worker", "--master-host", host, "--master-port", port]
        return [self._start(output, None, *arguments) for _ in range(self._workers)]

    def _start(self, output: Any, figures: Path | None, *arguments: object) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-P", "-m", "locust", "-f", str(USERS), "--exit-code-on-error", "0"]
        variables = {"LOAD_TARGET": str(self._target.resolve()), "LOAD_FIGURES": str(figures or "")}
        return subprocess.Popen(
            [*command, *map(str, arguments)],
            stdout=output,
            stderr=output,
            env=os.environ | variables,
            start_new_session=True,  # Ctrl-C reaches this process, which then stops the others in order
        )


def _wait(master: "subprocess.Popen[bytes]", seconds: float) -> str:
    """Wait for the master. Returns the reason if it did not end by itself."""
    try:
        code = master.wait(seconds)
        return f"Locust ended with exit code {code}." if code else ""
    except KeyboardInterrupt:
        master.send_signal(signal.SIGINT)
        master.wait(SECONDS_TO_END)
        return "The run was interrupted."
    except subprocess.TimeoutExpired:
        return f"Locust did not end in {seconds:.0f} s."
    finally:
        master.kill()


def _end(workers: list["subprocess.Popen[bytes]"]) -> str:
    """Wait for the workers. Returns the reason if one did not end by itself after the master."""
    problem = ""
    for worker in workers:
        try:
            worker.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            problem = "A worker did not end after its master."
            worker.kill()
    return problem


def _last_line(log: Path) -> str:
    return (log.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["Locust printed nothing."])[-1]
