"""Starts a reference server as a process of its own, for tests."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

READY = "listening on "
SECONDS_TO_STOP = 10


class ServerNotStarted(RuntimeError):
    """The server ended before it accepted requests."""


@contextmanager
def running_server(*arguments: str) -> Iterator[str]:
    """The base URL of a reference server on a free port with a database of its own; it ends with the block.

    Raises ServerNotStarted, with what the server said, when it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="reference-server-") as folder:
        database = f"sqlite:///{Path(folder) / 'outcomes.sqlite'}"
        command = [sys.executable, "-m", "canvas_outcomes_server", "--port", "0", "--database", database, *arguments]
        with (Path(folder) / "log").open("w+") as log:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=_environment())
            try:
                yield _address(process, log.name)
            finally:
                _stop(process)


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONUNBUFFERED": "1"}


def _address(process: subprocess.Popen[str], log: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(READY):
            return line.removeprefix(READY).strip()
    said = Path(log).read_text().strip().splitlines()[-1:] or ["it said nothing"]
    raise ServerNotStarted(f"Cannot start the reference server: {said[0]}")


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    finally:
        if process.stdout is not None:
            process.stdout.close()
