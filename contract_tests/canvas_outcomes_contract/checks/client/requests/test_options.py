"""Options of the client: timeouts, the base URL and options passed on to httpx2."""

import math
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from canvas_outcomes import Client, Retries, errors
from canvas_outcomes_contract.checks.client.consumers import BASE_URL, CERTIFICATES, NOT_FOUND, Consumer
from canvas_outcomes_contract.checks.client.documented import GET
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
MALFORMED_PROXIES = (
    "http://user:secret/x@proxy.example.edu",
    "ftp://user:secret@proxy.example.edu",
    "http://user:secret",
    "http://user:password@proxy.example.edu:secret",
)


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


def test_a_retry_has_the_seconds_that_are_left(consumer: Consumer) -> None:
    consumer.open(timeout=60, retries=Retries(limit=1, first_pause=40, longest_pause=40))
    consumer.mock.replies(httpx2.ConnectError("refused"), NOT_FOUND)

    consumer.fail(GET)

    assert 0 < timeouts_of(consumer.mock.requests[1])["read"] <= 40


@pytest.mark.parametrize("timeout", [0, -1, "3", True, math.nan, httpx2.Timeout(3)], ids=repr)
def test_rejects_a_timeout_that_is_not_a_number_of_seconds(consumer: Consumer, timeout: Any) -> None:
    with pytest.raises(errors.InvalidRequestError, match="timeout"):
        consumer.open(timeout=timeout)
    consumer.open()

    error = consumer.fail(GET, timeout=timeout)

    assert type(error) is errors.InvalidRequestError


@pytest.mark.parametrize("timeout", [1e300, 10**400, math.inf], ids=["float", "integer", "infinity"])
def test_takes_a_timeout_that_is_too_long_for_a_socket(consumer: Consumer, timeout: float) -> None:
    consumer.open(timeout=timeout)

    assert type(consumer.error_for(NOT_FOUND, GET)) is errors.NotFoundError
    assert type(consumer.error_for(NOT_FOUND, GET, timeout=timeout)) is errors.NotFoundError


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


@pytest.mark.parametrize("option", [name for name in HTTPX_OPTIONS if name != "verify"])
def test_rejects_an_http_client_with_options_that_it_replaces(consumer: Consumer, option: str) -> None:
    http_client = consumer.http_class(verify=CERTIFICATES)

    with pytest.raises(errors.InvalidRequestError, match="http_client"):
        consumer.open(http_client=http_client, **{option: HTTPX_OPTIONS[option]})

    consumer.open()


@pytest.mark.parametrize(
    "limits",
    [
        *(5, httpx2.Limits(max_connections=0), httpx2.Limits(max_connections=-1), httpx2.Limits(max_connections=True)),
        *(httpx2.Limits(max_connections="5"), httpx2.Limits(max_keepalive_connections=-1)),  # type: ignore[arg-type]
        *(httpx2.Limits(keepalive_expiry=-1), httpx2.Limits(keepalive_expiry=math.nan)),
    ],
    ids=repr,
)
def test_rejects_limits_with_which_no_call_could_end(consumer: Consumer, limits: Any) -> None:
    with pytest.raises(errors.InvalidRequestError, match="limits"):
        consumer.open(limits=limits)

    consumer.open()


@pytest.mark.parametrize(
    "hooks", [5, [print], {"request": 5}, {"request": [print, 5]}, {"respond": [print]}, {5: [print]}], ids=repr
)
def test_rejects_event_hooks_that_cannot_be_called(consumer: Consumer, hooks: Any) -> None:
    with pytest.raises(errors.InvalidRequestError, match="event hooks"):
        consumer.open(event_hooks=hooks)

    consumer.open()


def test_adds_the_parameters_of_a_given_http_client(consumer: Consumer, operation: Operation) -> None:
    consumer.open()
    consumer.mock.replies(NOT_FOUND, NOT_FOUND)
    consumer.fail(operation, extra_query={"page": "a b&c"})
    consumer.open(http_client=consumer.http_class(params={"tenant": "d e&f"}, verify=CERTIFICATES))
    consumer.fail(operation, extra_query={"page": "a b&c"})

    alone, added = (request.url.params.multi_items() for request in consumer.mock.requests)
    assert sorted(added) == sorted([*alone, ("tenant", "d e&f")])


@pytest.mark.parametrize("http_client", [httpx2.Client, httpx2.AsyncClient, object])
def test_rejects_an_http_client_of_another_type(consumer: Consumer, http_client: Any) -> None:
    given = object() if http_client in (consumer.http_class, object) else http_client(verify=CERTIFICATES)

    with pytest.raises(errors.InvalidRequestError, match="expected an httpx2"):
        consumer.open(http_client=given)

    consumer.open()


@pytest.mark.parametrize("place", ["absent", "empty"])
def test_names_certificates_that_it_cannot_use(consumer: Consumer, place: str, tmp_path: Path) -> None:
    path = tmp_path / "certificates.pem"
    if_present = {"empty": path.touch}
    if_present.get(place, lambda: None)()

    with pytest.raises(errors.InvalidRequestError) as caught:
        consumer.open(verify=str(path))

    assert str(path) in str(caught.value)
    consumer.open()


@pytest.mark.parametrize("verify", [None, 5, b"a.pem", "a\0.pem"], ids=repr)
def test_rejects_certificates_of_another_type(consumer: Consumer, verify: Any) -> None:
    with pytest.raises(errors.InvalidRequestError, match="certificates"):
        consumer.open(verify=verify)

    consumer.open()


@pytest.mark.parametrize("proxy", ["proxy.example.edu", "ftp://proxy.example.edu", "http://a:b", 5], ids=repr)
def test_rejects_an_invalid_proxy(consumer: Consumer, proxy: Any) -> None:
    with pytest.raises(errors.InvalidRequestError, match="cannot use the options"):
        consumer.open(proxy=proxy)

    consumer.open()


@pytest.mark.parametrize(
    "proxy", ["user:secret@proxy.example.edu:8080", "//user:secret@proxy.example.edu", *MALFORMED_PROXIES]
)
def test_shows_no_password_of_a_proxy(consumer: Consumer, proxy: str) -> None:
    with pytest.raises(errors.InvalidRequestError, match="a proxy") as caught:
        consumer.open(proxy=proxy)

    assert "secret" not in "".join(traceback.format_exception(caught.value))
    consumer.open()


@pytest.mark.parametrize("proxy", MALFORMED_PROXIES)
def test_shows_no_password_of_a_proxy_of_the_environment(
    consumer: Consumer, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)

    with pytest.raises(errors.InvalidRequestError, match="one of the environment") as caught:
        consumer.open()

    assert "secret" not in "".join(traceback.format_exception(caught.value))
    monkeypatch.undo()
    consumer.open()


@pytest.mark.parametrize("transport", [httpx2.HTTPTransport, httpx2.AsyncHTTPTransport, object, str])
def test_rejects_a_transport_of_another_type(consumer: Consumer, transport: Any) -> None:
    has_type = issubclass(
        transport, httpx2.BaseTransport if consumer.client_class is Client else httpx2.AsyncBaseTransport
    )
    given = (
        object()
        if has_type or transport is object
        else "requests"
        if transport is str
        else transport(verify=CERTIFICATES)
    )

    with pytest.raises(errors.InvalidRequestError, match="expected an httpx2"):
        consumer.open(transport=given)

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


@pytest.mark.parametrize("options", [{}, {"event_hooks": {"request": []}}], ids=["plain", "with hooks"])
def test_stores_no_cookies(consumer: Consumer, options: Any) -> None:
    consumer.open(**options)
    consumer.mock.replies(httpx2.Response(404, headers={"Set-Cookie": "canvas_session=somebody; Path=/"}), NOT_FOUND)

    consumer.fail(GET)
    consumer.fail(GET)

    assert [request.headers.get("Cookie") for request in consumer.mock.requests] == [None, None]


def test_calls_the_event_hooks_of_httpx(consumer: Consumer) -> None:
    seen: list[str] = []

    def sign(request: httpx2.Request) -> None:
        request.headers["X-Signature"] = "signed"

    def measure(response: httpx2.Response) -> None:
        seen.append(f"{response.request.method} {response.status_code} {response.elapsed >= timedelta()}")

    consumer.open(event_hooks={"request": [consumer.hook(sign)], "response": [consumer.hook(measure)]})
    request = consumer.request_of(GET)

    assert request.headers["X-Signature"] == "signed"
    assert seen == ["GET 404 True"]
