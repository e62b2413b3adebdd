"""Judges mutants in forks of this process, a group of processes for each, so that what a mutant leaves ends with it."""

import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import pytest

from contract_tests.errors import CannotTell
from scripts.mutation.population import Mutant

SECONDS_TO_JUDGE = 300
TRIED_FIRST = 12  # tests that killed mutants of the same module


@dataclass(frozen=True)
class Verdict:
    """What a stage said of a mutant."""

    mutant: Mutant
    killed_by: str  # the test that failed, or what else went wrong; empty: it survived
    seconds: float = 0


class Kills:
    """Which tests have killed mutants of a module; they are the first to judge its next ones."""

    def __init__(self) -> None:
        self._by_module: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, verdict: Verdict) -> None:
        if verdict.killed_by:
            self._by_module[verdict.mutant.mutation.module][verdict.killed_by] += 1

    def sort(self, items: list[pytest.Item], module: str) -> None:
        """Without a module: all that have killed anything come first."""
        counted = self._by_module[module] if module else sum(self._by_module.values(), Counter())
        names = [name for name, _ in counted.most_common(None if not module else TRIED_FIRST)]
        first = {name: at for at, name in enumerate(names)}
        items.sort(key=lambda item: first.get(item.nodeid, len(first)))


class FirstRed:
    """A plugin of pytest that stops at the first test that fails, and keeps its name.

    What a fixture says when it ends does not count: it may depend on the tests that have not been run.
    """

    def __init__(self, mutant: Mutant, kills: Kills) -> None:
        self.mutant, self.kills, self.name = mutant, kills, ""
        self.session: pytest.Session | None = None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        self.session = session
        self.kills.sort(items, self.mutant.mutation.module)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.name = self.name or f"{report.nodeid} cannot be imported"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and report.when != "teardown" and self.session is not None:
            self.name = self.name or report.nodeid
            self.session.shouldfail = "one test is enough"


def in_forks(
    mutants: Sequence[Mutant], at_once: int, judge: Callable[[Mutant, Path], str], say: Callable[[Verdict], None]
) -> None:
    """Call `judge` in a fork for each mutant, with a folder of its own; it returns what killed the mutant, or nothing.

    Raises CannotTell where a process cannot be forked.
    """
    if not hasattr(os, "fork"):
        raise CannotTell("Cannot judge mutants: this system has no fork. Use Linux or macOS.")
    waiting, running = deque(mutants), dict[Any, _Running]()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # so that no mutant outlives this process
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                one = _Running(waiting.popleft(), judge)
                running[one.receiver] = one
            ready = wait(list(running), timeout=1)
            late = [receiver for receiver, one in running.items() if one.seconds > SECONDS_TO_JUDGE]
            for receiver in dict.fromkeys([*ready, *late]):
                say(running.pop(receiver).ended())
    finally:
        for one in running.values():
            one.ended()


class _Running:
    """A mutant that is being judged."""

    def __init__(self, mutant: Mutant, judge: Callable[[Mutant, Path], str]) -> None:
        self.mutant, self.started = mutant, time.perf_counter()
        self.folder = tempfile.TemporaryDirectory(prefix="mutant-")
        self.receiver, sender = multiprocessing.Pipe(duplex=False)
        self.process = os.fork()
        if self.process == 0:
            _judge(mutant, judge, Path(self.folder.name), sender)
        sender.close()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.started

    def ended(self) -> Verdict:
        """The verdict, once there is one or it is too late; nothing of the mutant runs on."""
        try:
            killed_by = self.receiver.recv() if self.receiver.poll() else "it does not end"
        except EOFError:
            killed_by = "the process ended"
        with suppress(ProcessLookupError):
            os.killpg(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        self.receiver.close()
        self.folder.cleanup()
        return Verdict(self.mutant, killed_by, self.seconds)


def _judge(mutant: Mutant, judge: Callable[[Mutant, Path], str], folder: Path, sender: "Connection[Any, Any]") -> None:
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with (folder / "output").open("w") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        os.environ["XDG_STATE_HOME"] = str(folder)  # what a run remembers is of no use to another one
        # A PostgreSQL that was not stopped ends when its files are gone.
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
        sender.send(judge(mutant, folder))
    except BaseException as problem:
        sender.send(f"{type(problem).__name__}: {problem}")
    finally:
        sys.stdout.flush()
        os._exit(0)
