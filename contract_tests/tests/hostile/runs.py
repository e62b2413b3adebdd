"""Runs of the suite against each kind of hostile server: one process collects the checks, and is forked for each run.

python -m contract_tests.tests.hostile.runs FOLDER prints a line of JSON for each run, and keeps its report.
"""

import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from canvas_outcomes_contract.connection import provider
from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.connection.transport import ssl_context
from canvas_outcomes_contract.load.locust_processes import free_port
from canvas_outcomes_contract.report.page import environment
from canvas_outcomes_contract.run import judge, options
from canvas_outcomes_contract.run.run import RUN_KEY, Run
from contract_tests.tests.hostile.kinds import CORRECT, KINDS
from contract_tests.tests.hostile.server import serve_in_a_process
from contract_tests.tests.run.contract_runs import UNDECIDED, only, target

CLAUSES = (
    "get-outcome-asks-for-a-token",  # one request
    "get-outcome-gives-ids-as-strings-when-asked",  # its check compares two responses
    "list-outcome-alignments-answers-as-documented",  # Schemathesis draws its cases
    "update-outcome-keeps-fields-not-sent",  # Hypothesis draws its cases, and the run restores what they change
)
REFUSED = "refused"  # no server at all
EXPECTED = {name: kind.code for name, kind in KINDS.items()} | {REFUSED: UNDECIDED}
BUDGET = 20  # seconds of one run
SECONDS = 0.25  # for a response of the kinds that never end one
LIMITS = {"seconds": 10, "megabytes": 1}
OPTIONS = ("--effort", "quick", "--seed", "1", "--max-failures", "3", "--max-time", str(BUDGET))
LATE = (
    "slow-head",
    "slow-body",
    "no-response",
    "informational-responses-without-end",
    "endless-small-chunks",
    "endless-trailers",
)
LARGE = ("gzip-bomb", "br-bomb", "endless-large-chunks")
SLOTS = 3
CRASHED = 70


class Forks:
    """A pytest plugin that forks the session before its checks, and ends it in the parent."""

    def __init__(self, base_url: str, folder: Path) -> None:
        self.base_url, self.folder = base_url, folder
        self.name = ""  # of the kind that this process judges
        self.running: dict[int, tuple[str, float]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Let the session go on in each fork; True ends that of the parent."""
        # Cached for all forks.
        ssl_context()
        environment("report").get_template("report.html.jinja")
        # The correct server keeps what a run changes, so these runs take turns.
        others = [name for name in EXPECTED if name not in CORRECT]
        if self._is_fork(session, CORRECT, 1) or self._is_fork(session, others, SLOTS):
            return None
        return True

    def _is_fork(self, session: pytest.Session, names: Iterable[str], slots: int) -> bool:
        for name in names:
            self._wait(slots - 1)
            process = os.fork()
            if not process:
                self._begin(session.config.stash[RUN_KEY], name)
                if name in CORRECT and name != "plain":
                    # The cases that Schemathesis draws take a second.
                    session.items = [item for item in session.items if item.path.name != "test_schema.py"]
                return True
            self.running[process] = name, time.monotonic()
        self._wait(0)
        return False

    def _begin(self, run: Run, name: str) -> None:
        signal.alarm(2 * BUDGET)
        self.name = name
        folder = self.folder / name
        folder.mkdir()
        console = os.open(folder / "console.txt", os.O_WRONLY | os.O_CREAT)
        os.dup2(console, 1)
        os.dup2(console, 2)
        base_url = f"http://127.0.0.1:{free_port()}" if name == REFUSED else self.base_url
        run.target = replace(run.target, base_url=f"{base_url}/{name}")
        if name in LATE:
            run.target = replace(run.target, response_seconds=SECONDS)
        run.budget.end = time.monotonic() + BUDGET
        run.folder = folder

    def _wait(self, most: int) -> None:
        while len(self.running) > most:
            process, status, used = os.wait4(-1, 0)
            name, started = self.running.pop(process)
            print_result(name, os.waitstatus_to_exitcode(status), time.monotonic() - started, used)


def print_result(name: str, code: int, seconds: float, used: resource.struct_rusage) -> None:
    cpu, megabytes = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    print(json.dumps({"kind": name, "code": code, "seconds": seconds, "cpu": cpu, "megabytes": megabytes}))


def main(folder: Path) -> int:
    os.environ["XDG_STATE_HOME"] = str(folder / "state")
    vars(provider).update(MAX_WAIT=0.2)
    options.SHRINKING_BY_EFFORT["quick"] = 0.3
    with reference_server() as upstream, serve_in_a_process({n: k.behave for n, k in KINDS.items()}, upstream) as url:
        forks = Forks(url, folder)
        file = target(folder, base_url=upstream, limits=LIMITS)
        given = ["--target", str(file), "--report", str(folder)]
        run = judge.pytest_arguments(judge.PROVIDER_CHECKS)
        code = CRASHED
        try:
            code = pytest.main([*run, "-s", *given, *OPTIONS, *only(*CLAUSES)], plugins=[forks])
        except BaseException:
            traceback.print_exc()
        if forks.name:
            sys.stdout.flush()
            os._exit(code)  # the servers belong to the parent
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
