"""One client keeps one pool of connections, shows what came over them, and is over when it is closed."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from canvas_outcomes import AsyncClient, Client, errors
from canvas_outcomes_contract.checks.client.consumers import BASE_URL, CERTIFICATES, HOST, TOKEN, Consumer
from canvas_outcomes_contract.checks.client.equality import differences, shown
from canvas_outcomes_contract.checks.client.responses.test_responses import OUTCOME
from canvas_outcomes_contract.checks.client.variants import CONTRACT, answer_variants
from canvas_outcomes_contract.contract.document import Operation

GET = CONTRACT.operations["get_outcome"]
NOTHING = httpx.Response(404, json={"errors": [{"message": "The specified resource does not exist."}]})
SUCCESS = {way.operation.id: way.examples[0] for one in answer_variants() for way in one.ways if way.status == "200"}
every_operation = pytest.mark.parametrize("operation", CONTRACT.operations.values(), ids=lambda one: one.id)


@pytest.fixture
def pools(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every httpx client that the test opens."""
    opened: list[Any] = []

    def record(kind: type[Any]) -> Callable[..., None]:
        begin = kind.__init__

        def init(http: Any, **options: Any) -> None:
            opened.append(http)
            begin(http, **options)

        return init

    for kind in (httpx.Client, httpx.AsyncClient):
        monkeypatch.setattr(kind, "__init__", record(kind))
    return opened


@every_operation
def test_a_closed_client_sends_nothing(consumer: Consumer, operation: Operation) -> None:
    consumer.use()
    consumer.mock.answers(NOTHING)
    consumer.close()
    consumer.close()

    error = consumer.fail(operation)

    assert type(error) is errors.ClientClosedError
    assert consumer.mock.requests == []


def test_repr_shows_the_base_url_and_whether_it_is_closed(consumer: Consumer) -> None:
    client = consumer.use("https://canvas.test/below")

    opened = repr(client)
    consumer.close()

    name = consumer.kind.__name__
    assert [opened, repr(client)] == [f"{name}('https://canvas.test/below'{end}" for end in (")", ", closed)")]


def test_is_closed_at_the_end_of_a_with_block(consumer: Consumer) -> None:
    consumer.use()
    consumer.mock.answers(httpx.Response(200, json=OUTCOME))

    outcome = consumer.inside("get_outcome", 1)

    assert outcome.id == 1
    assert type(consumer.fail(GET)) is errors.ClientClosedError
    with pytest.raises(errors.ClientClosedError):
        consumer.inside("get_outcome", 1)


def test_closes_its_connection_pool(consumer: Consumer, pools: list[Any]) -> None:
    consumer.use()

    consumer.close()

    assert [http.is_closed for http in pools] == [True]


def test_leaves_a_given_http_client_open(consumer: Consumer) -> None:
    http_client = consumer.http(verify=CERTIFICATES)
    consumer.use(http_client=http_client)

    consumer.close()

    assert not http_client.is_closed
    assert type(consumer.fail(GET)) is errors.ClientClosedError


def test_a_given_http_client_that_is_closed_sends_nothing(consumer: Consumer) -> None:
    http_client = consumer.http(transport=httpx.MockTransport(lambda _: NOTHING))
    consumer.use(http_client=http_client)
    consumer.mock.answers(NOTHING)

    end(http_client)

    assert type(consumer.fail(GET)) is errors.ClientClosedError
    assert consumer.mock.requests == []


def end(http_client: Any) -> None:
    asyncio.run(http_client.aclose()) if isinstance(http_client, httpx.AsyncClient) else http_client.close()


def own_id(request: httpx.Request) -> httpx.Response:
    """The outcome that was asked for."""
    return httpx.Response(200, json=OUTCOME | {"id": int(request.url.path.rpartition("/")[2])})


def test_threads_share_one_pool(pools: list[Any]) -> None:
    with (
        Client(BASE_URL, token=TOKEN, transport=httpx.MockTransport(own_id)) as client,
        ThreadPoolExecutor(8) as threads,
    ):
        found = list(threads.map(lambda id: client.get_outcome(id).id, range(1, 401)))

    assert found == list(range(1, 401))
    assert len(pools) == 1


def test_tasks_share_one_pool(pools: list[Any]) -> None:
    async def ask() -> list[int]:
        async with AsyncClient(BASE_URL, token=TOKEN, transport=httpx.MockTransport(own_id)) as client:
            return [outcome.id for outcome in await asyncio.gather(*map(client.get_outcome, range(1, 401)))]

    found = asyncio.run(ask())

    assert found == list(range(1, 401))
    assert len(pools) == 1


@every_operation
def test_raw_response_includes_the_parsed_body(consumer: Consumer, operation: Operation) -> None:
    consumer.use()
    answer = httpx.Response(200, json=SUCCESS[operation.id], headers={"ETag": 'W/"1"'})
    consumer.mock.answers(answer, answer)

    raw = consumer.ask_raw(operation)

    assert differences(shown(consumer.ask(operation)), shown(raw.parsed)) == []
    assert (raw.response.status_code, raw.response.headers["ETag"]) == (200, 'W/"1"')
    assert raw.response.json() == SUCCESS[operation.id]
    assert raw.response.request.url.host == HOST
    with pytest.raises(AttributeError):
        raw.parsed = None


@every_operation
def test_raw_response_raises_the_same_error(consumer: Consumer, operation: Operation) -> None:
    consumer.use()
    consumer.mock.answers(NOTHING, NOTHING)

    with pytest.raises(errors.NotFoundError) as caught:
        consumer.ask_raw(operation)

    assert str(caught.value) == str(consumer.fail(operation))


@pytest.mark.parametrize(
    ("headers", "figures"),
    [
        ({"X-Request-Cost": "0.25", "X-Rate-Limit-Remaining": "599.75"}, (0.25, 599.75)),
        ({"X-Rate-Limit-Remaining": "0.0"}, (None, 0.0)),
        ({"X-Request-Cost": "much", "X-Rate-Limit-Remaining": ""}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_exposes_the_rate_limit_of_the_last_response(consumer: Consumer, headers: Any, figures: Any) -> None:
    consumer.use()
    consumer.mock.answers(
        httpx.Response(200, json=OUTCOME, headers={"X-Request-Cost": "9"}),
        httpx.Response(200, json=OUTCOME, headers=headers),
    )
    before = consumer.client.rate_limit

    consumer.ask(GET)
    consumer.ask(GET)

    assert before is None
    assert consumer.client.rate_limit == figures
