"""The command `python -m contract_tests.mutants`: each mutant is judged by the checks of its clause and has to fail.

Exit codes: 0 all are killed and nothing lacks a mutant, 1 not so, 2 could not tell.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import contract_tests.mutants.provider  # noqa: F401  registers the mutants
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.errors import CannotTell, in_one_sentence
from canvas_outcomes_contract.report.results import CONFORMS
from contract_tests.mutants.faults import MUTANTS, Mutant
from contract_tests.mutants.judge import CONTROL, Job, Judge, Verdict
from contract_tests.mutants.lines import Lines, add_brief

WRITE_ONE = "Write one in contract_tests/mutants/provider."
LINE = "{:<10} {:>6}  {:<62} {}"


@dataclass
class Score:
    """What the verdicts say together."""

    contract: Contract
    lines: Lines = field(default_factory=lambda: Lines(brief=False))
    verdicts: list[Verdict] = field(default_factory=list)

    def outcome(self, verdict: Verdict) -> str:
        """killed, survived, or broken when the fault itself raised an error."""
        if verdict.crash:
            return "broken"
        if verdict.job.is_control:
            return CONFORMS if (verdict.exit_code, verdict.status) == (0, CONFORMS) else "broken"
        # A SHOULD that fails is reported, but does not decide the verdict of a run.
        must = self.contract.clauses[verdict.job.mutant.clause].level == "MUST"
        return "killed" if (verdict.exit_code, verdict.status) == (int(must), "failed") else "survived"

    def add(self, verdict: Verdict) -> None:
        self.verdicts.append(verdict)
        outcome = self.outcome(verdict)
        self.lines.add(outcome, line(verdict, outcome))

    def of(self, *outcomes: str) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if self.outcome(verdict) in outcomes]

    def judged(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if not verdict.job.is_control]

    def red(self) -> set[str]:
        return {check for verdict in self.judged() for check in verdict.red}


@in_one_sentence
def main(arguments: list[str] | None = None) -> int:
    return _run(_parser().parse_args(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m contract_tests.mutants", description=__doc__)
    parser.add_argument("--clause", action="append", default=[], metavar="ID", help="only the mutants of this clause")
    parser.add_argument(
        "--name", action="append", default=[], metavar="TEXT", help="only mutants with this in the name"
    )
    add_brief(parser)
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="judge each with the seeds 1 to N (1)")
    parser.add_argument("--first-seed", type=int, default=1, metavar="N", help="begin with this seed (1)")
    parser.add_argument("--effort", choices=["quick", "default"], default="default", help="how many cases are drawn")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="how many are judged at once (2)")
    return parser


def _run(options: argparse.Namespace) -> int:
    started = time.perf_counter()
    contract = Contract(contract_path())
    mutants = chosen(options.clause, options.name, contract)
    everything = len(mutants) == len(MUTANTS)
    lacking = sorted(set(options.clause) - {mutant.clause for mutant in MUTANTS.values()})
    if lacking:
        raise CannotTell(f"Cannot judge mutants of {', '.join(lacking)}: there is none. {WRITE_ONE}")
    score = Score(contract, Lines(options.brief))
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    judge = Judge(jobs(mutants, seeds), options.jobs, score.add)
    judge.run(options.effort)
    gaps = missing(score, judge.checks, mutants) if everything else {}
    return _summary(score, gaps, time.perf_counter() - started)


def chosen(clauses: list[str], names: list[str], contract: Contract) -> list[Mutant]:
    """The mutants of these clauses whose names contain one of these texts, in the order of the contract."""
    for clause in [*clauses, *(mutant.clause for mutant in MUTANTS.values())]:
        if clause not in contract.clauses:
            raise CannotTell(f"Cannot judge mutants of {clause!r}: the contract has no such clause.")
    order = list(contract.clauses)
    found = [
        mutant
        for mutant in MUTANTS.values()
        if (not clauses or mutant.clause in clauses) and (not names or any(name in mutant.name for name in names))
    ]
    if not found and names:
        raise CannotTell("Cannot judge mutants: there is none of that clause and name.")
    return sorted(found, key=lambda mutant: order.index(mutant.clause))


def jobs(mutants: list[Mutant], seeds: Sequence[int]) -> list[Job]:
    """Every mutant with every seed; first, because it takes longest, the control.

    All checks of a clause judge its mutants with the first seed, which says which checks are needed. With the others
    the first check that fails is enough.
    """
    clauses = tuple(dict.fromkeys(mutant.clause for mutant in mutants))
    return [
        job
        for seed in seeds
        for job in [
            Job(CONTROL, clauses, seed),
            *(Job(mutant, (mutant.clause,), seed, all_checks=seed == seeds[0]) for mutant in mutants),
        ]
    ]


def line(verdict: Verdict, outcome: str) -> str:
    clause = verdict.job.mutant.clause
    name = verdict.job.mutant.name.removesuffix(f"[{clause}]")
    checks = ", ".join(verdict.red) if not verdict.job.is_control else ""
    return LINE.format(
        outcome, f"{verdict.seconds:.1f} s", name, f"{clause} {f'by {checks}' if checks else ''}"
    ).rstrip()


def missing(score: Score, checks: set[str], mutants: list[Mutant]) -> dict[str, list[str]]:
    """What no mutant belongs to, by kind."""
    return {
        "clauses without a mutant": sorted(set(score.contract.clauses) - {mutant.clause for mutant in mutants}),
        "checks that no mutant needs": sorted(checks - score.red()),
    }


def _summary(score: Score, gaps: dict[str, list[str]], seconds: float) -> int:
    judged, bad = score.judged(), score.of("survived", "broken")
    for verdict in bad:
        got = f"exit code {verdict.exit_code}, {verdict.job.mutant.clause or 'verdict'} {verdict.status}"
        print(f"\n{score.outcome(verdict)} (seed {verdict.job.seed}): {verdict.job.mutant.name}: {got}")
        print(verdict.crash or verdict.detail)
    for kind, names in gaps.items():
        print(f"\n{kind}: {len(names)}", *names, sep="\n  ")
    print(f"\nkilled {len(score.of('killed'))} of {len(judged)} in {seconds:.0f} s")
    return int(bool(bad or any(gaps.values())))


if __name__ == "__main__":
    sys.exit(main())
