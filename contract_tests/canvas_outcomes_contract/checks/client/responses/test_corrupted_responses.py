"""Corrupted and undocumented responses raise an error of the client that describes them."""

import gzip
import json
from typing import Any

import httpx2
import pytest

from canvas_outcomes import errors
from canvas_outcomes_contract.checks.client.consumers import Consumer
from canvas_outcomes_contract.checks.client.documented import (
    CONTRACT,
    JSON_OPERATIONS,
    OPERATIONS,
    DocumentedResponse,
    method_name,
    successes_of,
)
from canvas_outcomes_contract.checks.client.equality import is_valid
from canvas_outcomes_contract.checks.client.examples import OUTCOME, SHOW, error_class, example_body, response
from canvas_outcomes_contract.contract.document import Operation

JSON = {"Content-Type": "application/json; charset=utf-8"}
CONTENT = json.dumps(OUTCOME).encode()
UNREADABLE = (
    *(b"", b" ", b"{", b"\0", b"null", b"true", b"5", b'"text"', b"NaN", b"[" * 100_000, b'{"id": ' * 100_000),
    *(CONTENT[:-1], CONTENT + b"}", b"\xef\xbb\xbf" + CONTENT, b"while(1);" + CONTENT),
    CONTENT.replace(b"Outcome title", b"\xff\xfe"),
    b"<html><body>Please log in</body></html>",
)
WRONG_VALUES: dict[str, tuple[Any, ...]] = {
    "id": ("one", 1.5, None, True, "1e3"),
    "title": (5, None),
    "url": ([],),
    "context_id": ({},),
    "can_edit": ("true", 1),
    "ratings": ("none", {"points": 1}, ["A"], [{"description": "A"}], [{"description": "A", "points": "5"}]),
    "mastery_points": ("3", True),
    "calculation_int": ("65", 65.5),
    "calculation_method": (5,),
}
UNDOCUMENTED_STATUSES = (300, 301, 302, 304, 307, 402, 405, 418, 422, 499, 501, 520, 599, 600, 999)


def is_documented(success: DocumentedResponse, content: bytes) -> bool:
    """Whether the content is JSON that the schema of the response allows."""
    try:
        return is_valid(CONTRACT, success.schema, json.loads(content, parse_constant=float.fromhex))
    except (ValueError, RecursionError):
        return False


UNREADABLE_BODIES = {
    f"{operation.id}-{number}": (operation, content)
    for operation in JSON_OPERATIONS
    for number, content in enumerate(UNREADABLE)
    if not is_documented(successes_of(operation)[0], content)
}


def required_in(success: DocumentedResponse) -> list[str]:
    """The properties that an object has to have in a response."""
    schema = CONTRACT.resolve(success.schema)
    return [name for name in schema.get("required", []) if not schema["properties"][name].get("writeOnly")]


REQUIRED_PROPERTIES = {
    f"{success.id}-{name}": (success, name)
    for operation in OPERATIONS
    for success in successes_of(operation)
    if success.kind == "json"
    for name in required_in(success)
}


@pytest.mark.parametrize(("operation", "content"), UNREADABLE_BODIES.values(), ids=UNREADABLE_BODIES)
def test_raises_decode_error_for_an_unreadable_body(consumer: Consumer, operation: Operation, content: bytes) -> None:
    status = successes_of(operation)[0].statuses[0]
    error = consumer.error_for(httpx2.Response(status, content=content, headers=JSON), operation)

    assert type(error) is errors.DecodeError
    assert (error.status, error.body, error.headers["Content-Type"]) == (status, content, JSON["Content-Type"])
    assert (error.request.operation, error.request.path) == (method_name(operation), consumer.mock.request.url.path)
    assert error.__cause__ is not None


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in WRONG_VALUES for value in WRONG_VALUES[name]])
def test_raises_decode_error_for_a_property_of_another_type(consumer: Consumer, name: str, value: Any) -> None:
    error = consumer.error_for(httpx2.Response(200, json=OUTCOME | {name: value}), SHOW)

    assert type(error) is errors.DecodeError
    assert f"$.{name}" in str(error), "the message names the property"


@pytest.mark.parametrize(("success", "missing"), REQUIRED_PROPERTIES.values(), ids=REQUIRED_PROPERTIES)
def test_raises_decode_error_for_a_missing_required_property(
    consumer: Consumer, success: DocumentedResponse, missing: str
) -> None:
    present = {key: value for key, value in example_body(success).items() if key != missing}

    error = consumer.error_for(response(success, present), success.operation)

    assert type(error) is errors.DecodeError
    assert missing in str(error)


@pytest.mark.parametrize("headers", [{b"Content-Type": b"text/html"}, {b"Content-Type": b"\xff"}, {}], ids=repr)
def test_raises_decode_error_for_html(
    consumer: Consumer, json_operation: Operation, headers: dict[bytes, bytes]
) -> None:
    consumer.mock.replies(httpx2.Response(200, content=b"<html>Please log in</html>", headers=headers))

    assert type(consumer.fail(json_operation)) is errors.DecodeError


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\0", b"[" * 100_000, b"<p>gone</p>", b'{"errors": 5}', b"null"])
@pytest.mark.parametrize("status", UNDOCUMENTED_STATUSES)
def test_raises_api_error_for_an_undocumented_status(consumer: Consumer, status: int, content: bytes) -> None:
    error = consumer.error_for(httpx2.Response(status, content=content, headers={"Location": "/elsewhere"}), SHOW)

    assert type(error) is error_class(status)
    assert (error.status, error.body) == (status, content)


@pytest.mark.parametrize("status", [201, 202, 203, 204, 206])
def test_raises_decode_error_for_an_empty_body(consumer: Consumer, json_operation: Operation, status: int) -> None:
    consumer.mock.replies(httpx2.Response(status))

    assert type(consumer.fail(json_operation)) is errors.DecodeError


def test_raises_transport_error_for_a_body_that_is_not_gzip(consumer: Consumer, operation: Operation) -> None:
    body = httpx2.ByteStream(gzip.compress(CONTENT)[:10] + b"\xff" * 40)
    error = consumer.error_for(
        httpx2.Response(200, stream=body, headers=JSON | {"Content-Encoding": "gzip"}), operation
    )

    assert type(error) is errors.TransportError
    assert isinstance(error.__cause__, httpx2.DecodingError)
