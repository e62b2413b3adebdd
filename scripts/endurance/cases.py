"""Sends cases of Schemathesis, valid and invalid, to the reference server; counts answers that break the contract."""

import argparse
import collections
import secrets
import sys
import time
from typing import Any

import hypothesis
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import Failure, FailureGroup

from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.connection.pace import Pace
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET, load_target
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.errors import in_one_sentence
from canvas_outcomes_contract.run.schema_cases import applicable_checks, load_schema, send_case

AT_ONCE = 250  # cases that Hypothesis draws without beginning anew
SHOWN = 10


class Tally:
    """What was answered, and what should not have been."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._checks = applicable_checks()
        self.statuses: collections.Counter[tuple[str, str, int]] = collections.Counter()
        self.broken: list[str] = []

    def send(self, mode: GenerationMode, case: Case[Any]) -> None:
        answer = send_case(self._provider, case)
        self.statuses[case.operation.definition.raw["operationId"], mode.value, answer.status_code] += 1
        try:
            case.validate_response(answer, checks=self._checks)
        except (Failure, FailureGroup) as problem:
            self._note(str(problem))
        if answer.status_code >= 500:
            self._note(f"status {answer.status_code}")
        # A run of this length would not fit into memory.
        self._provider.recorder.exchanges.clear()

    def _note(self, problem: str) -> None:
        self.broken.append(f"{problem}\n{self._provider.recorder.example[-1].curl}")

    @property
    def sent(self) -> int:
        return self.statuses.total()


def send_cases(tally: Tally, contract: Contract, number: int, seed: int, until: float) -> None:
    """Send `number` cases, or as many as there is time for."""
    schema = load_schema(contract)
    operations = [schema[one.path][one.method.upper()] for one in contract.operations.values()]
    while tally.sent < number and time.monotonic() < until:
        for operation in operations:
            for mode in GenerationMode:
                seed += 1
                _draw(tally, operation, mode, min(AT_ONCE, number - tally.sent), seed)


def _draw(tally: Tally, operation: Any, mode: GenerationMode, number: int, seed: int) -> None:
    if number <= 0:
        return

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=number,
        phases=[hypothesis.Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def draw(case: Case[Any]) -> None:
        tally.send(mode, case)

    draw()


@in_one_sentence
def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: every answer is documented. 1: some are not. 2: could not tell."""
    parser = argparse.ArgumentParser(prog="cases", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000, metavar="N", help="how many (100,000)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32), metavar="N", help="draw the same again")
    parser.add_argument("--minutes", type=float, default=60, metavar="N", help="draw no more after that (60)")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    with reference_server("--no-access-log") as url:
        contract = Contract(contract_path())
        target = load_target(EMBEDDED_TARGET, contract)
        tally = Tally(Provider(target, url, contract, Recorder(), Pace(None, 1)))
        send_cases(tally, contract, options.cases, options.seed, began + options.minutes * 60)
    _show(tally, options.seed, time.monotonic() - began)
    return int(bool(tally.broken))


def _show(tally: Tally, seed: int, seconds: float) -> None:
    for (operation, mode, status), number in sorted(tally.statuses.items()):
        print(f"{operation:26}{mode:10}{status:5}{number:9,}")
    for problem in tally.broken[:SHOWN]:
        print(f"\n{problem}")
    failures = sum(number for (_, _, status), number in tally.statuses.items() if status >= 500)
    print(
        f"{tally.sent:,} cases in {seconds:.0f} s, seed {seed}: {failures} answers of 500 or above, "
        f"{len(tally.broken)} that break the contract"
    )


if __name__ == "__main__":
    sys.exit(main())
