"""Redocly CLI measures the same coverage of the contract, and everything missing has a reason."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from canvas_outcomes_contract.contract.document import contract_path
from contract_tests.tests.conftest import FinishedRun
from contract_tests.tests.run.contract_runs import read
from scripts.lint.redocly import redocly

# What the demo world cannot show: (operation, status, path, reason). None matches everything.
REASONS: tuple[tuple[str | None, str | None, str | None, str], ...] = (
    (None, "429", None, "a run keeps to the pace that a provider asks for"),
    (None, "5XX", None, "no request makes the reference server fail"),
    (None, None, "errors[].error_code", "Canvas sends a code in some responses; the reference server in none"),
    (None, None, "error_report_id", "Canvas keeps reports of its own failures; the reference server has none"),
    (None, None, "errors[].expired_at", "only an expired token has a time, and its response is 401"),
    ("list_outcome_alignments", "403", "errors", "the response is an object with a message"),
    ("list_outcome_alignments", "403", "errors[].message", "the response is an object with a message"),
    ("list_outcome_alignments", "404", "status", "a status beside the errors is that of a refused permission"),
)


@pytest.fixture(scope="module")
def report(quick_run: FinishedRun) -> Path:
    return quick_run.report


@pytest.fixture(scope="module")
def measured(report: Path) -> dict[str, Any]:
    """The coverage that Redocly CLI measures in the recorded traffic."""
    traffic = report / "traffic.har"
    first = json.loads(traffic.read_text())["log"]["entries"][0]["request"]["url"]
    file = report / "coverage.json"
    arguments = ["--traffic-format", "har", "--server", "/".join(first.split("/")[:3]), "--coverage"]
    done = redocly("drift", str(traffic), "--api", str(contract_path()), *arguments, "--coverage-output", str(file))
    assert file.exists(), done.stderr
    result: dict[str, Any] = json.loads(file.read_text())
    return result


def test_both_tools_report_the_same_coverage(report: Path, measured: dict[str, Any]) -> None:
    kinds = ("operations", "parameters", "responses")

    counted = {kind: f"{measured['totals'][kind]['covered']}/{measured['totals'][kind]['total']}" for kind in kinds}

    assert counted == {kind: read(report)["coverage"][kind] for kind in kinds}


def missing(measured: dict[str, Any]) -> Iterator[tuple[str, str | None, str | None]]:
    for operation in measured["operations"]:
        for item in operation["missing"]:
            yield operation["operationId"], item.get("status"), item.get("path")


def matches(reason: tuple[str | None, ...], item: tuple[str | None, ...]) -> bool:
    return all(wanted in (None, got) for wanted, got in zip(reason[:3], item, strict=True))


def test_everything_missing_has_a_reason(measured: dict[str, Any]) -> None:
    assert [item for item in missing(measured) if not any(matches(reason, item) for reason in REASONS)] == []


def test_no_reason_is_out_of_date(measured: dict[str, Any]) -> None:
    items = list(missing(measured))

    assert [reason for reason in REASONS if not any(matches(reason, item) for item in items)] == []


def test_reaches_all_operations_parameters_and_fields_of_successes(measured: dict[str, Any]) -> None:
    assert [item for item in missing(measured) if item[1] in (None, "200")] == []


def test_the_report_gives_a_reason_for_each_missing_response(report: Path) -> None:
    not_covered = read(report)["not_covered"]

    assert not_covered["responses"]
    assert [name for name, reason in not_covered["responses"].items() if not reason] == []
