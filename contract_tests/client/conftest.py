"""What the client checks share: both clients, each opened once, and a provider that is a mock."""

from collections.abc import Iterator
from typing import Any

import pytest
import respx
from canvas_outcomes import Retries

from contract_tests.client.consumers import AsyncConsumer, Consumer, MockedProvider

pytest_plugins = ("contract_tests.plugin",)


@pytest.fixture(scope="session", params=[Consumer, AsyncConsumer], ids=["sync", "async"])
def consumer(request: pytest.FixtureRequest) -> Iterator[Consumer]:
    """Client, then AsyncClient."""
    consumer: Consumer = request.param()
    yield consumer
    consumer.end()


@pytest.fixture(scope="session")
def client(consumer: Consumer) -> Iterator[Any]:
    """A client that sends each request once."""
    client = consumer.open(retries=Retries(limit=0))
    yield client
    consumer.close(client)


@pytest.fixture(scope="module")
def mocked() -> Iterator[MockedProvider]:
    """Every request of the module is answered by a mock."""
    with respx.mock(assert_all_called=True) as router:
        yield MockedProvider(router)
