"""The API reference and the server's /docs page show the contract in a real browser, without other servers."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.contract.document import Clause, Contract, contract_path
from scripts.docs.__main__ import main
from scripts.tests.browser import in_one_browser

CONTRACT = Contract(contract_path())
FOLDER = Path(__file__).resolve().parent
SUMMARIES = [one.definition["summary"] for one in CONTRACT.operations.values()]
# Redoc prints its name and version.
BANNER = re.compile(r"\s*%c Redoc ")
# One worker of xdist starts the browser.
pytestmark = pytest.mark.xdist_group("pages")


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
    with reference_server("--no-access-log") as url:
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
        "image": ((folder / "image.html").as_uri(), None),
    }
    reports = in_one_browser(list(opened.values()))
    return {name: Page(opened[name][0], seen) for name, seen in zip(opened, reports, strict=True)}


@pytest.fixture
def reference(pages: dict[str, Page]) -> Page:
    return pages["reference"]


@pytest.fixture
def server_page(pages: dict[str, Page]) -> Page:
    return pages["server"]


def missing(clauses: list[Clause], text: str) -> list[str]:
    """The ids, sentences, sources and deviations of clauses that a text does not contain."""
    return [part for one in clauses for part in (one.id, one.text, one.source, one.deviation or "") if part not in text]


@pytest.mark.parametrize("operation", CONTRACT.operations.values(), ids=CONTRACT.operations.keys())
def test_the_reference_shows_an_operation_with_its_clauses(reference: Page, operation: Any) -> None:
    text = reference.seen["acted"][operation.id]

    assert operation.definition["summary"] in text
    assert missing(CONTRACT.clauses_of(operation), text) == []


def test_the_reference_requests_nothing(reference: Page) -> None:
    assert reference.requests == [reference.address]


def test_the_browser_reports_no_error_of_the_reference(reference: Page) -> None:
    assert [error for error in reference.seen["errors"] if not BANNER.match(error)] == []
    assert not reference.seen["overflow"]


def test_the_browser_reports_requests(pages: dict[str, Page]) -> None:
    address = pages["image"].address

    assert pages["image"].requests == [address, address.replace("image.html", "other.png")]


def test_the_server_page_shows_every_operation(server_page: Page) -> None:
    assert [summary for summary in SUMMARIES if summary not in server_page.seen["text"]] == []


def test_the_server_page_shows_every_clause(server_page: Page) -> None:
    places = [
        (server_page.seen["text"], CONTRACT.document["x-clauses"]),
        (server_page.seen["acted"]["description"], CONTRACT.operations["get_outcome"].definition["x-clauses"]),
    ]

    assert [clause["id"] for text, clauses in places for clause in clauses if clause["text"] not in text] == []


def test_the_server_page_sends_requests_to_the_server(server_page: Page, server: str) -> None:
    address, token = f"{server}/api/v1/outcomes/3", {"Authorization": "Bearer editor-token"}
    expected = httpx.get(address, params={"add_defaults": "true"}, headers=token).json()

    assert server_page.seen["acted"]["status"] == "200"
    assert json.loads(server_page.seen["acted"]["body"]) == expected
    assert f"{address}?add_defaults=true" in server_page.requests


def test_the_server_page_uses_no_other_server(server_page: Page, server: str) -> None:
    assert [address for address in server_page.requests if not address.startswith(f"{server}/")] == []


def test_the_browser_reports_no_error_of_the_server_page(server_page: Page) -> None:
    assert server_page.seen["errors"] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("openapi: [", r":2:1: "),
        (
            "openapi: 3.1.1\ninfo: {title: T, version: 1.0.0}\npaths: {/a: {get: {$ref: '#/x'}}}\n",
            r":3:26: it is not an OpenAPI document",
        ),
    ],
    ids=["not-yaml", "dangling"],
)
def test_an_invalid_contract_is_reported_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, reason: str
) -> None:
    contract = tmp_path / "openapi.yaml"
    contract.write_text(text)

    assert main(["--contract", str(contract), "--output", str(tmp_path / "page.html")]) == 2
    assert re.search(reason, capsys.readouterr().err)


def test_a_page_that_cannot_be_written_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--output", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"Cannot write {tmp_path}: Is a directory. Name another --output.\n"
