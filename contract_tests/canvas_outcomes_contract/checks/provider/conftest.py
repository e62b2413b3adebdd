"""Fixtures of the provider checks."""

import pytest

from canvas_outcomes_contract.cases.response_schemas import ResponseSchemas
from canvas_outcomes_contract.connection.provider import Provider


@pytest.fixture(scope="session")
def schemas(provider: Provider) -> ResponseSchemas:
    """The schemas of the documented responses."""
    return ResponseSchemas(provider.contract)
