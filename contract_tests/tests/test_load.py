"""A load run finds what a server breaks only under load, says so in its report, and puts back what it wrote."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET
from canvas_outcomes_contract.load.command import main
from contract_tests.mutants.provider import fault_named
from contract_tests.mutants.provider.faults import Fault, Provider, Request, Response
from contract_tests.mutants.provider.faulty_server import faulty_server

ROOT = Path(__file__).resolve().parents[2]
CONFORMS, VIOLATES, UNDECIDED = 0, 1, 2


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with reference_server("--no-access-log") as url:
        yield url


def target(folder: Path, base_url: str) -> Path:
    path = folder / "target.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(EMBEDDED_TARGET.read_text()) | {"base_url": base_url}))
    return path


def load(folder: Path, base_url: str) -> tuple[int, dict[str, Any]]:
    """The exit code of a short run, and its report."""
    length = ["--users", "8", "--seconds", "5", "--workers", "2", "--report", str(folder)]
    command = [
        sys.executable,
        "-m",
        "canvas_outcomes_contract.load",
        "--target",
        str(target(folder, base_url)),
        *length,
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (folder / "load.json").exists(), run.stdout + run.stderr
    return run.returncode, json.loads((folder / "load.json").read_text())


def load_faulty(folder: Path, base_url: str, fault: Fault) -> tuple[int, dict[str, Any]]:
    with faulty_server(fault, base_url) as faulty:
        return load(folder, faulty.base_url)


def broken_clauses(report: dict[str, Any]) -> set[str]:
    return {violation["what"].partition(":")[0] for violation in report["violations"]}


def outcome(base_url: str) -> Any:
    return httpx.get(f"{base_url}/api/v1/outcomes/1", headers={"Authorization": "Bearer editor-token"}).json()


def test_a_right_server_conforms_and_keeps_what_it_had(tmp_path: Path, base_url: str) -> None:
    before = outcome(base_url)

    code, report = load(tmp_path, base_url)

    assert (code, report["violations"], report["server_failures"]) == (CONFORMS, [], 0), report
    assert {one["name"] for one in report["operations"] if one["requests"]} == {
        "get_outcome",
        "update_outcome",
        "list_outcome_alignments",
    }
    assert outcome(base_url) == before


def test_an_update_that_is_lost_between_two_writers_is_found(tmp_path: Path, base_url: str) -> None:
    code, report = load_faulty(tmp_path, base_url, fault_named("reads, waits and writes everything"))

    assert code == VIOLATES
    assert broken_clauses(report) == {"update-outcome-loses-no-concurrent-update"}
    assert "update-outcome-loses-no-concurrent-update" in (tmp_path / "load.html").read_text()


def fails_on_titles_and_gives_points_as_text(request: Request, provider: Provider) -> Response:
    if b"title" in request.body:
        return Response(503, b"busy", {"content-type": "text/plain"})
    return provider(request).change_field("points_possible", str)


def test_failures_and_answers_that_are_not_documented_are_found(tmp_path: Path, base_url: str) -> None:
    code, report = load_faulty(tmp_path, base_url, fails_on_titles_and_gives_points_as_text)

    assert code == VIOLATES
    assert report["server_failures"] > 0
    assert broken_clauses(report) == {
        "get-outcome-answers-as-documented",
        "update-outcome-answers-as-documented",
        "update-outcome-never-fails-on-a-request",
    }


@pytest.mark.parametrize(
    "told",
    [[], ["--load-host", "canvas.example.edu"], ["--with-permission"], ["--load-host", "other", "--with-permission"]],
)
def test_refuses_another_machine_unless_told_twice(
    tmp_path: Path, told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = target(tmp_path, "https://canvas.example.edu")

    assert main(["--target", str(elsewhere), *told]) == UNDECIDED
    assert "add --load-host canvas.example.edu --with-permission" in capsys.readouterr().err


def test_takes_another_machine_when_told_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    elsewhere = target(tmp_path, "http://nowhere.invalid:9")

    assert main(["--target", str(elsewhere), "--load-host", "nowhere.invalid", "--with-permission"]) == UNDECIDED
    assert "nothing listens there" in capsys.readouterr().err


def test_joins_no_run_with_a_server_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--join", "127.0.0.1:5557"]) == UNDECIDED
    assert "has no base_url" in capsys.readouterr().err


def test_needs_a_user_of_each_kind(tmp_path: Path, base_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--target", str(target(tmp_path, base_url)), "--users", "4"]) == UNDECIDED
    assert "5 are needed" in capsys.readouterr().err
