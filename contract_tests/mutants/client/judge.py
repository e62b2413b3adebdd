"""Judges faulty clients: a pytest session is forked for each mutant before it imports the client."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis.strategies import SearchStrategy

from canvas_outcomes_contract.checks.client import variants  # does not import the client
from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.run.judge import CLIENT_CHECKS
from canvas_outcomes_contract.run.private_interfaces import force_seed
from contract_tests.mutants.client.source_edits import PACKAGE, Edit
from contract_tests.mutants.processes import Report, judge_in_forks
from contract_tests.mutants.pytest_sessions import (
    check_of,
    draw_once,
    one_per_check,
    prepare,
    run_session,
    skip_shrinking,
)
from contract_tests.mutants.verdicts import BROKEN, KILLED, PASSED, SURVIVED, Job, Mutant, Verdict, control

CONTROL: Mutant[Edit] = control(Edit("__init__.py", "__version__ = ", "__version__ = "))
WRONG_EDIT = (NameError, ImportError, SyntaxError)  # raised by an edit that is itself wrong


def judge(jobs: Sequence[Job], effort: str, slots: int, report: Report) -> set[str]:
    """Report a verdict on each job, and return the checks that ran for the control. Raises CannotTell."""
    for job in jobs:
        job.mutant.fault.apply()
    forks = Forks(jobs, slots, report)
    # Not the folder of the checks of the client: pytest would import its conftest before the session starts.
    output = run_session(CLIENT_CHECKS.parent, forks, "-x", "--effort", effort)
    if not forks.is_done:
        raise CannotTell(f"Cannot judge client mutants:\n{output}")
    return forks.checks


@dataclass(eq=False)  # pytest hashes its plugins
class Forks:
    """A pytest plugin that judges mutants instead of collecting checks."""

    jobs: Sequence[Job]
    slots: int
    report: Report
    checks: set[str] = field(default_factory=set)
    is_done: bool = False

    def pytest_configure(self) -> None:
        skip_shrinking()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        """Judge all mutants; True ends the collection."""
        prepare(session, self)
        draw_once(generated_strategies())
        if PACKAGE in sys.modules:
            raise CannotTell(f"{PACKAGE} is imported already.")
        judge_in_forks(self.jobs, self.slots, lambda job, _: judge_in_fork(session, job), self._report)
        self.is_done = True
        return True

    def _report(self, job: Job, verdict: Verdict) -> None:
        self.checks.update(verdict.checks)
        self.report(job, verdict)


def generated_strategies() -> list[SearchStrategy[Any]]:
    received, sent = variants.response_variants(), variants.request_variants()
    for variant in sent:
        variants.simple_case(variant.id)
    in_json = [one.replies("negative") for one in received if one.kind == "json"]
    return [*in_json, *(one.replies() for one in received), *(one.cases for one in sent)]


def judge_in_fork(session: pytest.Session, job: Job) -> Verdict:
    """Import the mutant instead of the client, collect the check that has to detect it, and run it."""
    run = ForkedRun(job)
    session.config.pluginmanager.register(run)
    force_seed(job.seed)
    with tempfile.TemporaryDirectory() as folder:
        job.mutant.fault.write_package(Path(folder))
        sys.path.insert(0, folder)
        os.environ["PYTHONPATH"] = folder  # for checks that start another Python
        session.perform_collect([str(run.checks_folder_or_module)])
        with contextlib.suppress(session.Failed):  # -x
            session.config.hook.pytest_runtestloop(session=session)
    return run.verdict()


class ForkedRun:
    """A pytest plugin that selects the check of a mutant and records its failures."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.checks: set[str] = set()
        self.failures: dict[str, str] = {}
        self.wrong_edit = ""

    @property
    def checks_folder_or_module(self) -> Path:
        module = self.job.mutant.detected_by.partition("::")[0]
        return CLIENT_CHECKS if self.job.mutant.is_control else next(CLIENT_CHECKS.rglob(f"test_{module}.py"))

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, name: str) -> list[pytest.Item] | None:
        """Skip the other checks of a module, which has up to a thousand items."""
        wanted = self.job.mutant.detected_by.partition("::")[2]
        skips = not self.job.mutant.is_control and name.startswith("test_") and name != f"test_{wanted}"
        return [] if skips else None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.wrong_edit = report.longreprtext

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.job.mutant.is_control:
            items[:] = one_per_check(items)
        self.checks = set(map(client_check_of, items))

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        if call.excinfo is not None and isinstance(call.excinfo.value, WRONG_EDIT):
            self.wrong_edit = f"{client_check_of(item)}: {call.excinfo.exconly()}"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and report.when != "teardown":
            self.failures.setdefault(client_check_of(report), report.longreprtext)

    def verdict(self) -> Verdict:
        if self.wrong_edit or not self.checks:
            return Verdict(BROKEN, detail=self.wrong_edit or "There is no such check.")
        if self.job.mutant.is_control:
            outcome = BROKEN if self.failures else PASSED
        else:
            outcome = KILLED if self.failures else SURVIVED
        detail = next(iter(self.failures.values()), "The check passes.")
        return Verdict(outcome, tuple(self.failures), detail, checks=tuple(sorted(self.checks)))


def client_check_of(test: pytest.Item | pytest.TestReport) -> str:
    """MODULE::FUNCTION of a check without test_ and without its parameters."""
    module, _, function = check_of(test).partition("::")
    return f"{module.removeprefix('test_').removesuffix('.py')}::{function.removeprefix('test_')}"
