"""Fixtures of the provider checks."""

import pytest

from canvas_outcomes_contract.cases.response_schemas import ResponseSchemas
from canvas_outcomes_contract.cases.responses import Differences, shown
from canvas_outcomes_contract.connection.provider import Provider


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str]:
    """Report a comparison as got and wanted, fields that differ one by one."""
    if isinstance(left, Differences):
        return ["fields differ", *left.messages()]
    return [f"got {shown(left)}, wanted {'' if op == '==' else f'{op} '}{shown(right)}"]


@pytest.fixture(scope="session")
def schemas(provider: Provider) -> ResponseSchemas:
    """The schemas of the documented responses."""
    return ResponseSchemas(provider.contract)
