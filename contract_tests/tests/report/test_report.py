"""The report shows failures, their requests and a curl line on one page that needs no network."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from canvas_outcomes_contract.contract.document import Contract, contract_path
from contract_tests.tests.run.contract_runs import (
    VIOLATES,
    EmptyObjects,
    in_shell,
    only,
    read,
    requests,
    run,
    serve,
    statuses,
    target,
)
from scripts import ROOT
from scripts.tests.browser import in_browser

ACTS = Path(__file__).resolve().parent / "read_report.mjs"


VIOLATED = (
    "get-outcome-shows-the-requested-outcome",
    "get-outcome-refuses-a-missing-outcome",
    "update-outcome-answers-as-documented",
    "update-outcome-stores-ratings",
)
PASSED = "update-outcome-never-fails-on-a-request"  # the check of VIOLATED[2] judges it, too
KNOWN = "get-outcome-refuses-a-deleted-outcome"


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with serve(EmptyObjects) as url:
        yield url


def judge(folder: Path, base_url: str, seed: int, cwd: Path = ROOT) -> Path:
    """The report of a run against a server that sends empty objects only."""
    file = target(folder, base_url=base_url, known_failures={KNOWN: "ticket 12"})
    options = ["--target", file, "--seed", seed, "--effort", "quick", *only(*VIOLATED, PASSED, KNOWN)]
    code, output = run(*options, report=folder / "report", folder=cwd)
    assert code == VIOLATES, output
    return folder / "report"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, base_url: str) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CI", raising=False)
        return judge(tmp_path_factory.mktemp("violating"), base_url, seed=7)


def test_a_failure_has_its_status_and_a_detail(report: Path) -> None:
    details = {clause["id"]: clause["detail"] for clause in failed(report)}

    assert set(details) == set(VIOLATED)
    assert (statuses(report)[PASSED], statuses(report)[KNOWN]) == ("passed", "known_failure")
    assert "'id' is missing" in details[VIOLATED[0]]
    assert "status=200" in details[VIOLATED[1]]
    assert all(clause["reproduce"].startswith("curl -i -X ") for clause in failed(report))


@pytest.fixture(scope="module")
def seen(report: Path) -> dict[str, Any]:
    return in_browser((report / "report.html").as_uri(), ACTS)


def failed(report: Path) -> list[dict[str, Any]]:
    return [clause for clause in read(report)["clauses"] if clause["status"] == "failed"]


def test_the_page_shows_verdict_and_coverage(seen: dict[str, Any]) -> None:
    assert "Embedded reference server: violates" in seen["text"]
    assert "Coverage of the contract" in seen["text"]


def test_the_page_shows_all_clauses_at_first(seen: dict[str, Any]) -> None:
    assert seen["acted"]["before"] == list(Contract(contract_path()).clauses)


def test_the_filter_hides_all_but_failures(seen: dict[str, Any], report: Path) -> None:
    assert seen["acted"]["failures"] == [clause["id"] for clause in failed(report)]
    assert sorted(seen["acted"]["failures"]) == sorted(VIOLATED)


def test_a_failure_opens_with_its_clause_source_and_exchange(seen: dict[str, Any], report: Path) -> None:
    first = failed(report)[0]
    parts = [first["text"], first["source"], first["level"], first["detail"], first["exchanges"][-1]["request"]]

    assert [part for part in parts if squeezed(part) not in squeezed(seen["acted"]["opened"])] == []


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_the_button_copies_the_curl_line(seen: dict[str, Any], report: Path) -> None:
    assert seen["acted"]["pasted"] == failed(report)[0]["reproduce"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="There is no curl on this machine.")
def test_the_curl_line_receives_the_same_response(report: Path) -> None:
    first = failed(report)[0]

    again = in_shell(first["reproduce"])

    status, _, body = first["exchanges"][-1]["response"].partition("\n")
    assert re.match(rf"HTTP/1.[01] {status} ", again)
    assert again.endswith("\r\n\r\n" + body.partition("\n\n")[2])


def test_the_same_seed_gives_the_same_report_in_every_folder_and_in_a_ci(
    tmp_path: Path, report: Path, base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without precautions Hypothesis draws other cases from a folder named `tests`, and ignores the seed in a CI."""
    package = "contract_tests/canvas_outcomes_contract"
    shutil.copytree(ROOT / package, tmp_path / "tests" / package)
    shutil.copy(ROOT / "openapi.yaml", tmp_path / "tests")

    other_seed = judge(tmp_path, base_url, seed=8)
    assert bodies(report) != bodies(other_seed)
    monkeypatch.setenv("CI", "true")
    again = judge(tmp_path, base_url, seed=7, cwd=tmp_path / "tests" / "contract_tests")

    assert bodies(report) == bodies(again)
    assert without_times(report) == without_times(again)
    assert len(bodies(report)) > 5


def bodies(report: Path) -> list[str | None]:
    return [request.get("postData", {}).get("text") for request in requests(report)]


def without_times(report: Path) -> dict[str, Any]:
    text = re.sub(r"Date: [^\\]*|date: [^\\]*", "", (report / "report.json").read_text())
    return {key: value for key, value in json.loads(text).items() if key != "seconds"}


def test_the_page_loads_nothing_else(seen: dict[str, Any], report: Path) -> None:
    assert seen["requests"] == [(report / "report.html").as_uri()]
    assert seen["errors"] == []
    assert not seen["overflow"]
