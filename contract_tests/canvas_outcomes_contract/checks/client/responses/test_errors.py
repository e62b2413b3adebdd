"""Errors: their class, message, cause and attributes."""

import builtins
import copy
import pickle
from typing import Any

import httpx2
import pytest

from canvas_outcomes import errors
from canvas_outcomes_contract.checks.client.consumers import Consumer, Reply
from canvas_outcomes_contract.checks.client.documented import GET, example_path, method_name
from canvas_outcomes_contract.checks.client.examples import ERROR_STATUSES, class_of, error_class
from canvas_outcomes_contract.contract.document import Operation

# Every form of a JSON error body, with the strings that the message includes.
JSON_BODIES: tuple[tuple[Any, tuple[str, ...]], ...] = (
    ({"status": "unauthorized", "errors": [{"message": "user not authorized"}]}, ("user not authorized",)),
    ({"errors": [{"message": "It does not exist."}, {"message": "Nor this."}]}, ("It does not exist.", "Nor this.")),
    (
        {"errors": {"title": [{"message": "can't be blank", "type": "blank"}], "points": [{"message": "too many"}]}},
        ("title", "can't be blank", "points", "too many"),
    ),
    ({"error": "Ratings cannot be modified."}, ("Ratings cannot be modified.",)),
    ({"message": "a course id is required"}, ("a course id is required",)),
    ({"status": "forbidden", "message": "not authorized"}, ("not authorized",)),
)
OTHER_BODIES = (
    ("text/html", "<html><head><title>502 Bad Gateway</title></head><body>…</body></html>", "502 Bad Gateway"),
    ("text/html", "<TITLE lang=en>504 Gateway Time-out</TITLE><hr>nginx", "504 Gateway Time-out"),
    ("text/html", "<h1>Page Error</h1>", "Page Error"),
    ("text/plain", "upstream connect error", "upstream connect error"),
)
START = 65536
# Pages for which a careless search takes minutes, and pages whose message stands after the bytes that are searched.
LONG_BODIES = {
    "angle brackets": ("<" * 200_000, "<" * 500),
    "titles that do not end": ("<title" * 50_000, ("<title" * 84)[:500]),
    "titles without an end tag": ("<title>" * 9_000, ""),
    "spaces": (" " * 200_000, ""),
    "a title in the first 64 kB": (" " * (START - 20) + "<title>Down</title>", "Down"),
    "a title after the first 64 kB": (" " * START + "<title>Down</title>", ""),
    "text after the first 64 kB": ("<p>" + " " * START + "Down", ""),
}
CONNECTION_ERRORS = (
    httpx2.ConnectError,
    httpx2.ReadError,
    httpx2.RemoteProtocolError,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)
TIMEOUTS = (httpx2.ConnectTimeout, httpx2.ReadTimeout, httpx2.WriteTimeout, httpx2.PoolTimeout)


def test_does_not_parse_an_error_body_of_more_than_64_kb(consumer: Consumer) -> None:
    error = consumer.error_for(httpx2.Response(400, json={"errors": [{"message": "a" * START}]}), GET)

    assert (type(error), error.parsed) == (error_class(400), None)


@pytest.mark.parametrize(("body", "words"), JSON_BODIES)
def test_message_includes_every_error_of_a_json_body(consumer: Consumer, body: Any, words: tuple[str, ...]) -> None:
    error = consumer.error_for(httpx2.Response(400, json=body), GET)

    assert [word for word in words if word not in error.message] == []
    assert [word for word in words if word not in str(error)] == []
    assert "{" not in error.message


@pytest.mark.parametrize(("kind", "text", "words"), OTHER_BODIES)
def test_message_is_the_title_or_the_text_of_other_bodies(consumer: Consumer, kind: str, text: str, words: str) -> None:
    error = consumer.error_for(httpx2.Response(500, text=text, headers={"Content-Type": kind}), GET)

    assert error.message.strip() == words


def test_message_is_truncated(consumer: Consumer) -> None:
    error = consumer.error_for(httpx2.Response(500, text="x" * 9000), GET)

    assert (error.message, error.body) == ("x" * 500, b"x" * 9000)


@pytest.mark.parametrize(("body", "message"), LONG_BODIES.values(), ids=LONG_BODIES)
def test_message_is_taken_from_the_beginning_of_a_long_body(consumer: Consumer, body: str, message: str) -> None:
    error = consumer.error_for(httpx2.Response(500, html=body), GET)

    assert (error.message, error.body) == (message, body.encode())


def test_str_names_the_operation_and_the_status(consumer: Consumer, operation: Operation) -> None:
    text = str(consumer.error_for(httpx2.Response(404, json={"errors": [{"message": "Gone."}]}), operation))

    assert method_name(operation) in text
    assert f"{operation.method} {consumer.mock.request.url.path}" in text
    assert "404" in text


@pytest.mark.parametrize(
    ("cause", "reason"),
    [(httpx2.ConnectError("refused"), "ConnectError: refused"), (httpx2.ReadTimeout(""), "ReadTimeout")],
)
def test_str_gives_the_reason_for_a_missing_response(consumer: Consumer, cause: Exception, reason: str) -> None:
    consumer.mock.replies(cause)

    expected = f"cannot {method_name(GET)} (GET {example_path(GET)}): no response: {reason}"
    assert str(consumer.fail(GET)) == expected


@pytest.mark.parametrize(
    "reply", [httpx2.Response(404), httpx2.Response(200, text="<html>"), httpx2.ConnectError("refused")], ids=repr
)
def test_str_includes_the_path_prefix_of_the_base_url(consumer: Consumer, reply: Reply) -> None:
    consumer.open("https://canvas.test/below")

    error = consumer.error_for(reply, GET)

    assert error.request.path == f"/below{example_path(GET)}"
    assert f"GET /below{example_path(GET)}" in str(error)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        *(
            (300, "check the base URL"),
            (303, "check the base URL"),
            (305, "check the base URL"),
            (399, "check the base URL"),
        ),
        *((304, "the record has not changed"), (400, "no error message"), (500, "no error message")),
    ],
)
def test_str_has_a_default_message_for_an_empty_body(consumer: Consumer, status: int, words: str) -> None:
    consumer.mock.replies(httpx2.Response(status, headers={"Location": "https://canvas.test/login"}))

    text = str(consumer.fail(GET))
    assert (words in text, "check the base URL" in text) == (True, words == "check the base URL")


@pytest.mark.parametrize(("headers", "words"), [({"Content-Type": "text/html"}, "text/html"), ({}, "no content type")])
def test_str_describes_a_body_that_is_not_json(consumer: Consumer, headers: Any, words: str) -> None:
    consumer.mock.replies(httpx2.Response(200, content=b"<html>", headers=headers))

    text = str(consumer.fail(GET))

    assert words in text
    assert "6 bytes" in text


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-Request-Context-Id": "b7d1"}, "b7d1"),
        ({"X-Request-Id": "c4"}, "c4"),
        ({"X-Request-Context-Id": "b7d1", "X-Request-Id": "c4"}, "b7d1"),
        ({}, None),
    ],
)
@pytest.mark.parametrize("status", [200, 404, 500])
def test_exposes_the_request_id(consumer: Consumer, headers: Any, expected: str | None, status: int) -> None:
    error = consumer.error_for(httpx2.Response(status, text="<p>no</p>", headers=headers), GET)

    assert error.request_id == expected


def test_distinguishes_an_invalid_token_from_a_missing_permission(consumer: Consumer) -> None:
    challenge = 'Bearer realm="canvas-lms"'

    invalid_token = consumer.error_for(httpx2.Response(401, headers={"WWW-Authenticate": challenge}, json={}), GET)
    no_permission = consumer.error_for(httpx2.Response(401, json={"message": "No."}), GET)

    assert (type(invalid_token), invalid_token.challenge) == (errors.UnauthorizedError, challenge)
    assert (type(no_permission), no_permission.challenge) == (errors.UnauthorizedError, None)


@pytest.mark.parametrize(
    ("status", "text"),
    [(403, "403 Forbidden (Rate Limit Exceeded)\n"), (429, "429 Too Many Requests (Rate Limit Exceeded)\n"), (429, "")],
)
def test_recognises_throttling(consumer: Consumer, operation: Operation, status: int, text: str) -> None:
    error = consumer.error_for(httpx2.Response(status, text=text, headers={"X-Rate-Limit-Remaining": "0.0"}), operation)

    assert (type(error), error.status) == (errors.RateLimitedError, status)
    assert consumer.client.rate_limit == (None, 0.0)


def test_recognises_throttling_without_a_content_type(consumer: Consumer) -> None:
    consumer.mock.replies(httpx2.Response(403, content=b"403 Forbidden (Rate Limit Exceeded)\n"))

    assert type(consumer.fail(GET)) is errors.RateLimitedError


def test_treats_a_json_403_as_a_missing_permission(consumer: Consumer) -> None:
    consumer.mock.replies(httpx2.Response(403, json={"error": "Rate Limit Exceeded is no title"}))

    assert type(consumer.fail(GET)) is errors.ForbiddenError


@pytest.mark.parametrize("cause", CONNECTION_ERRORS, ids=lambda kind: kind.__name__)
def test_raises_transport_error_with_its_cause(
    consumer: Consumer, operation: Operation, cause: type[Exception]
) -> None:
    error = consumer.error_for(cause("all is lost"), operation)

    assert isinstance(error, errors.TransportError)
    assert not isinstance(error, errors.TimeoutError)
    assert isinstance(error.__cause__, cause)
    assert error.request.operation == method_name(operation)


@pytest.mark.parametrize("cause", TIMEOUTS, ids=lambda kind: kind.__name__)
def test_raises_timeout_error_that_is_also_a_builtin_timeout_error(
    consumer: Consumer, operation: Operation, cause: type[Exception]
) -> None:
    error = consumer.error_for(cause("too late"), operation)

    assert isinstance(error, errors.TimeoutError)
    assert isinstance(error, builtins.TimeoutError)
    assert isinstance(error.__cause__, cause)


def test_every_documented_status_has_its_own_class() -> None:
    classes = set(map(class_of, ERROR_STATUSES))

    assert len(classes) == len(ERROR_STATUSES)
    assert all(issubclass(kind, errors.ApiError) for kind in classes)
    assert issubclass(errors.ApiError, errors.CanvasOutcomesError)


@pytest.mark.parametrize("clone", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_errors_survive_copying_and_pickling(consumer: Consumer, clone: Any) -> None:
    error = consumer.error_for(httpx2.Response(401, json={"errors": [{"message": "Invalid access token."}]}), GET)

    copied = clone(error)
    assert (type(copied), str(copied)) == (type(error), str(error))
    assert (copied.status, copied.body, copied.message) == (error.status, error.body, error.message)
    assert (copied.request, copied.parsed) == (error.request, error.parsed)


def test_errors_can_be_created_in_tests(consumer: Consumer) -> None:
    raised = consumer.error_for(httpx2.Response(404), GET)

    created = errors.NotFoundError("gone", request=raised.request, status=404, headers=raised.headers, body=b"")

    assert (str(created), created.message, created.parsed, created.retry_after) == ("gone", "", None, None)
