"""The command `python -m scripts.mutation`: changes the code in small ways and counts what no test sees.

Exit codes: 0 every survivor is explained in scripts/mutation/survivors_*.yaml, 1 one is not, or an explained mutation
is killed or gone, 2 could not tell.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from contract_tests.errors import CannotTell, in_one_sentence
from scripts.mutation.forks import Verdict
from scripts.mutation.population import PACKAGES, Mutant, Mutation, population, sample
from scripts.mutation.stages import judge_clients, judge_providers, judge_servers
from scripts.mutation.survivors import as_text, explained

# Nothing of these can be asked for by a request of the contract, so only the server's own tests judge them.
BEYOND_THE_CONTRACT = (
    "__main__.py", "access_log.py", "preparation.py", "rate_limit.py", "runners.py", "serving.py", "world_file.py",
)  # fmt: skip


class Score:
    """What the stages said together."""

    def __init__(self, room: str, population: Sequence[Mutant], judged: Sequence[Mutant]) -> None:
        self.room, self.population, self.judged = room, population, judged
        self.killed_by: dict[int, str] = {}
        self._output = sys.stdout  # a run of pytest has another one

    def add(self, verdict: Verdict) -> None:
        self.killed_by[id(verdict.mutant)] = verdict.killed_by
        said = f"killed by {verdict.killed_by}" if verdict.killed_by else "survived this stage"
        print(f"{verdict.seconds:5.1f} s  {said}: {verdict.mutant.mutation}", file=self._output, flush=True)

    def survivors(self) -> list[Mutant]:
        return [mutant for mutant in self.judged if not self.killed_by.get(id(mutant))]


@in_one_sentence
def main(arguments: list[str] | None = None) -> int:
    return _run(_parser().parse_args(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.mutation", description=__doc__)
    parser.add_argument("--room", action="append", choices=list(PACKAGES), help="what is mutated (client, then server)")
    parser.add_argument("--module", action="append", default=[], metavar="FILE", help="only mutants of this file")
    parser.add_argument("--sample", type=int, metavar="N", help="only so many of each file, drawn (all)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="draw others (1)")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="how many are judged at once (2)")
    return parser


def _run(options: argparse.Namespace) -> int:
    chosen = {room: _chosen(room, options.module) for room in options.room or PACKAGES}
    if not any(chosen.values()):
        raise CannotTell(f"Cannot judge mutants of {', '.join(options.module)}: there are none in such a file.")
    return max(_judged(room, mutants, options) for room, mutants in chosen.items() if mutants)


def _chosen(room: str, modules: Sequence[str]) -> list[Mutant]:
    return [one for one in population(room) if not modules or one.mutation.module in modules]


def _judged(room: str, mutants: Sequence[Mutant], options: argparse.Namespace) -> int:
    started = time.perf_counter()
    judged = mutants if options.sample is None else sample(mutants, options.sample, options.seed)
    score = Score(room, mutants, judged)
    if room == "client":
        judge_clients(judged, options.jobs, score.add)
    else:
        _judge_server(score, options.jobs)
    return _summary(score, explained(room), time.perf_counter() - started)


def _judge_server(score: Score, jobs: int) -> None:
    within = [one for one in score.judged if one.mutation.module not in BEYOND_THE_CONTRACT]
    with tempfile.TemporaryDirectory() as folder:
        judge_providers(within, jobs, score.add, Path(folder))
    judge_servers(score.survivors(), jobs, score.add)


def _summary(score: Score, known: dict[Mutation, str], seconds: float) -> int:
    survivors = {mutant.mutation for mutant in score.survivors()}
    killed = {mutant.mutation for mutant in score.judged} - survivors
    gone = set(known) - {mutant.mutation for mutant in population(score.room)}
    said = {
        "survivors without a reason": survivors - set(known),
        "killed, but explained as survivors": killed & set(known),
        "explained, but no mutation any more": gone,
    }
    for what, mutations in said.items():
        if mutations:
            print(f"\n{what}: {len(mutations)}", as_text(mutations), sep="\n")
    print(
        f"\n{score.room}: killed {len(killed)} of {len(score.judged)} ({len(killed) / len(score.judged):.1%}), "
        f"{len(survivors & set(known))} survivors are explained; "
        f"judged {len(score.judged)} of {len(score.population)} mutants in {seconds:.0f} s"
    )
    return int(any(said.values()))


if __name__ == "__main__":
    sys.exit(main())
