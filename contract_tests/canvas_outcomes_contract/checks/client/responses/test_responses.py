"""Every answer that the contract describes is read without loss, or raised as the error that it documents."""

import json
from collections import ChainMap
from collections.abc import Iterator
from itertools import chain, combinations
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas_outcomes import errors, models
from canvas_outcomes_contract.checks.client.consumers import Consumer
from canvas_outcomes_contract.checks.client.equality import differences, named, shown, with_string_ids
from canvas_outcomes_contract.checks.client.variants import CONTRACT, AnswerVariant, Way, answer_variants
from canvas_outcomes_contract.connection.response_schemas import validator

VARIANTS = answer_variants()
SUCCESSES = [one for one in VARIANTS if one.ways[0].succeeds]
FAILURES = [one for one in VARIANTS if not one.ways[0].succeeds]
EXAMPLES = [(one, way, body) for one in VARIANTS for way in one.ways for body in way.examples]
every_success = pytest.mark.parametrize("variant", SUCCESSES, ids=lambda one: one.id)
every_failure = pytest.mark.parametrize("variant", FAILURES, ids=lambda one: one.id)
every_documented_failure = pytest.mark.parametrize(
    ("variant", "way", "body"), [one for one in EXAMPLES if not one[1].succeeds], ids=lambda one: getattr(one, "id", "")
)
# Errors are small, and slow to draw.
FEWER = max(5, settings().max_examples // 4)
CLASSES = {
    "400": errors.BadRequestError,
    "401": errors.UnauthorizedError,
    "403": errors.ForbiddenError,
    "404": errors.NotFoundError,
    "413": errors.ContentTooLargeError,
    "429": errors.RateLimitedError,
    "5XX": errors.ServerError,
}
THROTTLED = {("403", "text/plain"): errors.RateLimitedError}
# Numbers and texts at the edges of what JSON and the models can hold.
EDGES: tuple[dict[str, Any], ...] = (
    {"id": 2**63 - 1, "context_id": None, "context_type": None},
    {"points_possible": 1.7976931348623157e308, "mastery_points": -0.0},
    {"points_possible": 5e-324, "mastery_points": 9007199254740993},
    {"points_possible": None, "mastery_points": None, "ratings": None},
    {"calculation_method": "a method of tomorrow", "calculation_int": 2**80 + 1},
    {"title": "\U0001f9ea \u202e\ufeff\0\x1f", "description": "<p>&amp;</p>"},
    {"title": " leading and trailing ", "display_name": "", "vendor_guid": "null"},
    {"ratings": []},
    {"ratings": [{"description": "", "points": 0, "mastery": False, "color": "000000", "id": "x"}]},
    {"a field of tomorrow": {"with": ["anything", 1, None]}},
    {"friendly_description": None},
    {"friendly_description": "In words", "can_unlink": False},
)
OUTCOME = {
    "id": 1,
    "url": "/api/v1/outcomes/1",
    "context_id": 1,
    "context_type": "Account",
    "title": "Outcome title",
    "display_name": None,
    "description": None,
    "vendor_guid": None,
    "can_edit": True,
    "assessed": False,
    "has_updateable_rubrics": False,
}


# The parts of the bodies of errors.
PARTS = (
    {"status": "unauthorized"},
    {"errors": [{"message": "No."}]},
    {"errors": {"title": [{"attribute": "title", "type": "blank", "message": "No."}]}},
    {"error": "No."},
    {"message": "No."},
)


def described(schema: Any, *parts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What is made of the parts and described by a schema, whatever else it could be."""
    chosen = chain.from_iterable(combinations(parts, number) for number in range(1, len(parts) + 1))
    return filter(validator(CONTRACT, schema).is_valid, (dict(ChainMap(*some)) for some in chosen))


SEVERAL_ERRORS = [
    (one, status, way, body)
    for one in FAILURES
    if one.media_type == "application/json"
    for way in one.ways
    for status in sorted({way.first, way.last})
    for body in described(one.schema, *PARTS)
]


def encoded(body: Any, media_type: str) -> bytes:
    """The bytes of an answer; some of those that are not described are bytes already, and no JSON."""
    if isinstance(body, bytes):
        return body
    return json.dumps(body).encode() if media_type == "application/json" else str(body).encode()


def answer(media_type: str, status: int, body: Any) -> httpx.Response:
    headers = {"Content-Type": f"{media_type}; charset=utf-8", "X-Request-Context-Id": "b7d1"}
    return httpx.Response(status, content=encoded(body, media_type), headers=headers)


def assert_documented(error: Any, way: Way, status: int, body: Any, request: httpx.Request) -> None:
    """The error is the one that the contract documents, and has all that was answered."""
    assert type(error) is THROTTLED.get((way.status, way.media_type), CLASSES[way.status])
    assert (error.status, error.body) == (status, encoded(body, way.media_type))
    assert (error.headers["X-Request-Context-Id"], error.request_id) == ("b7d1", "b7d1")
    assert (error.request.operation, error.request.method) == (way.operation.id, way.operation.method)
    assert error.request.path == request.url.path


def said(variant: AnswerVariant, body: Any) -> Any:
    """What a model can hold of a body: nothing of one that is no JSON."""
    return named(CONTRACT, variant.schema, body) if variant.media_type == "application/json" else None


@every_success
@given(data=st.data())
def test_reads_every_property(consumer: Consumer, variant: AnswerVariant, data: st.DataObject) -> None:
    way, body = data.draw(st.sampled_from(variant.ways)), data.draw(variant.bodies)
    consumer.mock.answers(answer(way.media_type, way.first, body))

    parsed = consumer.ask(way.operation)

    assert differences(named(CONTRACT, variant.schema, body), shown(parsed)) == []


@every_success
@given(data=st.data())
def test_reads_string_ids_as_integers(consumer: Consumer, variant: AnswerVariant, data: st.DataObject) -> None:
    way, body = data.draw(st.sampled_from(variant.ways)), data.draw(variant.bodies)
    consumer.mock.answers(answer(way.media_type, way.first, with_string_ids(body)))

    parsed = consumer.ask(way.operation)

    assert differences(named(CONTRACT, variant.schema, body), shown(parsed)) == []


@every_success
@given(data=st.data())
def test_reads_or_rejects_undocumented_bodies(consumer: Consumer, variant: AnswerVariant, data: st.DataObject) -> None:
    way, body = data.draw(st.sampled_from(variant.ways)), data.draw(variant.other_bodies)
    consumer.mock.answers(answer(way.media_type, way.first, body))

    result = consumer.attempt(way.operation)

    assert isinstance(result, models.Outcome | list | errors.DecodeError)


@pytest.mark.parametrize("edge", EDGES)
def test_reads_edge_cases_of_an_outcome(consumer: Consumer, edge: Any) -> None:
    consumer.mock.answers(httpx.Response(200, json=OUTCOME | edge))

    parsed = consumer.call("get_outcome", 1)

    schema = {"$ref": "#/components/schemas/Outcome"}
    assert differences(named(CONTRACT, schema, OUTCOME | edge), shown(parsed)) == []


def test_distinguishes_null_from_a_missing_field(consumer: Consumer) -> None:
    consumer.mock.answers(httpx.Response(200, json=OUTCOME | {"friendly_description": None}))

    outcome = consumer.call("get_outcome", 1)

    assert outcome.friendly_description is None
    assert outcome.mastery_points is models.UNSET


@every_failure
@given(data=st.data())
@settings(max_examples=FEWER)
def test_raises_the_documented_error(consumer: Consumer, variant: AnswerVariant, data: st.DataObject) -> None:
    way, body = data.draw(st.sampled_from(variant.ways)), data.draw(variant.bodies)
    status = data.draw(way.statuses)
    consumer.mock.answers(answer(way.media_type, status, body))

    error: Any = consumer.fail(way.operation)

    assert_documented(error, way, status, body, consumer.mock.request)
    assert differences(said(variant, body), shown(error.parsed)) == []


@every_documented_failure
def test_raises_the_error_of_every_example(consumer: Consumer, variant: AnswerVariant, way: Way, body: Any) -> None:
    consumer.mock.answers(answer(way.media_type, way.first, body))

    error: Any = consumer.fail(way.operation)

    assert_documented(error, way, way.first, body, consumer.mock.request)
    assert differences(said(variant, body), shown(error.parsed)) == []


@pytest.mark.parametrize(("variant", "status", "way", "body"), SEVERAL_ERRORS, ids=lambda one: getattr(one, "id", None))
def test_reads_an_ambiguous_error_as_one_documented_for_its_status(
    consumer: Consumer, variant: AnswerVariant, status: int, way: Way, body: Any
) -> None:
    consumer.mock.answers(answer(way.media_type, status, body))

    error: Any = consumer.fail(way.operation)

    documented = [schema["$ref"].rpartition("/")[2] for schema in variant.schema.get("anyOf", [variant.schema])]
    assert type(error.parsed).__name__ in documented


@pytest.mark.parametrize(
    ("variant", "way", "body"), [one for one in EXAMPLES if one[1].succeeds], ids=lambda one: getattr(one, "id", "")
)
def test_reads_every_example(consumer: Consumer, variant: AnswerVariant, way: Way, body: Any) -> None:
    consumer.mock.answers(answer(way.media_type, way.first, body))

    assert differences(said(variant, body), shown(consumer.ask(way.operation))) == []
