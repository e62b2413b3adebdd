"""Somebody who does what a document says, word for word, in a fresh copy of the repository.

- `sh` blocks are run by bash; `sh exit=N` says how the last command ends. One that serves runs until the document ends.
- `text` blocks are what the block before them prints; an ellipsis stands for anything.
- `python` blocks are one session.
- A block that begins with `# NAME` is the file of that name; with `# NAME, above LINE:` it goes into that file.
"""

import contextlib
import io
import os
import re
import stat
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from scripts.release.__main__ import tracked_files
from scripts.tests.tox_commands import ROOT

BLOCK = re.compile(r"^```(\w+)(?: exit=(\d+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# ([\w./-]+\.\w+)(?:, above (.+))?\n")
SECONDS_TO_START = 60
IDENTITY = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
# What a document calls: tox without the wait for an environment, pip that resolves but installs nothing, and
# pytest as if the suite were installed.
PROGRAMS = {
    "tox": f'exec "{sys.executable}" -m scripts.tests.tox_commands "$@"',
    "pytest": f'exec "{sys.executable}" -m pytest -p canvas_outcomes_server.pytest_plugin "$@"',
    "pip": f'shift; exec "{Path(sys.executable).parent}/uv" pip install --dry-run -q --python "{sys.executable}" "$@"',
}


@dataclass(frozen=True)
class Block:
    language: str
    exit_code: int
    text: str
    line: int


def blocks(document: Path) -> list[Block]:
    text = document.read_text(encoding="utf-8")
    return [Block(m[1], int(m[2] or 0), m[3], text.count("\n", 0, m.start()) + 1) for m in BLOCK.finditer(text)]


class Reader:
    """Follows one document in a copy of the repository; `port` stands for the port that the document names."""

    def __init__(self, folder: Path, port: int) -> None:
        self.copy, self.port, self.said = tracked_files(folder / "repository"), port, ""
        self._names: dict[str, object] = {}
        self._server: subprocess.Popen[str] | None = None
        self._make_programs()
        for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "A fresh clone"]):
            subprocess.run(["git", *IDENTITY, *command], cwd=self.copy, check=True, capture_output=True)

    def _make_programs(self) -> None:
        self._programs = self.copy / ".venv" / "bin"
        self._programs.mkdir(parents=True)
        for name, command in PROGRAMS.items():
            path = self._programs / name
            path.write_text(f"#!/bin/sh\n{command}\n")
            path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def follow(self, document: Path) -> None:
        try:
            for block in blocks(document):
                place = f"{document.name}:{block.line}"
                try:
                    getattr(self, f"_{block.language}", self._file)(block)
                except AssertionError as error:
                    raise AssertionError(f"{place}: {error}\n{self.said}") from error
        finally:
            self._stop()

    def _stop(self) -> None:
        if self._server is not None:
            self._server.terminate()
            self._server.wait()

    def _sh(self, block: Block) -> None:
        command = self._local(block.text)
        if "-e serve" in command:
            self._serve(command)
        else:
            self._finish(["bash", "-euo", "pipefail", "-c", command], block.exit_code)

    def _serve(self, command: str) -> None:
        # Into a file: nobody reads on what it says of each request, and a pipe that is full would stop it.
        log = self.copy.parent / "server.log"
        with log.open("w") as output:
            self._server = self._start(["bash", "-c", f"exec {command}"], output.fileno())
        until = time.monotonic() + SECONDS_TO_START
        while "listening on" not in log.read_text():
            self.said = log.read_text()
            assert self._server.poll() is None, "the server does not start"
            assert time.monotonic() < until, f"the server does not start within {SECONDS_TO_START} s"
            time.sleep(0.05)

    def _python(self, block: Block) -> None:
        if FILE.match(block.text):
            self._file(block)
            return
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(self._local(block.text), "document", "exec"), self._names)
        self.said = printed.getvalue()

    def _file(self, block: Block) -> None:
        named = FILE.match(block.text)
        assert named is not None, f"a block of {block.language} begins with the name of its file"
        path, text = self.copy / named[1], self._local(block.text[named.end() :])
        if named[2] is None:
            path.write_text(text, encoding="utf-8")
            return
        before, line, after = path.read_text(encoding="utf-8").partition(f"\n{named[2]}\n")
        assert line, f"{named[1]} has no line {named[2]}"
        path.write_text(f"{before}\n{text}{line}{after}", encoding="utf-8")

    def _text(self, block: Block) -> None:
        for line in self._local(block.text).splitlines():
            pattern = r"[^\n]*".join(re.escape(part) for part in re.split("…", line.strip()))
            assert re.search(pattern, self.said), f"it does not print {line!r}"

    def _local(self, text: str) -> str:
        return text.replace("8000", str(self.port))

    def _finish(self, command: list[str], exit_code: int) -> None:
        process = self._start(command)
        self.said, _ = process.communicate(timeout=300)
        assert process.returncode == exit_code, f"exit code {process.returncode}, not {exit_code}"

    def _start(self, command: list[str], output: int = subprocess.PIPE) -> subprocess.Popen[str]:
        known = {
            "PATH": os.pathsep.join([str(self._programs), str(Path(sys.executable).parent), os.environ["PATH"]]),
            # The copy's client goes before the one that is installed here.
            "PYTHONPATH": os.pathsep.join([str(self.copy), str(self.copy / "generated_client")]),
            # mypy need not read the libraries for each copy.
            "MYPY_CACHE_DIR": str(ROOT / ".mypy_cache" / "usage"),
            "XDG_STATE_HOME": str(self.copy.parent / "state"),
        }
        environment = os.environ | known
        return subprocess.Popen(
            command, cwd=self.copy, stdout=output, stderr=subprocess.STDOUT, text=True, env=environment
        )
