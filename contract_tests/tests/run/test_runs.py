"""A contract run ends with a verdict, a report and an exit code, and restores the outcome, whatever happens."""

import json
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.load.locust_processes import free_port
from canvas_outcomes_contract.report.results import CheckResult, Results
from canvas_outcomes_contract.run.plugin import JUDGED_BY_CASES
from contract_tests.mutants.provider import fault_named
from contract_tests.mutants.provider.faults import Fault, Provider, Request, Response
from contract_tests.mutants.provider.faulty_server import faulty_server
from contract_tests.tests.conftest import KNOWN, VIOLATED, FinishedRun
from contract_tests.tests.run.contract_runs import (
    CONFORMS,
    DEMO,
    DRAWN_CASES,
    ROOT,
    UNDECIDED,
    VIOLATES,
    judged,
    only,
    outcome,
    read,
    requests,
    run,
    start,
    statuses,
    target,
    until_checks_run,
    wait_until,
)

SEQUENCES = "update-outcome-follows-from-the-updates-before-it"
CONTRACT = Contract(contract_path())


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with reference_server() as url:
        yield url


def test_a_correct_server_conforms(quick_run: FinishedRun) -> None:
    assert quick_run.code == CONFORMS, quick_run.output
    assert read(quick_run.report)["verdict"] == "conforms"
    assert "verdict: conforms" in quick_run.output


def test_judges_every_clause_and_prints_its_status(quick_run: FinishedRun) -> None:
    assert list(statuses(quick_run.report)) == list(CONTRACT.clauses)
    printed = re.findall(r"^ ?([a-z0-9-]+) +(?:MUST|SHOULD) ", quick_run.output, re.MULTILINE)
    assert printed == list(CONTRACT.clauses)
    assert f"clauses: {len(CONTRACT.clauses)}:" in quick_run.output
    assert read(quick_run.report)["unchecked"] == []
    assert "without a check: 0" in quick_run.output


def test_writes_every_report_file_and_no_token(quick_run: FinishedRun) -> None:
    contents = {path.name: path.read_text() for path in quick_run.report.iterdir()} | {"console": quick_run.output}

    assert {"report.json", "report.html", "junit.xml", "traffic.har"} <= set(contents)
    # Some tokens of the demo world are words of a clause's id.
    contents = {name: re.sub("|".join(CONTRACT.clauses), "", text) for name, text in contents.items()}
    tokens = DEMO["tokens"].values()
    assert [(name, token) for name, text in contents.items() for token in tokens if token in text] == []


def test_prints_progress_and_the_seconds_of_each_part(quick_run: FinishedRun) -> None:
    output = quick_run.output
    progress = r"^ *(\d+) %  \d+ of \d+ checks, \d+ requests: \w+$"
    shares = [int(share) for share in re.findall(progress, output, re.MULTILINE)]

    assert output.startswith("loading the checks\njudging Embedded reference server at http://127.0.0.1:")
    assert "\ncollecting the checks: " in output
    assert shares == sorted(shares)
    assert shares[-1] > shares[0]
    assert re.search(r"^time: [\d.]+ s: .*get_outcome [\d.]+", output, re.MULTILINE)


def test_counts_the_cases_of_each_phase(quick_run: FinishedRun) -> None:
    cases = read(quick_run.report)["cases"]

    assert all(cases[phase] > 0 for phase in ("examples", "coverage", "fuzzing", "stateful"))
    assert cases["requests"] == len(requests(quick_run.report))


def test_restores_the_outcome(quick_run: FinishedRun) -> None:
    entries = json.loads((quick_run.report / "traffic.har").read_text())["log"]["entries"]
    path = f"/api/v1/outcomes/{DEMO['resources']['editable_outcome']}"
    states = [
        json.loads(entry["response"]["content"]["text"])
        for entry in entries
        if entry["request"]["url"].endswith(path) and entry["response"]["status"] == 200
    ]

    assert states[0] == states[-1]


def test_judges_one_clause_alone_and_restores_the_outcome(tmp_path: Path, base_url: str) -> None:
    clause, before = "update-outcome-answers-as-documented", outcome(base_url)
    options = ["--target", target(tmp_path, base_url=base_url), "--effort", "quick", *only(clause)]

    code, output = run(*options, report=tmp_path)

    assert code == CONFORMS, output
    assert judged(tmp_path)[clause] == "passed"
    # The other clauses of its checks are judged, too.
    assert [id for id in judged(tmp_path) if not id.endswith(JUDGED_BY_CASES)] == []
    assert outcome(base_url) == before


def test_reports_violations_so_that_they_can_be_reproduced(violating_run: FinishedRun) -> None:
    failed = {clause["id"]: clause for clause in read(violating_run.report)["clauses"] if clause["status"] == "failed"}

    assert violating_run.code == VIOLATES, violating_run.output
    assert set(failed) == set(VIOLATED)
    assert "status=200" in failed[VIOLATED[0]]["detail"]
    assert "'id' is missing" in failed[VIOLATED[1]]["detail"]
    assert failed[VIOLATED[0]]["reproduce"].startswith("curl -i -X GET")
    assert statuses(violating_run.report)[KNOWN] == "known_failure"


@pytest.mark.parametrize(
    ("status", "expected", "verdict"),
    [("failed", "known_failure", "conforms"), ("passed", "error", "undecided"), ("error", "error", "undecided")],
)
def test_a_known_failure_has_to_fail(status: str, expected: str, verdict: str) -> None:
    results = Results(CONTRACT, {KNOWN: "ticket 12"}, seed=1)
    results.add(KNOWN, CheckResult(status))

    assert next(one.status for one in results.clause_results() if one.clause.id == KNOWN) == expected
    assert results.verdict() == verdict


class WrongOnce:
    """A fault of the hundredth update only: the same requests, sent again, show nothing."""

    def __init__(self) -> None:
        self.updates = 0

    def __call__(self, request: Request, provider: Provider) -> Response:
        self.updates += request.operation == "update_outcome"
        response = provider(request)
        return response.change_field("title", lambda title: f"{title}?") if self.updates == 100 else response


@pytest.mark.parametrize(
    ("fault", "seed", "field"),
    [
        # It takes long to shrink.
        (fault_named("stores an empty string as null"), "3", "display_name"),
        # Requests before the same sequence change its result.
        (fault_named("never changes vendor_guid again"), "4", "vendor_guid"),
        # The same sequence passes when it is sent again, and draws more than before.
        (WrongOnce(), "1", "title"),
    ],
)
def test_reports_a_failing_sequence_as_a_failure_and_not_as_an_error(
    tmp_path: Path, base_url: str, fault: Fault, seed: str, field: str
) -> None:
    with faulty_server(fault, base_url) as faulty:
        options = ["--target", target(tmp_path, base_url=faulty.base_url), "--seed", seed, "-k", "test_sequences"]
        code, _ = run(*options, *only(SEQUENCES), *DRAWN_CASES, report=tmp_path)

    failed = next(entry for entry in read(tmp_path)["clauses"] if entry["id"] == SEQUENCES)
    assert (code, failed["status"]) == (VIOLATES, "failed"), failed["detail"]
    assert field in failed["detail"]


def test_sends_only_get_to_a_target_without_writes(tmp_path: Path, base_url: str) -> None:
    file = target(tmp_path, base_url=base_url, writes=False)

    code, output = run("--target", file, "--effort", "quick", *DRAWN_CASES, report=tmp_path)

    assert code == CONFORMS, output
    assert {request["method"] for request in requests(tmp_path)} == {"GET"}


def test_advises_what_to_add_to_a_target_where_clauses_are_not_applicable(tmp_path: Path, base_url: str) -> None:
    tokens = {"editor": DEMO["tokens"]["editor"]}
    resources = {"editable_outcome": DEMO["resources"]["editable_outcome"]}
    file = target(tmp_path, base_url=base_url, tokens=tokens, resources=resources)

    code, output = run("--target", file, "--effort", "quick", report=tmp_path)

    skipped = [clause for clause in read(tmp_path)["clauses"] if clause["status"] == "not_applicable"]
    assert code == CONFORMS, output
    assert skipped
    assert [clause["id"] for clause in skipped if "Add " not in clause["detail"]] == []


def test_a_server_that_stops_during_the_run_leaves_it_undecided(tmp_path: Path) -> None:
    with reference_server() as url:
        process = start("--target", target(tmp_path, base_url=url), *DRAWN_CASES, report=tmp_path)
        until_checks_run(process)
    output, _ = process.communicate(timeout=120)

    assert process.returncode == UNDECIDED, output
    assert "nothing answers there" in output
    assert "verdict: undecided" in output
    assert "Traceback" not in output
    assert read(tmp_path)["verdict"] == "undecided"


def test_an_interrupted_run_is_undecided_and_restores_the_outcome(tmp_path: Path, base_url: str) -> None:
    before = outcome(base_url)
    process = start("--target", target(tmp_path, base_url=base_url), *DRAWN_CASES, report=tmp_path)
    until_checks_run(process)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=120)

    assert process.returncode == UNDECIDED, output
    assert read(tmp_path)["stopped"] == "The run was interrupted."
    assert "Traceback" not in output
    assert outcome(base_url) == before


def test_the_next_run_restores_what_a_killed_run_has_changed(
    tmp_path: Path, base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    file, before = target(tmp_path, base_url=base_url), outcome(base_url)

    process = start("--target", file, *DRAWN_CASES, report=tmp_path / "killed")
    wait_until(lambda: outcome(base_url)["title"] != before["title"])
    process.kill()
    process.communicate()
    changed = outcome(base_url)
    code, output = run("--target", file, *only("update-outcome-accepts-an-empty-update"), report=tmp_path / "next")

    assert changed != before
    assert code == CONFORMS, output
    assert outcome(base_url) == before
    assert list((tmp_path / "state").rglob("*.json")) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--contract", "none.yaml"], "Cannot read the contract none.yaml: No such file or directory."),
        (["--clause", "no-such-clause"], "Cannot judge 'no-such-clause' (--clause): the contract has no such clause."),
        (["--target", "TARGET"], ": nothing answers there."),
    ],
)
def test_reports_unusable_input_in_one_sentence_with_exit_code_2(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    unreachable = str(target(tmp_path, base_url=f"http://127.0.0.1:{free_port()}"))

    code, output = run(*(argument.replace("TARGET", unreachable) for argument in arguments), report=tmp_path)

    assert code == UNDECIDED
    assert message in output
    assert "Traceback" not in output


def bodies_sent(seed: str, report: Path, folder: Path = ROOT) -> list[str | None]:
    run("--seed", seed, "--effort", "quick", *only(SEQUENCES), *DRAWN_CASES, report=report, folder=folder)
    return [request.get("postData", {}).get("text") for request in requests(report)]


def test_a_seed_draws_the_same_cases_in_every_folder_and_in_a_ci(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without precautions Hypothesis draws other cases from a folder named `tests`, and ignores the seed in a CI."""
    package = "contract_tests/canvas_outcomes_contract"
    shutil.copytree(ROOT / package, tmp_path / "tests" / package)
    shutil.copy(ROOT / "openapi.yaml", tmp_path / "tests")

    monkeypatch.delenv("CI", raising=False)
    here = bodies_sent("7", tmp_path / "here")
    other_seed = bodies_sent("8", tmp_path / "other seed")
    monkeypatch.setenv("CI", "true")
    there = bodies_sent("7", tmp_path / "there", folder=tmp_path / "tests" / "contract_tests")

    assert here == there
    assert here != other_seed
    assert len(here) > 5
