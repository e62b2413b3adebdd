"""A run that workers share reports what one process reports, and restores what any of them has changed."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.connection.snapshots import exclusive_lock
from canvas_outcomes_contract.contract.errors import CannotTell
from contract_tests.mutants.provider import fault_named
from contract_tests.mutants.provider.faults import Provider, Request, Response
from contract_tests.mutants.provider.faulty_server import faulty_server
from contract_tests.tests.run.contract_runs import (
    CONFORMS,
    DEMO,
    DRAWN_CASES,
    UNDECIDED,
    VIOLATES,
    judged,
    only,
    outcome,
    read,
    run,
    start,
    statuses,
    target,
    wait_until,
)

OWN, FURTHER = 1, 22  # outcomes of the demo world that belong to one course
CLAUSES = (
    "get-outcome-names-a-course-as-owner",
    "get-outcome-names-the-owner-or-none",
    "get-outcome-shows-the-requested-outcome",
    "update-outcome-accepts-texts-under-account-scales",
    "update-outcome-refuses-a-null-title",
    "update-outcome-refuses-scale-changes-under-account-scales",
)
LONG = ("update-outcome-stores-the-title", "update-outcome-stores-ratings", "update-outcome-stores-mastery-points")
TWO = ("-n", "2")


@pytest.fixture
def base_url() -> Iterator[str]:
    with reference_server() as url:
        yield url


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def shared(folder: Path, base_url: str) -> Path:
    """A target with an outcome for each of two workers."""
    resources = DEMO["resources"] | {"editable_outcome": OWN, "further_editable_outcomes": [FURTHER]}
    return target(folder, base_url=base_url, resources=resources)


def outcomes(base_url: str) -> list[Any]:
    return [outcome(base_url, id) for id in (OWN, FURTHER)]


def test_workers_report_what_one_process_reports(tmp_path: Path, base_url: str) -> None:
    with faulty_server(fault_named("names owners in lower case"), base_url) as faulty:
        options = ["--target", shared(tmp_path, faulty.base_url), "--seed", "1", *only(*CLAUSES)]
        by_one, _ = run(*options, report=tmp_path / "one")
        by_two, output = run(*options, *TWO, report=tmp_path / "two")
        until_failure, _ = run(*options, *TWO, "-x", report=tmp_path / "x")

    assert (by_one, by_two, until_failure) == (VIOLATES, VIOLATES, VIOLATES), output
    expected = dict.fromkeys(CLAUSES, "passed") | {CLAUSES[0]: "failed"}
    assert judged(tmp_path / "two") == judged(tmp_path / "one") == expected
    assert statuses(tmp_path / "x")[CLAUSES[0]] == "failed"
    for key in ("coverage", "not_covered", "unchecked", "verdict", "seed", "target"):
        assert read(tmp_path / "two")[key] == read(tmp_path / "one")[key]


def test_each_worker_changes_an_outcome_of_its_own_and_both_are_restored(tmp_path: Path, base_url: str) -> None:
    updated: set[str] = set()

    def record_updates(request: Request, provider: Provider) -> Response:
        if request.method == "PUT":
            updated.add(request.id)
        return provider(request)

    before = outcomes(base_url)
    with faulty_server(record_updates, base_url) as recorded:
        options = ["--target", shared(tmp_path, recorded.base_url), "--effort", "quick", *DRAWN_CASES]
        code, output = run(*options, *TWO, report=tmp_path)

    assert code == CONFORMS, output
    assert {str(OWN), str(FURTHER)} <= updated
    assert outcomes(base_url) == before
    assert list((tmp_path / "state").rglob("*.json")) == []
    assert read(tmp_path)["notes"] == []
    assert set(judged(tmp_path).values()) == {"passed"}


def test_workers_share_the_drawn_cases_of_embedded_servers(tmp_path: Path) -> None:
    clauses = [f"{name}-answers-as-documented" for name in ("get-outcome", "update-outcome", "list-outcome-alignments")]

    code, output = run(*only(*CLAUSES, *clauses), "--effort", "quick", *TWO, report=tmp_path)

    assert code == CONFORMS, output
    assert judged(tmp_path) == dict.fromkeys((*CLAUSES, *clauses), "passed")
    # One worker judges all cases, since all judge one clause in sequences.
    labels = (tmp_path / "junit.xml").read_text().count('name="test_answers_as_documented[')
    assert labels == len(clauses)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-n", "3"], "with 3 workers: they would change 2 outcomes of the target. Add 1 more to resources.further"),
        (["-n", "2", "--at-once", "1"], "with 2 workers and 1 concurrent requests. Raise --at-once, or lower -n."),
    ],
)
def test_reports_too_many_workers_in_one_sentence(
    tmp_path: Path, base_url: str, options: list[str], message: str
) -> None:
    code, output = run("--target", shared(tmp_path, base_url), *options, report=tmp_path)

    assert code == UNDECIDED
    assert message in output
    assert "Traceback" not in output


def test_a_target_without_writes_needs_no_further_outcome(tmp_path: Path, base_url: str) -> None:
    file = target(tmp_path, base_url=base_url, writes=False)

    code, output = run("--target", file, *only(*CLAUSES), *TWO, report=tmp_path)

    assert code == CONFORMS, output
    assert "update-outcome-refuses-a-null-title" not in judged(tmp_path)


@pytest.fixture
def unchanged(base_url: str) -> list[Any]:
    return outcomes(base_url)


@pytest.fixture
def running(tmp_path: Path, base_url: str, unchanged: list[Any]) -> Iterator[subprocess.Popen[str]]:
    """A shared run whose workers have changed both outcomes."""
    options = ["--target", shared(tmp_path, base_url), "--effort", "deep", *only(*LONG), *TWO]
    process = start(*options, report=tmp_path / "report")
    try:
        wait_until(lambda: all(now != was for now, was in zip(outcomes(base_url), unchanged, strict=True)), seconds=240)
        yield process
    finally:
        if process.poll() is None:
            process.kill()


def kill_a_worker(process: subprocess.Popen[str]) -> None:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGKILL)


def interrupt(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        (kill_a_worker, "A worker was killed before it reported its results."),
        (interrupt, "The run was interrupted."),
    ],
)
def test_restores_the_outcomes_of_a_run_that_was_stopped(
    tmp_path: Path, running: subprocess.Popen[str], base_url: str, unchanged: list[Any], stop: Any, reason: str
) -> None:
    stop(running)
    output, _ = running.communicate(timeout=120)

    assert running.returncode == UNDECIDED, output
    assert read(tmp_path / "report")["stopped"] == reason
    assert "Traceback" not in output
    assert outcomes(base_url) == unchanged
    assert list((tmp_path / "state").rglob("*.json")) == []


def test_the_next_run_restores_what_a_killed_controller_has_left(
    tmp_path: Path, running: subprocess.Popen[str], base_url: str, unchanged: list[Any]
) -> None:
    running.kill()
    running.communicate()
    wait_until(lambda: is_free(base_url))
    left = outcomes(base_url)
    code, output = run("--target", shared(tmp_path, base_url), *only(CLAUSES[0]), report=tmp_path / "next")

    assert left != unchanged
    assert code == CONFORMS, output
    assert outcomes(base_url) == unchanged
    assert list((tmp_path / "state").rglob("*.json")) == []


def is_free(base_url: str) -> bool:
    try:
        with exclusive_lock(base_url):
            return True
    except CannotTell:
        return False
