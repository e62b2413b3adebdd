"""The command `python -m contract_tests.mutants.client`: each faulty client has to be caught by its check, in every seed.

Exit codes: 0 all are killed and no check lacks a mutant, 1 not so, 2 could not tell.
"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Sequence

from canvas_outcomes_contract.contract.errors import CannotTell, in_one_sentence
from contract_tests.mutants.client import MUTANTS
from contract_tests.mutants.client.judge import CONTROL, Verdict, judge
from contract_tests.mutants.client.source_edits import Mutant
from contract_tests.mutants.lines import Lines, add_brief

LINE = "{:<10} {:>7}  {:<62} {}"


class Score:
    """What the verdicts say together; a mutant is printed when its last seed is judged."""

    def __init__(self, seeds: Sequence[int], lines: Lines) -> None:
        self.seeds, self._lines = seeds, lines
        self.verdicts: dict[str, list[Verdict]] = defaultdict(list)

    def add(self, verdict: Verdict) -> None:
        own = self.verdicts[verdict.mutant.name]
        own.append(verdict)
        if len(own) == len(self.seeds):
            outcome = next((one.outcome for one in own if one.outcome in BAD), verdict.outcome)
            good = sum(one.outcome not in BAD for one in own)
            line = LINE.format(outcome, f"{good} of {len(own)}", verdict.mutant.name, verdict.mutant.check)
            self._lines.add(outcome, line.rstrip())

    @property
    def bad(self) -> list[Verdict]:
        return [one for own in self.verdicts.values() for one in own if one.outcome in BAD]

    @property
    def unneeded(self) -> list[str]:
        """Checks that no mutant needs; known only when everything was judged."""
        checks = {check for one in self.verdicts[CONTROL.name] for check in one.checks}
        return sorted(checks - {mutant.check for mutant in MUTANTS.values()})


BAD = ("survived", "broken")


@in_one_sentence
def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m contract_tests.mutants.client", description=__doc__)
    parser.add_argument("--name", default="", metavar="TEXT", help="only mutants with this in the name or the check")
    add_brief(parser)
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="judge each with N seeds (1)")
    parser.add_argument("--first-seed", type=int, default=1, metavar="N", help="begin with this seed (1)")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="how many are judged at once (2)")
    return _run(parser.parse_args(arguments))


def _run(options: argparse.Namespace) -> int:
    started = time.perf_counter()
    mutants = chosen(options.name)
    score = Score(range(options.first_seed, options.first_seed + options.seeds), Lines(options.brief))
    control = [] if options.name else [CONTROL]
    judge([*control, *mutants], score.seeds, options.jobs, score.add)
    for verdict in score.bad:
        print(f"\n{verdict.outcome} (seed {verdict.seed}): {verdict.mutant.name}: {verdict.mutant.check}")
        print(verdict.crash or verdict.detail)
    if score.unneeded:
        print("\nchecks that no mutant needs:", *score.unneeded, sep="\n  ")
    killed = sum(one.outcome == "killed" for own in score.verdicts.values() for one in own)
    judged = len(mutants) * len(score.seeds)
    seconds = time.perf_counter() - started
    print(f"\nkilled {killed} of {judged}: {len(mutants)} mutants, {len(score.seeds)} seeds, in {seconds:.0f} s")
    return int(bool(score.bad or score.unneeded))


def chosen(text: str) -> list[Mutant]:
    """The mutants with the text in their names or checks. Each is made once, so that a wrong edit is told first."""
    found = [mutant for mutant in MUTANTS.values() if text in mutant.name or text in mutant.check]
    if not found:
        raise CannotTell(f"Cannot judge client mutants: none has {text!r} in its name or check.")
    for mutant in found:
        mutant.sources()
    return found


if __name__ == "__main__":
    sys.exit(main())
