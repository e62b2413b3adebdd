"""Over a real socket, every role is told by the client what the server says to a plain request of the same role."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import pytest

from canvas_outcomes import errors
from canvas_outcomes.models import OutcomeUpdate, Rating
from canvas_outcomes_contract.checks.client.consumers import AsyncConsumer, Consumer
from canvas_outcomes_contract.checks.client.equality import differences, named, shown
from canvas_outcomes_contract.checks.client.responses.test_responses import CLASSES
from canvas_outcomes_contract.checks.client.variants import CONTRACT
from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET, Target, load_target

TARGET: Target = load_target(EMBEDDED_TARGET, CONTRACT)
IDS = TARGET.resources
OUTCOMES = [id for name, id in IDS.items() if name.endswith("_outcome")]
CHANGED = ("editable_outcome", "account_outcome", "scales_outcome", "missing_outcome")
CHANGE = {"title": "Reads a graph", "mastery_points": 3, "ratings": [{"description": "Yes", "points": 5}]}
BODY = OutcomeUpdate(title="Reads a graph", mastery_points=3, ratings=[Rating(description="Yes", points=5)])


class Question(NamedTuple):
    """A call of the client, and the plain request that asks the same."""

    operation: str
    arguments: dict[str, Any]
    path: str
    parameters: dict[str, Any]
    fields: dict[str, Any] | None = None


def get(id: int, **more: Any) -> Question:
    said = {name: "true" if value else "false" for name, value in more.items()}
    return Question("get_outcome", {"id": id, **more}, f"/api/v1/outcomes/{id}", said)


def update(id: int, encoding: str) -> Question:
    arguments = {"id": id, "body": BODY, "encoding": encoding}
    return Question("update_outcome", arguments, f"/api/v1/outcomes/{id}", {}, CHANGE)


def alignments(course: int, **ids: int) -> Question:
    path = f"/api/v1/courses/{course}/outcome_alignments"
    return Question("list_outcome_alignments", {"course_id": course, **ids}, path, ids)


# The updates come first: whoever asks again finds what they left.
QUESTIONS = [
    *(update(IDS[name], encoding) for name in CHANGED for encoding in ("json", "form", "multipart")),
    *map(get, OUTCOMES),
    *(get(id, add_defaults=wanted) for id in OUTCOMES[:3] for wanted in (True, False)),
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
def answers(base_url: str) -> dict[str, list[httpx.Response]]:
    """What the server says to each role's questions."""
    return {role: said(base_url, token) for role, token in TARGET.tokens.items()}


def said(base_url: str, token: str) -> list[httpx.Response]:
    """What the server says to plain requests."""
    with httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {token}"}, trust_env=False) as plain:
        return [
            plain.request(CONTRACT.operations[one.operation].method, one.path, params=one.parameters, json=one.fields)
            for one in QUESTIONS
        ]


@pytest.fixture(scope="module", params=[Consumer, AsyncConsumer], ids=["sync", "async"])
def caller(request: pytest.FixtureRequest) -> Iterator[Consumer]:
    """Client, then AsyncClient, without a mock."""
    caller: Consumer = request.param()
    yield caller
    caller.end()


def called(caller: Consumer, question: Question) -> Any:
    try:
        return caller.call(question.operation, **question.arguments)
    except errors.CanvasOutcomesError as error:
        return error


def disagreements(result: Any, answer: httpx.Response) -> list[Any]:
    """How what the client made of an answer differs from the answer."""
    if answer.status_code != 200:
        wanted: Any = (CLASSES[str(answer.status_code)], answer.status_code, answer.content)
        got = (type(result), getattr(result, "status", None), getattr(result, "body", None))
        return [] if got == wanted else [(got, wanted)]
    kind = "array" if isinstance(result, list) else "object"
    item = {"$ref": f"#/components/schemas/{'OutcomeAlignment' if kind == 'array' else 'Outcome'}"}
    return differences(named(CONTRACT, {"items": item} if kind == "array" else item, answer.json()), shown(result))


@pytest.mark.parametrize("role", TARGET.tokens)
def test_returns_what_the_server_responds_to_each_role(
    caller: Consumer, base_url: str, answers: dict[str, list[httpx.Response]], role: str
) -> None:
    caller.use(base_url, token=TARGET.tokens[role])

    results = [called(caller, question) for question in QUESTIONS]

    pairs = zip(QUESTIONS, map(disagreements, results, answers[role]), strict=True)
    assert [(question, why) for question, why in pairs if why] == []
