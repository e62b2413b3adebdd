"""Fixtures of the client checks: both clients, with a mocked provider or without, and every operation."""

from collections.abc import Iterator

import pytest
import respx

from canvas_outcomes_contract.checks.client.consumers import AsyncConsumer, Consumer, MockedProvider
from canvas_outcomes_contract.checks.client.variants import CONTRACT
from canvas_outcomes_contract.contract.document import Operation


@pytest.fixture(params=CONTRACT.operations.values(), ids=lambda operation: operation.id)
def operation(request: pytest.FixtureRequest) -> Operation:
    """Each operation of the contract."""
    operation: Operation = request.param
    return operation


@pytest.fixture(scope="module")
def mock() -> Iterator[MockedProvider]:
    """A mocked provider that receives every request of the module."""
    with respx.mock(assert_all_called=False, using="httpcore2") as router:
        mock = MockedProvider(router)
        yield mock
        assert not mock.is_unused, "the checks have prepared responses, but no request was sent"


@pytest.fixture(scope="module", params=[Consumer, AsyncConsumer], ids=["sync", "async"])
def consumer(request: pytest.FixtureRequest, mock: MockedProvider) -> Iterator[Consumer]:
    """Client, then AsyncClient, with the mocked provider."""
    with request.param(mock) as consumer:
        yield consumer


@pytest.fixture(scope="module", params=[Consumer, AsyncConsumer], ids=["sync", "async"])
def caller(request: pytest.FixtureRequest) -> Iterator[Consumer]:
    """Client, then AsyncClient, without a mock."""
    with request.param() as caller:
        yield caller
