"""Responses to the cases that Schemathesis generates from the contract are documented."""

from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import settings

from canvas_outcomes_contract.cases.response_schemas import ResponseSchemas
from canvas_outcomes_contract.cases.responses import assert_no_failure, request_line
from canvas_outcomes_contract.cases.verdicts import NotApplicable
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.updatable_record import UpdatableRecord, known_record
from canvas_outcomes_contract.contract.document import Contract, Operation, contract_path
from canvas_outcomes_contract.contract.judging import links
from canvas_outcomes_contract.contract.restoring import restorable
from canvas_outcomes_contract.run.clauses import attribute_failures_to, clause_of_each_operation
from canvas_outcomes_contract.run.private_interfaces import print_steps_by_name
from canvas_outcomes_contract.run.run import Run
from canvas_outcomes_contract.run.schema_cases import (
    applicable_checks,
    load_schema,
    operation_of,
    refuses_known_records,
    send_case,
)

CONTRACT = Contract(contract_path())
SCHEMA = load_schema(CONTRACT)
RESPONSES = ResponseSchemas(CONTRACT, mask=None)
CASES = 4 * settings().max_examples
JUDGED = ("never-fails-on-a-request", "answers-as-documented")
SEQUENCES, STEPS = settings().max_examples, 6


def linked_operations() -> list[set[str]]:
    """The operations of the contract, in groups that links connect."""
    groups: list[set[str]] = []
    for operation in CONTRACT.operations.values():
        names = {operation.id} | {link.operation for link in links(CONTRACT, operation)}
        shared = [group for group in groups if group & names]
        groups = [group for group in groups if not group & names] + [names.union(*shared)]
    return [group for group in groups if len(group) > 1]


def clauses_of_cases(operations: set[str]) -> list[str]:
    ids = [f"{CONTRACT.operations[name].prefix}-{suffix}" for name in sorted(operations) for suffix in JUDGED]
    return [id for id in ids if id in CONTRACT.clauses]


@clause_of_each_operation("never-fails-on-a-request")
@clause_of_each_operation("answers-as-documented")
@SCHEMA.parametrize()
@settings(max_examples=CASES)
def test_responds_as_documented(case: schemathesis.Case[Any], provider: Provider) -> None:
    assert_documented(provider, case, send_case(provider, case))


def assert_documented(provider: Provider, case: schemathesis.Case[Any], response: httpx2.Response) -> None:
    operation = operation_of(CONTRACT, case)
    with attribute_failures_to(f"{operation.prefix}-never-fails-on-a-request", response):
        assert_no_failure(response)
    with attribute_failures_to(f"{operation.prefix}-answers-as-documented", response):
        # Schemathesis lists each error of a body, which takes minutes for a long list of wrong rows.
        assert RESPONSES.violation(operation, response) == ""
        case.validate_response(response, checks=applicable_checks())
        assert not refuses_known_records(provider, operation, case, response), (
            f"status=404 for {request_line(response)}, but the target names these records"
        )


def known_records(provider: Provider, operations: list[str]) -> list[UpdatableRecord]:
    return [known_record(provider, one) for one in restorable(CONTRACT) if one.write.id in operations]


@pytest.mark.parametrize(
    "operations",
    [
        pytest.param(group, id=min(group), marks=pytest.mark.clause(*clauses_of_cases(group)))
        for group in linked_operations()
    ],
)
def test_responds_as_documented_in_sequences(run: Run, provider: Provider, operations: set[str]) -> None:
    target = provider.target
    methods = {name: CONTRACT.operations[name].method for name in operations}
    permitted = {"GET", "PUT"} if target.writes else {"GET"}
    allowed = [name for name, method in methods.items() if target.disposable or method in permitted]
    # The next request depends on earlier responses: a replayed sequence needs the same state at its start.
    try:
        states = [(record, record.read()) for record in known_records(provider, allowed)]
    except AssertionError as error:
        raise NotApplicable(f"No sequence can start: {error}") from None
    not_started: list[str] = []

    # Not `include`: the settings of each operation in load_schema include it already.
    schema = SCHEMA.exclude(lambda context: context.operation.definition.raw["operationId"] not in allowed)

    class Sequences(schema.as_state_machine()):  # type: ignore[misc]
        """Requests with ids from earlier responses."""

        def setup(self) -> None:
            self.is_judged = True
            try:
                for record, state in states:
                    record.restore(state)
            except AssertionError as error:  # ending here, before it draws, would make the sequence flaky
                self.is_judged = False
                not_started.append(str(error))

        def call(self, case: schemathesis.Case[Any], **_: Any) -> schemathesis.Response:
            response = send_case(provider, case)
            if self.is_judged:
                with run.examples.excused():
                    assert_documented(provider, case, response)
            return schemathesis.Response.from_any(response)

        def validate_response(self, *_: Any, **__: Any) -> None: ...

        def teardown(self) -> None:
            run.examples.end_sequence()

    print_steps_by_name(Sequences)
    Sequences.run(settings=settings(max_examples=SEQUENCES, stateful_step_count=STEPS))
    if not_started:
        raise NotApplicable(f"{len(not_started)} sequences had no known state at their start: {not_started[0]}")
    provider.require_permission(*methods.values())  # else the others are not judged


@clause_of_each_operation("answers-as-documented")
def test_cases_reach_the_operation(provider: Provider, operation: Operation) -> None:
    provider.require_permission(operation.method)
    provider.known_request(operation)

    cases = [one.status for one in provider.recorder.exchanges if one.phase and one.operation == operation.id]

    reached = any(operation.documented(status) in operation.successes for status in cases)
    assert not cases or reached, (
        f"{operation.id}: got {set(cases)} for {len(cases)} cases, wanted {operation.successes}"
    )
