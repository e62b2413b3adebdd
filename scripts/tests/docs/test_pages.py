"""The API reference and the server's /docs page show the contract in a real browser and use no other server."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest

from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.contract.document import Contract, contract_path
from scripts.docs.__main__ import main
from scripts.tests.browser import in_one_browser

CONTRACT = Contract(contract_path())
FOLDER = Path(__file__).resolve().parent
SUMMARIES = [one.definition["summary"] for one in CONTRACT.operations.values()]
# Redoc prints its name and version.
BANNER = re.compile(r"\s*%c Redoc ")


class Page(NamedTuple):
    """A page and the report of the browser on it."""

    address: str
    seen: dict[str, Any]

    @property
    def requests(self) -> list[str]:
        """The requested addresses, without those that the page itself contains."""
        return [one for one in self.seen["requests"] if not one.startswith(("data:", "blob:"))]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with reference_server("--no-access-log", "--control") as url:
        yield url


@pytest.fixture(scope="module")
def pages(server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Page]:
    """The reference, the server's page, and a page with an image, opened in one browser."""
    folder = tmp_path_factory.mktemp("docs")
    assert main(["--output", str(folder / "reference.html")]) == 0
    (folder / "image.html").write_text('<p>Hello</p><img src="other.png">')
    opened: dict[str, tuple[str, Path | None]] = {
        "reference": ((folder / "reference.html").as_uri(), FOLDER / "read_reference.mjs"),
        "server": (f"{server}/docs", FOLDER / "try_outcome.mjs"),
        "control": (f"{server}/docs?control", None),
        "python": ((folder / "python" / "canvas_outcomes.html").as_uri(), FOLDER / "search_python.mjs"),
        "image": ((folder / "image.html").as_uri(), None),
    }
    reports = in_one_browser(list(opened.values()))
    return {name: Page(opened[name][0], seen) for name, seen in zip(opened, reports, strict=True)}


def test_the_reference_of_the_client_shows_and_finds_every_method(pages: dict[str, Page]) -> None:
    page = pages["python"]
    methods = [f"def {one.id}" for one in CONTRACT.operations.values()]

    assert [one for one in methods if one not in page.seen["text"]] == []
    found = " ".join(page.seen["acted"])
    assert [
        name
        for name in ("canvas_outcomes.Client", "canvas_outcomes.AsyncClient")
        if f"{name}.get_outcome(" not in found
    ] == []
    assert {one.rpartition("/")[0] for one in page.requests} == {page.address.rpartition("/")[0]}


def test_the_reference_shows_every_operation_with_its_clauses(pages: dict[str, Page]) -> None:
    text = pages["reference"].seen["acted"]
    expected = [(one.id, one.definition["summary"]) for one in CONTRACT.operations.values()] + [
        (operation.id, part or "")
        for operation in CONTRACT.operations.values()
        for clause in CONTRACT.clauses_of(operation)
        for part in (clause.id, clause.text, clause.source, clause.deviation)
    ]

    assert [(name, part) for name, part in expected if part not in text[name]] == []


def test_the_reference_requests_nothing(pages: dict[str, Page]) -> None:
    reference = pages["reference"]

    assert reference.requests == [reference.address]
    assert [error for error in reference.seen["errors"] if not BANNER.match(error)] == []
    assert not reference.seen["overflow"]


def test_the_browser_reports_requests(pages: dict[str, Page]) -> None:
    address = pages["image"].address

    assert pages["image"].requests == [address, address.replace("image.html", "other.png")]


def test_the_server_page_shows_every_operation_and_clause(pages: dict[str, Page]) -> None:
    text, acted = pages["server"].seen["text"], pages["server"].seen["acted"]
    own = CONTRACT.operations["get_outcome"].definition["x-clauses"]

    assert [summary for summary in SUMMARIES if summary not in text] == []
    assert [clause["id"] for clause in CONTRACT.document["x-clauses"] if clause["text"] not in text] == []
    assert [clause["id"] for clause in own if clause["text"] not in acted["description"]] == []


def test_the_server_page_sends_requests_to_the_server(pages: dict[str, Page], server: str) -> None:
    address, token = f"{server}/api/v1/outcomes/3", {"Authorization": "Bearer editor-token"}
    expected = httpx2.get(address, params={"add_defaults": "true"}, headers=token, timeout=60).json()
    page = pages["server"]

    assert page.seen["acted"]["status"] == "200"
    assert json.loads(page.seen["acted"]["body"]) == expected
    assert f"{address}?add_defaults=true" in page.requests


@pytest.mark.parametrize("page", ["server", "control"])
def test_the_server_page_uses_no_other_server(pages: dict[str, Page], server: str, page: str) -> None:
    assert [address for address in pages[page].requests if not address.startswith(f"{server}/")] == []
    assert pages[page].seen["errors"] == []


def test_the_page_of_control_shows_its_operations(pages: dict[str, Page]) -> None:
    text = pages["control"].seen["text"]

    assert "Control of the server" in pages["server"].seen["text"]
    assert [
        part for part in ("Start again.", "Make requests fail.", "List the received requests.") if part not in text
    ] == []


def test_an_invalid_contract_is_reported_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    contract = tmp_path / "openapi.yaml"
    contract.write_text("openapi: 3.1.1\ninfo: {title: T, version: 1.0.0}\npaths: {/a: {get: {$ref: '#/x'}}}\n")

    assert main(["--contract", str(contract), "--output", str(tmp_path / "page.html")]) == 2
    assert ":3:26: it is not an OpenAPI document" in capsys.readouterr().err


def test_a_page_that_cannot_be_written_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--output", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"Cannot write {tmp_path}: Is a directory. Name another --output.\n"
