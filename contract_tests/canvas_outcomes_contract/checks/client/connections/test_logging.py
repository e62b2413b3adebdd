"""Logs name the request, the response and retries, and leave out everything that may be secret."""

import logging
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx2
import pytest

import canvas_outcomes
from canvas_outcomes import Retries
from canvas_outcomes_contract.checks.client.calls import example
from canvas_outcomes_contract.checks.client.consumers import Consumer, Reply
from canvas_outcomes_contract.checks.client.documented import GET, example_path, method_name, parameter_names
from canvas_outcomes_contract.contract.document import Operation

SECRETS = {
    "Set-Cookie": "a-secret-cookie",
    "X-Canvas-User-Id": "a-secret-user",
    "X-Anything": "a-secret-header",
    "Location": "https://elsewhere.example/?a-secret-place",
}
HARMLESS = {
    "X-Request-Context-Id": "b7d1",
    "X-Request-Cost": "0.25",
    "X-Rate-Limit-Remaining": "599.75",
    "Retry-After": "17",
}
NOT_FOUND = httpx2.Response(404, json={"errors": [{"message": "a-secret-body"}]}, headers=SECRETS | HARMLESS)
IMPORT = """
import logging, sys
before = (logging.root.level, list(logging.root.handlers), logging.lastResort)
import canvas_outcomes
own = [logging.getLogger(name) for name in logging.root.manager.loggerDict if name.startswith("canvas_outcomes")]
assert own and all((one.level, one.handlers, one.propagate, one.disabled) == (0, [], True, False) for one in own), own
assert (logging.root.level, logging.root.handlers, logging.lastResort) == before
"""


def logged(
    consumer: Consumer, operation: Operation, caplog: pytest.LogCaptureFixture, **changes: Any
) -> list[logging.LogRecord]:
    """The records of the client, not of httpx2, for a call that fails."""
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "canvas_outcomes"):
        consumer.fail(operation, **changes)
    return [record for record in caplog.records if record.name == "canvas_outcomes"]


def test_logs_request_and_response(consumer: Consumer, operation: Operation, caplog: pytest.LogCaptureFixture) -> None:
    consumer.open("https://canvas.test/below")
    consumer.mock.replies(NOT_FOUND)

    [record] = logged(consumer, operation, caplog)
    consumer.open()

    text = record.getMessage()
    expected = [method_name(operation), operation.method, consumer.mock.request.url.path, "404", *HARMLESS.values()]
    assert record.levelno == logging.DEBUG
    assert [word for word in expected if word not in text] == []


def test_logs_nothing_else(consumer: Consumer, operation: Operation, caplog: pytest.LogCaptureFixture) -> None:
    consumer.mock.replies(NOT_FOUND)

    records = logged(consumer, operation, caplog)

    texts = [text for one in records for text in (one.getMessage(), repr(vars(one)))]
    in_path = {name for (place, _), name in parameter_names(operation).items() if place == "path"}
    given = example(consumer.client_class, operation).items()
    sent = [str(value) for name, value in given if len(str(value)) > 9 and name not in in_path]
    assert [text for text in texts if "a-secret" in text or "?" in message_of(text)] == []
    assert [word for word in sent for text in texts if word in text] == []


def message_of(text: str) -> str:
    """The formatted message, without its arguments."""
    return text.partition("args")[0]


@pytest.mark.parametrize(
    ("passing", "reason"), [(httpx2.ConnectError("refused"), "ConnectError"), (httpx2.Response(503), "503")]
)
def test_logs_a_retry_and_its_delay(
    consumer: Consumer, idempotent_operation: Operation, caplog: pytest.LogCaptureFixture, passing: Reply, reason: str
) -> None:
    consumer.open(retries=Retries(limit=1, first_pause=2.0))
    consumer.mock.replies(passing, NOT_FOUND)

    with patch("random.random", return_value=0.5):
        records = logged(consumer, idempotent_operation, caplog)
    consumer.open()

    [text] = [record.getMessage() for record in records if record.levelno == logging.INFO]
    operation, path = idempotent_operation, consumer.mock.requests[0].url.raw_path.partition(b"?")[0].decode()
    expected = [method_name(operation), operation.method, path, reason, "attempt 2 of 2", "1.50"]
    assert [word for word in expected if word not in text] == []
    assert "?" not in text


def test_logs_the_path_of_a_retry_without_the_query(consumer: Consumer, caplog: pytest.LogCaptureFixture) -> None:
    consumer.open(retries=Retries(limit=1))
    consumer.mock.replies(httpx2.Response(503), NOT_FOUND)

    in_query = [name for (place, _), name in parameter_names(GET).items() if place == "query"]
    records = logged(consumer, GET, caplog, **dict.fromkeys(in_query))
    consumer.open()

    [text] = [record.getMessage() for record in records if record.levelno == logging.INFO]
    assert f"{method_name(GET)} (GET {example_path(GET)}): 503; attempt 2 of 2" in text


def test_configures_no_logging_when_imported() -> None:
    path = str(Path(canvas_outcomes.__file__).parent.parent)

    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT], cwd=path, capture_output=True, text=True, check=False
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
