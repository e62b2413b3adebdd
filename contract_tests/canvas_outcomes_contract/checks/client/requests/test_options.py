"""Options of the client: timeouts, headers, the base URL and options passed on to httpx2."""

import math
from typing import Any

import httpx2
import pytest

from canvas_outcomes import errors
from canvas_outcomes_contract.checks.client.consumers import BASE_URL, CERTIFICATES, NOT_FOUND, TOKEN, Consumer
from canvas_outcomes_contract.checks.client.documented import GET, accepted_media_type
from canvas_outcomes_contract.contract.document import Operation

# Options that are passed on to httpx2, with values other than the default.
HTTPX_OPTIONS: dict[str, Any] = {
    "transport": httpx2.MockTransport(lambda _: NOT_FOUND),
    "proxy": "http://proxy.example.edu:3128",
    "http2": True,
    "verify": CERTIFICATES,
    "limits": httpx2.Limits(max_connections=7),
    "event_hooks": {"request": [print]},
    "trust_env": False,
}


def timeouts_of(request: httpx2.Request) -> Any:
    """The timeouts in seconds, by phase."""
    return request.extensions["timeout"]


def phases(seconds: float, connect: float) -> dict[str, float | None]:
    """The timeouts of a call: no time for a connection of the pool, because the wait for it does not count."""
    return {"connect": connect, "read": seconds, "write": seconds, "pool": None}


def test_waits_10_s_to_connect_and_60_s_in_all_by_default(consumer: Consumer, operation: Operation) -> None:
    consumer.open()

    request = consumer.request_of(operation)

    assert timeouts_of(request) == phases(60, connect=10)


def test_uses_the_timeout_of_the_client(consumer: Consumer, operation: Operation) -> None:
    consumer.open(timeout=7)

    request = consumer.request_of(operation)

    assert timeouts_of(request) == phases(7, connect=7)


@pytest.mark.parametrize("timeout", [0.25, 3, 12.5])
def test_uses_the_timeout_of_the_call(consumer: Consumer, operation: Operation, timeout: Any) -> None:
    consumer.open(timeout=7)
    consumer.mock.replies(NOT_FOUND, NOT_FOUND, NOT_FOUND)

    consumer.fail(operation, timeout=timeout)
    with pytest.raises(errors.ApiError):
        consumer.send_raw(operation, timeout=timeout)
    consumer.fail(operation)

    given, given_raw, default = map(timeouts_of, consumer.mock.requests)
    assert given == given_raw == phases(timeout, connect=min(timeout, 10))
    assert default == phases(7, connect=7)


@pytest.mark.parametrize("timeout", [0, -1, "3", True, math.nan, httpx2.Timeout(3)], ids=repr)
def test_rejects_a_timeout_that_is_not_a_number_of_seconds(consumer: Consumer, timeout: Any) -> None:
    with pytest.raises(errors.InvalidRequestError, match="timeout"):
        consumer.open(timeout=timeout)
    consumer.open()

    error = consumer.fail(GET, timeout=timeout)

    assert type(error) is errors.InvalidRequestError


def test_uses_the_timeout_of_a_given_http_client(consumer: Consumer) -> None:
    consumer.open(http_client=consumer.http_class(timeout=11, verify=CERTIFICATES))

    request = consumer.request_of(GET)

    assert timeouts_of(request) == httpx2.Timeout(11).as_dict()


@pytest.fixture
def given(consumer: Consumer, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The options of the httpx2 client that the client creates."""
    options: dict[str, Any] = {}
    init = consumer.http_class.__init__

    def record(http: Any, **given: Any) -> None:
        options.update(given)
        init(http, verify=CERTIFICATES)

    monkeypatch.setattr(consumer.http_class, "__init__", record)
    return options


@pytest.mark.parametrize("option", HTTPX_OPTIONS)
def test_passes_options_on_to_httpx(consumer: Consumer, option: str, given: dict[str, Any]) -> None:
    consumer.open(**{option: HTTPX_OPTIONS[option]})

    assert given[option] is HTTPX_OPTIONS[option]


def test_uses_the_default_connection_limits_of_httpx(consumer: Consumer, given: dict[str, Any]) -> None:
    consumer.open()

    assert given["limits"] == httpx2.Limits(max_connections=100, max_keepalive_connections=20)


@pytest.mark.parametrize("option", [name for name in HTTPX_OPTIONS if name not in ("trust_env", "verify")])
def test_rejects_an_http_client_with_options_that_it_replaces(consumer: Consumer, option: str) -> None:
    http_client = consumer.http_class(verify=CERTIFICATES)

    with pytest.raises(errors.InvalidRequestError, match="http_client"):
        consumer.open(http_client=http_client, **{option: HTTPX_OPTIONS[option]})

    consumer.open()


@pytest.mark.parametrize("http_client", [httpx2.Client, httpx2.AsyncClient, object])
def test_rejects_an_http_client_of_another_type(consumer: Consumer, http_client: Any) -> None:
    given = object() if http_client in (consumer.http_class, object) else http_client(verify=CERTIFICATES)

    with pytest.raises(errors.InvalidRequestError, match="expected an httpx2"):
        consumer.open(http_client=given)

    consumer.open()


@pytest.mark.parametrize(
    ("base_url", "prefix"),
    [
        (f"{BASE_URL}/", ""),
        (f"{BASE_URL}/canvas", "/canvas"),
        (f"{BASE_URL}/canvas/eu/", "/canvas/eu"),
        (f"{BASE_URL}/X/", "/X"),
        (f"{BASE_URL}:8443/a%20b", "/a%20b"),
    ],
)
def test_keeps_the_prefix_of_the_base_url(consumer: Consumer, operation: Operation, base_url: str, prefix: str) -> None:
    consumer.open()
    consumer.mock.replies(NOT_FOUND, NOT_FOUND)

    consumer.fail(operation)
    consumer.open(base_url)
    consumer.fail(operation)

    plain, prefixed = (request.url.raw_path.decode() for request in consumer.mock.requests)
    assert prefixed == prefix + plain
    assert consumer.mock.requests[1].url.netloc == httpx2.URL(base_url).netloc


@pytest.mark.parametrize("given", [False, True])
def test_sends_additional_headers(consumer: Consumer, operation: Operation, given: bool) -> None:
    options = {"http_client": consumer.http_class(headers={"X-Given": "yes"}, verify=CERTIFICATES)} if given else {}
    consumer.open(headers={"X-Trace": "abc", "user-agent": "an app", "ACCEPT": "application/json+x"}, **options)

    request = consumer.request_of(operation)

    headers = request.headers
    assert (headers.get_list("X-Trace"), headers.get_list("User-Agent")) == (["abc"], ["an app"])
    accepted = accepted_media_type(operation)
    assert headers.get_list("Accept") == ["application/json+x" if accepted == "application/json" else accepted]
    assert headers.get_list("X-Given") == (["yes"] if given else [])


@pytest.mark.parametrize("given", [False, True])
def test_sends_one_authorization_header(consumer: Consumer, given: bool) -> None:
    options = {"http_client": consumer.http_class(headers={"Authorization": "a"}, verify=CERTIFICATES)} if given else {}
    consumer.open(headers={"authorization": "Basic b"}, **options)

    request = consumer.request_of(GET)

    assert request.headers.get_list("Authorization") == [f"Bearer {TOKEN}"]


def test_keeps_the_user_agent_of_a_given_http_client(consumer: Consumer) -> None:
    consumer.open(http_client=consumer.http_class(headers={"User-Agent": "an app"}, verify=CERTIFICATES))

    request = consumer.request_of(GET)

    headers = request.headers
    assert (headers.get_list("User-Agent"), headers.get_list("Accept")) == (["an app"], ["application/json"])


def test_sets_its_user_agent_on_a_given_http_client_without_one(consumer: Consumer) -> None:
    consumer.open(http_client=consumer.http_class(verify=CERTIFICATES))

    request = consumer.request_of(GET)

    assert request.headers["User-Agent"].startswith("canvas-outcomes-client/")


def test_stores_no_cookies(consumer: Consumer) -> None:
    consumer.open()
    consumer.mock.replies(httpx2.Response(404, headers={"Set-Cookie": "canvas_session=somebody; Path=/"}), NOT_FOUND)

    consumer.fail(GET)
    consumer.fail(GET)

    assert [request.headers.get("Cookie") for request in consumer.mock.requests] == [None, None]


def test_calls_the_event_hooks_of_httpx(consumer: Consumer) -> None:
    seen: list[Any] = []
    consumer.open(event_hooks={"request": [consumer.hook(seen.append)], "response": [consumer.hook(seen.append)]})

    consumer.request_of(GET)

    assert [type(item) for item in seen] == [httpx2.Request, httpx2.Response]
