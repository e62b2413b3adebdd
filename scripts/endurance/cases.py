"""Send valid and invalid cases of Schemathesis to the reference server, and report violations of the contract."""

import argparse
import secrets
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

BATCH = 250  # cases of one run of Hypothesis
SHOWN = 10


def send_batch(provider: Provider, operation: Any, mode: GenerationMode, number: int, seed: int) -> list[str]:
    """Send new cases of an operation, and return the violations, each with a curl command."""
    violations: list[str] = []
    checks = applicable_checks()

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=number,
        phases=[hypothesis.Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Case[Any]) -> None:
        response = send_case(provider, case)
        problems = [f"status {response.status_code}"] if response.status_code >= 500 else []
        try:
            case.validate_response(response, checks=checks)
        except (Failure, FailureGroup) as failure:
            problems.append(str(failure))
        curl = provider.recorder.reproduce(provider.recorder.example[-1])
        violations.extend(f"{problem}\n{curl}" for problem in problems)

    send()
    return violations


@in_one_sentence
def main(arguments: list[str] | None = None) -> int:
    """Return exit code 0 if the contract documents every response, 1 if not, 2 if the suite could not tell."""
    parser = argparse.ArgumentParser(prog="endurance cases", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000, metavar="N", help="number of cases (100,000)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32), metavar="N", help="repeat the same cases")
    options = parser.parse_args(arguments)
    started, sent, seed = time.monotonic(), 0, options.seed
    violations: list[str] = []
    size = min(BATCH, options.cases)
    with reference_server("--no-access-log") as url:
        contract = Contract(contract_path())
        recorder = Recorder()
        provider = Provider(load_target(EMBEDDED_TARGET, contract), url, contract, recorder, Pace(None, 1))
        schema = load_schema(contract)
        while sent < options.cases:
            for operation in contract.operations.values():
                for mode in GenerationMode:
                    seed += 1
                    violations += send_batch(provider, schema[operation.path][operation.method], mode, size, seed)
                    sent += len(recorder.exchanges)
                    # The recorded traffic of all cases would not fit into memory.
                    recorder.exchanges.clear()
    print(*violations[:SHOWN], sep="\n\n")
    seconds = time.monotonic() - started
    print(f"{sent:,} cases in {seconds:.0f} s, seed {options.seed}: {len(violations)} violations of the contract")
    return int(bool(violations))
