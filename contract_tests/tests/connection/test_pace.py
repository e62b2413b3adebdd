"""A run limits its requests, and waits when a provider throttles it."""

import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from threading import Lock

import httpx
import pytest

from canvas_outcomes_contract.connection.pace import DEFAULT_RATE, Pace, default_rate, is_throttled, retry_delay
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.target import Target
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.contract.document import Contract, contract_path

PLAIN = {"content-type": "text/plain"}


def test_spaces_requests_evenly() -> None:
    slept: list[float] = []
    pace = Pace(rate=10, at_once=1, clock=lambda: 0.0, sleep=slept.append)

    for _ in range(4):
        with pace.slot():
            pass

    assert slept == pytest.approx([0.1, 0.2, 0.3])


def test_limits_concurrent_requests() -> None:
    pace, lock, running, most = Pace(rate=None, at_once=2), Lock(), [0], [0]

    def work(_: int) -> None:
        with pace.slot():
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
            time.sleep(0.01)
            with lock:
                running[0] -= 1

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(12)))

    assert most == [2]


@pytest.mark.parametrize(("rate", "at_once", "count"), [(20.0, 4, 2), (None, 5, 2), (7.0, 3, 3)])
def test_the_shares_of_all_workers_add_up_to_the_pace(rate: float | None, at_once: int, count: int) -> None:
    shares = [Pace(rate, at_once).share(number, count) for number in range(count)]

    assert sum(share.at_once for share in shares) == at_once
    assert sum(share.rate or 0 for share in shares) == pytest.approx(rate or 0)


@pytest.mark.parametrize(
    ("url", "rate"),
    [("http://127.0.0.1:80", None), ("http://localhost", None), ("https://canvas.example.edu", DEFAULT_RATE)],
)
def test_limits_the_rate_except_for_a_server_on_this_machine(url: str, rate: float | None) -> None:
    assert default_rate(url) == rate


@pytest.mark.parametrize(
    ("status", "headers", "text", "throttled"),
    [
        (429, {}, "", True),
        (403, PLAIN, "403 Forbidden (Rate Limit Exceeded)\n", True),
        (403, {"content-type": "application/json"}, '{"message": "Rate Limit Exceeded"}', False),
        (403, PLAIN, "no", False),
        (200, PLAIN, "Rate Limit Exceeded", False),
    ],
)
def test_recognises_both_forms_of_throttling(status: int, headers: dict[str, str], text: str, throttled: bool) -> None:
    assert is_throttled(httpx.Response(status, headers=headers, text=text)) is throttled


@pytest.mark.parametrize(
    ("header", "attempt", "seconds"),
    [
        ("7", 0, 7),
        (formatdate(1000, usegmt=True), 0, 10),
        (formatdate(10, usegmt=True), 0, 0),
        ("", 0, 1),
        ("soon", 3, 8),
    ],
)
def test_takes_the_delay_from_the_provider_or_doubles_it(header: str, attempt: int, seconds: float) -> None:
    response = httpx.Response(429, headers={"retry-after": header})

    assert retry_delay(response, attempt, now=990) == seconds


def test_retries_after_the_wait_that_a_throttling_provider_asks_for() -> None:
    slept: list[float] = []
    throttled = httpx.Response(403, headers=PLAIN | {"Retry-After": "3"}, text="403 Forbidden (Rate Limit Exceeded)\n")
    responses = iter([throttled, throttled, httpx.Response(200, json={})])
    pace = Pace(rate=None, at_once=1, sleep=slept.append)
    target = Target("throttling", tokens={"editor": "t"})
    provider = Provider(target, "http://127.0.0.1", Contract(contract_path()), Recorder(), pace)
    provider.http = httpx.Client(transport=httpx.MockTransport(lambda _: next(responses)))

    response = provider.get_outcome(1)
    provider.close()

    assert (response.status_code, slept) == (200, [3, 3])
