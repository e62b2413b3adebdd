"""The same faulty clients, judged by this suite, and by what Prism and Steady say of their calls."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from contract_tests.mutants.client import MUTANTS
from contract_tests.mutants.client import judge as own
from contract_tests.mutants.client.judge import CONTROL
from contract_tests.mutants.client.source_edits import Mutant
from scripts.evidence.mocks import PRISM, STEADY, prism, steady
from scripts.evidence.processes import ENDLESS, said_by
from scripts.evidence.results import Comparison, Failures, Fault, Side, Verdict

DRIVE = Path(__file__).with_name("drive.py")
SECONDS_TO_DRIVE = 60
VERSIONS = {"this suite": "of this commit", "Prism": PRISM.rpartition("@")[2], "Steady": STEADY.rpartition("@")[2]}
MOCKS = {"Prism": prism, "Steady": steady}


class Ours:
    """What the check of each mutant says; judged together, since what they share takes longer than one of them."""

    def __init__(self, mutants: Sequence[Mutant]) -> None:
        self.verdicts: dict[str, Verdict] = {}
        self.since = time.perf_counter()
        own.judge([CONTROL, *mutants], [1], 1, self._keep)

    def _keep(self, verdict: own.Verdict) -> None:
        seconds, self.since = time.perf_counter() - self.since, time.perf_counter()
        print(f"{seconds:5.1f} s  {verdict.outcome}: {verdict.mutant.name}", flush=True)
        self.verdicts[verdict.mutant.name] = Verdict(set(verdict.red), seconds)

    def __call__(self, mutant: Mutant) -> Verdict:
        return self.verdicts[mutant.name]


class Driven:
    """What the program that uses a client says of it, with a mock."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def __call__(self, mutant: Mutant) -> Verdict:
        with tempfile.TemporaryDirectory() as folder:
            mutant.write(Path(folder))
            since = time.perf_counter()
            command = [sys.executable, str(DRIVE), self.base_url]
            said = said_by(command, Path(folder), os.environ | {"PYTHONPATH": folder}, SECONDS_TO_DRIVE)
            return Verdict(driver_failures(said), time.perf_counter() - since)


def driver_failures(said: str) -> Failures:
    """What the driver found, in its last line; or that it ended otherwise, with an error or not at all."""
    if said == ENDLESS:
        return {said}
    last = said.strip().rpartition("\n")[2]
    try:
        return set(json.loads(last))
    except ValueError:
        return {last}


def judged(every: int, tools: list[str], command: str) -> Iterator[Side]:
    """The side, again after each fault."""
    chosen, judges = list(MUTANTS.values())[::every], dict[str, Callable[[Mutant], Verdict]]()
    with ExitStack() as mocks:
        if "this suite" in tools:  # first, because it forks, and what follows starts threads
            judges["this suite"] = Ours(chosen)
        judges |= {name: Driven(mocks.enter_context(mock())) for name, mock in MOCKS.items() if name in tools}
        comparison = Comparison(judges, CONTROL)
        side = comparison.side(command, VERSIONS, len(chosen))
        for mutant in chosen:
            side.faults.append(Fault(mutant.name, mutant.check, comparison.findings(mutant)))
            yield side
