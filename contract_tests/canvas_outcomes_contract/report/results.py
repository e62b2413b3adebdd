"""Results by clause, and the verdict that follows from them."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from canvas_outcomes_contract.contract.document import Clause, Contract

CONFORMS, VIOLATES, UNDECIDED = "conforms", "violates", "undecided"
EXIT_CODES = {CONFORMS: 0, VIOLATES: 1, UNDECIDED: 2}
# When several checks judge one clause, the first status in this order stands.
WORST_FIRST = ("failed", "error", "known_failure", "deviates", "passed", "not_applicable")
UNCHECKED = "No check judges this clause."
NOT_RUN = "Its check was not part of this run."


@dataclass(frozen=True)
class CheckResult:
    """What one check said of one clause."""

    status: str
    detail: str = ""
    reproduce: str = ""
    exchanges: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class ClauseResult:
    """A clause with its final status."""

    clause: Clause
    status: str
    detail: str = ""
    reproduce: str = ""
    exchanges: tuple[dict[str, str], ...] = ()


@dataclass
class Results:
    """Everything that the checks of a run said."""

    contract: Contract
    known_failures: dict[str, str]
    seed: int
    asked: frozenset[str] = frozenset()  # empty: every clause
    checked: set[str] = field(default_factory=set)
    by_clause: dict[str, list[CheckResult]] = field(default_factory=dict)
    client: dict[str, CheckResult] = field(default_factory=dict)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    stopped: str = ""
    notes: list[str] = field(default_factory=list)

    def add(self, clause: str, result: CheckResult) -> None:
        self.by_clause.setdefault(clause, []).append(result)

    def stop(self, reason: str) -> None:
        """The run ended before its end; the first reason stands."""
        self.stopped = self.stopped or reason

    def found(self) -> dict[str, Any]:
        """What a worker tells the controller of its run."""
        return {name: getattr(self, name) for name in ("checked", "by_clause", "client", "seconds", "stopped", "notes")}

    def take_over(self, found: dict[str, Any]) -> None:
        """Add what a worker has found."""
        self.checked |= found["checked"]
        self.client |= found["client"]
        for clause, results in found["by_clause"].items():
            self.by_clause.setdefault(clause, []).extend(results)
        for part, seconds in found["seconds"].items():
            self.seconds[part] += seconds
        self.stop(found["stopped"])
        self.notes += [note for note in found["notes"] if note not in self.notes]

    def clause_results(self) -> list[ClauseResult]:
        """Every clause of the contract with its status, in the order of the contract."""
        return [self._judge(clause) for clause in self.contract.clauses.values()]

    def _judge(self, clause: Clause) -> ClauseResult:
        results = self.by_clause.get(clause.id)
        if not results:
            return ClauseResult(clause, "not_applicable", UNCHECKED if clause.id in self.unchecked() else NOT_RUN)
        worst = min(results, key=lambda result: WORST_FIRST.index(result.status))
        return self._against_known_failures(clause, worst)

    def _against_known_failures(self, clause: Clause, worst: CheckResult) -> ClauseResult:
        reason = self.known_failures.get(clause.id)
        if reason is None or worst.status in ("error", "not_applicable"):
            return ClauseResult(clause, worst.status, worst.detail, worst.reproduce, worst.exchanges)
        if worst.status == "failed":
            return ClauseResult(clause, "known_failure", f"{reason}\n{worst.detail}", worst.reproduce, worst.exchanges)
        detail = f"It is listed under known_failures ({reason}) but does not fail. Remove the entry."
        return ClauseResult(clause, "error", detail)

    def unchecked(self) -> list[str]:
        """The clauses that were asked for and that no check judges."""
        return [clause for clause in self.asked or self.contract.clauses if clause not in self.checked]

    def failures(self) -> list[ClauseResult]:
        """The clauses that decide a verdict other than conforms: MUST that failed, and errors of any level."""
        return [
            judged
            for judged in self.clause_results()
            if judged.status == "error" or (judged.status == "failed" and judged.clause.level == "MUST")
        ]

    def verdict(self) -> str:
        """Violates: a MUST is broken or the client fails. Undecided: the suite could not tell. Else it conforms."""
        statuses = {judged.status for judged in self.failures()} | {result.status for result in self.client.values()}
        judged_any = any(result.status != "not_applicable" for results in self.by_clause.values() for result in results)
        return verdict_of(statuses, self.stopped, judged_any or bool(self.client))


def verdict_of(statuses: set[str], stopped: str, judged_any: bool) -> str:
    """The verdict that the statuses of failures and of the client's checks come to."""
    if stopped:
        return UNDECIDED
    if "failed" in statuses:
        return VIOLATES
    return UNDECIDED if "error" in statuses or not judged_any else CONFORMS
