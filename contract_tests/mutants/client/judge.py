"""Judges faulty clients by the checks of the client: each mutant is imported and its check collected once, then forked.

A process per mutant puts the mutant in the place of the client before anything imports it; the heavy libraries are
there already. It collects the module of the check and forks once per seed; each fork runs the check until it fails.
"""

import gc
import multiprocessing
import os
import signal
import sys
import tempfile
import warnings
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis.errors import HypothesisSideeffectWarning

import canvas_outcomes_contract.checks.client.variants  # the same for every mutant: no client is in it
from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.run.judge import CLIENT_CHECKS, pytest_arguments
from canvas_outcomes_contract.run.private_interfaces import force_seed
from contract_tests.mutants.client.source_edits import PACKAGE, Mutant
from contract_tests.mutants.judge import PLAIN, check_of, take_no_time_to_shrink

SECONDS_TO_JUDGE = 300
CONTROL = Mutant("(control: no fault)", "", ())
# What an edit raises that is wrong itself: then nothing is proved.
WRONG_EDIT = (NameError, ImportError, SyntaxError)


@dataclass(frozen=True)
class Verdict:
    """What the check said of a mutant with one seed."""

    mutant: Mutant
    seed: int
    red: tuple[str, ...] = ()  # the checks that failed
    detail: str = ""  # what the first of them said
    crash: str = ""  # what the edit itself raised, or why there is no verdict
    checks: tuple[str, ...] = ()  # all that were run

    @property
    def outcome(self) -> str:
        """killed, survived, or broken when it is the edit that is wrong."""
        if self.crash:
            return "broken"
        if self.mutant == CONTROL:
            return "broken" if self.red else "passes"
        return "killed" if self.red else "survived"


def judge(mutants: Sequence[Mutant], seeds: Sequence[int], at_once: int, say: Callable[[Verdict], None]) -> None:
    """Raises CannotTell where a process cannot be forked, and when there is a mutant without a verdict."""
    if not hasattr(os, "fork"):
        raise CannotTell("Cannot judge mutants: this system has no fork. Use Linux or macOS.")
    if PACKAGE in sys.modules:
        raise CannotTell(f"Cannot judge client mutants: {PACKAGE} is imported already.")
    warm_up()
    context = multiprocessing.get_context("fork")
    waiting, running, received = deque(mutants), dict[Any, Any](), 0
    gc.freeze()
    while waiting or running:
        while waiting and len(running) < at_once:
            receiver, sender = context.Pipe(duplex=False)
            process = context.Process(target=_judge_one, args=(waiting.popleft(), seeds, sender))
            process.start()
            sender.close()
            running[receiver] = process
        ready: list[Any] = wait(list(running))
        for receiver in ready:
            try:
                say(receiver.recv())
                received += 1
            except EOFError:
                running.pop(receiver).join()
    if received < len(mutants) * len(seeds):
        raise CannotTell(f"Cannot judge {len(mutants) * len(seeds) - received} client mutants: a process ended early.")


def warm_up() -> None:
    """Do once what would take every fork seconds: make what draws the cases, and load the plugins of pytest."""
    once = hypothesis.settings(
        max_examples=1,
        phases=[hypothesis.Phase.generate],
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    answers = canvas_outcomes_contract.checks.client.variants.response_variants()
    drawn = [one for answer in answers for one in (answer.bodies, answer.other_bodies)]
    for strategy in [
        *drawn,
        *(one.cases for one in canvas_outcomes_contract.checks.client.variants.request_variants()),
    ]:
        hypothesis.find(strategy, lambda _: True, settings=once)
    load_plugins()


def load_plugins() -> None:
    """Load the plugins of pytest, before a fork does."""
    with warnings.catch_warnings(action="ignore", category=HypothesisSideeffectWarning):  # that is the intention
        for plugin in entry_points(group="pytest11"):
            plugin.load()


def _judge_one(mutant: Mutant, seeds: Sequence[int], sender: "Connection[Any, Any]") -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "output").open("w") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        mutant.write(folder)
        sys.path.insert(0, name)
        os.environ["PYTHONPATH"] = name  # a check may start a Python of its own
        session = _Session(mutant, seeds, sender)
        module = mutant.check.partition("::")[0]
        checks = CLIENT_CHECKS / f"test_{module}.py" if module else CLIENT_CHECKS
        plain = [*PLAIN, "-x", "--report", str(folder / "report"), "--seed", "1"]
        code = pytest.main([*pytest_arguments(checks), *plain], plugins=[session])
        session.end(f"pytest ended with {code}:\n{(folder / 'output').read_text()[-3000:]}")


class _Session:
    """A plugin of pytest that runs the check of a mutant once per seed, each in a fork of the collected session."""

    def __init__(self, mutant: Mutant, seeds: Sequence[int], sender: "Connection[Any, Any]") -> None:
        self.mutant, self.seeds, self.sender = mutant, seeds, sender
        self.seed: int | None = None  # in a fork
        self.said: list[int] = []
        self.red: dict[str, str] = {}
        self.crash = ""

    def pytest_configure(self) -> None:
        take_no_time_to_shrink()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.mutant.check:
            items[:] = [item for item in items if check_name(item) == self.mutant.check]
        self.checks = tuple(sorted(set(map(check_name, items))))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """True in the process of the mutant; None, which lets pytest run the checks, in the fork of a seed."""
        if not session.items:
            return True
        gc.freeze()
        for seed in self.seeds:
            child = os.fork()
            if child == 0:
                self.seed = seed
                signal.alarm(SECONDS_TO_JUDGE)
                force_seed(seed)
                return None
            _, status = os.waitpid(child, 0)
            if status:
                self._send(seed, crash="The check did not end." if os.WIFSIGNALED(status) else "The fork failed.")
            self.said.append(seed)
        return True

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        if call.excinfo is not None and isinstance(call.excinfo.value, WRONG_EDIT):
            self.crash = f"{check_name(item)}: {call.excinfo.exconly()}"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and report.when != "teardown":
            self.red.setdefault(check_name(report), report.longreprtext)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        if self.seed is not None:
            self._send(self.seed, tuple(self.red), next(iter(self.red.values()), ""), self.crash)
            os._exit(0)

    def end(self, reason: str) -> None:
        """Says that the check could not be run, for the seeds without a verdict."""
        for seed in self.seeds:
            if seed not in self.said:
                self._send(seed, crash=reason)

    def _send(self, seed: int, red: tuple[str, ...] = (), detail: str = "", crash: str = "") -> None:
        self.sender.send(Verdict(self.mutant, seed, red, detail, crash, getattr(self, "checks", ())))


def check_name(test: pytest.Item | pytest.TestReport) -> str:
    """MODULE::FUNCTION of a test without test_, whatever its parameters."""
    module, _, function = check_of(test).partition("::")
    return f"{module.removeprefix('test_').removesuffix('.py')}::{function.removeprefix('test_')}"
