"""The suite works where it is installed, away from its checkout."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.tests.docs.documents import blocks
from scripts.tests.tox_commands import ROOT

# What the README gives to somebody who tests an app.
APP = next(block.text for block in blocks(ROOT / "README.md") if "def test_" in block.text)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the suite and the client installed from wheels, and a folder that knows no checkout."""
    folder = tmp_path_factory.mktemp("installed")
    uv, python = str(Path(sys.executable).parent / "uv"), str(folder / "env" / "bin" / "python")
    sources = [str(ROOT / "generated_client"), str(ROOT), "-c", str(ROOT / "requirements.lock")]
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(folder / "env")], check=True)
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *sources], check=True)
    return folder


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(folder / "env" / "bin" / "pytest"), "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_contract_run_needs_no_checkout(installed: Path) -> None:
    clause = "update-outcome-stores-ratings"

    ran = pytest_in(
        installed, "--pyargs", "canvas_outcomes_contract.checks.provider", "--clause", clause, "--report", "report"
    )

    report = json.loads((installed / "report" / "report.json").read_text())
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert [entry["id"] for entry in report["clauses"] if entry["status"] == "passed"] == [clause]
    assert ran.stdout.count("loading the checks\n") == 1


def test_an_app_has_a_server_and_a_client_in_two_lines(installed: Path) -> None:
    (installed / "test_app.py").write_text(APP)

    ran = pytest_in(installed, "test_app.py")

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_other_runs_of_pytest_have_no_options_of_ours(installed: Path) -> None:
    (installed / "test_other.py").write_text("def test_nothing(): pass\n")

    assert "--effort" not in pytest_in(installed, "--help", "test_other.py").stdout


def test_the_page_of_the_server_finds_the_contract(installed: Path) -> None:
    program = "from canvas_outcomes_server.http.docs_page import contract_json; print(contract_json().decode())"

    ran = subprocess.run(
        [str(installed / "env" / "bin" / "python"), "-c", program],
        cwd=installed,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["paths"]
