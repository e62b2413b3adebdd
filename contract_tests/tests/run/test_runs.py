"""Contract runs in one process that fail, are stopped, or cannot begin."""

import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from canvas_outcomes_contract.connection.embedded_server import reference_server
from contract_tests.mutants.provider.faults import Provider, Request, Response
from contract_tests.mutants.provider.faulty_server import faulty_server
from contract_tests.tests.contract_runs import (
    CONFORMS,
    DEMO,
    DRAWN_CASES,
    UNDECIDED,
    VIOLATES,
    entries,
    judged,
    outcome,
    read,
    run,
    selecting,
    start,
    target,
)

SEQUENCES = "update-outcome-follows-from-the-updates-before-it"


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with reference_server() as url:
        yield url


class WrongOnce:
    """A fault of the hundredth update only, so that the same requests pass when they are sent again."""

    def __init__(self) -> None:
        self.updates = 0

    def __call__(self, request: Request, provider: Provider) -> Response:
        self.updates += request.is_update
        response = provider(request)
        return response.change_field("title", lambda title: f"{title}?") if self.updates == 100 else response


def test_a_flaky_provider_violates(tmp_path: Path, base_url: str) -> None:
    with faulty_server(WrongOnce(), base_url) as faulty:
        file = target(tmp_path, base_url=faulty.base_url)
        only = [*selecting(SEQUENCES), "-k", "test_sequences", "--ignore", DRAWN_CASES]
        code, _ = run("--target", file, *only, "--seed", "1", report=tmp_path)

    failed = next(clause for clause in read(tmp_path)["clauses"] if clause["id"] == SEQUENCES)
    assert (code, failed["status"]) == (VIOLATES, "failed"), failed["detail"]
    assert "title" in failed["detail"]


def test_a_selected_clause_leaves_the_outcome_unchanged(tmp_path: Path, base_url: str) -> None:
    clause = "update-outcome-answers-as-documented"
    before = outcome(base_url)

    file = target(tmp_path, base_url=base_url)
    code, output = run("--target", file, *selecting(clause), "--effort", "quick", report=tmp_path)

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

    code, output = run("--target", file, "--effort", "quick", "--ignore", DRAWN_CASES, report=tmp_path)

    assert code == CONFORMS, output
    assert {entry["request"]["method"] for entry in entries(tmp_path)} == {"GET"}
    assert set(judged(tmp_path).values()) == {"passed"}
    # The reason names the key of the target to add; clauses of generated cases are not part of this run.
    reasons = [clause["detail"] for clause in read(tmp_path)["clauses"] if clause["status"] == "not_applicable"]
    advice = re.compile(r"Add (tokens|resources)\.|Set writes: true|No check judges this clause")
    assert [reason for reason in reasons if not advice.search(reason)] == []


def start_and_wait(base_url: str, folder: Path) -> subprocess.Popen[str]:
    """Start a run, and return once its checks have begun."""
    file = target(folder, base_url=base_url)
    process = start("--target", file, "--ignore", DRAWN_CASES, report=folder)
    assert process.stdout is not None
    next(line for line in process.stdout if re.match(r" *[1-9]\d* %", line))
    return process


def test_a_run_is_undecided_after_the_server_stops(tmp_path: Path) -> None:
    with reference_server() as url:
        process = start_and_wait(url, tmp_path)
    output, _ = process.communicate(timeout=120)

    assert process.returncode == UNDECIDED, output
    assert f"Cannot reach {url}" in output
    assert "verdict: undecided" in output
    assert "Traceback" not in output
    assert read(tmp_path)["verdict"] == "undecided"


def test_an_interrupted_run_is_undecided_and_restores_the_outcome(tmp_path: Path, base_url: str) -> None:
    before = outcome(base_url)
    process = start_and_wait(base_url, tmp_path)

    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=120)

    assert process.returncode == UNDECIDED, output
    assert read(tmp_path)["stopped"] == "The run was interrupted."
    assert "Traceback" not in output
    assert outcome(base_url) == before


def test_prints_one_sentence_without_a_traceback_for_unusable_input(tmp_path: Path) -> None:
    code, output = run("--target", "none.yaml", report=tmp_path)

    assert code == UNDECIDED
    assert "Cannot read the target none.yaml: No such file or directory." in output
    assert "Traceback" not in output
