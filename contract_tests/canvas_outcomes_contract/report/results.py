"""Results of checks, the status of each clause, and the verdict that follows from them."""

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.contract.clauses import Clause
from canvas_outcomes_contract.contract.document import Contract

CONFORMS, VIOLATES, UNDECIDED = "conforms", "violates", "undecided"
EXIT_CODES = {CONFORMS: 0, VIOLATES: 1, UNDECIDED: 2}
# When several checks judge one clause, the first status in this order counts.
WORST_FIRST = ("failed", "error", "known_failure", "deviates", "passed", "not_applicable")
UNCHECKED = "No check judges this clause."
FAILURES = ("failed", "error")  # shown first
NOT_RUN = "Its check was not part of this run."
# The words of pytest around got and wanted, and its advice, which does not fit a run.
PYTEST_WORDS = re.compile(r"^(?:assert (?:fields differ\n)?|  )(?=.*\bgot )|\n *Use -v to get more diff", re.MULTILINE)
EXCHANGES = 6  # of a failing example in the report, the last ones


@dataclass(frozen=True)
class CheckResult:
    """The result of a check, or of a clause."""

    status: str
    detail: str = ""
    reproduce: str = ""
    exchanges: tuple[dict[str, str], ...] = ()


def result_of(error: BaseException | None, recorder: Recorder) -> CheckResult:
    """The result of a check that ended with this exception, or without one."""
    if error is None:
        return CheckResult("passed")
    if isinstance(error, pytest.skip.Exception):
        return CheckResult("not_applicable", str(error))
    detail = "\n".join([_message(error), *getattr(error, "__notes__", [])])
    exchanges = recorder.example[-EXCHANGES:]
    curl = recorder.reproduce(exchanges[-1]) if exchanges else ""
    if exchanges and urlsplit(exchanges[-1].url).path not in detail:
        detail += f"\nafter {exchanges[-1].method} {exchanges[-1].url}"
    status = "failed" if _blames_the_provider(error) else "error"
    return CheckResult(status, detail, curl, tuple(exchange.as_messages() for exchange in exchanges))


def _blames_the_provider(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(map(_blames_the_provider, error.exceptions))
    return isinstance(error, AssertionError | pytest.fail.Exception)


def _message(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return "\n".join(map(_message, error.exceptions))
    return PYTEST_WORDS.sub("", str(error)) if _blames_the_provider(error) else f"{type(error).__name__}: {error}"


@dataclass
class Results:
    """The results of all checks of a run."""

    contract: Contract
    known_failures: dict[str, str]
    seed: int
    selected: frozenset[str] = frozenset()  # the clauses to judge; empty: all
    checked: set[str] = field(default_factory=set)
    by_clause: dict[str, list[CheckResult]] = field(default_factory=dict)
    client: dict[str, CheckResult] = field(default_factory=dict)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    stopped: str = ""
    unfinished: set[str] = field(default_factory=set)  # reasons why checks were left out
    notes: list[str] = field(default_factory=list)
    not_restored: list[str] = field(default_factory=list)  # a sentence for each record

    def add(self, clause: str, result: CheckResult) -> None:
        """Add the result of a check, which may judge other clauses than the selected ones as well."""
        if not self.selected or clause in self.selected:
            self.by_clause.setdefault(clause, []).append(result)

    def stop(self, reason: str) -> None:
        """Record why the run ended early. The first reason counts."""
        self.stopped = self.stopped or reason

    @property
    def is_cut_short(self) -> bool:
        return bool(self.stopped or self.unfinished)

    def found(self) -> dict[str, Any]:
        """The results that a worker passes to its controller."""
        names = ("checked", "by_clause", "client", "seconds", "stopped", "unfinished", "notes", "not_restored")
        return {name: getattr(self, name) for name in names}

    def merge(self, found: dict[str, Any]) -> None:
        """Add the results of a worker."""
        self.checked |= found["checked"]
        self.client |= found["client"]
        for clause, results in found["by_clause"].items():
            self.by_clause.setdefault(clause, []).extend(results)
        for part, seconds in found["seconds"].items():
            self.seconds[part] += seconds
        self.stop(found["stopped"])
        self.unfinished |= found["unfinished"]
        self.notes += [note for note in found["notes"] if note not in self.notes]
        self.not_restored += found["not_restored"]

    def has_failed(self, clause: str) -> bool:
        return any(result.status == "failed" for result in self.by_clause.get(clause, ()))

    def clause_results(self) -> list[tuple[Clause, CheckResult]]:
        """Every clause with its final result, in the order of the contract."""
        return [(clause, self._judge(clause.id)) for clause in self.contract.clauses.values()]

    def _judge(self, clause: str) -> CheckResult:
        results = self.by_clause.get(clause)
        if not results:
            return CheckResult("not_applicable", UNCHECKED if clause in self.unchecked() else NOT_RUN)
        worst = min(results, key=lambda result: WORST_FIRST.index(result.status))
        left_out = [one for one in results if one.status == "not_applicable" and one.detail in self.unfinished]
        if worst.status in ("passed", "deviates") and left_out:
            return left_out[0]
        reason = self.known_failures.get(clause)
        if reason is None or worst.status in ("error", "not_applicable"):
            return worst
        if worst.status == "failed":
            return replace(worst, status="known_failure", detail=f"{reason}\n{worst.detail}")
        return CheckResult(
            "error", f"It is listed under known_failures ({reason}) but does not fail. Remove the entry."
        )

    def unchecked(self) -> list[str]:
        """The clauses to judge that no check judges."""
        return [clause for clause in self.selected or self.contract.clauses if clause not in self.checked]

    def failures(self) -> dict[str, CheckResult]:
        """The results that prevent `conforms`, by clause: every MUST that failed, and errors of any level."""
        judged = [clause for clause in self.contract.clauses.values() if clause.id in self.by_clause]
        return {
            clause.id: result
            for clause, result in ((clause, self._judge(clause.id)) for clause in judged)
            if result.status == "error" or (result.status == "failed" and clause.level == "MUST")
        }

    def verdict(self) -> str:
        """The verdict of the run.

        `violates` if a MUST or a client check failed, whatever ended the run; `undecided` if the suite could not tell,
        did not finish every check or could not restore a record, else `conforms`.
        """
        results = [*self.failures().values(), *self.client.values()]
        statuses = {result.status for result in results}
        judged_any = any(result.status != "not_applicable" for results in self.by_clause.values() for result in results)
        if "failed" in statuses:
            return VIOLATES
        is_sure = (judged_any or self.client) and not ("error" in statuses or self.is_cut_short or self.not_restored)
        return CONFORMS if is_sure else UNDECIDED
