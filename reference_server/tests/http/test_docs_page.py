"""The page /docs: its files, the contract with all clauses, and no request to another server."""

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import yaml

from reference_server.tests.server_process import ROOT, started

# Data for the suite, not for readers.
NOT_SHOWN = ("level", "deviating")
CONTRACT = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    with started("sqlite://", tmp_path_factory.mktemp("docs")) as server:
        yield server.client


@pytest.fixture(scope="module")
def shown(client: httpx2.Client) -> dict[str, Any]:
    """The contract that the page shows."""
    contract: dict[str, Any] = client.get("/docs/openapi.json").json()
    return contract


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/docs", "text/html; charset=utf-8"),
        ("/docs/start.js", "text/javascript; charset=utf-8"),
        ("/docs/swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
        ("/docs/swagger-ui.css", "text/css; charset=utf-8"),
        ("/docs/favicon-32x32.png", "image/png"),
        ("/docs/openapi.json", "application/json; charset=utf-8"),
    ],
)
def test_the_page_and_its_files_need_no_token(client: httpx2.Client, path: str, media_type: str) -> None:
    response = client.get(path)

    assert (response.status_code, response.headers["Content-Type"]) == (200, media_type)
    assert response.content


def test_the_page_loads_files_of_this_server_only(client: httpx2.Client) -> None:
    page = client.get("/docs")

    loaded = re.findall(r'(?:src|href)="([^"]*)"', page.text)
    assert {client.get(f"/{path}").status_code for path in loaded} == {200}
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'; ")


def test_the_page_shows_the_contract_with_this_server(shown: dict[str, Any]) -> None:
    assert [server["url"] for server in shown["servers"]] == ["/"]
    assert shown["components"] == CONTRACT["components"]
    assert shown["info"] == CONTRACT["info"] | {"description": shown["info"]["description"]}
    assert shown["info"]["description"].startswith(CONTRACT["info"]["description"])
    assert shown["paths"].keys() == CONTRACT["paths"].keys()


def missing_parts(clauses: list[dict[str, str]], description: str) -> list[str]:
    parts = [part for clause in clauses for name, part in clause.items() if name not in NOT_SHOWN]
    return [part for part in parts if part not in description]


def test_the_descriptions_contain_the_clauses(shown: dict[str, Any]) -> None:
    described = [(CONTRACT["x-clauses"], shown["info"])] + [
        ([*operation["x-clauses"], *operation.get("x-deviations", {}).values()], shown["paths"][path][method])
        for path, item in CONTRACT["paths"].items()
        for method, operation in item.items()
        if "operationId" in operation
    ]

    assert all(clauses for clauses, _ in described)
    assert [missing_parts(clauses, part["description"]) for clauses, part in described] == [[]] * 4


def test_deviations_name_the_clause_of_the_operation(shown: dict[str, Any]) -> None:
    description = shown["paths"]["/api/v1/outcomes/{id}"]["put"]["description"]

    assert "- Live Canvas responds with 500 to some values of a wrong type" in description
    assert "`update-outcome-never-fails-on-a-request`" in description


@pytest.mark.parametrize("path", ["/docs/", "/docs/index.html", "/docs/../app.py", "/docs/%2e%2e/app.py", "/docs/%00"])
def test_the_page_has_no_other_files(client: httpx2.Client, path: str) -> None:
    response = client.get(path)

    assert (response.status_code, response.headers["Content-Type"]) == (404, "application/json; charset=utf-8")


def test_the_page_is_read_only(client: httpx2.Client) -> None:
    assert client.post("/docs").status_code == 405
