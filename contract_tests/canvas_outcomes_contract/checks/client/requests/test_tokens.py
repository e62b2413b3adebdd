"""The token: read for each request, sent to the provider only, redacted everywhere else."""

import copy
import logging
import pickle
import traceback
from typing import Any

import httpx2
import pytest

from canvas_outcomes import Retries, errors
from canvas_outcomes_contract.checks.client import sent_requests
from canvas_outcomes_contract.checks.client.consumers import HOST, NOT_FOUND, TOKEN, AsyncConsumer, Consumer
from canvas_outcomes_contract.checks.client.documented import GET, OPERATIONS, token_place, token_value
from canvas_outcomes_contract.checks.client.examples import error_class
from canvas_outcomes_contract.contract.document import Operation

INVALID_TOKENS = ("", " ", "two words", "line\nfeed", "line\r\nX-Injected: 1", "caf\u00e9", "\0", "tab\t")
FAILURES = (
    httpx2.Response(401, json={"errors": [{"message": f"Invalid access token: {TOKEN}"}]}),
    httpx2.Response(400, json={"errors": {"title": [{"message": TOKEN}]}}),
    httpx2.Response(403, text=f"Bearer {TOKEN} (Rate Limit Exceeded)"),
    httpx2.Response(500, html=f"<html><title>{TOKEN}</title></html>"),
    httpx2.Response(302, headers={"Location": "https://elsewhere.example/"}),
    httpx2.Response(200, text="<html>"),
    httpx2.ConnectError(f"cannot reach the provider with {TOKEN}"),
    httpx2.ReadTimeout("late"),
)

UNUSABLE_LOCATIONS = (
    *(
        b"mailto:ada@example.edu",
        b"about:blank",
        b"https:login",
        b"//:99999/",
        b"//canvas.example.edu:99999/",
        b"//a..b/",
    ),
    *(b"", b"http://", b"http://[::1", b"http://xn--a/", b"/\xe9\xff", b"//\xff.example.edu/", b"data:,a", b"a\x00b"),
)


def sent_token(operation: Operation, request: httpx2.Request) -> Any:
    """The token where the contract has it, as it is sent."""
    place = token_place(operation)
    return None if place is None else sent_requests.parameters(operation, request)[place]


def test_sends_a_token_given_as_a_string(consumer: Consumer, secured_operation: Operation) -> None:
    consumer.open(token="a-token~of.any_kind+/=")

    request = consumer.request_of(secured_operation)

    assert sent_token(secured_operation, request) == token_value(secured_operation, "a-token~of.any_kind+/=")


def test_calls_the_token_function_for_each_request(consumer: Consumer, secured_operation: Operation) -> None:
    operation = secured_operation
    tokens = iter(["first", "second", "third"])
    consumer.open(token=lambda: next(tokens))
    consumer.mock.replies(NOT_FOUND, NOT_FOUND)

    consumer.fail(operation)
    consumer.fail(operation)

    sent = [sent_token(operation, request) for request in consumer.mock.requests]
    assert sent == [token_value(operation, token) for token in ("first", "second")]
    assert next(tokens) == "third", "the token function is called once per request"


@pytest.mark.parametrize("consumer", [AsyncConsumer], indirect=True)
def test_awaits_an_asynchronous_token_function(consumer: Consumer) -> None:
    async def token() -> str:
        return "fetched"

    consumer.open(token=token)

    request = consumer.request_of(GET)

    assert request.headers["Authorization"] == "Bearer fetched"


def error_for_token(consumer: Consumer, token: Any) -> Any:
    """The error of the constructor; of a call if only a call uses the token: a function, or one that not all need."""
    if callable(token) or None in map(token_place, OPERATIONS):
        consumer.open(token=token)
        error = consumer.error_for(NOT_FOUND, GET)
        assert consumer.mock.requests == []
        return error
    with pytest.raises(errors.CanvasOutcomesError) as caught:
        consumer.open(token=token)
    return caught.value


@pytest.mark.parametrize("token", INVALID_TOKENS, ids=repr)
@pytest.mark.parametrize("given", [lambda token: token, lambda token: lambda: token], ids=["string", "function"])
def test_rejects_a_token_that_is_not_a_valid_header_value(consumer: Consumer, token: str, given: Any) -> None:
    error = error_for_token(consumer, given(token))

    assert type(error) is errors.InvalidRequestError
    assert len(token) < 5 or token not in str(error)


@pytest.mark.parametrize("token", [None, 5, b"bytes"], ids=repr)
@pytest.mark.parametrize("given", [lambda token: token, lambda token: lambda: token], ids=["value", "function"])
def test_rejects_a_token_that_is_not_a_string(consumer: Consumer, token: Any, given: Any) -> None:
    error = error_for_token(consumer, given(token))

    assert type(error) is errors.InvalidRequestError
    assert f"got {type(token).__name__}" in str(error)


def test_propagates_exceptions_of_the_token_function(consumer: Consumer) -> None:
    consumer.open(token={}.popitem)

    with pytest.raises(KeyError):
        consumer.send(GET)


@pytest.mark.parametrize("failure", FAILURES, ids=repr)
def test_redacts_the_token_in_errors(consumer: Consumer, json_operation: Operation, failure: Any) -> None:
    consumer.open()

    error = consumer.error_for(failure, json_operation)

    shown = [str(error), repr(error), repr(vars(error)), repr(pickle.dumps(error)), repr(getattr(error, "request", ""))]
    assert [one for one in shown if TOKEN in one] == []


@pytest.mark.parametrize(("token", "shown"), [("sesame", "open [token]"), ("esame", "open sesame")])
def test_redacts_only_tokens_of_a_minimum_length(consumer: Consumer, token: str, shown: str) -> None:
    consumer.open(token=token)

    response_error = consumer.error_for(httpx2.Response(400, text="open sesame"), GET)
    transport_error = consumer.error_for(httpx2.ConnectError("open sesame"), GET)

    assert response_error.body == shown.encode()
    assert str(transport_error).endswith(f"ConnectError: {shown}")


@pytest.mark.parametrize("failure", FAILURES[:-2], ids=repr)
def test_redacts_the_token_in_tracebacks(consumer: Consumer, failure: Any) -> None:
    consumer.open()

    error = consumer.error_for(failure, GET)

    assert TOKEN not in "".join(traceback.format_exception(error))


@pytest.mark.parametrize("failure", FAILURES, ids=repr)
def test_redacts_the_token_in_logs(
    consumer: Consumer, json_operation: Operation, failure: Any, caplog: pytest.LogCaptureFixture
) -> None:
    consumer.open(retries=Retries(limit=1))
    consumer.mock.replies(httpx2.Response(503, text=TOKEN, headers={"Set-Cookie": TOKEN}), failure)

    with caplog.at_level(logging.DEBUG):
        consumer.fail(json_operation)

    # httpx2 logs URLs, so a token in the query is hidden only from the logs of the client.
    hidden = ("canvas_outcomes",) if (token_place(json_operation) or ("",))[0] == "query" else ("",)
    texts = [f"{record.getMessage()} {vars(record)}" for record in caplog.records if record.name.startswith(hidden)]
    assert "canvas_outcomes" in {record.name.partition(".")[0] for record in caplog.records}
    assert [text for text in texts if TOKEN in text] == []


def test_hides_the_token_in_representations(consumer: Consumer) -> None:
    client = consumer.open()

    shown = [repr(client), str(client), repr(client.with_raw_response), repr(vars(client))]
    assert [one for one in shown if TOKEN in one] == []
    assert HOST in repr(client)


@pytest.mark.parametrize("copier", [pickle.dumps, copy.copy, copy.deepcopy])
def test_rejects_pickling_and_copying_a_client(consumer: Consumer, copier: Any) -> None:
    client = consumer.open()

    with pytest.raises(TypeError, match="cannot pickle or copy"):
        copier(client)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["https://elsewhere.example/api", "//elsewhere.example", "/login", "http://[bad"])
def test_does_not_follow_redirects(consumer: Consumer, operation: Operation, status: int, location: str) -> None:
    consumer.open()
    consumer.mock.replies(httpx2.Response(status, headers={"Location": location}), NOT_FOUND)

    error = consumer.fail(operation)

    assert (type(error), error.status, error.headers["Location"]) == (error_class(status), status, location)
    assert consumer.mock.request.url.host == HOST


@pytest.mark.parametrize("hooks", [[], [lambda _: None]], ids=["plain", "with a hook"])
@pytest.mark.parametrize("location", UNUSABLE_LOCATIONS, ids=repr)
def test_raises_the_status_of_a_redirect_to_an_unusable_location(
    consumer: Consumer, location: bytes, hooks: list[Any]
) -> None:
    consumer.open(event_hooks={"request": [consumer.hook(one) for one in hooks]})

    error = consumer.error_for(httpx2.Response(302, headers=[(b"Location", location)]), GET)

    assert (type(error), error.status) == (error_class(302), 302)


def test_does_not_follow_redirects_with_a_given_http_client_that_would(consumer: Consumer) -> None:
    consumer.open(http_client=consumer.http_class(follow_redirects=True))
    consumer.mock.replies(httpx2.Response(302, headers={"Location": "https://elsewhere.example/"}), NOT_FOUND)

    consumer.fail(GET)

    assert consumer.mock.request.url.host == HOST
