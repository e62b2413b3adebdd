"""A load run reports what a server violates only under load, and restores what it wrote."""

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
from contract_tests.mutants.provider.faults import Fault, Provider, Request, Response
from contract_tests.mutants.provider.faulty_server import faulty_server
from contract_tests.tests.run.contract_runs import CONFORMS, ROOT, UNDECIDED, VIOLATES, outcome, target


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with reference_server("--no-access-log") as url:
        yield url


def load(folder: Path, base_url: str) -> tuple[int, dict[str, Any]]:
    """The exit code of a short run, and its report."""
    options = ["--users", "8", "--seconds", "5", "--workers", "2", "--report", str(folder)]
    command = [
        sys.executable,
        "-m",
        "canvas_outcomes_contract",
        "load",
        "--target",
        str(target(folder, base_url=base_url)),
    ]
    run = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (folder / "load.json").exists(), run.stdout + run.stderr
    return run.returncode, json.loads((folder / "load.json").read_text())


def load_faulty(folder: Path, base_url: str, fault: Fault) -> tuple[int, dict[str, Any]]:
    with faulty_server(fault, base_url) as faulty:
        return load(folder, faulty.base_url)


def broken_clauses(report: dict[str, Any]) -> set[str]:
    return {violation["what"].partition(":")[0] for violation in report["violations"]}


def test_a_correct_server_conforms_and_its_outcome_is_restored(tmp_path: Path, base_url: str) -> None:
    before = outcome(base_url)

    code, report = load(tmp_path, base_url)

    assert (code, report["violations"], report["server_failures"]) == (CONFORMS, [], 0), report
    assert {one["name"] for one in report["operations"] if one["requests"]} == {
        "get_outcome",
        "update_outcome",
        "list_outcome_alignments",
    }
    assert outcome(base_url) == before


def test_finds_an_update_that_is_lost_between_two_writers(tmp_path: Path, base_url: str) -> None:
    code, report = load_faulty(tmp_path, base_url, fault_named("reads, waits and writes everything"))

    assert code == VIOLATES
    assert broken_clauses(report) == {"update-outcome-loses-no-concurrent-update"}
    assert "update-outcome-loses-no-concurrent-update" in (tmp_path / "load.html").read_text()


def fails_on_titles_and_gives_points_as_text(request: Request, provider: Provider) -> Response:
    if b"title" in request.body:
        return Response(503, b"busy", {"content-type": "text/plain"})
    return provider(request).change_field("points_possible", str)


def test_finds_failures_and_undocumented_responses(tmp_path: Path, base_url: str) -> None:
    code, report = load_faulty(tmp_path, base_url, fails_on_titles_and_gives_points_as_text)

    assert code == VIOLATES
    assert report["server_failures"] > 0
    assert broken_clauses(report) == {
        "get-outcome-answers-as-documented",
        "update-outcome-answers-as-documented",
        "update-outcome-never-fails-on-a-request",
    }


@pytest.mark.parametrize(
    "options",
    [[], ["--load-host", "canvas.example.edu"], ["--with-permission"], ["--load-host", "other", "--with-permission"]],
)
def test_refuses_another_machine_without_both_options(
    tmp_path: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = target(tmp_path, base_url="https://canvas.example.edu")

    assert main(["--target", str(elsewhere), *options]) == UNDECIDED
    assert "add --load-host canvas.example.edu --with-permission" in capsys.readouterr().err


def test_accepts_another_machine_with_both_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    elsewhere = target(tmp_path, base_url="http://nowhere.invalid:9")

    assert main(["--target", str(elsewhere), "--load-host", "nowhere.invalid", "--with-permission"]) == UNDECIDED
    assert "nothing answers there" in capsys.readouterr().err


def test_cannot_join_a_run_without_a_base_url(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--join", "127.0.0.1:5557"]) == UNDECIDED
    assert "has no base_url" in capsys.readouterr().err


def test_requires_a_user_of_each_kind(tmp_path: Path, base_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--target", str(target(tmp_path, base_url=base_url)), "--users", "4"]) == UNDECIDED
    assert "5 are needed" in capsys.readouterr().err
