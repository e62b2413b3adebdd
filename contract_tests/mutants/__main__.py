"""The command `python -m contract_tests.mutants`: judge faulty providers, clients and contracts.

Exit codes: 0 every mutant is killed and every clause and check has one, 1 otherwise, 2 could not tell.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.errors import CannotTell, in_one_sentence
from contract_tests.mutants.processes import Report
from contract_tests.mutants.verdicts import SURVIVED, Job, Mutant, Score

ROOT = Path(__file__).resolve().parents[2]
# The packages of mutants beside what they judge, by kind. The client comes first: no other kind may import it before.
FOLDERS = sorted((path.parent for path in ROOT.glob("*/mutants/*/judge.py")), key=lambda folder: folder.name)
KINDS = {folder.name: ".".join(folder.relative_to(ROOT).parts) for folder in FOLDERS}
EFFORTS = {"quick": ["quick"], "default": ["quick", "default"]}  # each for the mutants that survive the one before
LEAST_SHARE_OF_QUICK = 0.97  # of the mutants of a kind
Judge = Callable[[Sequence[Job], str, int, Report], set[str]]


@dataclass(frozen=True)
class Kind:
    """The chosen mutants of one kind."""

    name: str
    mutants: list[Mutant[Any]]
    is_whole: bool

    def score(self, options: argparse.Namespace) -> Score:
        module = import_module(f"{KINDS[self.name]}.judge")
        judge: Judge = module.judge
        score, started = Score(self.name, options.brief), time.perf_counter()
        mutants = [module.CONTROL, *self.mutants] if self.is_whole else self.mutants
        seeds = range(options.first_seed, options.first_seed + options.seeds)
        jobs = [Job(mutant, seed) for seed in seeds for mutant in mutants]
        checks: set[str] = set()
        for effort in EFFORTS[options.effort]:
            checks |= judge(jobs, effort, options.jobs, score.add) if jobs else set()
            jobs = score.jobs(SURVIVED)
            if effort == "quick":
                score.missed_by_quick = jobs
        score.gaps = self.gaps(score, checks) if self.is_whole else {}
        score.seconds = time.perf_counter() - started
        return score

    def gaps(self, score: Score, checks: set[str]) -> dict[str, list[str]]:
        detectors = {mutant.detected_by for mutant in self.mutants if mutant.status == "failed"}
        gaps = {"checks that no mutant needs": sorted(checks - score.failed_checks)}
        if score.share_of_quick < LEAST_SHARE_OF_QUICK:
            gaps["mutants that effort quick misses"] = [job.mutant.name for job in score.missed_by_quick]
        if self.name == "provider":
            gaps["clauses without a mutant"] = sorted(set(Contract(contract_path()).clauses) - detectors)
        return gaps


@in_one_sentence
def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    scores = [kind.score(options) for kind in chosen(options.kinds, options.clause, options.name)]
    for score in scores:
        score.print_problems()
    print("", *(score.summary for score in scores), sep="\n")
    return int(not all(score.is_good for score in scores))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m contract_tests.mutants", description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"{', '.join(KINDS)} (default: all)")
    parser.add_argument(
        "--clause", action="append", default=[], metavar="ID", help="only providers that break this clause"
    )
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="TEXT",
        help="only mutants with this in the name, or in the clause or check that has to detect them",
    )
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="judge each with N seeds (1)")
    parser.add_argument("--first-seed", type=int, default=1, metavar="N", help="begin with this seed (1)")
    parser.add_argument("--effort", choices=list(EFFORTS), default="default", help="how many cases are drawn")
    # One more than there are cores, since a run waits for its server.
    jobs = (os.cpu_count() or 1) + 1
    parser.add_argument("--jobs", type=int, default=jobs, metavar="N", help=f"how many are judged at once ({jobs})")
    parser.add_argument("--brief", action="store_true", help="list only mutants that are not killed")
    return parser


def chosen(kinds: list[str], clauses: list[str], names: list[str]) -> list[Kind]:
    """The mutants to judge, by kind. Raises CannotTell when there is none for a clause or a name."""
    for kind in kinds:
        if kind not in KINDS:
            raise CannotTell(f"Cannot judge {kind!r} mutants: the kinds are {', '.join(KINDS)}.")
    known = Contract(contract_path()).clauses
    found = []
    for kind in [kind for kind in KINDS if kind in (kinds or (["provider"] if clauses else KINDS))]:
        mutants: Sequence[Mutant[Any]] = import_module(KINDS[kind]).MUTANTS
        lacking = sorted(set(clauses) - {mutant.detected_by for mutant in mutants})
        unknown = [clause for clause in lacking if clause not in known]
        if unknown:
            raise CannotTell(f"Cannot judge mutants of {unknown[0]!r}: the contract has no such clause.")
        if lacking:
            raise CannotTell(
                f"Cannot judge mutants of {', '.join(lacking)}: there is none. "
                "Write one in contract_tests/mutants/provider."
            )
        matching = [
            mutant
            for mutant in mutants
            if (not clauses or mutant.detected_by in clauses)
            and (not names or any(name in mutant.name or name in mutant.detected_by for name in names))
        ]
        if matching:
            found.append(Kind(kind, matching, len(matching) == len(mutants)))
    if not found:
        raise CannotTell("Cannot judge mutants: none has that name.")
    return found


if __name__ == "__main__":
    sys.exit(main())
