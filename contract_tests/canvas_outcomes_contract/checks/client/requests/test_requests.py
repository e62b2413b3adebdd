"""Requests of the client match the cases of the contract, in every operation and encoding."""

import json
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas_outcomes import CONTRACT as GENERATED_FROM
from canvas_outcomes import errors
from canvas_outcomes.models import OutcomeUpdate
from canvas_outcomes_contract.checks.client import sent_requests
from canvas_outcomes_contract.checks.client.calls import argument, arguments, of_subclasses
from canvas_outcomes_contract.checks.client.consumers import HOST, NOT_FOUND, TOKEN, Consumer
from canvas_outcomes_contract.checks.client.documented import (
    CONTRACT,
    accepted_media_type,
    method_name,
    parameter_names,
    parameters_of,
    parameters_with,
    schema_of,
)
from canvas_outcomes_contract.checks.client.equality import differences
from canvas_outcomes_contract.checks.client.examples import UPDATE, schema_named
from canvas_outcomes_contract.checks.client.variants import NO_BODY, Case, RequestVariant, request_variants
from canvas_outcomes_contract.contract.document import Operation

VARIANTS = request_variants()
every_request = pytest.mark.parametrize("variant", VARIANTS, ids=lambda one: one.id)
every_body = pytest.mark.parametrize("variant", [one for one in VARIANTS if one.media_type], ids=lambda one: one.id)
BOOLEANS = parameters_with("boolean")
# Variants with an array whose items are joined with commas, which an item may contain.
JOINED = {
    f"{one.operation.id}-{parameter['name']}": (one, parameter)
    for one in VARIANTS
    for parameter in parameters_of(one.operation)
    if schema_of(parameter).get("items") == {"type": "string"}
    and (parameter["in"] == "path" or (parameter.get("style", "form"), parameter.get("explode")) == ("form", False))
}
UPDATE_FIELDS = schema_named("OutcomeUpdate")["properties"]
ONLY_IN_JSON: tuple[dict[str, Any], ...] = (
    *({name: None} for name, field in UPDATE_FIELDS.items() if "null" in field.get("type", ())),
    {"ratings": []},
    {"ratings": [{}]},
    {"ratings": [{"points": 0}, {"description": ""}]},
    {"ratings": [{"points": 2.5}], "mastery_points": 1, "calculation_int": 65},
    {},
)


def sent(consumer: Consumer, variant: RequestVariant, case: Case) -> httpx2.Request:
    """The request that the client sends for a case."""
    consumer.mock.replies(NOT_FOUND)
    with pytest.raises(errors.ApiError):
        consumer.call(method_name(variant.operation), **arguments(consumer.client, variant, case))
    return consumer.mock.request


@every_request
@given(data=st.data())
def test_sends_method_path_query_and_headers(consumer: Consumer, variant: RequestVariant, data: st.DataObject) -> None:
    case = data.draw(variant.cases)

    request = sent(consumer, variant, case)

    assert request.method == variant.operation.method
    assert sent_requests.parameters(variant.operation, request) == sent_requests.expected(
        variant.operation, case, TOKEN
    )
    assert request.headers.get_list("Accept") == [accepted_media_type(variant.operation)]
    assert request.headers["User-Agent"].startswith(f"canvas-outcomes-client/{CONTRACT.version} ")
    assert request.headers["Host"] == HOST


@pytest.mark.parametrize(("value", "sent"), [(True, "true"), (False, "false")])
@pytest.mark.parametrize(("operation", "name"), BOOLEANS.values(), ids=BOOLEANS)
def test_sends_booleans_as_true_and_false(
    consumer: Consumer, operation: Operation, name: str, value: bool, sent: str
) -> None:
    request = consumer.request_of(operation, **{name: value})

    assert sent in sent_requests.parameters(operation, request).values()


@pytest.mark.parametrize(("variant", "parameter"), JOINED.values(), ids=JOINED)
def test_escapes_the_delimiter_in_an_item(consumer: Consumer, variant: RequestVariant, parameter: Any) -> None:
    place, name = parameter["in"], parameter["name"]
    items = ["a,b", "c d", "e&f=g"]

    request = consumer.request_of(variant.operation, **{parameter_names(variant.operation)[place, name]: items})

    assert sent_requests.parameters(variant.operation, request)[place, name] == items


@every_body
@given(data=st.data())
def test_sends_the_body(consumer: Consumer, variant: RequestVariant, data: st.DataObject) -> None:
    case = data.draw(variant.cases)

    request = sent(consumer, variant, case)

    has_body = case.body is not NO_BODY
    assert sent_requests.media_type(request) == (variant.media_type if has_body else None)
    assert bool(request.content) <= has_body
    expected = sent_requests.expected_body(variant, case.body) if has_body else None
    assert differences(expected, sent_requests.body(variant, request) if has_body else None) == []


@every_request
@given(data=st.data())
def test_sends_the_same_request_for_a_raw_response(
    consumer: Consumer, variant: RequestVariant, data: st.DataObject
) -> None:
    case = data.draw(variant.cases)
    expected = sent(consumer, variant, case)
    consumer.mock.replies(NOT_FOUND)

    with pytest.raises(errors.ApiError):
        consumer.call_raw(method_name(variant.operation), **arguments(consumer.client, variant, case))

    assert outline(consumer.mock.request) == outline(expected)


@every_request
@given(data=st.data())
def test_sends_the_same_request_for_values_of_subclasses(
    consumer: Consumer, variant: RequestVariant, data: st.DataObject
) -> None:
    case = data.draw(variant.cases)
    expected = sent(consumer, variant, case)
    values = arguments(consumer.client, variant, case)

    consumer.mock.replies(NOT_FOUND)
    with pytest.raises(errors.ApiError):
        consumer.call(
            method_name(variant.operation),
            **{name: value if name == "encoding" else of_subclasses(value) for name, value in values.items()},
        )

    request = consumer.mock.request
    assert outline(request) == outline(expected)
    if case.body is not NO_BODY:
        bodies = (sent_requests.body(variant, one) for one in (expected, request))
        assert differences(*bodies) == []


def outline(request: httpx2.Request) -> tuple[str, httpx2.URL, str, int]:
    """Everything except the random boundary."""
    return request.method, request.url, request.headers.get("Content-Type", "").partition(";")[0], len(request.content)


@pytest.mark.parametrize("fields", ONLY_IN_JSON, ids=repr)
def test_sends_null_and_empty_values_in_json(consumer: Consumer, fields: dict[str, Any]) -> None:
    request = consumer.request_of(UPDATE, body=argument(OutcomeUpdate, fields))

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
