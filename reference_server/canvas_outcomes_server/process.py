"""Run a reference server in a process of its own, for tests."""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

READY = "listening on "
SECONDS_TO_STOP = 10
UNBUFFERED = {"PYTHONUNBUFFERED": "1"}


class ServerNotStarted(RuntimeError):
    """The server ended before it accepted requests; str() is the message for the user."""


@contextmanager
def running_server(*arguments: str) -> Iterator[str]:
    """Run a server on a free port with a temporary database, and yield its base URL. Raises ServerNotStarted."""
    with tempfile.TemporaryDirectory(prefix="reference-server-") as folder:
        database = f"sqlite:///{Path(folder) / 'outcomes.sqlite'}"
        # -P: a module of the tests, such as secrets.py, must not stand for one of the standard library.
        command = [sys.executable, "-P", "-m", __name__, "--port", "0", "--database", database, *arguments]
        with (Path(folder) / "log").open("w+") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=os.environ | UNBUFFERED,
                # Ctrl-C is for the tests, which may need the server until their end.
                start_new_session=True,
            )
            try:
                yield _address(process, log.name)
            finally:
                _stop(process)


def _address(process: subprocess.Popen[str], log: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(READY):
            return line.removeprefix(READY).strip()
    lines = Path(log).read_text().strip().splitlines() or ["it ended without a message"]
    raise ServerNotStarted(f"Cannot start the reference server: {lines[-1]}")


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    finally:
        for pipe in filter(None, (process.stdin, process.stdout)):
            pipe.close()


def _end_with_parent() -> None:
    """End this process when its parent, which holds the other end of stdin, has ended, even by SIGKILL."""
    # Not sys.stdin.read(), whose lock would delay the end of the process.
    os.read(0, 1)
    os._exit(1)


if __name__ == "__main__":
    from canvas_outcomes_server.__main__ import main

    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.exit(main())
