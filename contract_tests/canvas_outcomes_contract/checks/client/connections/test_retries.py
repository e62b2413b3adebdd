"""What may succeed on another attempt is sent again, a bounded number of times; what cannot is sent once."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from canvas_outcomes import Retries, errors
from canvas_outcomes_contract.checks.client.consumers import BASE_URL, CERTIFICATES, TOKEN, Answer, Consumer
from canvas_outcomes_contract.checks.client.variants import CONTRACT, answer_variants
from canvas_outcomes_contract.contract.document import Operation

THROTTLED = httpx.Response(403, text="403 Forbidden (Rate Limit Exceeded)\n")
PASSING: tuple[Answer, ...] = (
    httpx.Response(429, text="429 Too Many Requests (Rate Limit Exceeded)"),
    httpx.Response(429),
    THROTTLED,
    httpx.Response(502, html="<p>Bad Gateway</p>"),
    httpx.Response(503),
    httpx.Response(504),
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("late"),
    httpx.ReadError("reset"),
    httpx.RemoteProtocolError("closed"),
)
LASTING: tuple[Answer, ...] = (
    *(httpx.Response(status, json={"message": "no"}) for status in (400, 401, 403, 404, 405, 413, 418, 500, 501, 520)),
    httpx.Response(302, headers={"Location": "/api/v1/outcomes/2"}),
    httpx.Response(200, text="<html>"),
    httpx.ReadTimeout("late"),
)
OPERATIONS = list(CONTRACT.operations.values())
every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)
SUCCESS = {way.operation.id: way.examples[0] for one in answer_variants() for way in one.ways if way.status == "200"}
GET = CONTRACT.operations["get_outcome"]
CLOCK = 1_800_000_000.0  # Fri, 15 Jan 2027 08:00:00 GMT
AT = {"GMT": "Fri, 15 Jan 2027 08:00:12 GMT", "past": "Fri, 15 Jan 2027 07:59:00 GMT"}


def success(operation: Operation) -> httpx.Response:
    return httpx.Response(200, json=SUCCESS[operation.id])


def longest() -> float:
    """A random number that leaves a pause as long as it can be."""
    return 0.0


def pauses_of(consumer: Consumer, *answers: Answer, operation: Operation = GET, **retries: Any) -> list[float]:
    """The pauses of one call, whether it succeeds or not."""
    pauses: list[float] = []
    consumer.use(sleep=pauses.append, retries=Retries(**{"random": longest, "clock": lambda: CLOCK} | retries))
    consumer.mock.answers(*answers)
    consumer.attempt(operation)
    return pauses


def throttled(**headers: str) -> httpx.Response:
    return httpx.Response(429, headers={name.replace("_", "-"): value for name, value in headers.items()})


@every_operation
@pytest.mark.parametrize("passing", PASSING, ids=repr)
def test_succeeds_on_a_later_attempt(consumer: Consumer, operation: Operation, passing: Answer) -> None:
    consumer.use(retries=Retries(limit=2))
    consumer.mock.answers(passing, passing, success(operation))

    result = consumer.ask(operation)

    requests = consumer.mock.requests
    assert result is not None
    assert len(requests) == 3
    assert {(one.method, str(one.url), one.content) for one in requests} == {
        (requests[0].method, str(requests[0].url), requests[0].content)
    }


@every_operation
@pytest.mark.parametrize("passing", PASSING, ids=repr)
@pytest.mark.parametrize("limit", [0, 1, 2])
def test_gives_up_at_the_limit(consumer: Consumer, operation: Operation, passing: Answer, limit: int) -> None:
    pauses = pauses_of(consumer, *[passing] * 5, operation=operation, limit=limit)

    assert (len(consumer.mock.requests), len(pauses)) == (1 + limit, limit)


@every_operation
@pytest.mark.parametrize("lasting", LASTING, ids=repr)
def test_does_not_retry_permanent_failures(consumer: Consumer, operation: Operation, lasting: Answer) -> None:
    pauses = pauses_of(consumer, lasting, success(operation), operation=operation, limit=5)

    assert (len(consumer.mock.requests), pauses) == (1, [])


def test_retries_twice_by_default(consumer: Consumer) -> None:
    pauses = pauses_of(consumer, *[httpx.Response(503)] * 9)

    assert (len(consumer.mock.requests), pauses) == (3, [0.5, 1.0])


def test_doubles_the_delay(consumer: Consumer) -> None:
    pauses = pauses_of(consumer, *[httpx.Response(503)] * 9, limit=4, first_pause=1.0, longest_pause=5.0)

    assert pauses == [1.0, 2.0, 4.0, 5.0]


def test_shortens_the_delay_at_random(consumer: Consumer) -> None:
    pauses = pauses_of(consumer, *[httpx.Response(503)] * 9, first_pause=1.0, random=lambda: 0.5)

    assert pauses == [0.75, 1.5]


@pytest.mark.parametrize(
    ("header", "pause"), [("7", 7.0), ("0", 0.0), (" 3 ", 3.0), (AT["GMT"], 12.0), (AT["past"], 0.0), ("30", 30.0)]
)
def test_waits_for_retry_after(consumer: Consumer, header: str, pause: float) -> None:
    assert pauses_of(consumer, throttled(Retry_After=header), success(GET)) == [pause]


@pytest.mark.parametrize("header", ["", "soon", "-5", "1.5.2", "Fri, 99 Jan 2027", "9" * 400 + "x", "inf", "nan"])
def test_ignores_an_invalid_retry_after(consumer: Consumer, header: str) -> None:
    assert pauses_of(consumer, throttled(Retry_After=header), success(GET)) == [0.5]


@pytest.mark.parametrize("header", ["31", "86400", "9" * 400, "Sat, 16 Jan 2027 08:00:00 GMT"])
def test_gives_up_when_retry_after_is_too_long(consumer: Consumer, header: str) -> None:
    pauses = pauses_of(consumer, throttled(Retry_After=header), success(GET))

    assert (len(consumer.mock.requests), pauses) == (1, [])


def test_exposes_retry_after(consumer: Consumer) -> None:
    consumer.use(retries=Retries(limit=0))
    consumer.mock.answers(throttled(Retry_After="90"), throttled())

    said: Any = consumer.fail(GET)
    silent: Any = consumer.fail(GET)

    assert (said.retry_after, silent.retry_after) == (90.0, None)


def test_raises_the_error_of_the_last_attempt(consumer: Consumer) -> None:
    consumer.use(retries=Retries(limit=1))
    consumer.mock.answers(httpx.ConnectError("refused"), THROTTLED)

    assert type(consumer.fail(GET)) is errors.RateLimitedError


@pytest.mark.parametrize("answers", [(httpx.Response(503), httpx.Response(404)), (httpx.Response(503), THROTTLED)])
def test_classifies_each_attempt_separately(consumer: Consumer, answers: tuple[Answer, ...]) -> None:
    pauses = pauses_of(consumer, *answers, limit=1)

    assert (len(consumer.mock.requests), len(pauses)) == (2, 1)


def test_calls_the_token_function_for_each_attempt(consumer: Consumer) -> None:
    tokens = iter(["first-token", "second-token"])
    consumer.use(token=lambda: next(tokens), retries=Retries(limit=1))
    consumer.mock.answers(httpx.Response(503), success(GET))

    consumer.ask(GET)

    sent = [request.headers["Authorization"] for request in consumer.mock.requests]
    assert sent == ["Bearer first-token", "Bearer second-token"]


def test_sleeps_by_default(consumer: Consumer) -> None:
    pause = 0.2  # what takes as long by itself on no machine
    consumer.close()
    retries = Retries(first_pause=pause, random=longest)
    consumer.client = consumer.kind(BASE_URL, token=TOKEN, retries=retries, verify=CERTIFICATES)
    consumer.mock.answers(httpx.Response(503), success(GET))
    began = time.perf_counter()

    consumer.ask(GET)

    assert time.perf_counter() - began >= pause


def test_uses_random_and_time_by_default() -> None:
    retries = Retries()

    numbers: list[Callable[[], float]] = [retries.random, retries.clock]
    assert all(isinstance(number(), float) for number in numbers)


def test_retries_are_immutable() -> None:
    with pytest.raises(AttributeError):
        Retries().limit = 9  # type: ignore[misc]
