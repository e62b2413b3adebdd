"""Judges mutants by contract runs that fork from one: the suite is imported and collected once, not once per mutant.

A run stops after the collection of its checks and forks the workers, each with a right server of its own; a worker
forks once per mutant, and that fork goes on with the run as if it had been started for this mutant alone.
"""

import gc
import json
import multiprocessing
import os
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import hypothesis
import hypothesis.core
import pytest

from contract_tests.errors import CannotTell
from contract_tests.mutants.faults import Mutant, Provider, Request, Response
from contract_tests.mutants.faulty_server import FaultyServer, faulty_server
from contract_tests.mutants.right_server import EMBEDDED, RightServer
from contract_tests.plugin import RUN

CHECKS = Path(__file__).resolve().parent.parent / "provider"
SECONDS_TO_JUDGE = 300
# No plugin that this module has imported is rewritten by pytest; none of them asserts.
PLAIN = ("-q", "-s", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")


def no_fault(request: Request, provider: Provider) -> Response:
    return provider(request)


CONTROL = Mutant("(control: no fault)", "", no_fault)


@dataclass(frozen=True)
class Job:
    """A mutant that the checks of `clauses` shall judge with one seed."""

    mutant: Mutant
    clauses: tuple[str, ...]
    seed: int

    @property
    def is_control(self) -> bool:
        return self.mutant.name == CONTROL.name


@dataclass(frozen=True)
class Verdict:
    """What a contract run said of a mutant."""

    job: Job
    exit_code: int = -1
    status: str = "none"  # of the clause; of the control, the verdict of the run
    red: tuple[str, ...] = ()  # the checks that failed, as MODULE::FUNCTION
    seconds: float = 0
    crash: str = ""  # what the fault itself raised
    detail: str = ""  # what the report says of the clause


@dataclass
class Judge:
    """A plugin of pytest that judges jobs instead of running the checks once."""

    jobs: list[Job]
    workers: int
    on_verdict: Callable[[Verdict], None]
    checks: set[str] = field(default_factory=set)  # all that were collected
    fork: "Fork | None" = None  # in the process that judges one job
    refused: str = ""

    def run(self, effort: str) -> None:
        """Raises CannotTell when there is a job without a verdict."""
        if not hasattr(os, "fork"):
            raise CannotTell("Cannot judge mutants: this system has no fork. Use Linux or macOS.")
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "output"
            arguments = [str(CHECKS), *PLAIN, "--effort", effort, "--seed", "1", "--target", str(EMBEDDED)]
            with _Quiet(output) as quiet:
                self._say = quiet.aloud(self.on_verdict)
                self._run([*arguments, "--report", folder])
            if self.refused or not self.checks:
                raise CannotTell(self.refused or f"Cannot collect the checks of {CHECKS}:\n{output.read_text()}")

    def _run(self, arguments: list[str]) -> None:
        try:
            code = int(pytest.main(arguments, plugins=[self]))
            if self.fork is not None:
                self.fork.end(code)
        finally:
            if self.fork is not None:
                os._exit(1)  # nothing that comes after the run belongs to a fork

    def pytest_configure(self) -> None:
        """The first case that fails is enough; a smaller one proves no more."""
        phases = [phase for phase in hypothesis.Phase if phase.name not in ("shrink", "explain", "target")]
        hypothesis.settings.register_profile("mutants", hypothesis.settings.get_profile("contract"), phases=phases)
        hypothesis.settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """True where nothing is left to do; None, which lets pytest run the checks, in the fork of a job."""
        self.checks = {check_of(item) for item in session.items}
        gc.freeze()  # nothing of this is garbage: no fork has to look for any in it
        following = multiprocessing.get_context("fork").Value("i", 0)
        receivers = []
        for _ in range(min(self.workers, len(self.jobs))):
            receiver, sender = multiprocessing.Pipe(duplex=False)
            if os.fork() == 0:
                self.fork = _work(self.jobs, following, sender)
                self.fork.enter(session)
                return None
            sender.close()
            receivers.append(receiver)
        self._receive(receivers, following)
        return True

    def _receive(self, receivers: list[Any], following: Any) -> None:
        received = 0
        try:
            while receivers:
                ready: list[Any] = wait(receivers)
                for receiver in ready:
                    try:
                        self._say(receiver.recv())
                        received += 1
                    except EOFError:
                        receivers.remove(receiver)
        finally:
            following.value = len(self.jobs)  # who stops listening lets the workers stop, too
        if received < len(self.jobs):
            self.refused = f"Cannot judge {len(self.jobs) - received} mutants: a worker ended before its time."


def _work(jobs: list[Job], following: Any, sender: "Connection[Any, Any]") -> "Fork":
    """Forks for one job after the other until there are no more; returns in the forks only."""
    server = RightServer()
    try:
        while (index := _next(following)) < len(jobs):
            receiver, to_worker = multiprocessing.Pipe(duplex=False)
            child = os.fork()
            if child == 0:
                return Fork(jobs[index], server, to_worker)
            to_worker.close()
            sender.send(_awaited(receiver, child, jobs[index]))
            server.put_back()
    except BaseException:
        server.close()
        os._exit(1)
    server.close()
    os._exit(0)


def _next(following: Any) -> int:
    with following.get_lock():
        index: int = following.value
        following.value += 1
    return index


def _awaited(receiver: "Connection[Any, Any]", child: int, job: Job) -> Verdict:
    try:
        if not receiver.poll(SECONDS_TO_JUDGE):
            os.kill(child, signal.SIGKILL)
        verdict: Verdict = receiver.recv()
    except EOFError:
        verdict = Verdict(job, crash="The run ended without a verdict.")
    os.waitpid(child, 0)
    return verdict


class Fork:
    """The rest of a contract run, for one mutant."""

    def __init__(self, job: Job, server: RightServer, sender: "Connection[Any, Any]") -> None:
        self.job, self.server, self.sender = job, server, sender
        self.red: set[str] = set()
        self.started = time.perf_counter()
        self.folder = tempfile.TemporaryDirectory()
        os.environ["XDG_STATE_HOME"] = self.folder.name  # what this run remembers is of no use to another one

    def enter(self, session: pytest.Session) -> None:
        """Put the mutant in the place of the target, and only the checks of its clauses into the run."""
        self._faulty = faulty_server(self.job.mutant.fault, self.server.base_url)
        self.provider: FaultyServer = self._faulty.__enter__()
        wanted = set(self.job.clauses)
        run = session.config.stash[RUN]
        run.target = replace(run.target, base_url=self.provider.base_url)
        run.folder = Path(self.folder.name)
        run.results = replace(run.results, asked=frozenset(wanted))
        session.items[:] = [item for item in session.items if wanted & _clauses(item)]
        session.config.pluginmanager.register(self)
        vars(hypothesis.core).update(global_force_seed=self.job.seed)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.red.add(check_of(report))

    def end(self, exit_code: int) -> None:
        """Say what the run said, and end the process of the fork."""
        report = json.loads((Path(self.folder.name) / "report.json").read_text())
        clauses = {clause["id"]: clause for clause in report["clauses"]}
        judged = clauses.get(self.job.mutant.clause, {"status": report["verdict"], "detail": report["stopped"]})
        seconds, crash = time.perf_counter() - self.started, "\n".join(self.provider.crashes)
        red = tuple(sorted(self.red))
        self.sender.send(Verdict(self.job, exit_code, judged["status"], red, seconds, crash, judged["detail"]))
        self.folder.cleanup()
        os._exit(0)


def _clauses(item: pytest.Item) -> set[object]:
    return {clause for name, clause in item.user_properties if name == "clause"}


def check_of(test: pytest.Item | pytest.TestReport) -> str:
    """MODULE::FUNCTION of a test, whatever its parameters."""
    return test.nodeid.partition("[")[0].rpartition("/")[2]


class _Quiet:
    """Everything that is printed in the block goes to a file, except by what is made `aloud`."""

    def __init__(self, path: Path) -> None:
        self.output = path.open("w")

    def __enter__(self) -> "_Quiet":
        self._kept = [os.dup(1), os.dup(2)]
        os.dup2(self.output.fileno(), 1)
        os.dup2(self.output.fileno(), 2)
        return self

    def __exit__(self, *error: object) -> None:
        for number, descriptor in enumerate(self._kept, start=1):
            os.dup2(descriptor, number)
        self.output.close()

    def aloud(self, say: Callable[[Verdict], None]) -> Callable[[Verdict], None]:
        def loudly(verdict: Verdict) -> None:
            os.dup2(self._kept[0], 1)
            say(verdict)
            os.dup2(self.output.fileno(), 1)

        return loudly
