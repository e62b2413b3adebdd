"""Whatever a server sends and whatever an app passes, a call returns a result or raises an error of the client."""

import gc
import gzip
import zlib
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from canvas_outcomes import Client, Retries, errors
from canvas_outcomes.models import Outcome
from canvas_outcomes_contract.checks.client.connections.servers import Server, sends, server
from canvas_outcomes_contract.checks.client.consumers import BASE_URL, CERTIFICATES, TOKEN, Consumer
from canvas_outcomes_contract.checks.client.documented import method_name
from canvas_outcomes_contract.checks.client.examples import SHOW


class Unprintable:
    """A value that no message can show."""

    def __repr__(self) -> str:
        raise ValueError


# Values of every type, for options of another type.
ODD = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9), st.binary(max_size=9)),
    st.sampled_from([10**400, -(10**400), 1e300, 10**5000, -(10**5000), Unprintable()]),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=3) | st.integers(), st.text(max_size=3) | st.none(), max_size=2),
)
MAPPINGS = st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=3) | ODD
HOSTS = (
    st.text(st.sampled_from("aZ0.-_:@[]%/\\ #?\u00e9\u3002\ud83e\0"), max_size=12)
    | st.text(max_size=9)
    | st.sampled_from(["a..b", ".", "a" * 64, "xn--a"])
)
BASE_URLS = st.one_of(
    *(st.just(BASE_URL), HOSTS.map("https://{}".format), HOSTS.map("http://{}/a".format), HOSTS, ODD),
    st.integers().map(f"{BASE_URL}:{{}}".format),
)
# Options of a client that only its construction uses, and those that its calls use, too.
OPENING: dict[str, st.SearchStrategy[Any]] = {
    "verify": ODD.filter(lambda one: one is not True),  # loading the certificates of the system takes long
    "proxy": HOSTS.map("http://{}".format) | ODD,
    "transport": ODD,
    "limits": ODD | st.builds(httpx2.Limits, max_connections=ODD, max_keepalive_connections=ODD, keepalive_expiry=ODD),
    "event_hooks": ODD | st.dictionaries(st.sampled_from(["request", "response", "respond"]), ODD | st.lists(ODD)),
    "http_client": ODD,
}
CALLING: dict[str, st.SearchStrategy[Any]] = {
    "base_url": BASE_URLS,
    "token": st.text(max_size=9) | ODD,
    "timeout": st.floats() | ODD,
    "retries": st.integers(0, 3) | ODD,
    "max_response_bytes": st.integers() | ODD,
    "headers": MAPPINGS,
}
OF_A_CALL: dict[str, st.SearchStrategy[Any]] = {
    "id": st.integers() | ODD,
    "timeout": st.floats() | ODD,
    "headers": MAPPINGS,
    "extra_query": MAPPINGS,
}
# Options of a client whose provider is never available.
UNAVAILABLE: dict[str, Any] = {
    "transport": httpx2.MockTransport(lambda _: httpx2.Response(503)),
    "retries": Retries(limit=1),
}
# Parts of a response as bytes.
STATUSES = st.integers(0, 1200).map(str).map(str.encode) | st.binary(max_size=4)
NAMES = st.binary(max_size=9) | st.sampled_from(
    (
        *(b"Content-Type", b"Content-Encoding", b"Content-Length", b"Transfer-Encoding", b"Location", b"Retry-After"),
        *(b"Set-Cookie", b"X-Request-Cost", b"WWW-Authenticate", b"Connection", b"Upgrade", b"X-Request-Context-Id"),
    )
)
VALUES = st.binary(max_size=20) | st.sampled_from(
    (
        *(b"gzip", b"deflate", b"br", b"zstd", b"gzip, br", b"chunked", b"0", b"5", b"-1", b"9" * 400, b"inf"),
        *(b"https:login", b"//:99999/", b"mailto:x", b"application/json", b"text/html; charset=\xff"),
        b"Fri, 31 Dec 9999 23:59:59 -2359",
    )
)
BODIES = st.one_of(
    *(st.binary(max_size=50), st.binary(max_size=50).map(gzip.compress), st.binary(max_size=50).map(zlib.compress)),
    *(
        st.integers(0, 3000).map(lambda depth: b"[" * depth + b"]" * depth),
        st.sampled_from([b"5\r\nabcde\r\n", b"<title"]),
    ),
    st.sampled_from(
        [b'{"errors": {"a": [{}, null, 5]}}', b'{"errors": [[["a"]]], "id": 1e999}', b'{"id": -0}', b"null"]
    ),
)


@st.composite
def replies(draw: st.DrawFn) -> bytes:
    """A response that mostly follows HTTP, or any bytes."""
    headers = draw(st.lists(st.tuples(NAMES, VALUES), max_size=4))
    head = b"".join(b"%s: %s\r\n" % header for header in headers)
    end = draw(st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b""]))
    return b"HTTP/1.1 %s OK\r\n%s%s%s" % (draw(STATUSES), head, end, draw(BODIES))


@pytest.fixture(scope="module")
def listening() -> Iterator[Server]:
    with server(sends(b"")) as listening:
        yield listening


@pytest.mark.parametrize("is_given", [False, True], ids=["own HTTP client", "given HTTP client"])
@given(content=replies() | st.binary(max_size=30))
@example(b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 900 + b"]" * 900)
@example(b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 100_000)
@example(b"HTTP/1.1 302 OK\r\nLocation: //:99999/\r\n\r\n")
@example(b"HTTP/1.1 302 OK\r\nLocation: https:login\r\n\r\n")
@example(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nno gzip")
@example(b"HTTP/1.1 429 OK\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 -2359\r\n\r\n")
def test_raises_own_errors_for_any_response(
    caller: Consumer, listening: Server, is_given: bool, content: bytes
) -> None:
    listening.serve = sends(content)
    options: dict[str, Any] = {"limits": httpx2.Limits(max_keepalive_connections=0), "verify": CERTIFICATES}
    given_options = {"http_client": caller.http_class(**options)} if is_given else options
    caller.open(listening.base_url, timeout=2, **given_options)

    result = caller.attempt(SHOW)

    assert isinstance(result, Outcome | errors.CanvasOutcomesError)


@pytest.mark.parametrize("option", OPENING)
@given(data=st.data())
def test_raises_own_errors_for_any_option(caller: Consumer, option: str, data: st.DataObject) -> None:
    result = opened(caller, {option: data.draw(OPENING[option])})

    assert isinstance(result, caller.client_class | errors.InvalidRequestError)


@pytest.mark.parametrize("option", CALLING)
@given(data=st.data())
def test_raises_own_errors_for_calls_with_any_option(caller: Consumer, option: str, data: st.DataObject) -> None:
    opened(caller, UNAVAILABLE | {option: data.draw(CALLING[option])})

    result = caller.attempt(SHOW)

    assert isinstance(result, errors.CanvasOutcomesError)


@pytest.mark.parametrize("option", OF_A_CALL)
@given(data=st.data())
def test_raises_own_errors_for_calls_with_any_argument(caller: Consumer, option: str, data: st.DataObject) -> None:
    caller.open(**UNAVAILABLE)

    result = caller.attempt(SHOW, **{option: data.draw(OF_A_CALL[option])})

    assert isinstance(result, errors.CanvasOutcomesError)


# httpcore2 does not close a connection to a proxy that replies wrongly.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.parametrize("reply", [b"\x00", b"\x05", b"\x04\x00", b"\x05\xff", b""], ids=repr)
def test_raises_its_own_error_for_a_socks_proxy_that_replies_wrongly(reply: bytes) -> None:
    with (
        server(sends(reply)) as proxy,
        Client(BASE_URL, token=TOKEN, proxy=proxy.base_url.replace("http:", "socks5:")) as client,
        pytest.raises(errors.TransportError),
    ):
        getattr(client, method_name(SHOW))(1)

    gc.collect()  # while the warning is ignored


def opened(caller: Consumer, options: Any) -> Any:
    """A client with these options, or the error of the client, which leaves a client without them."""
    try:
        return caller.open(**options)
    except errors.CanvasOutcomesError as error:
        caller.open(**UNAVAILABLE)
        return error
