"""Invalid arguments are rejected before a request is sent."""

import math
import os
from http import HTTPStatus
from typing import Any

import httpx2
import pytest

from canvas_outcomes import errors
from canvas_outcomes.models import UNSET, OutcomeUpdate, Rating
from canvas_outcomes_contract.checks.client.consumers import Consumer
from canvas_outcomes_contract.checks.client.documented import (
    GET,
    OPERATIONS,
    method_name,
    parameter_names,
    parameters_of,
    parameters_with,
)
from canvas_outcomes_contract.checks.client.examples import SHOW, UPDATE, schema_named
from canvas_outcomes_contract.contract.document import Operation

INTEGERS, BOOLEANS = parameters_with("integer"), parameters_with("boolean")
NEEDS_ONE_OF = [one for one in OPERATIONS if "x-requires-one-of" in one.definition]
UNSAFE: tuple[Any, ...] = (
    *("", ".", "..", "%2e%2e", "1/2", "../courses/1"),  # other paths
    *("1?add_defaults=true", "1&course_id=2", "1#2", "1;2", " 1", "1\n", "1\0", "1.json"),  # other characters
    *("1.5", "1e3", "--1", "\uff11", "\u0661", "\u00b2"),  # other numbers and digits
    *("1~", "~1", "1~2~3", "1~-2", "1~2\n", "1~2/3", "1~\uff12", "self"),  # other strings than an id of a shard
    *(1.0, True, b"1", [1]),  # other types
)
BODY_SCHEMA = schema_named("OutcomeUpdate")
NULLS: list[dict[str, Any]] = [
    {name: None} for name, field in BODY_SCHEMA["properties"].items() if "null" in field.get("type", ())
]
ONLY_IN_JSON = (
    *(OutcomeUpdate(**null) for null in NULLS),
    OutcomeUpdate(ratings=[]),
    OutcomeUpdate(ratings=[Rating(points=5), Rating(description="A", points=3)]),
    OutcomeUpdate(ratings=[Rating(description="A", points=5), Rating(description="B")]),
    OutcomeUpdate(ratings=[Rating()]),
)
NOT_ENCODABLE: dict[str, Any] = {
    "nan": OutcomeUpdate(mastery_points=math.nan),
    "inf": OutcomeUpdate(mastery_points=math.inf),
    "inf in a row": OutcomeUpdate(ratings=[Rating(description="A", points=-math.inf)]),
    "surrogate": OutcomeUpdate(title="half a pair: \ud83e"),
    "surrogate in a row": OutcomeUpdate(ratings=[Rating(description="\udc00", points=1)]),
    "object": OutcomeUpdate(title=object()),  # type: ignore[arg-type]
    "inf in a dict": OutcomeUpdate(ratings=[{"description": "A", "points": math.inf}]),  # type: ignore[list-item]
}
NOT_FINITE = {"mastery_points": NOT_ENCODABLE["nan"], "points": NOT_ENCODABLE["inf in a row"]}
INVALID_BASE_URLS: tuple[Any, ...] = (
    *("", "canvas.example.edu", "ftp://canvas.example.edu", "https://", "https://a b", "https://[", None, 5),
    *(
        f"https://{rest}"
        for rest in (
            *("ada:secret@canvas.example.edu", "canvas.example.edu?a=1", "canvas.example.edu#a"),
            *("ada:secret@a..b", "ada:secret@[", "ada:secret@a:99999", "ada:secret@a b"),
            "ada:secret/@canvas.example.edu",
            *("a..b", ".", "..", ".a", f"{'a' * 64}.example.edu", "a\u3002\u3002b", "\ud83e.example.edu"),
            *(f"canvas.example.edu:{port}" for port in ("0", "65536", "99999", "-1", "port", "4 4")),
        )
    ),
)
VALID_BASE_URLS = (
    *("http://127.0.0.1:1", "https://[::1]:8443", "https://a_b.example.edu:65535", "https://b\u00fccher.example"),
    *(f"https://{'a' * 63}.example.edu", "https://canvas.example.edu.", "https://xn--a"),
)
COMMON_PATH = os.path.commonpath([one.path.partition("{")[0].rpartition("/")[0] or "/" for one in OPERATIONS]).rstrip(
    "/"
)
TOO_LONG = 10**5000  # more digits than Python converts to a string


class ExtendedUpdate(OutcomeUpdate, frozen=True, kw_only=True):
    """An update with a field that the contract does not have."""

    weight: int = 1


# Bodies that a form cannot encode, with the message of the error.
REJECTED_IN_FORMS = (
    (ExtendedUpdate(), "weight: a form has no such field"),
    (OutcomeUpdate(display_name=None), "display_name: a form cannot encode null"),
    (OutcomeUpdate(ratings=[]), "ratings: a form cannot encode an empty list"),
    (
        OutcomeUpdate(ratings=[Rating(points=5), Rating(description="A", points=3)]),
        "ratings: every row of a form needs the same keys out of description, points",
    ),
)
# The models without their types.
update: Any = OutcomeUpdate
rating: Any = Rating
# Bodies with a value of another type than the annotation allows, its path and the value.
WRONG_TYPES: list[tuple[OutcomeUpdate, str, Any]] = [
    *((update(title=value), "title", value) for value in (5, None, ["A"], {"title": "A"}, b"A", ...)),
    *((update(calculation_int=value), "calculation_int", value) for value in ("3", 3.5, True)),
    *((update(calculation_method=value), "calculation_method", value) for value in (5, HTTPStatus.OK, None)),
    *((update(ratings=value), "ratings", value) for value in ("A", Rating(), {"points": 5}, {5})),
    *((update(ratings=[value]), "ratings[0]", value) for value in ({"points": 5}, [Rating()], "A", None, UNSET)),
    *((update(ratings=[Rating(), rating(points=one)]), "ratings[1].points", one) for one in ("5", True, None)),
    (update(ratings=[rating(description=None)]), "ratings[0].description", None),
]
every_encoding = pytest.mark.parametrize("encoding", ["json", "form", "multipart"])
every_form = pytest.mark.parametrize("encoding", ["form", "multipart"])


def type_name(value: object) -> str:
    return "None" if value is None else type(value).__name__


def rejection_message(consumer: Consumer, operation: Operation, **changes: Any) -> str:
    """The message of the error for a call that sends nothing."""
    consumer.mock.replies()
    error = consumer.fail(operation, **changes)
    assert isinstance(error, errors.InvalidRequestError), f"got {error!r}"
    assert isinstance(error, ValueError)
    assert consumer.mock.requests == []
    return str(error)


@pytest.mark.parametrize(("operation", "name"), INTEGERS.values(), ids=INTEGERS)
@pytest.mark.parametrize("unsafe", UNSAFE, ids=repr)
def test_rejects_an_id_that_is_not_an_integer(consumer: Consumer, operation: Operation, name: str, unsafe: Any) -> None:
    assert f"{name}=" in rejection_message(consumer, operation, **{name: unsafe})


@pytest.mark.parametrize(("operation", "name"), INTEGERS.values(), ids=INTEGERS)
def test_names_an_integer_with_too_many_digits(consumer: Consumer, operation: Operation, name: str) -> None:
    assert f"cannot send {name}: " in rejection_message(consumer, operation, **{name: TOO_LONG})


@every_form
def test_names_a_number_with_too_many_digits(consumer: Consumer, encoding: str) -> None:
    body = OutcomeUpdate(mastery_points=TOO_LONG)

    assert "cannot send mastery_points: " in rejection_message(consumer, UPDATE, body=body, encoding=encoding)


@pytest.mark.parametrize("operation", NEEDS_ONE_OF, ids=lambda one: one.id)
def test_rejects_a_call_without_any_of_the_required_parameters(consumer: Consumer, operation: Operation) -> None:
    needed = operation.definition["x-requires-one-of"]
    known = parameter_names(operation)
    names = [known[one["in"], one["name"]] for one in parameters_of(operation) if one["name"] in needed]

    message = rejection_message(consumer, operation, **dict.fromkeys(names))

    assert [name for name in names if name not in message] == []


@pytest.mark.parametrize("value", ["true", 1, 0, "yes", []])
@pytest.mark.parametrize(("operation", "name"), BOOLEANS.values(), ids=BOOLEANS)
def test_rejects_a_value_that_is_not_a_boolean(consumer: Consumer, operation: Operation, name: str, value: Any) -> None:
    message = rejection_message(consumer, operation, **{name: value})

    assert message == f"cannot send {name}={value!r}: expected True or False."


@every_form
@pytest.mark.parametrize("body", ONLY_IN_JSON, ids=repr)
def test_suggests_json_for_a_value_no_form_can_encode(consumer: Consumer, body: OutcomeUpdate, encoding: str) -> None:
    message = rejection_message(consumer, UPDATE, body=body, encoding=encoding)

    assert 'encoding="json"' in message
    assert next(name for name in body.__struct_fields__ if getattr(body, name) is not UNSET) in message


@every_form
@pytest.mark.parametrize(("body", "message"), REJECTED_IN_FORMS, ids=[message for _, message in REJECTED_IN_FORMS])
def test_names_the_field_that_a_form_cannot_encode(
    consumer: Consumer, body: OutcomeUpdate, message: str, encoding: str
) -> None:
    expected = f'cannot send {message}. Use encoding="json".'

    assert rejection_message(consumer, UPDATE, body=body, encoding=encoding) == expected


@every_encoding
@pytest.mark.parametrize("body", NOT_ENCODABLE.values(), ids=NOT_ENCODABLE)
def test_rejects_values_that_no_encoding_supports(consumer: Consumer, body: OutcomeUpdate, encoding: str) -> None:
    rejection_message(consumer, UPDATE, body=body, encoding=encoding)


@every_encoding
def test_names_the_model_that_cannot_be_encoded(consumer: Consumer, encoding: str) -> None:
    message = rejection_message(consumer, UPDATE, body=OutcomeUpdate(title="half a pair: \ud83e"), encoding=encoding)

    assert f"cannot send OutcomeUpdate as {encoding}: " in message


@every_encoding
@pytest.mark.parametrize("name", NOT_FINITE)
def test_names_a_number_that_is_not_finite(consumer: Consumer, name: str, encoding: str) -> None:
    message = rejection_message(consumer, UPDATE, body=NOT_FINITE[name], encoding=encoding)

    assert name in message


@pytest.mark.parametrize(("row", "name"), [({"points": math.inf}, "ratings[0]['points']"), (math.inf, "ratings[0]")])
def test_names_a_number_that_is_not_finite_outside_of_a_model(consumer: Consumer, row: Any, name: str) -> None:
    assert f"cannot send {name}=inf: " in rejection_message(consumer, UPDATE, body=OutcomeUpdate(ratings=[row]))


@every_encoding
@pytest.mark.parametrize(("body", "path", "value"), WRONG_TYPES, ids=repr)
def test_names_the_path_of_a_value_of_a_wrong_type(
    consumer: Consumer, body: OutcomeUpdate, path: str, value: Any, encoding: str
) -> None:
    message = rejection_message(consumer, UPDATE, body=body, encoding=encoding)

    assert message.startswith(f"cannot send {method_name(UPDATE)}: {path}: expected ")
    assert message.endswith(f", got {type_name(value)}.")


@every_encoding
@pytest.mark.parametrize("body", [None, {"title": "A"}, "title=A", Rating(points=1)], ids=repr)
def test_rejects_a_body_of_another_type(consumer: Consumer, body: Any, encoding: str) -> None:
    message = rejection_message(consumer, UPDATE, body=body, encoding=encoding)

    assert message == f"cannot send {method_name(UPDATE)}: expected OutcomeUpdate, got {type_name(body)}."


@pytest.mark.parametrize("encoding", ["xml", "", "JSON", None])
def test_rejects_an_unknown_encoding(consumer: Consumer, encoding: Any) -> None:
    message = rejection_message(consumer, UPDATE, encoding=encoding)

    assert message == f"cannot send OutcomeUpdate with encoding={encoding!r}: unknown encoding."


@pytest.mark.parametrize("base_url", INVALID_BASE_URLS)
def test_rejects_an_invalid_base_url(consumer: Consumer, base_url: Any) -> None:
    with pytest.raises(errors.InvalidRequestError) as caught:
        consumer.open(base_url)

    assert "base URL" in str(caught.value)
    assert "secret" not in str(caught.value)
    consumer.open()


@pytest.mark.parametrize("path", [COMMON_PATH] if COMMON_PATH else [])
@pytest.mark.parametrize("end", ["", "/", "//"])
@pytest.mark.parametrize("prefix", ["https://canvas.example.edu", "https://canvas.example.edu:8443/canvas"])
def test_rejects_a_base_url_with_the_path_of_the_contract(consumer: Consumer, prefix: str, path: str, end: str) -> None:
    with pytest.raises(errors.InvalidRequestError) as caught:
        consumer.open(prefix + path + end)

    assert f"write {prefix!r}" in str(caught.value)
    consumer.open()


@pytest.mark.parametrize("base_url", VALID_BASE_URLS)
def test_accepts_a_base_url_with_any_valid_host_and_port(consumer: Consumer, base_url: str) -> None:
    consumer.open(base_url)

    request = consumer.request_of(GET)

    assert (request.url.raw_host, request.url.port) == (httpx2.URL(base_url).raw_host, httpx2.URL(base_url).port)


def test_accepts_an_id_as_a_string(consumer: Consumer) -> None:
    consumer.open()
    consumer.mock.replies(httpx2.Response(404))

    consumer.fail(SHOW, id="9223372036854775807")

    assert consumer.mock.request.url.path == SHOW.fill(lambda _: "9223372036854775807")
