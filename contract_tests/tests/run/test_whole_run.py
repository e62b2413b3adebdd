"""One run of all provider checks, shared by two workers, against a server behind a URL."""

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import pytest

from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.contract.document import Contract, contract_path
from contract_tests.mutants.provider.faults import Provider, Request, Response
from contract_tests.mutants.provider.faulty_server import faulty_server
from contract_tests.tests.report.test_junit import violations
from contract_tests.tests.run.contract_runs import CONFORMS, DEMO, OFTEN, outcome, read, requests, run, statuses, target
from scripts.lint.npx import redocly

CLAUSES = list(Contract(contract_path()).clauses)
EDITABLE = (1, 22)  # outcomes of one course
# The parts of the contract that the demo world cannot show, as (operation, status, path); None matches everything.
NOT_COVERED: dict[tuple[str | None, str | None, str | None], str] = {
    (None, "429", None): "a run keeps to the pace that a provider requests",
    (None, "5XX", None): "no request makes the reference server fail",
    (None, None, "errors[].error_code"): "the reference server sends no code",
    (None, None, "error_report_id"): "only Canvas keeps reports of its failures",
    (None, None, "errors[].expired_at"): "only the 401 of an expired token has a time",
    ("list_outcome_alignments", "403", "errors"): "the body is an object with a message",
    ("list_outcome_alignments", "403", "errors[].message"): "the body is an object with a message",
    ("list_outcome_alignments", "404", "status"): "only a refused permission has a status beside its errors",
}


class WholeRun(NamedTuple):
    code: int
    output: str
    report: Path
    state: Path
    before: list[dict[str, Any]]
    after: list[dict[str, Any]]
    writers: dict[str, set[str]]  # the clients that updated an outcome, by its id


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> WholeRun:
    folder = tmp_path_factory.mktemp("whole")
    writers = defaultdict[str, set[str]](set)

    def record_writers(request: Request, provider: Provider) -> Response:
        if request.method == "PUT":
            writers[request.id].add(request.headers["user-agent"])
        return provider(request)

    with (
        pytest.MonkeyPatch.context() as patch,
        reference_server() as server,
        faulty_server(record_writers, server) as proxy,
    ):
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        resources = DEMO["resources"] | {"editable_outcome": EDITABLE[0], "further_editable_outcomes": [EDITABLE[1]]}
        file = target(folder, base_url=proxy.base_url, resources=resources)
        before = [outcome(server, id) for id in EDITABLE]
        options = ["--effort", "quick", "--seed", "1", "-n", "2", "--junit-xml", folder / "checks.xml"]
        code, output = run("--target", file, *options, *OFTEN, report=folder / "report")
        after = [outcome(server, id) for id in EDITABLE]
    return WholeRun(code, output, folder / "report", folder / "state", before, after, writers)


def test_a_correct_server_conforms(whole_run: WholeRun) -> None:
    assert whole_run.code == CONFORMS, whole_run.output
    assert "verdict: conforms" in whole_run.output
    assert read(whole_run.report)["verdict"] == "conforms"
    assert set(statuses(whole_run.report).values()) == {"passed"}


def test_every_clause_has_a_check_and_a_line(whole_run: WholeRun) -> None:
    lines = re.findall(r"^passed ([a-z0-9-]+)$", whole_run.output, re.MULTILINE)

    assert lines == list(statuses(whole_run.report)) == CLAUSES
    assert f"clauses: {len(CLAUSES)} of {len(CLAUSES)} judged, {len(CLAUSES)} passed" in whole_run.output
    assert read(whole_run.report)["unchecked"] == []


def test_junit_has_a_case_of_each_clause_and_is_valid(whole_run: WholeRun) -> None:
    root = ET.parse(whole_run.report / "junit.xml").getroot()

    assert [case.get("name") for case in root.iter("testcase")] == CLAUSES
    assert violations(root) == []


def test_workers_share_the_drawn_cases(whole_run: WholeRun) -> None:
    # One worker judges all cases, since all judge one clause in sequences.
    labels = (whole_run.report.parent / "checks.xml").read_text().count('name="test_responds_as_documented[')

    assert labels == len(Contract(contract_path()).operations)


def test_no_file_of_the_report_has_a_token(whole_run: WholeRun) -> None:
    texts = {path.name: path.read_text() for path in whole_run.report.iterdir()} | {"console": whole_run.output}

    assert {"report.json", "report.html", "junit.xml", "traffic.har"} <= set(texts)
    tokens = DEMO["tokens"].values()
    # Some tokens of the demo world are part of a clause's id.
    ids = "|".join(id for id in CLAUSES if any(token in id for token in tokens))
    texts = {name: re.sub(ids, "", text) for name, text in texts.items()}
    assert [(name, token) for name, text in texts.items() for token in tokens if token in text] == []


def test_prints_progress_and_the_time_of_each_part(whole_run: WholeRun) -> None:
    line = r"^ *(\d+) %  \d+ of \d+ checks, \d+ requests: \w+$"
    shares = [int(share) for share in re.findall(line, whole_run.output, re.MULTILINE)]

    assert whole_run.output.startswith("loading the checks\njudging Embedded reference server at http://127.0.0.1:")
    assert shares == sorted(shares)
    assert shares[-1] > shares[0]
    assert re.search(
        r"^time: [\d.]+ s; slowest parts:(\s+\w+\s+[\d.]+\s+s,?){5}\neffort: ", whole_run.output, re.MULTILINE
    )


def test_counts_the_requests_of_each_phase(whole_run: WholeRun) -> None:
    cases = read(whole_run.report)["cases"]

    assert all(cases[phase] > 0 for phase in ("examples", "coverage", "fuzzing", "stateful"))
    assert cases["requests"] == len(requests(whole_run.report))


def test_each_worker_updates_its_own_outcome_and_both_are_restored(whole_run: WholeRun) -> None:
    assert all(whole_run.writers[str(id)] for id in EDITABLE)
    assert whole_run.after == whole_run.before
    assert list(whole_run.state.rglob("*.json")) == []
    assert read(whole_run.report)["notes"] == []


@pytest.fixture(scope="module")
def measured(whole_run: WholeRun) -> dict[str, Any]:
    """The coverage of the recorded traffic by Redocly CLI."""
    traffic, file = whole_run.report / "traffic.har", whole_run.report / "coverage.json"
    server = "/".join(requests(whole_run.report)[0]["url"].split("/")[:3])
    options = ["--traffic-format", "har", "--server", server, "--coverage", "--coverage-output", str(file)]
    done = redocly("drift", str(traffic), "--api", str(contract_path()), *options)
    assert file.exists(), done.stderr
    result: dict[str, Any] = json.loads(file.read_text())
    return result


@pytest.fixture(scope="module")
def missing(measured: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
    return [
        (operation["operationId"], item.get("status"), item.get("path"))
        for operation in measured["operations"]
        for item in operation["missing"]
    ]


def test_redocly_counts_the_same_coverage(whole_run: WholeRun, measured: dict[str, Any]) -> None:
    kinds = ("operations", "parameters", "responses")

    counted = {kind: f"{measured['totals'][kind]['covered']}/{measured['totals'][kind]['total']}" for kind in kinds}

    assert counted == {kind: read(whole_run.report)["coverage"][kind] for kind in kinds}


def matches(known: tuple[str | None, ...], item: tuple[str | None, ...]) -> bool:
    return all(expected in (None, actual) for expected, actual in zip(known, item, strict=True))


def test_only_known_parts_of_the_contract_are_not_covered(
    whole_run: WholeRun, missing: list[tuple[str, str | None, str | None]]
) -> None:
    assert [item for item in missing if not any(matches(known, item) for known in NOT_COVERED)] == []
    assert [known for known in NOT_COVERED if not any(matches(known, item) for item in missing)] == []
    assert [item for item in missing if item[1] in (None, "200")] == []
    assert all(read(whole_run.report)["not_covered"]["responses"].values())
