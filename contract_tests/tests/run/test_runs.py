"""Contract runs in one process that fail, are stopped, or cannot begin."""

import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.report.results import CheckResult, Results
from contract_tests.mutants.provider import fault_named, on_response
from contract_tests.mutants.provider.faults import Fault, Provider, Request, Response
from contract_tests.mutants.provider.faulty_server import faulty_server
from contract_tests.tests.run.contract_runs import (
    CONFORMS,
    DEMO,
    DRAWN_CASES,
    OFTEN,
    UNDECIDED,
    VIOLATES,
    judged,
    only,
    outcome,
    read,
    requests,
    run,
    start,
    target,
    until_checks_run,
)

SEQUENCES = "update-outcome-follows-from-the-updates-before-it"


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with reference_server() as url:
        yield url


class WrongOnce:
    """A fault of the hundredth update only: the same requests, sent again, show nothing."""

    def __init__(self) -> None:
        self.updates = 0

    def __call__(self, request: Request, provider: Provider) -> Response:
        self.updates += request.method == "PUT"
        response = provider(request)
        return response.change_field("title", lambda title: f"{title}?") if self.updates == 100 else response


@pytest.mark.parametrize(
    ("fault", "effort", "seed", "field"),
    [
        # Requests before the same sequence change its result.
        (fault_named("never changes vendor_guid again"), "quick", "4", "vendor_guid"),
        # The same sequence passes when it is sent again, and draws more than before.
        (WrongOnce(), "default", "1", "title"),
    ],
)
def test_reports_a_failing_sequence_as_a_failure_and_not_as_an_error(
    tmp_path: Path, base_url: str, fault: Fault, effort: str, seed: str, field: str
) -> None:
    with faulty_server(fault, base_url) as faulty:
        options = [
            "--target",
            target(tmp_path, base_url=faulty.base_url),
            "--seed",
            seed,
            "--effort",
            effort,
            "-k",
            "test_update_outcome_sequences",
        ]
        code, _ = run(*options, *only(SEQUENCES), *DRAWN_CASES, report=tmp_path)

    failed = next(clause for clause in read(tmp_path)["clauses"] if clause["id"] == SEQUENCES)
    assert (code, failed["status"]) == (VIOLATES, "failed"), failed["detail"]
    assert field in failed["detail"]


@pytest.mark.parametrize(
    ("status", "expected", "verdict"),
    [("failed", "known_failure", "conforms"), ("passed", "error", "undecided"), ("error", "error", "undecided")],
)
def test_a_known_failure_has_to_fail(status: str, expected: str, verdict: str) -> None:
    clause = "get-outcome-refuses-a-deleted-outcome"
    results = Results(Contract(contract_path()), {clause: "ticket 12"}, seed=1)
    results.add(clause, CheckResult(status))

    assert [result.status for judged, result in results.clause_results() if judged.id == clause] == [expected]
    assert results.verdict() == verdict


def test_a_selected_clause_leaves_the_outcome_unchanged(tmp_path: Path, base_url: str) -> None:
    clause = "update-outcome-answers-as-documented"
    before = outcome(base_url)

    file = target(tmp_path, base_url=base_url)
    code, output = run("--target", file, *only(clause), "--effort", "quick", report=tmp_path)

    assert (code, judged(tmp_path)) == (CONFORMS, {clause: "passed"}), output
    assert outcome(base_url) == before


def test_a_target_without_writes_receives_get_requests_only(tmp_path: Path, base_url: str) -> None:
    tokens, resources = DEMO["tokens"], DEMO["resources"]
    file = target(
        tmp_path,
        base_url=base_url,
        writes=False,
        tokens={"editor": tokens["editor"]},
        resources={"editable_outcome": resources["editable_outcome"]},
    )

    code, output = run("--target", file, "--effort", "quick", *DRAWN_CASES, report=tmp_path)

    assert code == CONFORMS, output
    assert {request["method"] for request in requests(tmp_path)} == {"GET"}
    assert set(judged(tmp_path).values()) == {"passed"}
    # The reason names the key of the target to add; clauses of generated cases are not part of this run.
    reasons = [clause["detail"] for clause in read(tmp_path)["clauses"] if clause["status"] == "not_applicable"]
    advice = re.compile(r"Add (tokens|resources)\.|Set writes: true|No check judges this clause")
    assert [reason for reason in reasons if not advice.search(reason)] == []


def test_a_target_needs_only_what_a_clause_needs(tmp_path: Path, base_url: str) -> None:
    judged_clause, other = "list-outcome-alignments-asks-for-a-token", "get-outcome-asks-for-a-token"
    known = {name: DEMO["resources"][name] for name in ("course", "student")}
    file = target(tmp_path, base_url=base_url, tokens={"teacher": DEMO["tokens"]["teacher"]}, resources=known)

    code, output = run("--target", file, *only(judged_clause, other), report=tmp_path)

    assert (code, judged(tmp_path)) == (CONFORMS, {judged_clause: "passed"}), output
    detail = next(clause["detail"] for clause in read(tmp_path)["clauses"] if clause["id"] == other)
    assert detail == "The target names no editable_outcome. Add resources.editable_outcome."


def start_and_wait(base_url: str, folder: Path) -> subprocess.Popen[str]:
    """Start a run, and return once its checks have begun."""
    file = target(folder, base_url=base_url)
    process = start("--target", file, *DRAWN_CASES, *OFTEN, report=folder)
    until_checks_run(process)
    return process


def test_a_run_is_undecided_after_the_server_stops(tmp_path: Path) -> None:
    with reference_server() as url:
        process = start_and_wait(url, tmp_path)
    output, _ = process.communicate(timeout=300)

    assert process.returncode == UNDECIDED, output
    assert f"Cannot reach {url}" in output
    assert "verdict: undecided" in output
    assert "Traceback" not in output
    assert read(tmp_path)["verdict"] == "undecided"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (signal.SIGINT, "The run was interrupted."),
        (signal.SIGTERM, "The run was ended by SIGTERM."),
        (signal.SIGHUP, "The run was ended by SIGHUP."),
    ],
)
def test_an_interrupted_run_is_undecided_and_restores_the_outcome(
    tmp_path: Path, base_url: str, number: signal.Signals, reason: str
) -> None:
    before = outcome(base_url)
    process = start_and_wait(base_url, tmp_path)

    process.send_signal(number)
    output, _ = process.communicate(timeout=300)

    assert process.returncode == UNDECIDED, output
    assert read(tmp_path)["stopped"] == reason
    assert "Traceback" not in output
    assert outcome(base_url) == before


@pytest.mark.parametrize(
    ("fault", "clause", "detail"),
    [
        (
            on_response.field("ratings", lambda ratings: {"a": 1}),
            "get-outcome-sorts-ratings-by-points",
            r"ratings: got \{'a': 1\}, wanted a list\nafter GET http.*/api/v1/outcomes/\d+",
        ),
        (
            on_response.ratings(lambda ratings: [7]),
            "update-outcome-drops-other-keys-of-ratings",  # Hypothesis draws its cases
            r"outcomes/1 returned 200 with ratings\[\]: 7 is not of type \"object\"",
        ),
        (
            on_response.rows(lambda rows: [1, *rows]),
            "list-outcome-alignments-names-the-outcome-under-id",
            r"returned 200 with \[\]: 1 is not of type \"object\"",
        ),
    ],
)
def test_a_value_of_a_wrong_type_is_a_failure_and_not_an_error(
    tmp_path: Path, base_url: str, fault: Fault, clause: str, detail: str
) -> None:
    with faulty_server(fault, base_url) as faulty:
        file = target(tmp_path, base_url=faulty.base_url, disposable=True)
        code, output = run("--target", file, *only(clause), "--effort", "quick", report=tmp_path)

    [failed] = [one for one in read(tmp_path)["clauses"] if one["id"] == clause]
    assert (code, failed["status"]) == (VIOLATES, "failed"), output
    assert re.search(detail, failed["detail"]), failed["detail"]


class RefusesToRestore:
    """A fault of the original title: no update may set it again."""

    title = ""

    def __call__(self, request: Request, provider: Provider) -> Response:
        if request.method == "PUT" and request.fields.get("title") == self.title:
            return Response(400, b'{"errors": {"title": []}}')
        return provider(request)


def test_a_run_that_cannot_restore_a_record_is_undecided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    clause, fault = "update-outcome-keeps-fields-not-sent", RefusesToRestore()
    with reference_server() as url, faulty_server(fault, url) as faulty:
        fault.title = outcome(url)["title"]
        file = target(tmp_path, base_url=faulty.base_url)
        code, output = run("--target", file, *only(clause), "--effort", "quick", report=tmp_path)

    assert (code, judged(tmp_path)) == (UNDECIDED, {clause: "passed"}), output
    assert "verdict: undecided (Embedded reference server); records not restored: 1" in output
    [note] = read(tmp_path)["notes"]
    assert note.startswith("Cannot restore /api/v1/outcomes/1: ")
    assert f"title: got 'A title', wanted {fault.title!r}" in note


def test_prints_one_sentence_without_a_traceback_for_unusable_input(tmp_path: Path) -> None:
    code, output = run("--target", "none.yaml", report=tmp_path)

    assert code == UNDECIDED
    assert "Cannot read the target none.yaml: No such file or directory." in output
    assert "Traceback" not in output
