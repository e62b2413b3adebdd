"""Results of the client equal the responses of a real server to plain requests, for every role."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx2
import pytest

from canvas_outcomes.models import OutcomeUpdate, Rating
from canvas_outcomes_contract.checks.client.consumers import Consumer
from canvas_outcomes_contract.checks.client.documented import CONTRACT
from canvas_outcomes_contract.checks.client.equality import differences, named, to_json
from canvas_outcomes_contract.checks.client.examples import error_class
from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET, Target, load_target

TARGET: Target = load_target(EMBEDDED_TARGET, CONTRACT)
IDS = TARGET.resources
OUTCOMES = [id for name, id in IDS.items() if name.endswith("_outcome")]
CHANGED = ("editable_outcome", "account_outcome", "scales_outcome", "missing_outcome")
CHANGE = {"title": "Reads a graph", "mastery_points": 3, "ratings": [{"description": "Yes", "points": 5}]}
BODY = OutcomeUpdate(title="Reads a graph", mastery_points=3, ratings=[Rating(description="Yes", points=5)])


class Call(NamedTuple):
    """A call of the client, and the equivalent plain request."""

    operation: str
    arguments: dict[str, Any]
    path: str
    parameters: dict[str, Any]
    fields: dict[str, Any] | None = None


def get(id: int, **more: Any) -> Call:
    query = {name: "true" if value else "false" for name, value in more.items()}
    return Call("get_outcome", {"id": id, **more}, f"/api/v1/outcomes/{id}", query)


def update(id: int, encoding: str) -> Call:
    arguments = {"id": id, "body": BODY, "encoding": encoding}
    return Call("update_outcome", arguments, f"/api/v1/outcomes/{id}", {}, CHANGE)


def alignments(course: int, **ids: int) -> Call:
    path = f"/api/v1/courses/{course}/outcome_alignments"
    return Call("list_outcome_alignments", {"course_id": course, **ids}, path, ids)


# Updates come first, so that every repetition finds the same state.
CALLS = [
    *(update(IDS[name], encoding) for name in CHANGED for encoding in ("json", "form", "multipart")),
    *map(get, OUTCOMES),
    *(get(id, add_defaults=value) for id in OUTCOMES[:3] for value in (True, False)),
    alignments(IDS["course"], student_id=IDS["student"]),
    alignments(IDS["course"], student_id=IDS["other_student"]),
    alignments(IDS["course"], student_id=IDS["student"], assignment_id=IDS["aligned_assignment"]),
    alignments(IDS["course"], student_id=999999),
    alignments(IDS["course"], student_id=IDS["student"], assignment_id=999999),
    alignments(IDS["course"], assignment_id=IDS["aligned_assignment"]),
    alignments(IDS["course"], assignment_id=IDS["foreign_assignment"]),
    alignments(IDS["course"], assignment_id=0),
    alignments(999999, assignment_id=IDS["aligned_assignment"]),
]


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with reference_server("--no-access-log") as url:
        yield url


@pytest.fixture(scope="module")
def responses(base_url: str) -> dict[str, list[httpx2.Response]]:
    """The responses of the server to each role, after the updates of all roles."""
    for token in TARGET.tokens.values():
        request_all(base_url, token)
    return {role: request_all(base_url, token) for role, token in TARGET.tokens.items()}


def request_all(base_url: str, token: str) -> list[httpx2.Response]:
    """Send every call as a plain request."""
    headers = {"Authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=base_url, headers=headers, timeout=60, verify=False, trust_env=False) as plain:
        return [
            plain.request(CONTRACT.operations[one.operation].method, one.path, params=one.parameters, json=one.fields)
            for one in CALLS
        ]


def mismatches(result: Any, response: httpx2.Response) -> list[Any]:
    """Differences between the result of the client and the response."""
    if response.status_code != 200:
        expected: Any = (error_class(response.status_code), response.status_code, response.content)
        actual = (type(result), getattr(result, "status", None), getattr(result, "body", None))
        return [] if actual == expected else [(actual, expected)]
    kind = "array" if isinstance(result, list) else "object"
    item = {"$ref": f"#/components/schemas/{'OutcomeAlignment' if kind == 'array' else 'Outcome'}"}
    return differences(named(CONTRACT, {"items": item} if kind == "array" else item, response.json()), to_json(result))


@pytest.mark.parametrize("role", TARGET.tokens)
def test_returns_the_response_of_the_server_to_each_role(
    caller: Consumer, base_url: str, responses: dict[str, list[httpx2.Response]], role: str
) -> None:
    caller.open(base_url, token=TARGET.tokens[role])

    results = [caller.attempt_call(call.operation, **call.arguments) for call in CALLS]

    pairs = zip(CALLS, map(mismatches, results, responses[role]), strict=True)
    assert [(call, differences) for call, differences in pairs if differences] == []
