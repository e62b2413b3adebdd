"""What cannot be said, or would name another resource, is refused before anything is sent."""

import math
from typing import Any

import httpx
import pytest

from canvas_outcomes import errors
from canvas_outcomes.models import UNSET, OutcomeUpdate, Rating
from canvas_outcomes_contract.checks.client.consumers import Consumer
from canvas_outcomes_contract.checks.client.variants import CONTRACT, request_variants
from canvas_outcomes_contract.contract.document import Operation

UPDATE = CONTRACT.operations["update_outcome"]
# Each place of an integer in a path or a query.
INTEGERS = {
    f"{one.operation.id}-{parameter['name']}": (one.operation, parameter["name"])
    for one in request_variants()
    for parameter in one.parameters
    if CONTRACT.resolve(parameter["schema"])["type"] == "integer"
}
NEEDS_ONE_OF = [one for one in CONTRACT.operations.values() if "x-requires-one-of" in one.definition]
UNSAFE: tuple[Any, ...] = (
    "",
    ".",
    "..",
    "%2e%2e",
    "1/2",
    "../courses/1",
    "1?add_defaults=true",
    "1&student_id=2",
    "1#2",
    "1;2",
    " 1",
    "1\n",
    "1\0",
    "1.json",
    "1.5",
    "1e3",
    "--1",
    "\uff11",
    "\u0661",
    "\u00b2",
    1.0,
    True,
    b"1",
    [1],
)
BODY_SCHEMA = CONTRACT.resolve({"$ref": "#/components/schemas/OutcomeUpdate"})
NULLS: list[dict[str, Any]] = [
    {name: None} for name, field in BODY_SCHEMA["properties"].items() if "null" in field.get("type", ())
]
UNSAYABLE_IN_FORMS = (
    *(OutcomeUpdate(**null) for null in NULLS),
    OutcomeUpdate(ratings=[]),
    OutcomeUpdate(ratings=[Rating(points=5), Rating(description="A", points=3)]),
    OutcomeUpdate(ratings=[Rating(description="A", points=5), Rating(description="B")]),
    OutcomeUpdate(ratings=[Rating()]),
)
UNSAYABLE: tuple[Any, ...] = (
    OutcomeUpdate(mastery_points=math.nan),
    OutcomeUpdate(mastery_points=math.inf),
    OutcomeUpdate(ratings=[Rating(description="A", points=-math.inf)]),
    OutcomeUpdate(title="half a pair: \ud83e"),
    OutcomeUpdate(ratings=[Rating(description="\udc00", points=1)]),
    OutcomeUpdate(title=object()),  # type: ignore[arg-type]
    OutcomeUpdate(ratings=[{"description": "A", "points": math.inf}]),  # type: ignore[list-item]
)
ENDLESS = {
    "mastery_points": OutcomeUpdate(mastery_points=math.nan),
    "points": OutcomeUpdate(ratings=[Rating(description="A", points=-math.inf)]),
}
ENDLESSLY_LONG = 10**5000  # more digits than Python writes


class UpdateWithMore(OutcomeUpdate, frozen=True, kw_only=True):
    """An update with a field that the contract does not have."""

    weight: int = 1


# What is wrong in a form, and what the client says of it.
WRONG_IN_FORMS = (
    (UpdateWithMore(), "weight: a form has no such field"),
    (OutcomeUpdate(display_name=None), "display_name: a form cannot encode null"),
    (OutcomeUpdate(title=["A", None]), "title[]: a form cannot encode null"),  # type: ignore[arg-type]
    (OutcomeUpdate(title={}), "title: a form cannot encode a dict"),  # type: ignore[arg-type]
    (OutcomeUpdate(ratings=[]), "ratings: a form cannot encode an empty list"),
    (OutcomeUpdate(ratings=[Rating(points=1, description=None)]), "ratings[][description]: a form cannot encode null"),  # type: ignore[arg-type]
    (
        OutcomeUpdate(ratings=[Rating(points=5), Rating(description="A", points=3)]),
        "ratings: every row of a form needs the same keys out of description, points",
    ),
)
every_encoding = pytest.mark.parametrize("encoding", ["json", "form", "multipart"])
every_form = pytest.mark.parametrize("encoding", ["form", "multipart"])


def refused(consumer: Consumer, operation: Operation, **changes: Any) -> str:
    """What the client says when it refuses a call; nothing was sent."""
    consumer.mock.answers()
    error = consumer.fail(operation, **changes)
    assert isinstance(error, errors.InvalidRequestError), f"got {error!r}"
    assert isinstance(error, ValueError)
    assert consumer.mock.requests == []
    return str(error)


@pytest.mark.parametrize(("operation", "name"), INTEGERS.values(), ids=INTEGERS)
@pytest.mark.parametrize("unsafe", UNSAFE, ids=repr)
def test_rejects_an_id_that_is_not_an_integer(consumer: Consumer, operation: Operation, name: str, unsafe: Any) -> None:
    assert f"{name}=" in refused(consumer, operation, **{name: unsafe})


@pytest.mark.parametrize(("operation", "name"), INTEGERS.values(), ids=INTEGERS)
def test_names_an_integer_with_too_many_digits(consumer: Consumer, operation: Operation, name: str) -> None:
    assert f"cannot send {name}: " in refused(consumer, operation, **{name: ENDLESSLY_LONG})


@every_form
def test_names_a_number_with_too_many_digits(consumer: Consumer, encoding: str) -> None:
    body = OutcomeUpdate(mastery_points=ENDLESSLY_LONG)

    assert "cannot send mastery_points: " in refused(consumer, UPDATE, body=body, encoding=encoding)


@pytest.mark.parametrize("operation", NEEDS_ONE_OF, ids=lambda one: one.id)
def test_rejects_a_call_without_any_of_the_required_parameters(consumer: Consumer, operation: Operation) -> None:
    names = operation.definition["x-requires-one-of"]

    said = refused(consumer, operation, **dict.fromkeys(names))

    assert [name for name in names if name not in said] == []


@pytest.mark.parametrize("value", ["true", 1, 0, "yes", []])
@pytest.mark.parametrize("operation", ["get_outcome", "update_outcome"])
def test_rejects_add_defaults_that_is_not_a_boolean(consumer: Consumer, operation: str, value: Any) -> None:
    said = refused(consumer, CONTRACT.operations[operation], add_defaults=value)

    assert said == f"cannot send add_defaults={value!r}: expected True or False."


@every_form
@pytest.mark.parametrize("body", UNSAYABLE_IN_FORMS, ids=repr)
def test_rejects_values_that_a_form_cannot_encode_and_suggests_json(
    consumer: Consumer, body: OutcomeUpdate, encoding: str
) -> None:
    said = refused(consumer, UPDATE, body=body, encoding=encoding)

    assert 'encoding="json"' in said
    assert next(name for name in body.__struct_fields__ if getattr(body, name) is not UNSET) in said


@every_form
@pytest.mark.parametrize(("body", "said"), WRONG_IN_FORMS, ids=[said for _, said in WRONG_IN_FORMS])
def test_names_the_field_that_a_form_cannot_encode(
    consumer: Consumer, body: OutcomeUpdate, said: str, encoding: str
) -> None:
    wanted = f'cannot send {said}. Use encoding="json".'

    assert refused(consumer, UPDATE, body=body, encoding=encoding) == wanted


@every_encoding
@pytest.mark.parametrize(
    "body", UNSAYABLE, ids=["nan", "inf", "inf-in-a-row", "surrogate", "surrogate-in-a-row", "no-text", "no-model"]
)
def test_rejects_values_that_no_encoding_supports(consumer: Consumer, body: OutcomeUpdate, encoding: str) -> None:
    refused(consumer, UPDATE, body=body, encoding=encoding)


@every_encoding
def test_names_the_model_that_cannot_be_encoded(consumer: Consumer, encoding: str) -> None:
    said = refused(consumer, UPDATE, body=OutcomeUpdate(title="half a pair: \ud83e"), encoding=encoding)

    assert f"cannot send OutcomeUpdate as {encoding}: " in said


@every_encoding
@pytest.mark.parametrize("name", ENDLESS)
def test_names_a_number_that_is_not_finite(consumer: Consumer, name: str, encoding: str) -> None:
    said = refused(consumer, UPDATE, body=ENDLESS[name], encoding=encoding)

    assert name in said


@pytest.mark.parametrize(("row", "name"), [({"description": "A", "points": math.inf}, "points"), (math.inf, "ratings")])
def test_names_a_number_that_is_not_finite_outside_of_a_model(consumer: Consumer, row: Any, name: str) -> None:
    assert f"cannot send {name}=inf: " in refused(consumer, UPDATE, body=OutcomeUpdate(ratings=[row]))


@every_encoding
@pytest.mark.parametrize("body", [None, {"title": "A"}, "title=A", Rating(points=1)], ids=repr)
def test_rejects_a_body_of_another_type(consumer: Consumer, body: Any, encoding: str) -> None:
    said = refused(consumer, UPDATE, body=body, encoding=encoding)

    assert said == f"cannot send {type(body).__name__} as a body: expected OutcomeUpdate."


@pytest.mark.parametrize("encoding", ["xml", "", "JSON", None])
def test_rejects_an_unknown_encoding(consumer: Consumer, encoding: Any) -> None:
    said = refused(consumer, UPDATE, encoding=encoding)

    assert said == f"cannot send OutcomeUpdate with encoding={encoding!r}: unknown encoding."


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "canvas.example.edu",
        "ftp://canvas.example.edu",
        "https://",
        "https://a b",
        "https://[",
        "https://ada:secret@canvas.example.edu",
        "https://canvas.example.edu?a=1",
        "https://canvas.example.edu#a",
        None,
        5,
    ],
)
def test_rejects_an_invalid_base_url(consumer: Consumer, base_url: Any) -> None:
    with pytest.raises(errors.InvalidRequestError) as caught:
        consumer.use(base_url)

    assert "base URL" in str(caught.value)
    assert "secret" not in str(caught.value)
    consumer.use()


def test_accepts_an_id_as_a_string(consumer: Consumer) -> None:
    consumer.use()
    consumer.mock.answers(httpx.Response(404))

    consumer.fail(CONTRACT.operations["get_outcome"], id="9223372036854775807")

    assert consumer.mock.request.url.path == "/api/v1/outcomes/9223372036854775807"
