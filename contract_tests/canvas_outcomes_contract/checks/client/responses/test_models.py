"""Models: equality, copies, representation, immutability and documentation."""

import copy
import inspect
import json
import math
import pickle
import re
from dataclasses import asdict
from typing import Any

import httpx2
import msgspec
import pytest

import canvas_outcomes
from canvas_outcomes import errors, models
from canvas_outcomes.models import UNSET, CalculationMethod, OutcomeUpdate
from canvas_outcomes_contract.checks.client import sent_requests
from canvas_outcomes_contract.checks.client.calls import of_subclasses
from canvas_outcomes_contract.checks.client.consumers import NOT_FOUND, Consumer
from canvas_outcomes_contract.checks.client.documented import CONTRACT, method_name
from canvas_outcomes_contract.checks.client.equality import differences, named, to_json
from canvas_outcomes_contract.checks.client.examples import OUTCOME, SHOW, UPDATE, UPDATE_REQUEST, class_of
from canvas_outcomes_contract.checks.client.names import python_name
from canvas_outcomes_contract.contract.document import Operation
from canvas_outcomes_contract.contract.yaml_source import walk

SCHEMAS = CONTRACT.document["components"]["schemas"]
STRUCTS = {name: getattr(models, name) for name in models.__all__ if inspect.isclass(getattr(models, name))}
MODELS = {name: kind for name, kind in STRUCTS.items() if issubclass(kind, msgspec.Struct)}
EXAMPLES = [
    *((MODELS[name], one) for name, schema in SCHEMAS.items() if name in MODELS for one in schema.get("examples", [])),
    (OutcomeUpdate, {}),
    (OutcomeUpdate, {"display_name": None}),
    (OutcomeUpdate, {"calculation_method": "an unknown method"}),
]
# The fields that the contract describes, by the class that has the title of the schema.
DESCRIBED = {
    (schema["title"].title().replace(" ", ""), python_name(wire))
    for _, schema in walk(CONTRACT.document)
    if isinstance(schema, dict) and isinstance(schema.get("title"), str)
    for wire, field in schema.get("properties", {}).items()
    if "description" in field
}
every_model = pytest.mark.parametrize("kind", MODELS.values(), ids=MODELS)
WITH_EXAMPLES = [name for name in MODELS if SCHEMAS.get(name, {}).get("examples")]
every_example = pytest.mark.parametrize(("kind", "example"), EXAMPLES)


def required(kind: type[Any]) -> list[str]:
    return [one.name for one in msgspec.structs.fields(kind) if one.required]


@every_example
@pytest.mark.parametrize("clone", [copy.copy, copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copies_are_equal_and_keep_unset_fields(kind: type[Any], example: Any, clone: Any) -> None:
    model = msgspec.convert(example, kind)

    copied = clone(model)

    assert copied == model
    assert to_json(copied) == to_json(model)
    assert [
        name for name in kind.__struct_fields__ if (getattr(copied, name) is UNSET) != (getattr(model, name) is UNSET)
    ] == []


@every_example
def test_repr_shows_every_value(kind: type[Any], example: Any) -> None:
    text = repr(msgspec.convert(example, kind))

    assert text.startswith(f"{kind.__name__}(")
    assert [value for value in example.values() if isinstance(value, str | int) and repr(value) not in text] == []


@every_example
def test_is_immutable(kind: type[Any], example: Any) -> None:
    model = msgspec.convert(example, kind)

    with pytest.raises(AttributeError):
        setattr(model, kind.__struct_fields__[0], None)


@every_model
def test_accepts_fields_by_name_only(kind: type[Any]) -> None:
    with pytest.raises(TypeError, match="positional"):
        kind("a value without a name")


def test_replace_changes_only_the_given_field() -> None:
    before = OutcomeUpdate(title="before", display_name=None)

    after = msgspec.structs.replace(before, title="after")

    assert after != before
    assert (after.title, after.display_name, after.description) == ("after", None, UNSET)
    assert not UNSET


def test_enum_lists_the_calculation_methods_of_the_contract() -> None:
    update = CONTRACT.resolve(SCHEMAS["OutcomeUpdate"])["properties"]["calculation_method"]

    assert {str(method) for method in CalculationMethod} == set(CONTRACT.resolve(update)["enum"])


@pytest.mark.parametrize("encoding", ["json", "form", "multipart"])
@pytest.mark.parametrize("method", ["an unknown method", "latest"])
def test_sends_a_calculation_method_unchanged(consumer: Consumer, method: str, encoding: str) -> None:
    consumer.mock.replies(httpx2.Response(200, json=OUTCOME | {"calculation_method": method}), NOT_FOUND)
    read = consumer.send(SHOW).calculation_method
    consumer.fail(UPDATE, body=OutcomeUpdate(calculation_method=read), encoding=encoding)

    assert read == method
    assert sent_requests.body(UPDATE_REQUEST, consumer.mock.requests[1]) == {"calculation_method": method}


def test_sends_an_enum_member_as_its_value(consumer: Consumer) -> None:
    consumer.mock.replies(NOT_FOUND)
    consumer.fail(UPDATE, body=OutcomeUpdate(calculation_method=CalculationMethod.N_MASTERY), encoding="form")

    assert sent_requests.body(UPDATE_REQUEST, consumer.mock.request) == {"calculation_method": "n_mastery"}


@pytest.mark.parametrize("module", [canvas_outcomes, models, errors], ids=lambda module: module.__name__)
def test_every_public_class_has_a_docstring(module: Any) -> None:
    named = [getattr(module, name) for name in module.__all__]

    assert [one for one in named if inspect.isclass(one) and not vars(one)["__doc__"]] == []
    assert inspect.getdoc(module)


@pytest.mark.parametrize("kind", [canvas_outcomes.Client, canvas_outcomes.AsyncClient])
def test_every_method_documents_parameters_and_errors(kind: type[Any], operation: Operation) -> None:
    method = getattr(kind, method_name(operation))
    raised = [class_of(status).__name__ for status in operation.definition["responses"] if status[0] in "345"]

    expected = [*list(inspect.signature(method).parameters)[1:], *raised]
    assert [name for name in expected if f"\n    {name}:" not in str(inspect.getdoc(method))] == []


@every_model
def test_fields_have_the_names_of_the_contract(kind: type[Any]) -> None:
    names: list[str] = []
    for wire in kind.__struct_encode_fields__:
        names.append(python_name(wire, names))

    assert list(kind.__struct_fields__) == names


@every_model
def test_the_docstring_of_a_model_describes_every_field(kind: type[Any]) -> None:
    attributes = str(inspect.getdoc(kind)).partition("\nAttributes:\n")[2]

    names = [name for name in kind.__struct_fields__ if (kind.__name__, name) in DESCRIBED]
    assert {"Outcome", "Rating"} <= {name for name, _ in DESCRIBED}
    assert [name for name in names if not re.search(rf"(?m)^    {name}: \S", attributes)] == []


@every_example
def test_a_model_becomes_a_dict_and_json(kind: type[Any], example: Any) -> None:
    model = msgspec.convert(example, kind)

    assert differences(example, model.to_dict()) == []
    assert json.loads(json.dumps(model.to_dict())) == json.loads(model.to_json()) == model.to_dict()
    assert (of_subclasses(model).to_dict(), of_subclasses(model).to_json()) == (model.to_dict(), model.to_json())


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_json_cannot_hold_is_not_written(value: float) -> None:
    update = OutcomeUpdate(display_name=None, ratings=[models.Rating(points=1), models.Rating(points=value)])

    with pytest.raises(ValueError, match=rf"ratings\[1\]\.points is {value}"):
        update.to_json()


@every_model
def test_an_encoder_of_dataclasses_writes_the_names_of_the_contract(kind: type[Any]) -> None:
    model = kind(**dict.fromkeys(kind.__struct_fields__, "a"))

    assert asdict(model) == dict.fromkeys(kind.__struct_encode_fields__, "a")


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_an_example_is_that_of_the_contract(name: str) -> None:
    schema = {"$ref": f"#/components/schemas/{name}"}

    expected = named(CONTRACT, schema, SCHEMAS[name]["examples"][0])
    assert differences(expected, MODELS[name].example().to_dict()) == []


def test_an_example_has_the_given_values() -> None:
    example = models.Outcome.example(title="Mine", ratings=[], points_possible=UNSET)

    assert (example.title, example.ratings, example.points_possible) == ("Mine", [], UNSET)
    assert example.display_name == models.Outcome.example().display_name


@pytest.mark.parametrize("changes", [{"titel": "A"}, {"title": 5}, {"ratings": [{"points": 5}]}, {"id": None}])
def test_an_example_rejects_a_wrong_field(changes: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=next(iter(changes))):
        models.Outcome.example(**changes)


@every_model
def test_representations_leave_out_unset_fields(kind: type[Any]) -> None:
    model = kind(**dict.fromkeys(required(kind), "a"))
    shown = [each[0] for each in model.__rich_repr__()]

    assert shown == required(kind)
    assert "UNSET" not in repr(model)
