"""Judges mutants by contract runs that fork from one, collected once; long, since fork and parent share state.

A run stops after the collection of its checks and forks the workers, each with a right server of its own; a worker
forks once per mutant, and that fork runs the checks as if the run had been started for this mutant alone.
"""

import gc
import multiprocessing
import os
import signal
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from canvas_outcomes_contract.connection.provider import ssl_context
from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET
from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.report.results import EXIT_CODES, ClauseResult, Results
from canvas_outcomes_contract.run.judge import PROVIDER_CHECKS, pytest_arguments
from canvas_outcomes_contract.run.private_interfaces import force_seed
from canvas_outcomes_contract.run.run import RUN_KEY
from contract_tests.mutants.faults import Mutant, Provider, Request, Response
from contract_tests.mutants.faulty_server import FaultyServer, faulty_server
from contract_tests.mutants.right_server import RightServer

SECONDS_TO_JUDGE = 300
# No plugin that this module has imported is rewritten by pytest; none of them asserts.
PLAIN = ("-s", "-W", "ignore::pytest.PytestAssertRewriteWarning")


def no_fault(request: Request, provider: Provider) -> Response:
    return provider(request)


CONTROL = Mutant("(control: no fault)", "", no_fault)


@dataclass(frozen=True)
class Job:
    """A mutant that the checks of `clauses` shall judge with one seed, all of them or until one fails."""

    mutant: Mutant
    clauses: tuple[str, ...]
    seed: int
    all_checks: bool = True

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
            arguments = [
                *pytest_arguments(PROVIDER_CHECKS),
                *PLAIN,
                "--effort",
                effort,
                "--seed",
                "1",
                "--target",
                str(EMBEDDED_TARGET),
            ]
            with _Quiet(output) as quiet:
                self._say = quiet.aloud(self.on_verdict)
                self._run([*arguments, "--report", folder])
            if self.refused or not self.checks:
                problem = self.refused or f"Cannot collect the checks of {PROVIDER_CHECKS}:"
                raise CannotTell(f"{problem}\n{output.read_text()}")

    def _run(self, arguments: list[str]) -> None:
        try:
            pytest.main(arguments, plugins=[self])
        finally:
            if self.fork is not None:
                os._exit(1)  # nothing that comes after its checks belongs to a fork

    def pytest_configure(self) -> None:
        take_no_time_to_shrink()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge the jobs instead of the checks of the session: True says that nothing is left to do."""
        self.checks = {check_of(item) for item in session.items}
        ssl_context()  # takes longer than most checks; the forks have it from here
        gc.freeze()  # nothing of this is garbage: no fork has to look for any in it
        following = multiprocessing.get_context("fork").Value("i", 0)
        receivers = []
        for _ in range(min(self.workers, len(self.jobs))):
            receiver, sender = multiprocessing.Pipe(duplex=False)
            if os.fork() == 0:
                self.fork = _work(self.jobs, following, sender)
                session.config.pluginmanager.unregister(self)
                self.fork.run(session)
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
    server: RightServer | None = None
    seen_red: set[str] = set()
    status = 1
    try:
        server = RightServer()
        while (index := _next(following)) < len(jobs):
            receiver, to_worker = multiprocessing.Pipe(duplex=False)
            child = os.fork()
            if child == 0:
                return Fork(jobs[index], server, to_worker, frozenset(seen_red))
            to_worker.close()
            verdict = _awaited(receiver, child, jobs[index])
            seen_red.update(verdict.red)
            sender.send(verdict)
            server.put_back()
        status = 0
    except BaseException:
        traceback.print_exc()
    if server is not None:
        server.close()
    os._exit(status)


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

    def __init__(self, job: Job, server: RightServer, sender: "Connection[Any, Any]", seen_red: frozenset[str]) -> None:
        self.job, self.server, self.sender, self.seen_red = job, server, sender, seen_red
        self.red: set[str] = set()
        self.started = time.perf_counter()

    def run(self, session: pytest.Session) -> None:
        """Run the checks, say what the run has to say, and end the process of the fork."""
        with tempfile.TemporaryDirectory() as folder, faulty_server(self.job.mutant.fault, self.server.base_url) as it:
            os.environ["XDG_STATE_HOME"] = folder  # what this run remembers is of no use to another one
            self._enter(session, it)
            try:
                session.config.hook.pytest_runtestloop(session=session)
            except session.Failed:
                pass  # one check was enough
            except BaseException:
                it.crashes.append(traceback.format_exc())
            self.sender.send(self._verdict(session.config.stash[RUN_KEY].results, it.crashes))
        os._exit(0)

    def _enter(self, session: pytest.Session, provider: FaultyServer) -> None:
        """Put the mutant in the place of the target, and only the checks of its clauses into the run."""
        wanted = set(self.job.clauses)
        run = session.config.stash[RUN_KEY]
        run.target = replace(run.target, base_url=provider.base_url)
        run.results = replace(run.results, asked=frozenset(wanted))
        session.items[:] = sorted(
            (item for item in session.items if wanted & _clauses(item)), key=_is_drawn_for_seconds
        )
        session.config.option.maxfail = 0 if self.job.all_checks else 1
        session.config.pluginmanager.register(self)
        force_seed(self.job.seed)

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if self.red and _is_drawn_for_seconds(item) and check_of(item) in self.seen_red:
            pytest.skip("Another check has failed already, and this one has for another mutant.")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.red.add(check_of(report))

    def _verdict(self, results: Results, crashes: list[str]) -> Verdict:
        """What the table and the exit code of this run would be, without the seconds that its report takes."""
        verdict = results.verdict()
        status, detail = verdict, "\n".join([results.stopped, *map(_in_words, results.failures())]).strip()
        for judged in results.clause_results():
            if judged.clause.id == self.job.mutant.clause:
                status, detail = judged.status, judged.detail
        seconds, red = time.perf_counter() - self.started, tuple(sorted(self.red))
        return Verdict(self.job, EXIT_CODES[verdict], status, red, seconds, "\n".join(crashes), detail)


def _in_words(judged: ClauseResult) -> str:
    return f"{judged.clause.id} {judged.status}: {judged.detail}"


def _clauses(item: pytest.Item) -> set[object]:
    return {clause for name, clause in item.user_properties if name == "clause"}


def take_no_time_to_shrink() -> None:
    """The first case that fails is enough to kill a mutant; a smaller one proves no more."""
    phases = [phase for phase in hypothesis.Phase if phase.name not in ("shrink", "explain", "target")]
    hypothesis.settings.register_profile("mutants", hypothesis.settings(), phases=phases)
    hypothesis.settings.load_profile("mutants")


def _is_drawn_for_seconds(item: pytest.Item) -> bool:
    """Whether Schemathesis draws the cases of the check, which takes as long as all other checks of its clauses."""
    return item.path.name == "test_schema.py"


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
