"""A load run finds violations that occur under load only, reports them, and restores the outcome."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.load.command import main
from contract_tests.mutants.provider import fault_named
from contract_tests.mutants.provider.faults import Provider, Request, Response
from contract_tests.mutants.provider.faulty_server import faulty_server
from contract_tests.tests.run.contract_runs import CONFORMS, UNDECIDED, VIOLATES, outcome, target

LOSES_UPDATES = fault_named("reads, waits and writes everything")


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with reference_server("--no-access-log") as url:
        yield url


def load(folder: Path, base_url: str) -> tuple[int, dict[str, Any]]:
    """The exit code of a short run, and its report."""
    command = [sys.executable, "-m", "canvas_outcomes_contract", "load", "--users", "8", "--seconds", "6"]
    command += ["--target", str(target(folder, base_url=base_url)), "--report", str(folder)]
    process = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (folder / "load.json").exists(), process.stdout + process.stderr
    return process.returncode, json.loads((folder / "load.json").read_text())


def test_a_correct_server_conforms_and_its_outcome_is_restored(tmp_path: Path, base_url: str) -> None:
    before = outcome(base_url)

    code, report = load(tmp_path, base_url)

    assert (code, report["violations"], report["server_failures"]) == (CONFORMS, [], 0), report
    requested = {operation["name"] for operation in report["operations"] if operation["requests"]}
    assert requested == {"get_outcome", "update_outcome", "list_outcome_alignments"}
    assert outcome(base_url) == before


def has_three_faults(request: Request, provider: Provider) -> Response:
    """Fail for titles, lose other concurrent updates, and show points of other outcomes as strings."""
    if b"title" in request.body:
        return Response(503, b"busy", {"content-type": "text/plain"})
    response = LOSES_UPDATES(request, provider)
    return response if request.id == "1" else response.change_field("points_possible", str)


def test_finds_failures_lost_updates_and_undocumented_responses(tmp_path: Path, base_url: str) -> None:
    with faulty_server(has_three_faults, base_url) as faulty:
        code, report = load(tmp_path, faulty.base_url)

    assert code == VIOLATES
    assert report["server_failures"] > 0
    assert {violation["what"].partition(":")[0] for violation in report["violations"]} == {
        "get-outcome-answers-as-documented",
        "update-outcome-loses-no-concurrent-update",
        "update-outcome-never-fails-on-a-request",
    }
    assert "update-outcome-loses-no-concurrent-update" in (tmp_path / "load.html").read_text()


@pytest.mark.parametrize(
    "options",
    [[], ["--load-host", "canvas.example.edu"], ["--with-permission"], ["--load-host", "other", "--with-permission"]],
)
def test_refuses_another_machine_without_both_options(
    tmp_path: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    file = target(tmp_path, base_url="https://canvas.example.edu")

    assert main(["--target", str(file), *options]) == UNDECIDED
    assert "add --load-host canvas.example.edu --with-permission" in capsys.readouterr().err


def test_accepts_another_machine_with_both_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = target(tmp_path, base_url="http://nowhere.invalid:9")

    assert main(["--target", str(file), "--load-host", "nowhere.invalid", "--with-permission"]) == UNDECIDED
    assert "Cannot resolve the host of http://nowhere.invalid" in capsys.readouterr().err


def test_cannot_join_a_run_with_an_embedded_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--join", "127.0.0.1:5557"]) == UNDECIDED
    assert "has no base_url" in capsys.readouterr().err


def test_needs_a_user_of_each_kind(tmp_path: Path, base_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--target", str(target(tmp_path, base_url=base_url)), "--users", "4"]) == UNDECIDED
    assert "5 are needed" in capsys.readouterr().err
