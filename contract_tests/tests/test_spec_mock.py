"""A mock of the contract that others wrote, and that judges its callers, has nothing to say against the client."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.client.calls import arguments
from contract_tests.client.consumers import AsyncConsumer, Consumer
from contract_tests.client.variants import RequestVariant, request_variants
from scripts.evidence import drive
from scripts.evidence.mocks import steady


def complaints(answer: httpx.Response) -> list[str]:
    """What the mock has against a request."""
    said = list(drive.complaints(answer))
    return said if answer.headers["X-Steady-Request-Valid"] == "true" else [*said, "the request is not valid"]


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """The mock, started; it and its Node end with the module."""
    with steady() as url:
        yield url


@pytest.fixture(scope="module", params=[Consumer, AsyncConsumer], ids=["sync", "async"])
def caller(request: pytest.FixtureRequest, base_url: str) -> Iterator[Consumer]:
    """Client, then AsyncClient, talking to the mock."""
    caller: Consumer = request.param()
    caller.use(base_url)
    yield caller
    caller.end()


@pytest.mark.parametrize("variant", request_variants(), ids=lambda variant: variant.id)
@given(data=st.data())
@settings(max_examples=25, deadline=None, database=None)
def test_a_mock_of_others_accepts_every_request(caller: Consumer, variant: RequestVariant, data: st.DataObject) -> None:
    case = data.draw(variant.cases)

    answer = caller.call_raw(variant.operation.id, **arguments(caller.client, variant, case)).response

    assert answer.headers["X-Steady-Matched-Path"] == variant.operation.path
    assert complaints(answer) == []


@pytest.mark.parametrize(
    ("body", "place"),
    [({"json": {"title": 5}}, "body.title"), ({"data": {"ratings[][points]": "many"}}, "body.ratings")],
    ids=["json", "form"],
)
def test_the_mock_sees_a_wrong_request(base_url: str, body: dict[str, Any], place: str) -> None:
    headers = {"Authorization": "Bearer t", "X-Steady-Reject-On-Error": "false"}

    answer = httpx.put(f"{base_url}/api/v1/outcomes/1", **body, headers=headers, trust_env=False)

    assert [said for said in complaints(answer) if place in said] != []
