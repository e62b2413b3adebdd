"""Retries: which failures are retried, how often, and after which delay."""

import time
from typing import Any
from unittest.mock import patch

import httpx2
import pytest

from canvas_outcomes import Retries, errors
from canvas_outcomes_contract.checks.client.consumers import BASE_URL, CERTIFICATES, TOKEN, Consumer, Reply
from canvas_outcomes_contract.checks.client.documented import GET, successes_of
from canvas_outcomes_contract.checks.client.examples import success
from canvas_outcomes_contract.contract.document import Operation

THROTTLED = httpx2.Response(403, text="403 Forbidden (Rate Limit Exceeded)\n")
TRANSIENT: tuple[Reply, ...] = (
    httpx2.Response(429, text="429 Too Many Requests (Rate Limit Exceeded)"),
    httpx2.Response(429),
    THROTTLED,
    httpx2.Response(502, html="<p>Bad Gateway</p>"),
    httpx2.Response(503),
    httpx2.Response(504),
    httpx2.ConnectError("refused"),
    httpx2.ConnectTimeout("late"),
    httpx2.ReadError("reset"),
    httpx2.RemoteProtocolError("closed"),
)
PERMANENT: tuple[Reply, ...] = (
    *(httpx2.Response(status, json={"message": "no"}) for status in (400, 401, 403, 404, 405, 413, 418, 500, 501, 520)),
    httpx2.Response(302, headers={"Location": "/api/v1/outcomes/2"}),
    httpx2.Response(200, text="<html>"),
    httpx2.ReadTimeout("late"),
)
CLOCK = 1_800_000_000.0  # Fri, 15 Jan 2027 08:00:00 GMT
AT = {"GMT": "Fri, 15 Jan 2027 08:00:12 GMT", "past": "Fri, 15 Jan 2027 07:59:00 GMT"}


def delays_of(
    consumer: Consumer, *replies: Reply, operation: Operation = GET, draw: float = 0.0, **retries: Any
) -> list[float]:
    """The delays before the retries of one call."""
    delays: list[float] = []
    consumer.open(sleep=delays.append, retries=Retries(**retries))
    consumer.mock.replies(*replies)
    with patch("random.random", return_value=draw), patch("time.time", return_value=CLOCK):
        consumer.attempt(operation)
    return delays


def throttled(**headers: str) -> httpx2.Response:
    return httpx2.Response(429, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("transient", TRANSIENT, ids=repr)
def test_succeeds_on_a_later_attempt(consumer: Consumer, idempotent_operation: Operation, transient: Reply) -> None:
    consumer.open(retries=Retries(limit=2))
    consumer.mock.replies(transient, transient, success(idempotent_operation))

    result = consumer.send(idempotent_operation)

    requests = consumer.mock.requests
    assert (result is None) == (successes_of(idempotent_operation)[0].kind == "none")
    assert len(requests) == 3
    assert {(one.method, str(one.url), one.content) for one in requests} == {
        (requests[0].method, str(requests[0].url), requests[0].content)
    }


@pytest.mark.parametrize("transient", TRANSIENT, ids=repr)
@pytest.mark.parametrize("limit", [0, 1, 2])
def test_gives_up_at_the_limit(
    consumer: Consumer, idempotent_operation: Operation, transient: Reply, limit: int
) -> None:
    delays = delays_of(consumer, *[transient] * 5, operation=idempotent_operation, limit=limit)

    assert (len(consumer.mock.requests), len(delays)) == (1 + limit, limit)


@pytest.mark.parametrize("permanent", PERMANENT, ids=repr)
def test_does_not_retry_permanent_failures(consumer: Consumer, operation: Operation, permanent: Reply) -> None:
    delays = delays_of(consumer, permanent, success(operation), operation=operation, limit=5)

    assert (len(consumer.mock.requests), delays) == (1, [])


def test_retries_twice_by_default(consumer: Consumer) -> None:
    delays = delays_of(consumer, *[httpx2.Response(503)] * 9)

    assert (len(consumer.mock.requests), delays) == (3, [0.5, 1.0])


def test_doubles_the_delay(consumer: Consumer) -> None:
    delays = delays_of(consumer, *[httpx2.Response(503)] * 9, limit=4, first_pause=1.0, longest_pause=5.0)

    assert delays == [1.0, 2.0, 4.0, 5.0]


def test_shortens_the_delay_at_random(consumer: Consumer) -> None:
    delays = delays_of(consumer, *[httpx2.Response(503)] * 9, first_pause=1.0, draw=0.5)

    assert delays == [0.75, 1.5]


@pytest.mark.parametrize(
    ("header", "delay"), [("7", 7.0), ("0", 0.0), (" 3 ", 3.0), (AT["GMT"], 12.0), (AT["past"], 0.0), ("30", 30.0)]
)
def test_waits_for_retry_after(consumer: Consumer, header: str, delay: float) -> None:
    assert delays_of(consumer, throttled(Retry_After=header), success(GET)) == [delay]


@pytest.mark.parametrize("header", ["", "soon", "-5", "1.5.2", "Fri, 99 Jan 2027", "9" * 400 + "x", "inf", "nan"])
def test_ignores_an_invalid_retry_after(consumer: Consumer, header: str) -> None:
    assert delays_of(consumer, throttled(Retry_After=header), success(GET)) == [0.5]


@pytest.mark.parametrize("header", ["31", "86400", "9" * 400, "Sat, 16 Jan 2027 08:00:00 GMT"])
def test_gives_up_when_retry_after_is_too_long(consumer: Consumer, header: str) -> None:
    delays = delays_of(consumer, throttled(Retry_After=header), success(GET))

    assert (len(consumer.mock.requests), delays) == (1, [])


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the system has no tzset")
@pytest.mark.parametrize("zone", ["EST5", "JST-9"])
def test_reads_a_date_without_a_zone_as_utc(consumer: Consumer, monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", zone)
        time.tzset()
        delays = delays_of(consumer, throttled(Retry_After="Fri Jan 15 08:00:12 2027"), success(GET))
    time.tzset()

    assert delays == [12.0]


def test_exposes_retry_after(consumer: Consumer) -> None:
    consumer.open(retries=Retries(limit=0))

    given = consumer.error_for(throttled(Retry_After="90"), GET)
    absent = consumer.error_for(throttled(), GET)

    assert (given.retry_after, absent.retry_after) == (90.0, None)


def test_raises_the_error_of_the_last_attempt(consumer: Consumer) -> None:
    consumer.open(retries=Retries(limit=1))
    consumer.mock.replies(httpx2.ConnectError("refused"), THROTTLED)

    assert type(consumer.fail(GET)) is errors.RateLimitedError


@pytest.mark.parametrize("replies", [(httpx2.Response(503), httpx2.Response(404)), (httpx2.Response(503), THROTTLED)])
def test_classifies_each_attempt_separately(consumer: Consumer, replies: tuple[Reply, ...]) -> None:
    delays = delays_of(consumer, *replies, limit=1)

    assert (len(consumer.mock.requests), len(delays)) == (2, 1)


def test_calls_the_token_function_for_each_attempt(consumer: Consumer) -> None:
    tokens = iter(["first-token", "second-token"])
    consumer.open(token=lambda: next(tokens), retries=Retries(limit=1))
    consumer.mock.replies(httpx2.Response(503), success(GET))

    consumer.send(GET)

    sent = [request.headers["Authorization"] for request in consumer.mock.requests]
    assert sent == ["Bearer first-token", "Bearer second-token"]


def test_sleeps_by_default(consumer: Consumer) -> None:
    delay = 0.5  # longer than the call takes without it
    consumer.close()
    retries = Retries(first_pause=2 * delay)  # shortened at random by up to half
    consumer.client = consumer.client_class(BASE_URL, token=TOKEN, retries=retries, verify=CERTIFICATES)
    consumer.mock.replies(success(GET), httpx2.Response(503), success(GET))
    consumer.send(GET)  # imports what later calls use
    began = time.perf_counter()

    consumer.send(GET)

    assert time.perf_counter() - began >= delay


@pytest.mark.parametrize("limit", [0, 3])
def test_takes_a_number_of_retries(consumer: Consumer, limit: int) -> None:
    consumer.open(retries=limit)
    consumer.mock.replies(*[httpx2.Response(503)] * 9)

    consumer.fail(GET)

    assert len(consumer.mock.requests) == 1 + limit


@pytest.mark.parametrize(
    "retries",
    [
        -1,
        True,
        "3",
        1.5,
        None,
        {"limit": -1},
        {"first_pause": -1},
        {"longest_pause": "3"},
        {"limit": 10**400},
        {"first_pause": 1e300},
    ],
)
def test_rejects_other_retries(consumer: Consumer, retries: Any) -> None:
    with pytest.raises(errors.InvalidRequestError, match="cannot use"):
        consumer.open(retries=Retries(**retries) if isinstance(retries, dict) else retries)

    consumer.open()


def test_delays_any_number_of_retries(consumer: Consumer) -> None:
    delays = delays_of(consumer, *[httpx2.Response(503)] * 1101, limit=1100, longest_pause=0.001)

    assert (len(delays), delays[-1]) == (1100, 0.001)


def test_gives_up_when_the_delay_would_exceed_the_timeout(consumer: Consumer) -> None:
    delays: list[float] = []
    consumer.open(timeout=40, retries=9, sleep=delays.append)
    consumer.mock.replies(throttled(Retry_After="30"), throttled(Retry_After="30"), success(GET))

    error = consumer.fail(GET)

    assert (type(error), delays) == (errors.RateLimitedError, [30.0])


def test_retries_are_immutable() -> None:
    with pytest.raises(AttributeError):
        Retries().limit = 9  # type: ignore[misc]
