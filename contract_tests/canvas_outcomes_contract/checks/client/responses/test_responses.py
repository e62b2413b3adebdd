"""Documented responses are read without loss, or raised as the documented error."""

import json
from collections import ChainMap
from collections.abc import Iterator
from itertools import chain, combinations
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas_outcomes import errors, models
from canvas_outcomes_contract.cases.responses import with_string_ids
from canvas_outcomes_contract.checks.client.consumers import Consumer
from canvas_outcomes_contract.checks.client.equality import differences, named, to_json
from canvas_outcomes_contract.checks.client.examples import ERROR_CLASSES, OUTCOME
from canvas_outcomes_contract.checks.client.variants import (
    CONTRACT,
    DocumentedResponse,
    ResponseVariant,
    response_variants,
)
from canvas_outcomes_contract.connection.response_schemas import validator

VARIANTS = response_variants()
SUCCESSES = [one for one in VARIANTS if one.responses[0].succeeds]
FAILURES = [one for one in VARIANTS if not one.responses[0].succeeds]
EXAMPLES = [(one, documented, body) for one in VARIANTS for documented in one.responses for body in documented.examples]


def id_of(value: Any) -> Any:
    return getattr(value, "id", value if isinstance(value, int) else "")


every_success = pytest.mark.parametrize("variant", SUCCESSES, ids=id_of)
every_failure = pytest.mark.parametrize("variant", FAILURES, ids=id_of)
every_documented_failure = pytest.mark.parametrize(
    ("variant", "documented", "body"), [one for one in EXAMPLES if not one[1].succeeds], ids=id_of
)
# Error bodies are slow to draw.
FEWER_EXAMPLES = max(5, settings().max_examples // 4)
THROTTLED = {("403", "text/plain"): errors.RateLimitedError}
# Extreme values of JSON and of the models.
EDGE_CASES: tuple[dict[str, Any], ...] = (
    {"id": 2**63 - 1, "context_id": None, "context_type": None},
    {"points_possible": 1.7976931348623157e308, "mastery_points": -0.0},
    {"points_possible": 5e-324, "mastery_points": 9007199254740993},
    {"points_possible": None, "mastery_points": None, "ratings": None},
    {"calculation_method": "an unknown method", "calculation_int": 2**80 + 1},
    {"title": "\U0001f9ea \u202e\ufeff\0\x1f", "description": "<p>&amp;</p>"},
    {"title": " leading and trailing ", "display_name": "", "vendor_guid": "null"},
    {"ratings": []},
    {"ratings": [{"description": "", "points": 0, "mastery": False, "color": "000000", "id": "x"}]},
    {"an unknown field": {"with": ["anything", 1, None]}},
    {"friendly_description": None},
    {"friendly_description": "In words", "can_unlink": False},
    {"calculation_method": "highest", "calculation_int": None},
)


# Parts of error bodies.
PARTS = (
    {"status": "unauthorized"},
    {"errors": [{"message": "No."}]},
    {"errors": {"title": [{"attribute": "title", "type": "blank", "message": "No."}]}},
    {"error": "No."},
    {"message": "No."},
)


def described(schema: Any, *parts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Combinations of the parts that are valid by a schema."""
    chosen = chain.from_iterable(combinations(parts, number) for number in range(1, len(parts) + 1))
    return filter(validator(CONTRACT, schema).is_valid, (dict(ChainMap(*some)) for some in chosen))


AMBIGUOUS_ERRORS = [
    (one, status, documented, body)
    for one in FAILURES
    if one.media_type == "application/json"
    for documented in one.responses
    for status in sorted({documented.min_status, documented.max_status})
    for body in described(one.schema, *PARTS)
]


def encoded(body: Any, media_type: str) -> bytes:
    """The content of a response. Negative cases may be bytes already."""
    if isinstance(body, bytes):
        return body
    return json.dumps(body).encode() if media_type == "application/json" else str(body).encode()


def response(documented: DocumentedResponse, body: Any, status: int | None = None) -> httpx2.Response:
    headers = {"Content-Type": f"{documented.media_type}; charset=utf-8", "X-Request-Context-Id": "b7d1"}
    return httpx2.Response(
        status or documented.min_status, content=encoded(body, documented.media_type), headers=headers
    )


def assert_documented(error: Any, documented: DocumentedResponse, status: int, body: Any, path: str) -> None:
    """The error is the documented one, with status, headers, body and request."""
    assert type(error) is THROTTLED.get((documented.status, documented.media_type), ERROR_CLASSES[documented.status])
    assert (error.status, error.body) == (status, encoded(body, documented.media_type))
    assert (error.headers["X-Request-Context-Id"], error.request_id) == ("b7d1", "b7d1")
    assert (error.request.operation, error.request.method) == (documented.operation.id, documented.operation.method)
    assert error.request.path == path


def readable(variant: ResponseVariant, body: Any) -> Any:
    """The part of a body that a model has fields for: None unless it is JSON."""
    return named(CONTRACT, variant.schema, body) if variant.media_type == "application/json" else None


@every_success
@given(data=st.data())
def test_reads_every_property(consumer: Consumer, variant: ResponseVariant, data: st.DataObject) -> None:
    documented, body = data.draw(variant.replies())
    consumer.mock.replies(response(documented, body))

    parsed = consumer.send(documented.operation)

    assert differences(named(CONTRACT, variant.schema, body), to_json(parsed)) == []


@every_success
@given(data=st.data())
def test_reads_string_ids_as_integers(consumer: Consumer, variant: ResponseVariant, data: st.DataObject) -> None:
    documented, body = data.draw(variant.replies())
    consumer.mock.replies(response(documented, with_string_ids(body)))

    parsed = consumer.send(documented.operation)

    assert differences(named(CONTRACT, variant.schema, body), to_json(parsed)) == []


@every_success
@given(data=st.data())
def test_reads_or_rejects_undocumented_bodies(
    consumer: Consumer, variant: ResponseVariant, data: st.DataObject
) -> None:
    documented, body = data.draw(variant.replies("negative"))
    consumer.mock.replies(response(documented, body))

    result = consumer.attempt(documented.operation)

    assert isinstance(result, models.Outcome | list | errors.DecodeError)


@pytest.mark.parametrize("edge", EDGE_CASES)
def test_reads_edge_cases_of_an_outcome(consumer: Consumer, edge: Any) -> None:
    consumer.mock.replies(httpx2.Response(200, json=OUTCOME | edge))

    parsed = consumer.call("get_outcome", 1)

    schema = {"$ref": "#/components/schemas/Outcome"}
    assert differences(named(CONTRACT, schema, OUTCOME | edge), to_json(parsed)) == []


@pytest.mark.parametrize(("name", "value"), [("calculation_int", None), ("has_updateable_rubrics", models.UNSET)])
def test_reads_an_outcome_of_an_older_canvas(consumer: Consumer, name: str, value: Any) -> None:
    body = OUTCOME if value is models.UNSET else OUTCOME | {name: value}
    consumer.mock.replies(httpx2.Response(200, json=body))

    assert getattr(consumer.call("get_outcome", 1), name) is value


def test_distinguishes_null_from_a_missing_field(consumer: Consumer) -> None:
    consumer.mock.replies(httpx2.Response(200, json=OUTCOME | {"friendly_description": None}))

    outcome = consumer.call("get_outcome", 1)

    assert outcome.friendly_description is None
    assert outcome.mastery_points is models.UNSET


@every_failure
@given(data=st.data())
@settings(max_examples=FEWER_EXAMPLES)
def test_raises_the_documented_error(consumer: Consumer, variant: ResponseVariant, data: st.DataObject) -> None:
    documented, body = data.draw(variant.replies())
    status = data.draw(documented.statuses)
    error = consumer.error_for(response(documented, body, status), documented.operation)

    assert_documented(error, documented, status, body, consumer.mock.request.url.path)
    assert differences(readable(variant, body), to_json(error.parsed)) == []


@every_documented_failure
def test_raises_the_error_of_every_example(
    consumer: Consumer, variant: ResponseVariant, documented: DocumentedResponse, body: Any
) -> None:
    error = consumer.error_for(response(documented, body), documented.operation)

    assert_documented(error, documented, documented.min_status, body, consumer.mock.request.url.path)
    assert differences(readable(variant, body), to_json(error.parsed)) == []


@pytest.mark.parametrize(("variant", "status", "documented", "body"), AMBIGUOUS_ERRORS, ids=id_of)
def test_reads_an_ambiguous_error_as_one_documented_for_its_status(
    consumer: Consumer, variant: ResponseVariant, status: int, documented: DocumentedResponse, body: Any
) -> None:
    error = consumer.error_for(response(documented, body, status), documented.operation)

    schemas = [schema["$ref"].rpartition("/")[2] for schema in variant.schema.get("anyOf", [variant.schema])]
    assert type(error.parsed).__name__ in schemas


@pytest.mark.parametrize(("variant", "documented", "body"), [one for one in EXAMPLES if one[1].succeeds], ids=id_of)
def test_reads_every_example(
    consumer: Consumer, variant: ResponseVariant, documented: DocumentedResponse, body: Any
) -> None:
    consumer.mock.replies(response(documented, body))

    assert differences(readable(variant, body), to_json(consumer.send(documented.operation))) == []
