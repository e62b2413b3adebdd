"""The token is read at each request, goes to the provider alone, and shows up nowhere else."""

import copy
import logging
import pickle
import traceback
from typing import Any

import httpx
import pytest

from canvas_outcomes import Retries, errors
from canvas_outcomes_contract.checks.client.consumers import HOST, TOKEN, AsyncConsumer, Consumer
from canvas_outcomes_contract.checks.client.variants import CONTRACT
from canvas_outcomes_contract.contract.document import Operation

GET = CONTRACT.operations["get_outcome"]
NOTHING = httpx.Response(404, json={"errors": [{"message": "The specified resource does not exist."}]})
every_operation = pytest.mark.parametrize("operation", CONTRACT.operations.values(), ids=lambda one: one.id)
UNUSABLE = ("", " ", "two words", "line\nfeed", "line\r\nX-Injected: 1", "caf\u00e9", "\0", "tab\t")
FAILURES = (
    httpx.Response(401, json={"errors": [{"message": f"Invalid access token: {TOKEN}"}]}),
    httpx.Response(400, json={"errors": {"title": [{"message": TOKEN}]}}),
    httpx.Response(403, text=f"Bearer {TOKEN} (Rate Limit Exceeded)"),
    httpx.Response(500, html=f"<html><title>{TOKEN}</title></html>"),
    httpx.Response(302, headers={"Location": "https://elsewhere.example/"}),
    httpx.Response(200, text="<html>"),
    httpx.ConnectError(f"cannot reach the provider with {TOKEN}"),
    httpx.ReadTimeout("late"),
)


@every_operation
def test_sends_a_token_given_as_a_string(consumer: Consumer, operation: Operation) -> None:
    consumer.use(token="a-token~of.any_kind+/=")
    consumer.mock.answers(NOTHING)

    consumer.fail(operation)

    assert consumer.mock.request.headers.get_list("Authorization") == ["Bearer a-token~of.any_kind+/="]


@every_operation
def test_calls_the_token_function_for_each_request(consumer: Consumer, operation: Operation) -> None:
    tokens = iter(["first", "second", "third"])
    consumer.use(token=lambda: next(tokens))
    consumer.mock.answers(NOTHING, NOTHING)

    consumer.fail(operation)
    consumer.fail(operation)

    sent = [request.headers["Authorization"] for request in consumer.mock.requests]
    assert sent == ["Bearer first", "Bearer second"]
    assert next(tokens) == "third", "the token is called for once per request"


@pytest.mark.parametrize("consumer", [AsyncConsumer], indirect=True)
def test_awaits_an_asynchronous_token_function(consumer: Consumer) -> None:
    async def token() -> str:
        return "fetched"

    consumer.use(token=token)
    consumer.mock.answers(NOTHING)

    consumer.fail(GET)

    assert consumer.mock.request.headers["Authorization"] == "Bearer fetched"


@pytest.mark.parametrize("token", UNUSABLE, ids=repr)
@pytest.mark.parametrize("given", [lambda token: token, lambda token: lambda: token], ids=["text", "callable"])
def test_rejects_a_token_that_is_not_a_valid_header_value(consumer: Consumer, token: str, given: Any) -> None:
    consumer.use(token=given(token))
    consumer.mock.answers(NOTHING)

    error = consumer.fail(GET)

    assert type(error) is errors.InvalidRequestError
    assert consumer.mock.requests == []
    assert len(token) < 5 or token not in str(error)


@pytest.mark.parametrize("token", [lambda: None, lambda: 5, lambda: b"bytes"], ids=["none", "number", "bytes"])
def test_rejects_a_token_that_is_not_a_string(consumer: Consumer, token: Any) -> None:
    consumer.use(token=token)
    consumer.mock.answers(NOTHING)

    assert type(consumer.fail(GET)) is errors.InvalidRequestError
    assert consumer.mock.requests == []


def test_propagates_exceptions_of_the_token_function(consumer: Consumer) -> None:
    consumer.use(token={}.popitem)

    with pytest.raises(KeyError):
        consumer.ask(GET)


@every_operation
@pytest.mark.parametrize("failure", FAILURES, ids=repr)
def test_redacts_the_token_in_errors(consumer: Consumer, operation: Operation, failure: Any) -> None:
    consumer.use()
    consumer.mock.answers(failure)

    error = consumer.fail(operation)

    shown = [str(error), repr(error), repr(vars(error)), repr(pickle.dumps(error)), repr(getattr(error, "request", ""))]
    assert [text for text in shown if TOKEN in text] == []


@pytest.mark.parametrize(("token", "shown"), [("sesame", "open [token]"), ("esame", "open sesame")])
def test_redacts_only_tokens_of_a_minimum_length(consumer: Consumer, token: str, shown: str) -> None:
    consumer.use(token=token)
    consumer.mock.answers(httpx.Response(400, text="open sesame"), httpx.ConnectError("open sesame"))

    answered: Any = consumer.fail(GET)
    lost = consumer.fail(GET)

    assert answered.body == shown.encode()
    assert str(lost).endswith(f"ConnectError: {shown}")


@pytest.mark.parametrize("failure", FAILURES[:-2], ids=repr)
def test_redacts_the_token_in_tracebacks(consumer: Consumer, failure: Any) -> None:
    consumer.use()
    consumer.mock.answers(failure)

    error = consumer.fail(GET)

    assert TOKEN not in "".join(traceback.format_exception(error))


@every_operation
@pytest.mark.parametrize("failure", FAILURES, ids=repr)
def test_redacts_the_token_in_logs(
    consumer: Consumer, operation: Operation, failure: Any, caplog: pytest.LogCaptureFixture
) -> None:
    consumer.use(retries=Retries(limit=1))
    consumer.mock.answers(httpx.Response(503, text=TOKEN, headers={"Set-Cookie": TOKEN}), failure)

    with caplog.at_level(logging.DEBUG):
        consumer.fail(operation)

    assert "canvas_outcomes" in {record.name.partition(".")[0] for record in caplog.records}
    assert TOKEN not in caplog.text


def test_hides_the_token_in_representations(consumer: Consumer) -> None:
    client = consumer.use()

    shown = [repr(client), str(client), repr(client.with_raw_response), repr(vars(client))]
    assert [text for text in shown if TOKEN in text] == []
    assert HOST in repr(client)


@pytest.mark.parametrize("copier", [pickle.dumps, copy.copy, copy.deepcopy])
def test_rejects_pickling_and_copying_a_client(consumer: Consumer, copier: Any) -> None:
    client = consumer.use()

    with pytest.raises(TypeError, match="cannot pickle or copy"):
        copier(client)


@every_operation
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["https://elsewhere.example/api", "//elsewhere.example", "/login", "http://[bad"])
def test_does_not_follow_redirects(consumer: Consumer, operation: Operation, status: int, location: str) -> None:
    consumer.use()
    consumer.mock.answers(httpx.Response(status, headers={"Location": location}), NOTHING)

    error: Any = consumer.fail(operation)

    assert (type(error), error.status, error.headers["Location"]) == (errors.ApiError, status, location)
    assert consumer.mock.request.url.host == HOST


def test_does_not_follow_redirects_with_a_given_http_client_that_would(consumer: Consumer) -> None:
    consumer.use(http_client=consumer.http(follow_redirects=True))
    consumer.mock.answers(httpx.Response(302, headers={"Location": "https://elsewhere.example/"}), NOTHING)

    consumer.fail(GET)

    assert consumer.mock.request.url.host == HOST
