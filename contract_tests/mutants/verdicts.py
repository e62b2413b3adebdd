"""Mutants, the verdicts on them, and what the command prints."""

import sys
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

KILLED, SURVIVED, BROKEN, PASSED = "killed", "survived", "broken", "passed"
LINE = "{:<10} {:>6}  {:<62} {}"
PROGRESS = 100  # mutants per line of progress
Fault = TypeVar("Fault")


@dataclass(frozen=True)
class Mutant(Generic[Fault]):
    """A fault, and the clause, the check or the generated file that has to show it."""

    name: str
    detected_by: str
    fault: Fault
    status: str = "failed"  # of the clause in the report of a provider; "any": each but error

    @property
    def is_control(self) -> bool:
        return not self.detected_by


def control(no_fault: Fault) -> Mutant[Fault]:
    """A mutant without a fault, which has to pass."""
    return Mutant("(control: no fault)", "", no_fault)


@dataclass(frozen=True)
class Job:
    """A mutant to judge with one seed."""

    mutant: Mutant[Any]
    seed: int


@dataclass(frozen=True)
class Verdict:
    """The result of a job: killed, survived, broken (the mutant itself is wrong), or passed for the control."""

    outcome: str
    failed_checks: tuple[str, ...] = ()
    detail: str = ""
    seconds: float = 0
    checks: tuple[str, ...] = ()  # that ran for the control


@dataclass
class Score:
    """The verdicts on all mutants of one kind."""

    kind: str
    brief: bool
    verdicts: dict[Job, Verdict] = field(default_factory=dict)
    missed_by_quick: list[Job] = field(default_factory=list)
    gaps: dict[str, list[str]] = field(default_factory=dict)  # names by the kind of gap
    seconds: float = 0

    def __post_init__(self) -> None:
        self._output = sys.stdout  # pytest replaces it while it runs

    def add(self, job: Job, verdict: Verdict) -> None:
        """Add the verdict on a job, or replace it: a mutant that survives may be judged again with more effort."""
        self.verdicts[job] = verdict
        if not self.brief and verdict.outcome != SURVIVED:
            self._print(_line(job.mutant, verdict))
        if self.brief and len(self.verdicts) % PROGRESS == 0:
            self._print(f"{self.kind}: judged {len(self.verdicts)}")

    def jobs(self, *outcomes: str) -> list[Job]:
        return [job for job, verdict in self.verdicts.items() if verdict.outcome in outcomes]

    @property
    def is_good(self) -> bool:
        return not self.jobs(SURVIVED, BROKEN) and not any(self.gaps.values())

    @property
    def failed_checks(self) -> set[str]:
        return {check for verdict in self.verdicts.values() for check in verdict.failed_checks}

    def print_problems(self) -> None:
        for job in self.jobs(SURVIVED, BROKEN):
            verdict, mutant = self.verdicts[job], job.mutant
            self._print(f"\n{verdict.outcome} (seed {job.seed}): {mutant.name}: {mutant.detected_by}\n{verdict.detail}")
        for job in self.missed_by_quick:
            if self.verdicts[job].outcome == KILLED:
                self._print(f"\nmissed by effort quick (seed {job.seed}): {job.mutant.name}: {job.mutant.detected_by}")
        for gap, names in self.gaps.items():
            if names:
                self._print("\n  ".join([f"\n{gap}: {len(names)}", *names]))

    @property
    def judged(self) -> int:
        return sum(not job.mutant.is_control for job in self.verdicts)

    @property
    def share_of_quick(self) -> float:
        """The share of the mutants that effort quick kills."""
        return 1 - len(self.missed_by_quick) / max(self.judged, 1)

    @property
    def summary(self) -> str:
        quick = f"{self.share_of_quick:.1%} at effort quick"
        return f"{self.kind}: killed {len(self.jobs(KILLED))} of {self.judged} in {self.seconds:.0f} s, {quick}"

    def _print(self, text: str) -> None:
        print(text, file=self._output, flush=True)


def _line(mutant: Mutant[Any], verdict: Verdict) -> str:
    checks = ", ".join(check for check in verdict.failed_checks if check != mutant.detected_by)
    detected_by = f"{mutant.detected_by} by {checks}" if checks else mutant.detected_by
    return LINE.format(verdict.outcome, f"{verdict.seconds:.1f} s", mutant.name, detected_by).rstrip()
