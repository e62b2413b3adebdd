"""Headers of the client and of a single call, and additional parameters of the query."""

from typing import Any

import httpx2
import pytest

from canvas_outcomes import errors
from canvas_outcomes_contract.checks.client.calls import of_subclasses
from canvas_outcomes_contract.checks.client.consumers import CERTIFICATES, NOT_FOUND, TOKEN, Consumer
from canvas_outcomes_contract.checks.client.documented import GET, accepted_media_type
from canvas_outcomes_contract.checks.client.examples import UPDATE, UPDATE_REQUEST
from canvas_outcomes_contract.contract.document import Operation

# Headers that HTTP cannot carry, each with a value that no error may show.
INVALID_HEADERS: dict[str, Any] = {
    "number": {"X-Key": 5},
    "null": {"X-Key": None},
    "bytes": {"X-Key": b"a-secret"},
    "list": {"X-Key": ["a-secret"]},
    "not Latin-1": {"X-Key": "a-secret \u20ac"},
    "surrogate": {"X-Key": "a-secret \ud83e"},
    "line feed": {"X-Key": "a-secret\nX-Injected: 1"},
    "carriage return": {"X-Key": "a-secret\rX-Injected: 1"},
    "null character": {"X-Key": "a-secret\0"},
    "control character": {"X-Key": "a-secret\x7f"},
    "empty name": {"": "a-secret"},
    "name with a space": {"X Key": "a-secret"},
    "name with a colon": {"X-Key:": "a-secret"},
    "name with a line feed": {"X-Key\n": "a-secret"},
    "name that is not ASCII": {"X-K\u00e9y": "a-secret"},
    "name in bytes": {b"X-Key": "a-secret"},
    "number as a name": {5: "a-secret"},
    "string": "X-Key: a-secret",
    "pairs": [("X-Key", "a-secret")],
}
OF_THE_CONNECTION = [
    ("Content-Length", "5"),
    ("Content-Length", "a lot"),
    ("CONTENT-LENGTH", "500"),
    ("Transfer-Encoding", "chunked"),
    ("Host", "app.example"),
    ("Host", ""),
    ("Connection", "close, X-Trace"),
    ("Keep-Alive", "timeout=5"),
    ("Proxy-Connection", "keep-alive"),
    ("TE", "trailers"),
    ("Trailer", "Expires"),
    ("Upgrade", "h2c"),
    ("Expect", "100-continue"),
]
INVALID_QUERIES: tuple[Any, ...] = (
    "a=1",
    5,
    ["a"],
    [("a", "1")],
    {"a": "\ud83e"},
    {"\udc00": "1"},
    {"a": None},
    {5: "1"},
)
every_invalid_header = pytest.mark.parametrize("headers", INVALID_HEADERS.values(), ids=INVALID_HEADERS)


def rejection_message(error: Any) -> str:
    assert type(error) is errors.InvalidRequestError
    return str(error)


@every_invalid_header
def test_rejects_a_header_of_the_client_that_http_cannot_carry(consumer: Consumer, headers: Any) -> None:
    with pytest.raises(errors.CanvasOutcomesError) as caught:
        consumer.open(headers=headers)
    consumer.open()

    message = rejection_message(caught.value)
    assert ("header" in message, "a-secret" in message) == (True, False)


@every_invalid_header
def test_rejects_a_header_of_a_call_that_http_cannot_carry(consumer: Consumer, headers: Any) -> None:
    consumer.open()
    consumer.mock.replies()

    message = rejection_message(consumer.fail(GET, headers=headers))

    assert ("header" in message, "a-secret" in message) == (True, False)
    assert consumer.mock.requests == []


def test_sends_latin_1_headers(consumer: Consumer) -> None:
    consumer.open(headers={"X-Client": "caf\u00e9"})

    request = consumer.request_of(GET, headers={"X-Call": "\u00fcber\tall"})

    sent = [value for name, value in request.headers.raw if name.lower() in (b"x-client", b"x-call")]
    assert sent == [b"caf\xe9", b"\xfcber\tall"]


def test_headers_of_a_call_replace_those_of_the_client(consumer: Consumer, operation: Operation) -> None:
    consumer.open(headers={"X-Trace": "of the client", "X-Key": "of the client"})
    consumer.mock.replies(NOT_FOUND, NOT_FOUND, NOT_FOUND)

    consumer.fail(operation, headers={"x-trace": "of the call", "User-Agent": "an app", "X-New": "new"})
    with pytest.raises(errors.ApiError):
        consumer.send_raw(operation, headers={"x-trace": "of the call", "User-Agent": "an app", "X-New": "new"})
    consumer.fail(operation)

    names = ("X-Trace", "X-Key", "X-New", "User-Agent")
    sent = [[request.headers.get_list(name) for name in names] for request in consumer.mock.requests]
    of_calls = [["of the call"], ["of the client"], ["new"], ["an app"]]
    assert sent[:2] == [of_calls, of_calls]
    assert sent[2][:3] == [["of the client"], ["of the client"], []]
    assert sent[2][3][0].startswith("canvas-outcomes-client/")


@pytest.mark.parametrize("name", ["Authorization", "authorization", "AUTHORIZATION"])
def test_rejects_a_header_that_would_replace_the_token(consumer: Consumer, name: str) -> None:
    with pytest.raises(ValueError, match="token") as caught:
        consumer.open(headers={name: "Bearer a-secret"})
    consumer.open()
    consumer.mock.replies()

    messages = [rejection_message(caught.value), rejection_message(consumer.fail(GET, headers={name: "a-secret"}))]

    assert [(name in message, "token" in message, "a-secret" in message) for message in messages] == [
        (True, True, False)
    ] * 2
    assert consumer.mock.requests == []


@pytest.mark.parametrize("header", OF_THE_CONNECTION, ids=" ".join)
def test_does_not_send_headers_that_the_connection_decides(consumer: Consumer, header: tuple[str, str]) -> None:
    """An app may forward the headers of its own request, which has another body and another connection."""
    name, value = header
    consumer.open()
    expected = consumer.request_of(UPDATE).headers.get_list(name)
    of_call = consumer.request_of(UPDATE, headers={name: value}).headers.get_list(name)
    consumer.open(headers={name.lower(): value})
    of_client = consumer.request_of(UPDATE).headers.get_list(name)

    assert (of_call, of_client) == (expected, expected)


def test_headers_do_not_replace_the_content_type_of_the_body(consumer: Consumer) -> None:
    consumer.open(headers={"Content-Type": "text/plain"})
    consumer.mock.replies(NOT_FOUND, NOT_FOUND)

    consumer.fail(UPDATE, headers={"content-type": "text/html"})
    consumer.fail(UPDATE)

    sent = [request.headers.get_list("Content-Type") for request in consumer.mock.requests]
    assert sent == [[UPDATE_REQUEST.media_type]] * 2


def test_adds_extra_parameters_to_the_query(consumer: Consumer, operation: Operation) -> None:
    consumer.open()
    consumer.mock.replies(NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND)
    extra = {"page-size": "5", "search term": "a&b=c/\u00e9 +#?"}

    consumer.fail(operation)
    consumer.fail(operation, extra_query=extra)
    with pytest.raises(errors.ApiError):
        consumer.send_raw(operation, extra_query=of_subclasses(extra))
    consumer.fail(operation)

    before, with_extra, with_extra_raw, after = (httpx2.URL(str(request.url)) for request in consumer.mock.requests)
    assert (with_extra_raw, after) == (with_extra, before)
    assert with_extra.path == before.path
    assert sorted(with_extra.params.multi_items()) == sorted([*before.params.multi_items(), *extra.items()])


@pytest.mark.parametrize("extra_query", INVALID_QUERIES, ids=repr)
def test_rejects_extra_parameters_that_are_not_strings(consumer: Consumer, extra_query: Any) -> None:
    consumer.open()
    consumer.mock.replies()

    message = rejection_message(consumer.fail(GET, extra_query=extra_query))

    assert "extra_query" in message
    assert consumer.mock.requests == []


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
    consumer.open(**options)

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
