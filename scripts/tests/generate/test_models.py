"""The models of every contract have examples, and are types for Pydantic and FastAPI."""

import importlib
import inspect
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import TypeAdapter, ValidationError

from canvas_outcomes.models import Outcome, OutcomeUpdate, Rating
from scripts.tests.generate.test_fragments import FRAGMENTS, GENERATED, write_client

WITH_MODELS = [name for name in GENERATED if "title:" in str(FRAGMENTS[name]).replace("'", "")]


def models_of(package: str) -> list[Any]:
    module = importlib.import_module(f"{package}.models")
    found = [one for one in vars(module).values() if inspect.isclass(one) and issubclass(one, msgspec.Struct)]
    return [one for one in found if one.__module__ == module.__name__]


@pytest.mark.parametrize("name", WITH_MODELS)
def test_every_model_has_an_example_that_pydantic_reads_and_writes(folder: Path, name: str) -> None:
    for kind in models_of(write_client(folder, name)):
        example = kind.example()
        adapter: TypeAdapter[Any] = TypeAdapter(kind)

        assert adapter.validate_python(example) is example
        assert adapter.validate_json(example.to_json()) == example
        assert adapter.dump_python(example) == example.to_dict()
        assert adapter.json_schema()["type" if "type" in adapter.json_schema() else "$ref"]


@pytest.fixture
def app() -> TestClient:
    """An app with handlers as its authors would write them."""
    app, stored = FastAPI(), Outcome.example(title="Stored")

    @app.get("/outcome")
    def show() -> Outcome:
        return stored

    @app.get("/outcomes")
    def list_all() -> list[Outcome]:
        return [stored]

    @app.get("/included", response_model_include={"id", "title"})
    def show_some() -> Outcome:
        return stored

    @app.get("/excluded", response_model_exclude={"title", "ratings"})
    def show_others() -> Outcome:
        return stored

    @app.get("/without-null", response_model_exclude_none=True)
    def show_without_null() -> Outcome:
        return stored

    @app.get("/nothing")
    def show_nothing() -> Outcome | None:
        return None

    @app.get("/without-annotation")
    def show_without_annotation():  # type: ignore[no-untyped-def]
        return stored

    @app.put("/outcome")
    def update(body: OutcomeUpdate) -> OutcomeUpdate:
        assert isinstance(body, OutcomeUpdate)
        assert all(isinstance(one, Rating) for one in body.ratings or [])
        return body

    return TestClient(app)


@pytest.mark.parametrize("path", ["/outcome", "/without-annotation"])
def test_fastapi_returns_a_model(app: TestClient, path: str) -> None:
    assert app.get(path).json() == Outcome.example(title="Stored").to_dict()


def test_fastapi_returns_models_in_a_list_and_null(app: TestClient) -> None:
    assert app.get("/outcomes").json() == [Outcome.example(title="Stored").to_dict()]
    assert app.get("/nothing").json() is None


def test_fastapi_leaves_out_what_a_response_excludes(app: TestClient) -> None:
    whole = Outcome.example(title="Stored").to_dict()

    assert app.get("/included").json() == {"id": whole["id"], "title": "Stored"}
    assert app.get("/excluded").json() == {key: one for key, one in whole.items() if key not in ("title", "ratings")}
    assert app.get("/without-null").json() == {key: one for key, one in whole.items() if one is not None}


@pytest.mark.parametrize("body", [{}, {"display_name": None}, {"ratings": [{"description": "A", "points": 2.5}, {}]}])
def test_fastapi_reads_a_model_from_the_body(app: TestClient, body: Any) -> None:
    response = app.put("/outcome", json=body)

    assert (response.status_code, response.json()) == (200, body)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"title": 5}, ["body", "title"]),
        ({"ratings": [{"points": "many"}]}, ["body", "ratings", 0, "points"]),
        ({"ratings": [[]]}, ["body", "ratings", 0]),
        ([], ["body"]),
    ],
)
def test_fastapi_rejects_a_body_with_the_place_of_a_wrong_value(app: TestClient, body: Any, place: list[Any]) -> None:
    response = app.put("/outcome", json=body)

    assert response.status_code == 422
    assert all(one["loc"][: len(place)] == place for one in response.json()["detail"])


def test_fastapi_documents_a_model(app: TestClient) -> None:
    document = app.get("/openapi.json").json()
    schema = document["components"]["schemas"]["Outcome"]

    body = document["paths"]["/outcome"]["put"]["requestBody"]
    assert body["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/OutcomeUpdate"}
    assert schema["description"].startswith("A learning outcome.")
    assert schema["required"] == [one.encode_name for one in msgspec.structs.fields(Outcome) if one.required]
    assert schema["properties"].keys() == set(Outcome.__struct_encode_fields__)
    assert [name for name, one in schema["properties"].items() if not one.get("description")] == []
    # FastAPI leaves null out of the document.
    assert schema["examples"] == [{key: one for key, one in Outcome.example().to_dict().items() if one is not None}]


def test_pydantic_rejects_a_model_of_another_class() -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Outcome).validate_python(OutcomeUpdate())
