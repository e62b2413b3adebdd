"""Judges faulty providers: a contract run is collected once, and forked for each mutant."""

import contextlib
import os
import tempfile
import traceback
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import strategies as st

from canvas_outcomes_contract.checks.provider.outcomes.strategies import (
    form_updates,
    known_states,
    outcome_updates,
    unknown_methods,
)
from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET
from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.report.results import CONFORMS, EXIT_CODES
from canvas_outcomes_contract.run.judge import PROVIDER_CHECKS
from canvas_outcomes_contract.run.private_interfaces import force_seed
from canvas_outcomes_contract.run.run import RUN_KEY, Run
from contract_tests.mutants.processes import Report, judge_in_forks
from contract_tests.mutants.provider.correct_server import correct_server
from contract_tests.mutants.provider.faults import Fault, Provider, Request, Response
from contract_tests.mutants.provider.faulty_server import FaultyServer, faulty_server
from contract_tests.mutants.pytest_sessions import (
    check_of,
    draw_once,
    one_per_check,
    prepare,
    run_session,
    skip_shrinking,
)
from contract_tests.mutants.verdicts import BROKEN, KILLED, PASSED, SURVIVED, Job, Mutant, Verdict, control

DRAWN_CASES = f"{PROVIDER_CHECKS}/test_schema.py"
JUDGED_BY_DRAWN_CASES = ("-answers-as-documented", "-never-fails-on-a-request")  # the clauses


def no_fault(request: Request, provider: Provider) -> Response:
    return provider(request)


CONTROL: Mutant[Fault] = control(no_fault)


def judge(jobs: Sequence[Job], effort: str, slots: int, report: Report) -> set[str]:
    """Report a verdict on each job, and return all checks. Raises CannotTell when none can be collected.

    The cases that Schemathesis draws take 400 MB, which slows every fork: mutants that need them get their own session.
    """
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(correct_server()) for _ in range(min(slots, len(jobs)))]
        drawn = [job for job in jobs if job.mutant.is_control or job.mutant.detected_by.endswith(JUDGED_BY_DRAWN_CASES)]
        others = [job for job in jobs if job not in drawn]

        def serve(fault: Fault, slot: int) -> AbstractContextManager[FaultyServer]:
            servers[slot].restore()
            return faulty_server(fault, servers[slot].base_url)

        options = ["--effort", effort, "--target", str(EMBEDDED_TARGET)]
        checks = run_forks(Forks(others, len(servers), serve, report), *options, f"--ignore={DRAWN_CASES}")
        return checks | run_forks(Forks(drawn, len(servers), serve, report), *options)


def run_forks(forks: "Forks", *options: str) -> set[str]:
    """Judge the jobs of one session, and return its checks. Raises CannotTell when none can be collected."""
    if not forks.jobs:
        return set()
    output = run_session(PROVIDER_CHECKS, forks, *options)
    if not forks.checks:
        raise CannotTell(f"Cannot collect the checks of {PROVIDER_CHECKS}:\n{output}")
    return forks.checks


@dataclass(eq=False)  # pytest hashes its plugins
class Forks:
    """A pytest plugin that judges mutants instead of running the collected checks once."""

    jobs: Sequence[Job]
    slots: int
    serve: Callable[[Fault, int], AbstractContextManager[FaultyServer]]  # for a slot
    report: Report
    checks: set[str] = field(default_factory=set)
    failed_before: set[str] = field(default_factory=set)  # checks that some mutant has made fail
    clauses: dict[pytest.Item, set[str]] = field(default_factory=dict)

    def pytest_configure(self) -> None:
        skip_shrinking()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge all mutants; True ends the loop."""
        self.checks = set(map(check_of, session.items))
        self.clauses = {item: _clauses(item) for item in session.items}
        prepare(session, self)
        draw_once([outcome_updates, form_updates, known_states, unknown_methods, st.text()])
        judge_in_forks(self.jobs, self.slots, lambda job, slot: self.judge(session, job, slot), self._report)
        return True

    def _report(self, job: Job, verdict: Verdict) -> None:
        self.failed_before.update(verdict.failed_checks)
        self.report(job, verdict)

    def judge(self, session: pytest.Session, job: Job, slot: int) -> Verdict:
        items, clauses = self.choose(job.mutant, session)
        with (
            tempfile.TemporaryDirectory() as state,
            self.serve(job.mutant.fault, slot) as provider,
        ):
            os.environ["XDG_STATE_HOME"] = state  # of the snapshots of this run
            return ForkedRun(session, job, provider).judge(items, clauses, self.failed_before)

    def choose(self, mutant: Mutant[Fault], session: pytest.Session) -> tuple[list[pytest.Item], set[str]]:
        """The checks to run, and the clauses to judge."""
        if mutant.is_control:
            items = session.items if mutant.status == "deviates" else one_per_check(session.items)
            return list(items), set().union(*self.clauses.values())
        return [item for item in session.items if mutant.detected_by in self.clauses[item]], {mutant.detected_by}


class ForkedRun:
    """The rest of a contract run, for one mutant."""

    def __init__(self, session: pytest.Session, job: Job, provider: FaultyServer) -> None:
        self.job, self.provider = job, provider
        self.run: Run = session.config.stash[RUN_KEY]
        self.failed_checks: set[str] = set()
        session.config.pluginmanager.register(self)

    def judge(self, items: list[pytest.Item], clauses: set[str], failed_before: set[str]) -> Verdict:
        """Run the checks until the mutant is killed and every check that is left has failed for another mutant."""
        self.run.target = replace(self.run.target, base_url=self.provider.base_url)
        self.run.results = replace(self.run.results, selected=frozenset(clauses))
        # A run skips the checks of a clause that has failed; here each of them has to detect some mutant.
        self.run.budget.results = replace(self.run.results, by_clause={})
        force_seed(self.job.seed)
        items.sort(key=_takes_seconds)
        try:
            for number, (item, following) in enumerate(zip(items, [*items[1:], None], strict=True)):
                if self._is_killed() and failed_before.issuperset(map(check_of, items[number:])):
                    break
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        except BaseException:
            self.provider.crashes.append(traceback.format_exc())
        return self._verdict()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed_checks.add(check_of(report))

    def _is_killed(self) -> bool:
        """Whether the clause has its status. A deviation or a SHOULD that fails does not decide the verdict."""
        results, mutant = self.run.results, self.job.mutant
        if not any(result.status == mutant.status for result in results.by_clause.get(mutant.detected_by, ())):
            return False
        decides = mutant.status == "failed" and results.contract.clauses[mutant.detected_by].level == "MUST"
        return EXIT_CODES[results.verdict()] == int(decides)

    def _verdict(self) -> Verdict:
        results, mutant = self.run.results, self.job.mutant
        failures = [
            f"{id} {result.status}: {result.detail}\n{result.reproduce}" for id, result in results.failures().items()
        ]
        detail = "\n".join([f"The run {results.verdict()}.", *filter(None, [results.stopped]), *failures])
        # A check that fails for values of wrong types needs another mutant, which shows that it judges its clause.
        failed = () if mutant.status == "any" else tuple(sorted(self.failed_checks))
        if self.provider.crashes:
            return Verdict(BROKEN, failed, "\n".join(self.provider.crashes))
        errors = [
            result for of_clause in results.by_clause.values() for result in of_clause if result.status == "error"
        ]
        if errors:
            messages = "\n".join(f"{result.detail}\n{result.reproduce}" for result in errors)
            return Verdict(BROKEN, failed, f"Checks ended with errors of Python:\n{messages}")
        if mutant.is_control:
            return Verdict(PASSED if self._is_as_expected() else BROKEN, failed, detail)
        return Verdict(KILLED if self._is_killed() else SURVIVED, failed, detail)

    def _is_as_expected(self) -> bool:
        """Whether a control conforms, and the clauses with a deviation deviate if it behaves like live Canvas."""
        results, status = self.run.results, self.job.mutant.status
        if status == "any":
            return not results.stopped
        deviating = {clause.id for clause, result in results.clause_results() if result.status == "deviates"}
        known = {one.id for one in results.contract.clauses.values() if one.deviation and status == "deviates"}
        return results.verdict() == CONFORMS and not self.failed_checks and deviating == known


def _clauses(item: pytest.Item) -> set[str]:
    return {str(clause) for name, clause in item.user_properties if name == "clause"}


def _takes_seconds(item: pytest.Item) -> bool:
    """Whether Schemathesis draws the cases of the check."""
    return item.path.name == "test_schema.py"
