"""A fresh clone of the repository, in which commands run as in a terminal."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts import ROOT
from scripts.release.__main__ import tracked_files

SECONDS_TO_START = 300
IDENTITY = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
# These variables of the surrounding tox, pytest and virtual environment would redirect those of the clone.
INHERITED = ("TOX_", "PYTEST_", "PYTHON", "VIRTUAL_ENV")


class Clone:
    """A clone in an empty folder; `restore` returns it to the last commit, but keeps its environments."""

    def __init__(self, folder: Path) -> None:
        self.path = tracked_files(folder / "repository")
        self._variables = {name: value for name, value in os.environ.items() if not name.startswith(INHERITED)}
        self._variables |= {
            # mypy reads the libraries once for all documents.
            "MYPY_CACHE_DIR": str(ROOT / ".mypy_cache" / "usage"),
            "PIP_NO_COMPILE": "1",
            "XDG_STATE_HOME": str(folder / "state"),
        }
        self.run("git init --quiet")
        self.run("git add .")
        self.run(f"git {' '.join(IDENTITY)} commit --quiet --message 'Fresh clone'")

    def restore(self) -> None:
        self.run("git checkout --quiet . && git clean -fdxq --exclude=.venv --exclude=.tox")
        shutil.rmtree(self.path.parent / "state", ignore_errors=True)

    def run(self, command: str, exit_code: int = 0, timeout: float = 1200) -> str:
        """Run a command in bash and return its output. Raises AssertionError for another exit code."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=self.path,
            env=self._variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )
        message = f"exit code {done.returncode}, wanted {exit_code}: {command}\n{done.stdout}"
        assert done.returncode == exit_code, message
        return done.stdout

    @contextmanager
    def serving(self, command: str) -> Iterator[None]:
        """Run a command that serves until the context ends, in a terminal of its own."""
        # A pipe that nobody reads would fill up and block the server.
        log = self.path.parent / "server.log"
        with log.open("w") as output:
            server = subprocess.Popen(
                ["bash", "-c", f"exec {command}"],
                cwd=self.path,
                env=self._variables,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            until = time.monotonic() + SECONDS_TO_START
            while "listening on" not in log.read_text():
                assert server.poll() is None, f"the server ended:\n{log.read_text()}"
                assert time.monotonic() < until, f"not ready after {SECONDS_TO_START} s:\n{log.read_text()}"
                time.sleep(0.05)
            yield
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGINT)  # as Ctrl-C does in a terminal
            server.wait(timeout=60)
