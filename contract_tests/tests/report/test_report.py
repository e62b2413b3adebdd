"""The report shows failures, their requests and a curl line on one page that needs no network."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.escaping import visible
from canvas_outcomes_contract.report.files import write_json_and_page, write_refusal
from canvas_outcomes_contract.report.page import render_report
from contract_tests.tests.report.test_console import FAILED
from contract_tests.tests.report.test_console import report as report_of_three
from contract_tests.tests.run.contract_runs import (
    UNSHRUNK,
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
from scripts.tests.browser import in_one_browser

FOLDER = Path(__file__).resolve().parent
READ, LOOK = FOLDER / "read_report.mjs", FOLDER / "look_at_report.mjs"
TIMES = ("started", "elapsed", "command")  # the last one has the path of the target
COLORS = ("light", "dark")
HOSTILE = "<script>document.title = 'x'</script><img src=x onerror=alert(1)>\x1b[2J\u202e\ud800&amp;" + "x" * 500

VIOLATED = (
    "get-outcome-shows-the-requested-outcome",
    "get-outcome-refuses-a-missing-outcome",
    "update-outcome-answers-as-documented",
    "update-outcome-stores-ratings",
    "get-outcome-reports-its-cost",
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
    # A failure is shrunk for a time, so on a slow machine it would have another example.
    options = ["--target", file, "--seed", seed, "--effort", "quick", *UNSHRUNK, *only(*VIOLATED, PASSED, KNOWN)]
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
def pages(report: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The report, and two of other states, opened in one browser."""
    folder = tmp_path_factory.mktemp("pages")
    nothing = [clause | {"status": "not_applicable"} for clause in report_of_three()["clauses"]]
    others = {
        "hostile": report_of_three(
            HOSTILE, HOSTILE, target=HOSTILE, base_url=HOSTILE, selected=[FAILED], not_restored=1
        ),
        "empty": report_of_three(clauses=nothing, client=[], verdict="undecided"),
    }
    for name, content in others.items():
        write_json_and_page(folder, name, content, render_report(content))
    write_refusal(folder, report_of_three(), "Cannot reach the server.")
    opened: dict[str, tuple[Path, Path | None]] = {
        "report": (report / "report.html", READ),
        "refused": (folder / "report.html", None),
        **{name: (folder / f"{name}.html", LOOK) for name in others},
    }
    seen = in_one_browser([(path.as_uri(), acts) for path, acts in opened.values()])
    return dict(zip(opened, seen, strict=True))


@pytest.fixture(scope="module")
def seen(pages: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return pages["report"]


@pytest.fixture(scope="module")
def acted(seen: dict[str, Any]) -> dict[str, Any]:
    acted: dict[str, Any] = seen["acted"]
    return acted


def failed(report: Path) -> list[dict[str, Any]]:
    """The failures, MUST first."""
    failures = [clause for clause in read(report)["clauses"] if clause["status"] == "failed"]
    return sorted(failures, key=lambda clause: clause["level"] != "MUST")


def test_the_first_screen_has_the_verdict_the_run_and_the_first_failure(acted: dict[str, Any], report: Path) -> None:
    content = read(report)
    failures = failed(report)
    parts = [
        "Embedded reference server: violates",
        content["base_url"],
        f"{content['started'].replace('T', ' ').removesuffix('+00:00')} UTC, {content['elapsed']} s",
        "quick, seed 7",
        f"version {content['contract']['version']}, sha256 {content['contract']['sha256']}",
        ", ".join(content["selected"]),
        f"failed {len(failures)}",
        *(failures[0]["id"], failures[0]["text"], failures[0]["detail"].partition("\n")[0]),
    ]

    assert [part for part in parts if part not in acted["firstScreen"]] == []


def test_the_page_lists_failures_with_must_first(acted: dict[str, Any], report: Path) -> None:
    assert acted["listed"] == [clause["id"] for clause in failed(report)]
    assert acted["listed"] != acted["first"]  # the order of the contract


def test_the_filter_begins_with_failures(acted: dict[str, Any], report: Path) -> None:
    assert acted["first"] == [id for id in acted["all"] if id in VIOLATED]
    assert acted["all"] == list(Contract(contract_path()).clauses)
    assert acted["unchecked"] == [id for id in acted["all"] if id not in VIOLATED]


def test_the_search_finds_words_and_counts_what_the_filter_hides(acted: dict[str, Any]) -> None:
    assert acted["found"] == []
    assert KNOWN in acted["foundInAll"]
    assert 1 < len(acted["foundInAll"]) < 20
    assert acted["count"] == f"0 of {len(acted['all'])} clauses shown, {len(acted['foundInAll'])} more match the search"


def test_a_link_opens_a_clause_even_if_the_filter_hides_it(acted: dict[str, Any]) -> None:
    assert not acted["wasOpen"]
    assert acted["followed"]
    assert acted["linked"]


def test_a_key_opens_a_clause(acted: dict[str, Any]) -> None:
    assert acted["openedByKey"]


def test_a_failure_opens_with_its_clause_source_and_exchange(acted: dict[str, Any], report: Path) -> None:
    first = failed(report)[0]
    parts = [first["text"], first["source"], first["level"], first["detail"], first["exchanges"][-1]["request"]]

    assert [part for part in parts if squeezed(part) not in squeezed(acted["opened"])] == []


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_buttons_copy_the_curl_line_and_the_command(acted: dict[str, Any], report: Path) -> None:
    first = failed(report)[0]

    assert acted["pasted"] == [first["reproduce"], f"{read(report)['command']} --clause {first['id']}"]


def test_the_page_prints_failures_in_full(acted: dict[str, Any]) -> None:
    assert (acted["closedInPrint"], acted["controlsInPrint"]) == (0, 0)


def test_the_page_works_without_scripts(acted: dict[str, Any]) -> None:
    assert acted["withoutScript"] == {"rows": acted["all"], "open": True, "idle": 0}


def test_every_text_has_contrast_and_no_page_is_wider_than_a_phone(pages: dict[str, dict[str, Any]]) -> None:
    looks = [pages["report"]["acted"]["look"], pages["hostile"]["acted"], pages["empty"]["acted"]]

    assert [look["faint"] for look in looks] == [{color: [] for color in COLORS}] * 3
    assert [len(look["control"]) for look in looks] == [1] * 3
    assert [look["width"] for look in looks] == [400] * 3


def test_text_of_a_provider_is_shown_escaped(pages: dict[str, dict[str, Any]]) -> None:
    shown = visible(HOSTILE)

    assert pages["hostile"]["acted"]["texts"].count(shown) > 8
    assert "\\x1b[2J\\u202e\\ud800&amp;" in shown


def test_the_heading_reports_records_that_were_not_restored(pages: dict[str, dict[str, Any]]) -> None:
    assert "violates not restored\n" in pages["hostile"]["text"]
    assert "Records not restored: 1." in pages["hostile"]["text"]
    assert "not restored" not in pages["report"]["text"]


def test_a_report_without_a_judged_clause_states_the_reasons(pages: dict[str, dict[str, Any]]) -> None:
    assert "No clause was judged." in pages["empty"]["text"]
    assert re.search(r"^96\s+Its check was not part of this run\.$", pages["empty"]["text"], re.MULTILINE)


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
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # for the plugin that does not shrink
    again = judge(tmp_path, base_url, seed=7, cwd=tmp_path / "tests" / "contract_tests")

    assert bodies(report) == bodies(again)
    assert without_times(report) == without_times(again)
    assert len(bodies(report)) > 5


def bodies(report: Path) -> list[str | None]:
    return [request.get("postData", {}).get("text") for request in requests(report)]


def without_times(report: Path) -> dict[str, Any]:
    text = re.sub(r"\w+, \d+ \w+ \d+ [\d:]+ GMT", "", (report / "report.json").read_text())
    return {key: value for key, value in json.loads(text).items() if key not in ("seconds", *TIMES)}


def test_a_refused_run_shows_its_reason_and_no_empty_part(pages: dict[str, dict[str, Any]]) -> None:
    text = pages["refused"]["text"]

    assert "My server: undecided\n\nNo clause was judged.\n\nCannot reach the server." in text
    assert [part for part in ("Clauses\n", "Coverage", "Contract", "Seconds") if part in text] == []


def test_the_page_loads_nothing_else(pages: dict[str, dict[str, Any]]) -> None:
    for seen in pages.values():
        assert len({request.partition("#")[0] for request in seen["requests"]} - {"about:blank"}) == 1
        assert seen["errors"] == []
