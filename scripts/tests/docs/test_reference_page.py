"""The reference page shows every operation and clause to a person whose browser has no network."""

import re
from pathlib import Path
from typing import Any

import pytest

from canvas_outcomes_contract.contract.document import Contract, contract_path
from scripts.docs.__main__ import main
from scripts.tests.browser import in_browser

CONTRACT = Contract(contract_path())


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("docs") / "reference.html"
    assert main(["--output", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def seen(page_file: Path) -> dict[str, Any]:
    """What a browser shows of the page, what it requested, and what it complained about."""
    return in_browser(page_file.as_uri())


def test_every_operation_is_visible(seen: dict[str, Any]) -> None:
    shown = [f"{one.id} {one.definition['summary']}" for one in CONTRACT.operations.values()]

    assert [heading for heading in shown if heading not in seen["text"]] == []


def test_every_clause_is_visible_with_its_sentence_source_and_deviation(seen: dict[str, Any]) -> None:
    parts = [
        part for one in CONTRACT.clauses.values() for part in (one.id, one.text, one.source, one.deviation) if part
    ]

    assert [part for part in parts if part not in seen["text"]] == []


def test_nothing_but_the_page_itself_is_requested(seen: dict[str, Any], page_file: Path) -> None:
    assert seen["requests"] == [page_file.as_uri()]


def test_the_browser_has_nothing_to_complain_about(seen: dict[str, Any]) -> None:
    assert seen["errors"] == []
    assert not seen["overflow"]


def test_a_request_of_a_page_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<p>Hello</p><img src="other.png">')

    assert in_browser(page.as_uri())["requests"] == [page.as_uri(), f"{page.parent.as_uri()}/other.png"]


def test_every_link_leads_to_a_place_in_the_page(page_file: Path) -> None:
    text = page_file.read_text()
    places = re.findall(r' id="([^"]*)"', text)

    assert set(re.findall(r' href="([^"]*)"', text)) <= {f"#{place}" for place in places}
    assert len(places) == len(set(places))
    assert not re.search(r"<script|<link|<img|\bsrc=|@import|url\(", text)


def test_a_text_of_the_contract_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    contract = tmp_path / "openapi.yaml"
    evil = "<script>alert(1)</script> [here](https://example.com) ![](https://example.com/a.png)"
    contract.write_text(contract_path().read_text().replace("summary: Show an outcome.", f"summary: '{evil}'"))

    assert main(["--contract", str(contract), "--output", str(tmp_path / "page.html")]) == 0
    assert not re.search(r"<script|<img|href=\"[^#]", (tmp_path / "page.html").read_text())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("openapi: [", r":2:1: "),
        ("a: 1\n", "info.version is missing"),
        (
            "openapi: 3.1.1\ninfo: {title: T, version: 1.0.0}\npaths: {/a: {get: {$ref: '#/x'}}}\n",
            r":3:26: it is not an OpenAPI document: \$ref '#/x' points nowhere",
        ),
    ],
    ids=["not-yaml", "not-openapi", "dangling"],
)
def test_a_contract_that_cannot_be_read_is_named_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, reason: str
) -> None:
    contract = tmp_path / "openapi.yaml"
    contract.write_text(text)

    assert main(["--contract", str(contract), "--output", str(tmp_path / "page.html")]) == 2
    assert re.search(reason, capsys.readouterr().err)


def test_a_page_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--output", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"Cannot write {tmp_path}: Is a directory. Name another --output.\n"
