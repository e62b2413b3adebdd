"""Responses to the cases that Schemathesis generates from the contract are documented."""

from typing import Any

import httpx
import schemathesis
from hypothesis import settings

from canvas_outcomes_contract.cases.outcome_model import Fields
from canvas_outcomes_contract.cases.responses import request_line
from canvas_outcomes_contract.connection.editable_outcome import EditableOutcome
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.contract.document import Contract, Operation, contract_path
from canvas_outcomes_contract.run.clauses import attribute_failures_to, clause, clause_of_each_operation
from canvas_outcomes_contract.run.schema_cases import applicable_checks, load_schema, send_case

CONTRACT = Contract(contract_path())
SCHEMA = load_schema(CONTRACT)
CASES = 4 * settings().max_examples
CLAUSES = tuple(id for id in CONTRACT.clauses if id.endswith(("-never-fails-on-a-request", "-answers-as-documented")))
SEQUENCES, STEPS = settings().max_examples, 6
INITIAL_STATE: Fields = {
    "title": "before",
    "display_name": None,
    "description": None,
    "vendor_guid": None,
    "mastery_points": 3,
    "ratings": [{"description": "Exceeds Expectations", "points": 5}],
    "calculation_method": "highest",
}


@clause_of_each_operation("never-fails-on-a-request")
@clause_of_each_operation("answers-as-documented")
@SCHEMA.parametrize()
@settings(max_examples=CASES)
def test_responds_as_documented(case: schemathesis.Case[Any], provider: Provider) -> None:
    assert_documented(case, send_case(provider, case))


def assert_documented(case: schemathesis.Case[Any], response: httpx.Response) -> None:
    operation = CONTRACT.operations[case.operation.definition.raw["operationId"]]
    with attribute_failures_to(f"{operation.prefix}-never-fails-on-a-request"):
        assert response.status_code < 500, (
            f"status={response.status_code} for {request_line(response)}: {response.text[:200]}"
        )
    with attribute_failures_to(f"{operation.prefix}-answers-as-documented"):
        case.validate_response(response, checks=applicable_checks())


@clause(*CLAUSES)
def test_responds_as_documented_in_sequences(editable: EditableOutcome) -> None:
    class Sequences(SCHEMA.as_state_machine()):  # type: ignore[misc]
        """Requests with ids from earlier responses."""

        def setup(self) -> None:
            # The next request depends on earlier responses: a replayed sequence needs the same state at its start.
            editable.set_state(INITIAL_STATE)

        def call(self, case: schemathesis.Case[Any], **_: Any) -> schemathesis.Response:
            response = send_case(editable.provider, case)
            assert_documented(case, response)
            return schemathesis.Response.from_any(response)

        def validate_response(self, *_: Any, **__: Any) -> None: ...

    Sequences.run(settings=settings(max_examples=SEQUENCES, stateful_step_count=STEPS))


@clause_of_each_operation("answers-as-documented")
def test_cases_reach_the_operation(provider: Provider, operation: Operation) -> None:
    provider.known_request(operation)

    cases = [one.status for one in provider.recorder.exchanges if one.phase and one.operation == operation.id]

    assert not cases or 200 in cases, f"{operation.id}: got {set(cases)} for {len(cases)} cases, wanted 200"
