"""Every answer to a case that Schemathesis draws from the contract is one that the contract documents."""

from typing import Any

import schemathesis
from hypothesis import settings

from contract_tests.answers import where
from contract_tests.clauses import breaking, clause_of_each_operation
from contract_tests.contract import Contract, contract_path
from contract_tests.provider_under_test import Provider
from contract_tests.schema_cases import checks_that_apply, load_schema, send_case

SCHEMA = load_schema(Contract(contract_path()))
CASES = 4 * settings().max_examples


@clause_of_each_operation("never-fails-on-a-request")
@clause_of_each_operation("answers-as-documented")
@SCHEMA.parametrize()
@settings(max_examples=CASES)
def test_answers_as_documented(case: schemathesis.Case[Any], provider: Provider) -> None:
    answer = send_case(provider, case)

    with breaking("never-fails-on-a-request"):
        assert answer.status_code < 500, f"status={answer.status_code} for {where(answer)}: {answer.text[:200]}"
    with breaking("answers-as-documented"):
        case.validate_response(answer, checks=checks_that_apply())
