"""Requests to the operations of the Outcomes API, and the records in their responses.

`$NAME` as the id of a record or the value of a parameter stands for the id of a resource of the target.
"""

from typing import Any

import httpx2

from canvas_outcomes_contract.cases.encodings import encode
from canvas_outcomes_contract.cases.responses import (
    JsonObject,
    assert_status,
    parse_json,
    request_line,
    shown,
    shown_body,
)
from canvas_outcomes_contract.connection.known_requests import path_segment
from canvas_outcomes_contract.connection.provider import Provider

Rows = list[JsonObject]  # alignments


def get_outcome(provider: Provider, id: int | str, role: str = "editor", **params: Any) -> httpx2.Response:
    return _send(provider, "get_outcome", id, role, params)


def update_outcome(
    provider: Provider,
    id: int | str,
    change: dict[str, Any],
    role: str = "editor",
    encoding: str = "json",
    **params: Any,
) -> httpx2.Response:
    return update_outcome_with_body(provider, id, *encode(change, encoding), role, **params)


def update_outcome_with_body(
    provider: Provider, id: int | str, content: bytes, media_type: str, role: str = "editor", **params: Any
) -> httpx2.Response:
    return _send(provider, "update_outcome", id, role, params, headers={"Content-Type": media_type}, content=content)


def list_outcome_alignments(
    provider: Provider, role: str = "teacher", course_id: int | str = "$course", **params: Any
) -> httpx2.Response:
    return _send(provider, "list_outcome_alignments", course_id, role, params)


def _send(
    provider: Provider, name: str, id: int | str, role: str, params: dict[str, Any], **request: Any
) -> httpx2.Response:
    operation = provider.contract.operations[name]
    path = operation.fill(lambda _: path_segment(_resolved(provider, id)))
    resolved = {key: _resolved(provider, value) for key, value in params.items()}
    return provider.send(name, operation.method, path, role=role, params=resolved, **request)


def _resolved(provider: Provider, value: Any) -> Any:
    is_resource = isinstance(value, str) and value.startswith("$")
    return provider.target.resource_id(value[1:]) if is_resource else value


def parse_outcome(response: httpx2.Response) -> JsonObject:
    """The outcome in a response with 200."""
    assert_status(response, 200)
    outcome = parse_json(response)
    assert isinstance(outcome, JsonObject), f"{request_line(response)} should return an object: {shown_body(response)}"
    return outcome


def ratings_of(outcome: JsonObject) -> list[JsonObject]:
    """The ratings of an outcome, which may be null in a response."""
    ratings: list[JsonObject] = outcome["ratings"]
    assert isinstance(ratings, list), f"ratings: got {shown(ratings)}, wanted a list"
    return ratings


def read_outcome(provider: Provider, id: int | str, role: str = "editor", **params: Any) -> JsonObject:
    return parse_outcome(get_outcome(provider, id, role, **params))


def list_rows(provider: Provider, role: str = "teacher", **params: Any) -> Rows:
    return parse_rows(list_outcome_alignments(provider, role, **params))


def parse_rows(response: httpx2.Response) -> Rows:
    """The alignments in a response with 200."""
    assert_status(response, 200)
    rows: Rows = parse_json(response)
    assert isinstance(rows, list), f"{request_line(response)} should return a list: {shown_body(response)}"
    return rows


def of_assignment(provider: Provider, rows: Rows, resource: str) -> Rows:
    return [row for row in rows if row.get("assignment_id") == provider.target.resource_id(resource)]
