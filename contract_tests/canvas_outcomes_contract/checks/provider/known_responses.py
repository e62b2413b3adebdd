"""The known request of an operation with some of its parts changed, and the responses to it."""

from typing import Any

import httpx2

from canvas_outcomes_contract.cases.response_schemas import ResponseSchemas
from canvas_outcomes_contract.cases.responses import assert_response, assert_status, is_like, parse_body, shown
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.contract.document import Operation

IDEMPOTENT = ("GET", "PUT")


def send_with(provider: Provider, operation: Operation, **changes: Any) -> httpx2.Response:
    """Send the known request with another role or path, or with additional headers or parameters."""
    known = provider.known_request(operation)
    added = {name: known[name] | change if isinstance(change, dict) else change for name, change in changes.items()}
    return provider.send(operation.id, operation.method, **known | added)


def known_bodies(provider: Provider, operation: Operation, **changes: Any) -> list[Any]:
    """The bodies of two responses to the known request; of one, twice, if its method is idempotent."""
    responses = [
        provider.send_known_request(operation, **changes) for _ in range(1 if operation.method in IDEMPOTENT else 2)
    ]
    bodies = [parse_body(response) for response in responses]
    return [bodies[0], bodies[-1]]


def assert_success(response: httpx2.Response, operation: Operation) -> None:
    is_success = operation.documented(response.status_code) in operation.successes
    assert_response(response, is_success, " or ".join(operation.successes))


def assert_documented(response: httpx2.Response, operation: Operation, schemas: ResponseSchemas) -> None:
    violation = schemas.violation(operation, response)
    assert_response(response, not violation, f"what {operation.id} documents, but returns {violation}")


def assert_like(response: httpx2.Response, bodies: list[Any]) -> None:
    """Assert the body of a response by two others, which may differ from each other."""
    first, second = bodies
    assert_response(response, is_like(first, second, parse_body(response)), f"the body {shown(first)}")


def assert_not_challenged(response: httpx2.Response, *expected: int) -> None:
    """Assert one of these statuses, and that the response does not ask for another token."""
    assert_status(response, *expected)
    assert_response(response, "WWW-Authenticate" not in response.headers, "no WWW-Authenticate for a valid token")
