"""/docs, for people: what it is made of, and that no request of it leaves the server."""

import re

import pytest
import yaml

from reference_server.tests.server_process import ROOT, Server

CONTRACT = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))


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
def test_the_page_and_its_parts_need_no_token(server: Server, path: str, media_type: str) -> None:
    answer = server.client.get(path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)
    assert answer.content


def test_the_page_loads_what_the_server_has_and_nothing_else(server: Server) -> None:
    page = server.client.get("/docs")

    loaded = re.findall(r'(?:src|href)="([^"]*)"', page.text)
    assert {server.client.get(f"/{path}").status_code for path in loaded} == {200}
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'; ")


def test_the_contract_of_the_page_is_the_contract_with_this_server(server: Server) -> None:
    shown = server.client.get("/docs/openapi.json").json()

    assert [entry["url"] for entry in shown["servers"]] == ["/"]
    assert (shown["info"], shown["components"]) == (CONTRACT["info"], CONTRACT["components"])
    assert shown["paths"].keys() == CONTRACT["paths"].keys()


def test_every_clause_is_in_the_description_of_its_operation(server: Server) -> None:
    shown = server.client.get("/docs/openapi.json").json()
    clauses = [
        (shown["paths"][path][method]["description"], clause)
        for path, methods in CONTRACT["paths"].items()
        for method, operation in methods.items()
        if "x-clauses" in operation
        for clause in operation["x-clauses"]
    ]

    missing = [clause for text, clause in clauses if any(str(part) not in text for part in _shown_parts(clause))]
    assert clauses
    assert missing == []


def _shown_parts(clause: dict[str, str]) -> list[str]:
    return [part for name, part in clause.items() if name != "level"]


@pytest.mark.parametrize("path", ["/docs/", "/docs/index.html", "/docs/../app.py", "/docs/%2e%2e/app.py", "/docs/%00"])
def test_nothing_else_is_below_the_page(server: Server, path: str) -> None:
    answer = server.client.get(path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/json; charset=utf-8")


def test_the_page_is_only_read(server: Server) -> None:
    assert server.client.post("/docs").status_code == 405
