"""Every answer that the contract describes is read without loss, or raised as the error that it documents."""

import json
from typing import Any

import httpx
import pytest
from canvas_outcomes import errors, models
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.client.consumers import Consumer
from contract_tests.client.meaning import differences, named, shown, with_string_ids
from contract_tests.client.variants import CONTRACT, AnswerVariant, answer_variants

VARIANTS = answer_variants()
every_success = pytest.mark.parametrize(
    "variant", [one for one in VARIANTS if one.status.startswith("2")], ids=lambda variant: variant.id
)
every_failure = pytest.mark.parametrize(
    "variant", [one for one in VARIANTS if not one.status.startswith("2")], ids=lambda variant: variant.id
)
every_described_failure = pytest.mark.parametrize(
    "variant",
    [one for one in VARIANTS if not one.status.startswith("2") and one.media_type == "application/json"],
    ids=lambda variant: variant.id,
)
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
EDGES = (
    {"id": 2**63 - 1, "context_id": None, "context_type": None},
    {"points_possible": 1.7976931348623157e308, "mastery_points": -0.0},
    {"points_possible": 5e-324, "mastery_points": 9007199254740993},
    {"points_possible": None, "mastery_points": None, "ratings": None},
    {"calculation_method": "a method of tomorrow", "calculation_int": 2**80},
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


def encoded(body: Any, media_type: str) -> bytes:
    return json.dumps(body).encode() if media_type == "application/json" else str(body).encode()


def answer(variant: AnswerVariant, status: int, body: Any, **headers: str) -> httpx.Response:
    kind = {"Content-Type": f"{variant.media_type}; charset=utf-8"}
    return httpx.Response(status, content=encoded(body, variant.media_type), headers=kind | headers)


@every_success
@given(data=st.data())
def test_reads_every_property(consumer: Consumer, variant: AnswerVariant, data: st.DataObject) -> None:
    operation = CONTRACT.operations[data.draw(st.sampled_from(variant.operations))]
    body = data.draw(variant.bodies)
    consumer.mock.answers(answer(variant, int(variant.status), body))

    parsed = consumer.ask(operation)

    assert differences(named(CONTRACT, variant.schema, body), shown(parsed)) == []


@every_success
@given(data=st.data())
def test_reads_ids_that_are_text_as_integers(consumer: Consumer, variant: AnswerVariant, data: st.DataObject) -> None:
    operation = CONTRACT.operations[data.draw(st.sampled_from(variant.operations))]
    body = data.draw(variant.bodies)
    consumer.mock.answers(answer(variant, int(variant.status), with_string_ids(body)))

    parsed = consumer.ask(operation)

    assert differences(named(CONTRACT, variant.schema, body), shown(parsed)) == []


@every_success
@given(data=st.data())
def test_reads_or_refuses_what_the_contract_does_not_describe(
    consumer: Consumer, variant: AnswerVariant, data: st.DataObject
) -> None:
    operation = CONTRACT.operations[data.draw(st.sampled_from(variant.operations))]
    consumer.mock.answers(answer(variant, int(variant.status), data.draw(variant.other_bodies)))

    result = consumer.attempt(operation)

    assert isinstance(result, models.Outcome | list | errors.DecodeError)


@pytest.mark.parametrize("edge", EDGES)
def test_reads_an_outcome_at_the_edges(consumer: Consumer, edge: Any) -> None:
    consumer.mock.answers(httpx.Response(200, json=OUTCOME | edge))

    parsed = consumer.call("get_outcome", 1)

    schema = {"$ref": "#/components/schemas/Outcome"}
    assert differences(named(CONTRACT, schema, OUTCOME | edge), shown(parsed)) == []


def test_tells_a_field_that_is_null_from_one_that_was_left_out(consumer: Consumer) -> None:
    consumer.mock.answers(httpx.Response(200, json=OUTCOME | {"friendly_description": None}))

    outcome = consumer.call("get_outcome", 1)

    assert outcome.friendly_description is None
    assert outcome.mastery_points is models.UNSET


@every_failure
@given(data=st.data())
def test_raises_the_documented_error(consumer: Consumer, variant: AnswerVariant, data: st.DataObject) -> None:
    operation = CONTRACT.operations[data.draw(st.sampled_from(variant.operations))]
    status, body = data.draw(variant.statuses), data.draw(variant.bodies)
    consumer.mock.answers(answer(variant, status, body, **{"X-Request-Context-Id": "b7d1"}))

    error: Any = consumer.fail(operation)

    assert type(error) is THROTTLED.get((variant.status, variant.media_type), CLASSES[variant.status])
    assert (error.status, error.body) == (status, encoded(body, variant.media_type))
    assert (error.headers["X-Request-Context-Id"], error.request_id) == ("b7d1", "b7d1")
    assert (error.request.operation, error.request.method) == (operation.id, operation.method)
    assert error.request.path == consumer.mock.request.url.path


@every_described_failure
@given(data=st.data())
def test_reads_the_body_of_an_error(consumer: Consumer, variant: AnswerVariant, data: st.DataObject) -> None:
    operation = CONTRACT.operations[data.draw(st.sampled_from(variant.operations))]
    body = data.draw(variant.bodies)
    consumer.mock.answers(answer(variant, data.draw(variant.statuses), body))

    error: Any = consumer.fail(operation)

    assert differences(named(CONTRACT, variant.schema, body), shown(error.parsed)) == []
