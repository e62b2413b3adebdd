"""/docs on the reference server shows the contract to a person, and tries its operations on that server alone."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.contract.document import Contract, contract_path
from scripts.tests.browser import in_browser

CONTRACT = Contract(contract_path())
ACTS = Path(__file__).resolve().parent / "try_outcome.mjs"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with reference_server("--no-access-log") as url:
        yield url


@pytest.fixture(scope="module")
def seen(server: str) -> dict[str, Any]:
    """What a browser showed of the page, and the answer that a person got there for outcome 3."""
    return in_browser(f"{server}/docs", ACTS)


def test_every_operation_is_visible(seen: dict[str, Any]) -> None:
    summaries = [one.definition["summary"] for one in CONTRACT.operations.values()]

    assert [summary for summary in summaries if summary not in seen["text"]] == []


def test_every_clause_of_an_operation_is_visible(seen: dict[str, Any]) -> None:
    clauses = [one for one in CONTRACT.clauses.values() if one.operation == "get_outcome"]
    parts = [part for one in clauses for part in (one.id, one.text, one.source, one.deviation) if part]

    assert [part for part in parts if part not in seen["acted"]["description"]] == []


def test_what_is_tried_is_answered_by_the_server(seen: dict[str, Any], server: str) -> None:
    address, token = f"{server}/api/v1/outcomes/3", {"Authorization": "Bearer editor-token"}
    wanted = httpx.get(address, params={"add_defaults": "true"}, headers=token).json()

    assert seen["acted"]["status"] == "200"
    assert json.loads(seen["acted"]["body"]) == wanted


def test_nobody_but_the_server_is_asked_for_anything(seen: dict[str, Any], server: str) -> None:
    asked = [address for address in seen["requests"] if not address.startswith("data:")]

    assert f"{server}/api/v1/outcomes/3?add_defaults=true" in asked
    assert [address for address in asked if not address.startswith(f"{server}/")] == []


def test_the_browser_has_nothing_to_complain_about(seen: dict[str, Any]) -> None:
    assert seen["errors"] == []
