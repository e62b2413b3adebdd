"""Progress is one line that is redrawn on a terminal, and rare in a log."""

import os
import pty
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET
from canvas_outcomes_contract.run import progress
from contract_tests.tests.run.contract_runs import CONFORMS, only, run

CLAUSE = "get-outcome-asks-for-a-token"
PROGRESS = re.compile(r"^starting|^collecting|^ *\d+ %", re.MULTILINE)


def test_a_log_gets_a_line_every_15_seconds_at_most(tmp_path: Path) -> None:
    started = time.monotonic()

    code, output = run(*only(CLAUSE), report=tmp_path)

    assert code == CONFORMS, output
    assert progress.LOG_INTERVAL >= 15
    assert len(PROGRESS.findall(output)) <= (time.monotonic() - started) / 15
    assert output.startswith("loading the checks\njudging Embedded reference server: effort default, seed ")


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The output of a run in a terminal of 40 columns."""
    controller, end = pty.openpty()
    files = ["--target", str(EMBEDDED_TARGET), "--report", str(tmp_path_factory.mktemp("terminal"))]
    plugin = ["-p", "contract_tests.tests.run.frequent_progress"]
    command = [sys.executable, "-m", "canvas_outcomes_contract", "judge", *files, *only(CLAUSE), *plugin]
    environment = os.environ | {"COLUMNS": "40", "TERM": "xterm-256color"}
    with subprocess.Popen(command, stdout=end, stderr=end, env=environment) as process:
        os.close(end)
        output = b""
        while part := read(controller):
            output += part
    os.close(controller)
    assert process.returncode == CONFORMS, output
    return output.decode()


def read(controller: int) -> bytes:
    try:
        return os.read(controller, 65536)
    except OSError:  # the run has ended
        return b""


def screen(output: str) -> list[str]:
    """The lines that remain on a terminal after each carriage return."""
    lines = []
    for line in output.split("\n"):
        shown = ""
        for part in line.split("\r"):
            shown = part + shown[len(part) :]
        lines.append(shown.rstrip())
    return lines


def test_a_terminal_shows_one_line_that_is_redrawn_and_removed(terminal: str) -> None:
    parts = terminal.replace("\n", "\r").split("\r")
    drawn = [part for part in parts if PROGRESS.match(part)]

    assert len(drawn) >= 2
    assert {len(part) for part in drawn} == {39}
    lines = screen(terminal)
    assert PROGRESS.search("\n".join(lines)) is None
    assert lines[0] == "loading the checks"
    assert re.fullmatch(r"judging Embedded reference server: effort default, seed \d+", lines[1])


def test_a_terminal_shows_colors_within_its_width(terminal: str) -> None:
    assert f"\x1b[32mpassed\x1b[0m {CLAUSE}" in terminal
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in screen(terminal)[2:]]
    # Text that somebody may search or copy stays in one piece.
    assert [line for line in lines if len(line) > 40 and not line.startswith(("report: ", "verdict: "))] == []
