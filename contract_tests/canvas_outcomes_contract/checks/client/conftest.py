"""What the client checks share: both clients, and a provider that is a mock."""

from collections.abc import Iterator

import pytest
import respx

from canvas_outcomes_contract.checks.client.consumers import AsyncConsumer, Consumer, MockedProvider


@pytest.fixture(scope="module")
def mock() -> Iterator[MockedProvider]:
    """Answers every request of the module."""
    with respx.mock(assert_all_called=False) as router:
        mock = MockedProvider(router)
        yield mock
        assert not mock.is_passed_by, "no request came for the answers that the checks have given"


@pytest.fixture(scope="module", params=[Consumer, AsyncConsumer], ids=["sync", "async"])
def consumer(request: pytest.FixtureRequest, mock: MockedProvider) -> Iterator[Consumer]:
    """Client, then AsyncClient, each opened once."""
    consumer: Consumer = request.param(mock)
    yield consumer
    consumer.end()
