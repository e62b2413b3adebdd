"""Connection pools, closing of clients and raw responses."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from canvas_outcomes import AsyncClient, Client, errors
from canvas_outcomes_contract.checks.client.consumers import BASE_URL, CERTIFICATES, HOST, NOT_FOUND, TOKEN, Consumer
from canvas_outcomes_contract.checks.client.documented import GET, successes_of
from canvas_outcomes_contract.checks.client.equality import differences, to_json
from canvas_outcomes_contract.checks.client.examples import OUTCOME, SHOW, success
from canvas_outcomes_contract.contract.document import Operation


@pytest.fixture
def pools(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every httpx2 client that the test creates."""
    opened: list[Any] = []

    def record(http_class: type[Any]) -> Callable[..., None]:
        init = http_class.__init__

        def record_and_init(http: Any, **options: Any) -> None:
            opened.append(http)
            init(http, **options)

        return record_and_init

    for http_class in (httpx2.Client, httpx2.AsyncClient):
        monkeypatch.setattr(http_class, "__init__", record(http_class))
    return opened


def test_a_closed_client_sends_nothing(consumer: Consumer, operation: Operation) -> None:
    consumer.open()
    consumer.mock.replies(NOT_FOUND)
    consumer.close()
    consumer.close()

    error = consumer.fail(operation)

    assert type(error) is errors.ClientClosedError
    assert consumer.mock.requests == []


def test_repr_shows_the_base_url_and_whether_it_is_closed(consumer: Consumer) -> None:
    client = consumer.open("https://canvas.test/below")

    opened = repr(client)
    consumer.close()

    name = consumer.client_class.__name__
    assert [opened, repr(client)] == [f"{name}('https://canvas.test/below'{end}" for end in (")", ", closed)")]


def test_is_closed_at_the_end_of_a_with_block(consumer: Consumer) -> None:
    consumer.open()
    consumer.mock.replies(httpx2.Response(200, json=OUTCOME))

    outcome = consumer.send_in_with_block(SHOW)

    assert outcome.id == OUTCOME["id"]
    assert type(consumer.fail(GET)) is errors.ClientClosedError
    with pytest.raises(errors.ClientClosedError):
        consumer.send_in_with_block(SHOW)


def test_closes_its_connection_pool(consumer: Consumer, pools: list[Any]) -> None:
    consumer.open()

    consumer.close()

    assert [http.is_closed for http in pools] == [True]


def test_leaves_a_given_http_client_open(consumer: Consumer) -> None:
    http_client = consumer.http_class(verify=CERTIFICATES)
    consumer.open(http_client=http_client)

    consumer.close()

    assert not http_client.is_closed
    assert type(consumer.fail(GET)) is errors.ClientClosedError


def test_a_given_http_client_that_is_closed_sends_nothing(consumer: Consumer) -> None:
    http_client = consumer.http_class(transport=httpx2.MockTransport(lambda _: NOT_FOUND))
    consumer.open(http_client=http_client)
    consumer.mock.replies(NOT_FOUND)

    close(http_client)

    assert type(consumer.fail(GET)) is errors.ClientClosedError
    assert consumer.mock.requests == []


def close(http_client: Any) -> None:
    asyncio.run(http_client.aclose()) if isinstance(http_client, httpx2.AsyncClient) else http_client.close()


def requested_outcome(request: httpx2.Request) -> httpx2.Response:
    """Respond with the requested outcome."""
    return httpx2.Response(200, json=OUTCOME | {"id": int(request.url.path.rpartition("/")[2])})


def test_threads_share_one_pool(pools: list[Any]) -> None:
    with (
        Client(BASE_URL, token=TOKEN, transport=httpx2.MockTransport(requested_outcome)) as client,
        ThreadPoolExecutor(8) as threads,
    ):
        found = list(threads.map(lambda id: getattr(client, SHOW.id)(id).id, range(1, 401)))

    assert found == list(range(1, 401))
    assert len(pools) == 1


def test_tasks_share_one_pool(pools: list[Any]) -> None:
    async def request_all() -> list[int]:
        async with AsyncClient(BASE_URL, token=TOKEN, transport=httpx2.MockTransport(requested_outcome)) as client:
            return [outcome.id for outcome in await asyncio.gather(*map(getattr(client, SHOW.id), range(1, 401)))]

    found = asyncio.run(request_all())

    assert found == list(range(1, 401))
    assert len(pools) == 1


def test_raw_response_includes_the_parsed_body(consumer: Consumer, operation: Operation) -> None:
    consumer.open()
    documented = successes_of(operation)[0]
    headers = {name: f"the {name}" for name in documented.headers} | {"ETag": 'W/"1"'}
    response = success(operation, **headers)
    consumer.mock.replies(response, response)

    raw = consumer.send_raw(operation)

    assert differences(to_json(consumer.send(operation)), to_json(raw.parsed)) == []
    assert (raw.response.status_code, raw.response.content) == (documented.statuses[0], response.content)
    assert {name: raw.headers[name] for name in headers} == headers
    assert raw.response.request.url.host == HOST
    with pytest.raises(AttributeError):
        raw.parsed = None


def test_raw_response_raises_the_same_error(consumer: Consumer, operation: Operation) -> None:
    consumer.open()
    consumer.mock.replies(NOT_FOUND, NOT_FOUND)

    with pytest.raises(errors.NotFoundError) as caught:
        consumer.send_raw(operation)

    assert str(caught.value) == str(consumer.fail(operation))


@pytest.mark.parametrize(
    ("headers", "rate_limit"),
    [
        ({"X-Request-Cost": "0.25", "X-Rate-Limit-Remaining": "599.75"}, (0.25, 599.75)),
        ({"X-Rate-Limit-Remaining": "0.0"}, (None, 0.0)),
        ({"X-Request-Cost": "much", "X-Rate-Limit-Remaining": ""}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_exposes_the_rate_limit_of_the_last_response(consumer: Consumer, headers: Any, rate_limit: Any) -> None:
    consumer.open()
    consumer.mock.replies(
        httpx2.Response(200, json=OUTCOME, headers={"X-Request-Cost": "9"}),
        httpx2.Response(200, json=OUTCOME, headers=headers),
    )
    before = consumer.client.rate_limit

    consumer.send(GET)
    consumer.send(GET)

    assert before is None
    assert consumer.client.rate_limit == rate_limit
