"""Requests of the client match the cases of the contract, in every operation and encoding."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_outcomes import CONTRACT as GENERATED_FROM
from canvas_outcomes import errors
from canvas_outcomes.models import OutcomeUpdate
from canvas_outcomes_contract.checks.client import sent_requests
from canvas_outcomes_contract.checks.client.calls import arguments, model
from canvas_outcomes_contract.checks.client.consumers import HOST, NOT_FOUND, TOKEN, Consumer
from canvas_outcomes_contract.checks.client.equality import differences, named
from canvas_outcomes_contract.checks.client.variants import (
    CONTRACT,
    GET,
    UPDATE,
    Case,
    RequestVariant,
    request_variants,
)

VARIANTS = request_variants()
every_request = pytest.mark.parametrize("variant", VARIANTS, ids=lambda one: one.id)
every_body = pytest.mark.parametrize("variant", [one for one in VARIANTS if one.media_type], ids=lambda one: one.id)
UPDATE_FIELDS = CONTRACT.resolve({"$ref": "#/components/schemas/OutcomeUpdate"})["properties"]
ONLY_IN_JSON: tuple[dict[str, Any], ...] = (
    *({name: None} for name, field in UPDATE_FIELDS.items() if "null" in field.get("type", ())),
    {"ratings": []},
    {"ratings": [{}]},
    {"ratings": [{"points": 0}, {"description": ""}]},
    {"ratings": [{"points": 2.5}], "mastery_points": 1, "calculation_int": 65},
    {},
)


def sent(consumer: Consumer, variant: RequestVariant, case: Case) -> httpx.Request:
    """The request that the client sends for a case."""
    consumer.mock.replies(NOT_FOUND)
    with pytest.raises(errors.NotFoundError):
        consumer.call(variant.operation.id, **arguments(consumer.client, variant, case))
    return consumer.mock.request


@every_request
@given(data=st.data())
def test_sends_method_path_query_and_headers(consumer: Consumer, variant: RequestVariant, data: st.DataObject) -> None:
    case = data.draw(variant.cases)

    request = sent(consumer, variant, case)

    assert request.method == variant.operation.method
    assert sent_requests.segments(request.url.raw_path) == sent_requests.segments(case.formatted_path.encode())[1:]
    assert sent_requests.query(request) == sorted((name, str(value)) for name, value in case.query.items())
    assert request.headers.get_list("Accept") == ["application/json"]
    assert request.headers.get_list("Authorization") == [f"Bearer {TOKEN}"]
    assert request.headers["User-Agent"].startswith(f"canvas-outcomes-client/{CONTRACT.version} ")
    assert request.headers["Host"] == HOST


@pytest.mark.parametrize(("value", "sent"), [(True, "true"), (False, "false")])
def test_sends_booleans_as_true_and_false(consumer: Consumer, value: bool, sent: str) -> None:
    request = consumer.request_of(GET, add_defaults=value)

    assert ("add_defaults", sent) in sent_requests.query(request)


@every_body
@given(data=st.data())
def test_sends_the_body(consumer: Consumer, variant: RequestVariant, data: st.DataObject) -> None:
    case = data.draw(variant.cases)

    request = sent(consumer, variant, case)

    body = sent_requests.body(request, variant.schema)
    assert sent_requests.media_type(request) == variant.media_type
    assert differences(named(CONTRACT, variant.schema, case.body), body) == []
    assert [error.message for error in variant.validator.iter_errors(body)] == []


@every_request
@given(data=st.data())
def test_sends_the_same_request_for_a_raw_response(
    consumer: Consumer, variant: RequestVariant, data: st.DataObject
) -> None:
    case = data.draw(variant.cases)
    expected = sent(consumer, variant, case)
    consumer.mock.replies(NOT_FOUND)

    with pytest.raises(errors.NotFoundError):
        consumer.call_raw(variant.operation.id, **arguments(consumer.client, variant, case))

    assert outline(consumer.mock.request) == outline(expected)


def outline(request: httpx.Request) -> tuple[str, httpx.URL, str, int]:
    """Everything except the random boundary."""
    return request.method, request.url, request.headers.get("Content-Type", "").partition(";")[0], len(request.content)


@pytest.mark.parametrize("fields", ONLY_IN_JSON, ids=repr)
def test_sends_null_and_empty_values_in_json(consumer: Consumer, fields: dict[str, Any]) -> None:
    request = consumer.request_of(UPDATE, body=model(OutcomeUpdate, fields))

    assert json.loads(request.content) == fields


@pytest.mark.parametrize("variant", [one for one in VARIANTS if not one.media_type], ids=lambda one: one.id)
@given(data=st.data())
def test_sends_no_body_when_the_operation_has_none(
    consumer: Consumer, variant: RequestVariant, data: st.DataObject
) -> None:
    request = sent(consumer, variant, data.draw(variant.cases))

    assert request.content == b""
    assert "Content-Type" not in request.headers


def test_is_generated_from_this_contract() -> None:
    assert (GENERATED_FROM.sha256, GENERATED_FROM.version) == (CONTRACT.sha256, CONTRACT.version)
