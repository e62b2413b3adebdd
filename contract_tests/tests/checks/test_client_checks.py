"""Client checks of a real server receive every kind of response."""

import pytest

from canvas_outcomes_contract.checks.client.connections.test_real_server import CALLS, TARGET, request_all
from canvas_outcomes_contract.connection.embedded_server import reference_server


@pytest.fixture(scope="module")
def statuses() -> dict[str, set[int]]:
    """The statuses of the reference server for the calls of every role, by operation."""
    statuses: dict[str, set[int]] = {call.operation: set() for call in CALLS}
    with reference_server() as base_url:
        for token in TARGET.tokens.values():
            for call, response in zip(CALLS, request_all(base_url, token), strict=True):
                statuses[call.operation].add(response.status_code)
    return statuses


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("get_outcome", {200, 401, 403, 404}),
        ("update_outcome", {200, 401, 403, 404}),
        ("list_outcome_alignments", {200, 400, 401, 403, 404}),
    ],
)
def test_calls_receive_every_kind_of_response(
    statuses: dict[str, set[int]], operation: str, expected: set[int]
) -> None:
    assert statuses[operation] == expected
