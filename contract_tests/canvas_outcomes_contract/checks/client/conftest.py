"""Fixtures of the client checks: both clients, with a mocked provider or without, and the operations."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import respx

from canvas_outcomes_contract.checks.client.consumers import AsyncConsumer, Consumer, MockedProvider
from canvas_outcomes_contract.checks.client.documented import (
    IDEMPOTENT_OPERATIONS,
    JSON_OPERATIONS,
    OPERATIONS,
    token_place,
)
from canvas_outcomes_contract.checks.client.variants import request_variants, simple_case
from canvas_outcomes_contract.contract.document import Operation


def each(operations: Iterable[Operation], docstring: str) -> Any:
    """A fixture with a parameter for each operation."""

    def operation(request: pytest.FixtureRequest) -> Operation:
        found: Operation = request.param
        return found

    operation.__doc__ = docstring
    return pytest.fixture(params=operations, ids=lambda one: one.id)(operation)


operation = each(OPERATIONS, "Each operation of the contract.")
json_operation = each(JSON_OPERATIONS, "Each operation whose successful responses have a JSON body.")
idempotent_operation = each(IDEMPOTENT_OPERATIONS, "Each operation that may be sent again.")
secured_operation = each(filter(token_place, OPERATIONS), "Each operation that sends a token.")


@pytest.fixture(scope="session", autouse=True)
def simple_cases() -> None:
    """Draw the cases that calls without an example need: a check that draws examples cannot do so itself."""
    for variant in request_variants():
        simple_case(variant.id)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out the checks of what the contract does not have, such as pages."""
    items[:] = [item for item in items if not any(map(is_empty, item.iter_markers("skip")))]


def is_empty(mark: pytest.Mark) -> bool:
    return str(mark.kwargs.get("reason", "")).startswith("got empty parameter set")


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
