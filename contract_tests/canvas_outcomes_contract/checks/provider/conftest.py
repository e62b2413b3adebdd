"""Fixtures of the provider checks."""

import pytest

from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.response_schemas import ResponseSchemas


@pytest.fixture(scope="session")
def schemas(provider: Provider) -> ResponseSchemas:
    """The schemas of the documented responses."""
    return ResponseSchemas(provider.contract)
