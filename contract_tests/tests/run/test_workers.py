"""A run that workers share says what a run in one process says, and puts back what any of them has changed."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.connection.snapshots import exclusive_lock
from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET
from canvas_outcomes_contract.contract.errors import CannotTell
from contract_tests.mutants.provider import fault_named
from contract_tests.mutants.provider.faults import Provider, Request, Response
from contract_tests.mutants.provider.faulty_server import faulty_server
from contract_tests.tests.run.test_runs import (
    CONFORMS,
    DRAWN_CASES,
    UNDECIDED,
    VIOLATES,
    read,
    run,
    start,
    statuses,
    target,
    wait_until,
)

OWN, FURTHER = 1, 22  # outcomes of the demo world that are of one course
NAMED = yaml.safe_load(EMBEDDED_TARGET.read_text())
CLAUSES = (
    "get-outcome-names-a-course-as-owner",
    "get-outcome-names-the-owner-or-none",
    "get-outcome-shows-the-requested-outcome",
    "update-outcome-accepts-texts-under-account-scales",
    "update-outcome-refuses-a-null-title",
    "update-outcome-refuses-scale-changes-under-account-scales",
)
ASKED = [argument for clause in CLAUSES for argument in ("--clause", clause)]
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
    resources = NAMED["resources"] | {"editable_outcome": OWN, "further_editable_outcomes": [FURTHER]}
    return target(folder, base_url=base_url, resources=resources)


def outcomes(base_url: str) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {NAMED['tokens']['editor']}"}
    return [httpx.get(f"{base_url}/api/v1/outcomes/{id}", headers=headers).json() for id in (OWN, FURTHER)]


def judged(report: Path) -> dict[str, str]:
    return {clause: status for clause, status in statuses(report).items() if status != "not_applicable"}


def test_workers_find_what_one_process_finds(tmp_path: Path, base_url: str) -> None:
    with faulty_server(fault_named("names owners in lower case"), base_url) as faulty:
        file = shared(tmp_path, faulty.base_url)
        by_one, _ = run("--target", file, "--seed", "1", *ASKED, report=tmp_path / "alone")
        together, output = run("--target", file, "--seed", "1", *ASKED, *TWO, report=tmp_path / "together")

    assert (by_one, together) == (VIOLATES, VIOLATES), output
    assert (
        judged(tmp_path / "together")
        == judged(tmp_path / "alone")
        == dict.fromkeys(CLAUSES, "passed") | {CLAUSES[0]: "failed"}
    )
    for key in ("coverage", "not_covered", "unchecked", "verdict", "seed", "target"):
        assert read(tmp_path / "together")[key] == read(tmp_path / "alone")[key]


def test_the_first_failure_ends_a_shared_run(tmp_path: Path, base_url: str) -> None:
    with faulty_server(fault_named("names owners in lower case"), base_url) as faulty:
        code, output = run("--target", shared(tmp_path, faulty.base_url), "-x", *ASKED, *TWO, report=tmp_path)

    assert code == VIOLATES, output
    assert statuses(tmp_path)[CLAUSES[0]] == "failed"


def test_each_worker_changes_an_outcome_of_its_own_and_both_are_put_back(tmp_path: Path) -> None:
    updated: dict[str, set[str]] = {}

    def note_writers(request: Request, provider: Provider) -> Response:
        if request.method == "PUT":
            updated.setdefault(request.id, set()).add(request.headers["user-agent"])
        return provider(request)

    with reference_server() as right, faulty_server(note_writers, right) as noted:
        first = outcomes(right)
        code, output = run(
            "--target",
            shared(tmp_path, noted.base_url),
            "--ignore",
            DRAWN_CASES,
            "--effort",
            "quick",
            *TWO,
            report=tmp_path,
        )
        last = outcomes(right)

    assert code == CONFORMS, output
    assert {str(OWN), str(FURTHER)} <= updated.keys()
    assert last == first
    assert list((tmp_path / "state").rglob("*.json")) == []
    assert read(tmp_path)["notes"] == []
    assert set(judged(tmp_path).values()) == {"passed"}


def test_embedded_servers_need_no_further_outcome(tmp_path: Path) -> None:
    code, output = run(*ASKED, *TWO, report=tmp_path)

    assert code == CONFORMS, output
    assert judged(tmp_path) == dict.fromkeys(CLAUSES, "passed")


def test_a_shard_can_be_shared_too(tmp_path: Path) -> None:
    code, output = run(*ASKED, "--shard", "1/2", *TWO, report=tmp_path)

    assert code == CONFORMS, output
    assert 0 < len(judged(tmp_path)) < len(CLAUSES)


@pytest.mark.parametrize(
    ("workers", "options", "said"),
    [
        (
            "3",
            [],
            "Cannot judge with 3 workers: they would change 2 outcomes of the target. Add 1 more to resources.furth",
        ),
        ("2", ["--at-once", "1"], "only 1 requests may be under way at once. Raise --at-once, or lower -n."),
    ],
)
def test_what_is_not_enough_for_all_workers_is_one_sentence(
    tmp_path: Path, base_url: str, workers: str, options: list[str], said: str
) -> None:
    code, output = run("--target", shared(tmp_path, base_url), "-n", workers, *options, report=tmp_path)

    assert code == UNDECIDED
    assert said in output
    assert "Traceback" not in output


def test_a_target_that_is_only_read_needs_no_further_outcome(tmp_path: Path, base_url: str) -> None:
    code, output = run("--target", target(tmp_path, base_url=base_url, writes=False), *ASKED, *TWO, report=tmp_path)

    assert code == CONFORMS, output
    assert "update-outcome-refuses-a-null-title" not in judged(tmp_path)


@pytest.fixture
def unchanged(base_url: str) -> list[dict[str, Any]]:
    return outcomes(base_url)


@pytest.fixture
def running(tmp_path: Path, base_url: str, unchanged: list[dict[str, Any]]) -> Iterator[subprocess.Popen[str]]:
    """A shared run whose workers have changed both outcomes."""
    asked = [f"--clause={clause}" for clause in LONG]
    process = start(
        "--target", shared(tmp_path, base_url), "--effort", "deep", *asked, *TWO, report=tmp_path / "report"
    )
    try:
        wait_until(lambda: all(now != was for now, was in zip(outcomes(base_url), unchanged, strict=True)), seconds=240)
        yield process
    finally:
        if process.poll() is None:
            process.kill()


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    return [int(id) for id in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def test_what_a_killed_worker_has_changed_is_put_back(
    tmp_path: Path, running: subprocess.Popen[str], base_url: str, unchanged: list[dict[str, Any]]
) -> None:
    os.kill(workers_of(running)[0], signal.SIGKILL)
    output, _ = running.communicate(timeout=120)

    assert running.returncode == UNDECIDED, output
    assert "A worker was killed before it could say what it found." in read(tmp_path / "report")["stopped"]
    assert outcomes(base_url) == unchanged
    assert list((tmp_path / "state").rglob("*.json")) == []


def test_an_interrupted_shared_run_puts_back(
    tmp_path: Path, running: subprocess.Popen[str], base_url: str, unchanged: list[dict[str, Any]]
) -> None:
    running.send_signal(signal.SIGINT)
    output, _ = running.communicate(timeout=120)

    assert running.returncode == UNDECIDED, output
    assert read(tmp_path / "report")["stopped"] == "The run was interrupted."
    assert "Traceback" not in output
    assert outcomes(base_url) == unchanged


def test_the_next_run_puts_back_what_a_killed_controller_has_left(
    tmp_path: Path, running: subprocess.Popen[str], base_url: str, unchanged: list[dict[str, Any]]
) -> None:
    running.kill()
    running.communicate()
    wait_until(lambda: is_free(base_url))
    file = shared(tmp_path, base_url)
    left = outcomes(base_url)
    code, output = run("--target", file, "--clause", CLAUSES[0], report=tmp_path / "next")

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
