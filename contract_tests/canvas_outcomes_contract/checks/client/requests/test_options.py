"""What a developer sets is what is used: timeouts, headers, the base URL, and all that is httpx's."""

from typing import Any

import httpx
import pytest

from canvas_outcomes import errors
from canvas_outcomes_contract.checks.client.consumers import BASE_URL, CERTIFICATES, TOKEN, Consumer
from canvas_outcomes_contract.checks.client.variants import CONTRACT
from canvas_outcomes_contract.contract.document import Operation

GET = CONTRACT.operations["get_outcome"]
NOTHING = httpx.Response(404, json={"errors": [{"message": "The specified resource does not exist."}]})
PHASES = ("connect", "read", "write", "pool")
# What a developer may want to be done by httpx, with a value that tells itself from the default.
HANDED_ON: dict[str, Any] = {
    "transport": httpx.MockTransport(lambda _: NOTHING),
    "proxy": "http://proxy.example.edu:3128",
    "http2": True,
    "verify": CERTIFICATES,
    "limits": httpx.Limits(max_connections=7),
    "event_hooks": {"request": [print]},
    "trust_env": False,
}
every_operation = pytest.mark.parametrize("operation", CONTRACT.operations.values(), ids=lambda one: one.id)


def timeouts_of(consumer: Consumer) -> dict[str, float | None]:
    """How long the request that was sent waits, by phase."""
    timeouts: dict[str, float | None] = consumer.mock.request.extensions["timeout"]
    return timeouts


@every_operation
def test_waits_10_s_to_connect_and_30_s_otherwise_by_default(consumer: Consumer, operation: Operation) -> None:
    consumer.use()
    consumer.mock.answers(NOTHING)

    consumer.fail(operation)

    assert timeouts_of(consumer) == dict.fromkeys(PHASES, 30) | {"connect": 10}


@every_operation
def test_uses_the_timeout_of_the_client(consumer: Consumer, operation: Operation) -> None:
    consumer.use(timeout=7)
    consumer.mock.answers(NOTHING)

    consumer.fail(operation)

    assert timeouts_of(consumer) == dict.fromkeys(PHASES, 7)


@every_operation
@pytest.mark.parametrize("timeout", [0.25, 3, httpx.Timeout(0.25), httpx.Timeout(3.0)], ids=repr)
def test_uses_the_timeout_of_the_call(consumer: Consumer, operation: Operation, timeout: Any) -> None:
    consumer.use(timeout=7)
    consumer.mock.answers(NOTHING)

    consumer.fail(operation, timeout=timeout)
    told = timeouts_of(consumer)
    consumer.mock.answers(NOTHING)
    with pytest.raises(errors.NotFoundError):
        consumer.ask_raw(operation, timeout=timeout)
    told_for_the_answer = timeouts_of(consumer)
    consumer.mock.answers(NOTHING)
    consumer.fail(operation)

    assert told == told_for_the_answer == httpx.Timeout(timeout).as_dict()
    assert timeouts_of(consumer) == dict.fromkeys(PHASES, 7)


def test_uses_the_timeout_of_a_given_http_client(consumer: Consumer) -> None:
    consumer.use(http_client=consumer.http(timeout=11, verify=CERTIFICATES))
    consumer.mock.answers(NOTHING)

    consumer.fail(GET)

    assert timeouts_of(consumer) == dict.fromkeys(PHASES, 11)


@pytest.fixture
def given(consumer: Consumer, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What httpx is given for its client."""
    options: dict[str, Any] = {}
    begin = consumer.http.__init__

    def record(http: Any, **given: Any) -> None:
        options.update(given)
        begin(http, verify=CERTIFICATES)

    monkeypatch.setattr(consumer.http, "__init__", record)
    return options


@pytest.mark.parametrize("option", HANDED_ON)
def test_passes_options_on_to_httpx(consumer: Consumer, option: str, given: dict[str, Any]) -> None:
    consumer.use(**{option: HANDED_ON[option]})

    assert given[option] is HANDED_ON[option]


def test_uses_the_default_connection_limits_of_httpx(consumer: Consumer, given: dict[str, Any]) -> None:
    consumer.use()

    assert given["limits"] == httpx.Limits(max_connections=100, max_keepalive_connections=20)


@pytest.mark.parametrize("option", [name for name in HANDED_ON if name not in ("trust_env", "verify")])
def test_rejects_an_http_client_with_options_that_it_replaces(consumer: Consumer, option: str) -> None:
    http_client = consumer.http(verify=CERTIFICATES)

    with pytest.raises(errors.InvalidRequestError, match="http_client"):
        consumer.use(http_client=http_client, **{option: HANDED_ON[option]})

    consumer.use()


@pytest.mark.parametrize("http_client", [httpx.Client, httpx.AsyncClient, object])
def test_rejects_an_http_client_of_another_type(consumer: Consumer, http_client: Any) -> None:
    other = object() if http_client in (consumer.http, object) else http_client(verify=CERTIFICATES)

    with pytest.raises(errors.InvalidRequestError, match="expected an httpx"):
        consumer.use(http_client=other)

    consumer.use()


@every_operation
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
    consumer.use()
    consumer.mock.answers(NOTHING, NOTHING)

    consumer.fail(operation)
    consumer.use(base_url)
    consumer.fail(operation)

    plain, prefixed = (request.url.raw_path.decode() for request in consumer.mock.requests)
    assert prefixed == prefix + plain
    assert consumer.mock.requests[1].url.netloc == httpx.URL(base_url).netloc


@every_operation
@pytest.mark.parametrize("ready", [False, True])
def test_sends_additional_headers(consumer: Consumer, operation: Operation, ready: bool) -> None:
    http_client = {"http_client": consumer.http(headers={"X-Ready": "yes"}, verify=CERTIFICATES)} if ready else {}
    consumer.use(headers={"X-Trace": "abc", "user-agent": "an app", "ACCEPT": "application/json+x"}, **http_client)
    consumer.mock.answers(NOTHING)

    consumer.fail(operation)

    headers = consumer.mock.request.headers
    assert (headers.get_list("X-Trace"), headers.get_list("User-Agent")) == (["abc"], ["an app"])
    assert headers.get_list("Accept") == ["application/json+x"]
    assert headers.get_list("X-Ready") == (["yes"] if ready else [])


@pytest.mark.parametrize("ready", [False, True])
def test_sends_one_authorization_header(consumer: Consumer, ready: bool) -> None:
    http_client = {"http_client": consumer.http(headers={"Authorization": "a"}, verify=CERTIFICATES)} if ready else {}
    consumer.use(headers={"authorization": "Basic b"}, **http_client)
    consumer.mock.answers(NOTHING)

    consumer.fail(GET)

    assert consumer.mock.request.headers.get_list("Authorization") == [f"Bearer {TOKEN}"]


def test_keeps_the_user_agent_of_a_given_http_client(consumer: Consumer) -> None:
    consumer.use(http_client=consumer.http(headers={"User-Agent": "an app"}, verify=CERTIFICATES))
    consumer.mock.answers(NOTHING)

    consumer.fail(GET)

    headers = consumer.mock.request.headers
    assert (headers.get_list("User-Agent"), headers.get_list("Accept")) == (["an app"], ["application/json"])


def test_sets_its_user_agent_on_a_given_http_client_without_one(consumer: Consumer) -> None:
    consumer.use(http_client=consumer.http(verify=CERTIFICATES))
    consumer.mock.answers(NOTHING)

    consumer.fail(GET)

    assert consumer.mock.request.headers["User-Agent"].startswith("canvas-outcomes-client/")


def test_stores_no_cookies(consumer: Consumer) -> None:
    consumer.use()
    consumer.mock.answers(httpx.Response(404, headers={"Set-Cookie": "canvas_session=somebody; Path=/"}), NOTHING)

    consumer.fail(GET)
    consumer.fail(GET)

    assert [request.headers.get("Cookie") for request in consumer.mock.requests] == [None, None]


def test_calls_the_event_hooks_of_httpx(consumer: Consumer) -> None:
    seen: list[Any] = []
    consumer.use(event_hooks={"request": [consumer.hook(seen.append)], "response": [consumer.hook(seen.append)]})
    consumer.mock.answers(NOTHING)

    consumer.fail(GET)

    assert [type(item) for item in seen] == [httpx.Request, httpx.Response]
