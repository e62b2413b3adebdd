"""The known request of an operation with some of its parts changed, and the responses to it."""

from typing import Any

import httpx2

from canvas_outcomes_contract.cases.responses import parse_body, request_line
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
    assert operation.documented(response.status_code) in operation.successes, (
        f"status={response.status_code}, but {request_line(response)} should return "
        f"{' or '.join(operation.successes)}: {response.text[:300]}"
    )
