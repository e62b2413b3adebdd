"""Documented responses are read without loss, or raised as the documented error."""

from collections import ChainMap
from collections.abc import Iterator
from itertools import chain, combinations
from typing import Any, get_origin

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas_outcomes import _responses, errors, models
from canvas_outcomes_contract.cases.response_schemas import validator
from canvas_outcomes_contract.cases.responses import with_string_ids
from canvas_outcomes_contract.checks.client.calls import hints_of, members
from canvas_outcomes_contract.checks.client.consumers import Consumer
from canvas_outcomes_contract.checks.client.documented import (
    CONTRACT,
    DocumentedResponse,
    documented_responses,
    method_name,
)
from canvas_outcomes_contract.checks.client.equality import differences, is_valid, named, to_json
from canvas_outcomes_contract.checks.client.examples import OUTCOME, SHOW, encoded, error_class, response
from canvas_outcomes_contract.checks.client.variants import ResponseVariant, response_variants

VARIANTS = response_variants()
SUCCESSES = [one for one in VARIANTS if one.responses[0].succeeds]
FAILURES = [one for one in VARIANTS if not one.responses[0].succeeds]
IN_JSON = [one for one in SUCCESSES if one.kind == "json"]
EMPTY = [one for one in documented_responses() if not one.media_type]
EXAMPLES = [(one, documented, body) for one in VARIANTS for documented in one.responses for body in documented.examples]


def id_of(value: Any) -> Any:
    return getattr(value, "id", value if isinstance(value, int) else "")


every_success = pytest.mark.parametrize("variant", SUCCESSES, ids=id_of)
every_json_success = pytest.mark.parametrize("variant", IN_JSON, ids=id_of)
every_failure = pytest.mark.parametrize("variant", FAILURES, ids=id_of)
every_documented_failure = pytest.mark.parametrize(
    ("variant", "documented", "body"), [one for one in EXAMPLES if not one[1].succeeds], ids=id_of
)
HEADERS: dict[str, Any] = {"X-Request-Context-Id": "b7d1"}
# Error bodies are slow to draw.
FEWER_EXAMPLES = max(5, settings().max_examples // 4)
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


def models_in(variant: ResponseVariant) -> list[str]:
    """The models that an error body is read as, by their schemas: none unless it is JSON."""
    unions = [variant.schema[keyword] for keyword in ("anyOf", "oneOf") if keyword in variant.schema]
    schemas = [CONTRACT.resolve(one) for one in (unions or [[variant.schema]])[0] if variant.kind == "json"]
    return [schema["title"].title().replace(" ", "") for schema in schemas if "title" in schema]


AMBIGUOUS_ERRORS = [
    (one, status, documented, body)
    for one in FAILURES
    if one.kind == "json" and models_in(one)
    for documented in one.responses
    for status in sorted({documented.statuses[0], documented.statuses[-1]})
    for body in described(one.schema, *PARTS)
]


def assert_documented(error: Any, documented: DocumentedResponse, status: int, body: Any, path: str) -> None:
    """The error is the documented one, with status, headers, body and request."""
    content = encoded(body, documented.kind)
    is_throttled = status == 403 and documented.kind != "json" and b"Rate Limit Exceeded" in content
    assert type(error) is error_class(status, is_throttled=is_throttled)
    assert (error.status, error.body) == (status, content)
    assert (error.headers["X-Request-Context-Id"], error.request_id) == ("b7d1", "b7d1")
    assert (error.request.operation, error.request.method) == (
        method_name(documented.operation),
        documented.operation.method,
    )
    assert error.request.path == path


def readable(variant: ResponseVariant, body: Any) -> Any:
    """A body as the client reads it: bytes, a string, or JSON without what the models have no fields for."""
    if variant.kind == "bytes":
        return encoded(body, "bytes")
    return named(CONTRACT, variant.schema, body) if variant.kind == "json" else body


def readable_error(variant: ResponseVariant, body: Any) -> Any:
    """The part of an error body that a model has fields for; None without a model."""
    return readable(variant, body) if models_in(variant) else None


@every_success
@given(data=st.data())
def test_reads_every_property(consumer: Consumer, variant: ResponseVariant, data: st.DataObject) -> None:
    documented, body = data.draw(variant.replies())
    consumer.mock.replies(response(documented, body, data.draw(documented.drawn_statuses)))

    parsed = consumer.send(documented.operation)

    assert differences(readable(variant, body), to_json(parsed)) == []


@every_json_success
@given(data=st.data())
def test_reads_string_ids_as_integers(consumer: Consumer, variant: ResponseVariant, data: st.DataObject) -> None:
    documented, body = data.draw(variant.replies())
    with_strings = with_string_ids(body)
    consumer.mock.replies(response(documented, with_strings))

    parsed = consumer.send(documented.operation)

    # An id that may be a string is read as it is.
    expected = with_strings if is_valid(CONTRACT, variant.schema, with_strings) else body
    assert differences(readable(variant, expected), to_json(parsed)) == []


def test_converts_no_more_values_than_it_can_in_about_a_second(
    consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = with_string_ids(OUTCOME)
    consumer.mock.replies(httpx2.Response(200, json=body), httpx2.Response(200, json=body))

    assert consumer.send(SHOW) is not None
    monkeypatch.setattr(_responses, "MOST_CONVERTED", 5)
    assert type(consumer.fail(SHOW)) is errors.DecodeError


@every_json_success
@given(data=st.data())
def test_reads_or_rejects_undocumented_bodies(
    consumer: Consumer, variant: ResponseVariant, data: st.DataObject
) -> None:
    documented, body = data.draw(variant.replies("negative"))
    consumer.mock.replies(response(documented, body, **HEADERS))

    result = consumer.attempt(documented.operation)

    returns = members(hints_of(consumer.client_class, documented.operation)["return"])
    kinds = [object if one is Any else get_origin(one) or one for one in returns]
    assert isinstance(result, (errors.DecodeError, *kinds))


@pytest.mark.parametrize("edge", EDGE_CASES)
def test_reads_edge_cases_of_an_outcome(consumer: Consumer, edge: Any) -> None:
    consumer.mock.replies(httpx2.Response(200, json=OUTCOME | edge))

    parsed = consumer.send(SHOW)

    schema = {"$ref": "#/components/schemas/Outcome"}
    assert differences(named(CONTRACT, schema, OUTCOME | edge), to_json(parsed)) == []


@pytest.mark.parametrize(("name", "value"), [("calculation_int", None), ("has_updateable_rubrics", models.UNSET)])
def test_reads_an_outcome_of_an_older_canvas(consumer: Consumer, name: str, value: Any) -> None:
    body = OUTCOME if value is models.UNSET else OUTCOME | {name: value}
    consumer.mock.replies(httpx2.Response(200, json=body))

    assert getattr(consumer.send(SHOW), name) is value


def test_distinguishes_null_from_a_missing_field(consumer: Consumer) -> None:
    consumer.mock.replies(httpx2.Response(200, json=OUTCOME | {"friendly_description": None}))

    outcome = consumer.send(SHOW)

    assert outcome.friendly_description is None
    assert outcome.mastery_points is models.UNSET


@every_failure
@given(data=st.data())
@settings(max_examples=FEWER_EXAMPLES)
def test_raises_the_documented_error(consumer: Consumer, variant: ResponseVariant, data: st.DataObject) -> None:
    documented, body = data.draw(variant.replies())
    status = data.draw(documented.drawn_statuses)
    error = consumer.error_for(response(documented, body, status, **HEADERS), documented.operation)

    assert_documented(error, documented, status, body, consumer.mock.request.url.path)
    assert differences(readable_error(variant, body), to_json(error.parsed)) == []


@every_documented_failure
def test_raises_the_error_of_every_example(
    consumer: Consumer, variant: ResponseVariant, documented: DocumentedResponse, body: Any
) -> None:
    error = consumer.error_for(response(documented, body, **HEADERS), documented.operation)

    assert_documented(error, documented, documented.statuses[0], body, consumer.mock.request.url.path)
    assert differences(readable_error(variant, body), to_json(error.parsed)) == []


@pytest.mark.parametrize(("variant", "status", "documented", "body"), AMBIGUOUS_ERRORS, ids=id_of)
def test_reads_an_ambiguous_error_as_one_documented_for_its_status(
    consumer: Consumer, variant: ResponseVariant, status: int, documented: DocumentedResponse, body: Any
) -> None:
    error = consumer.error_for(response(documented, body, status, **HEADERS), documented.operation)

    assert type(error.parsed).__name__ in models_in(variant)


@pytest.mark.parametrize(("variant", "documented", "body"), [one for one in EXAMPLES if one[1].succeeds], ids=id_of)
def test_reads_every_example(
    consumer: Consumer, variant: ResponseVariant, documented: DocumentedResponse, body: Any
) -> None:
    consumer.mock.replies(response(documented, body, **HEADERS))

    assert differences(readable(variant, body), to_json(consumer.send(documented.operation))) == []


@pytest.mark.parametrize("documented", [one for one in EMPTY if one.succeeds], ids=id_of)
def test_reads_a_response_without_a_body_as_none(consumer: Consumer, documented: DocumentedResponse) -> None:
    statuses = [documented.statuses[0], documented.statuses[-1]]
    consumer.mock.replies(*(response(documented, None, status) for status in statuses))

    assert [consumer.send(documented.operation) for _ in statuses] == [None, None]


@pytest.mark.parametrize("documented", [one for one in EMPTY if not one.succeeds], ids=id_of)
def test_raises_the_error_of_a_response_without_a_body(consumer: Consumer, documented: DocumentedResponse) -> None:
    status = documented.statuses[0]

    error = consumer.error_for(response(documented, None, status, **HEADERS), documented.operation)

    assert_documented(error, documented, status, None, consumer.mock.request.url.path)
    assert error.parsed is None
