"""The three distributions install from wheels and work beside a user's own project."""

import json
import os
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from scripts import ROOT
from scripts.release.__main__ import DISTRIBUTIONS, build, environment, install, run_example, served
from scripts.tests.docs.documents import blocks

CLIENT, SERVER, CONTRACT = DISTRIBUTIONS
PACKAGES = {CLIENT: "canvas_outcomes", SERVER: "canvas_outcomes_server", CONTRACT: "canvas_outcomes_contract"}
# The names of our own folders, which a user's project may have, too.
FOLDERS = ["contract_tests", "reference_server", "scripts", "tests"]
APP_TEST = next(block.text for block in blocks(ROOT / "README.md") if "def test_" in block.text)
SERVER_TEST = """
def test_server(canvas_outcomes_server):
    assert canvas_outcomes_server.url.startswith("http://127.0.0.1:")
"""
PINNED = ["--constraint", str(ROOT / "requirements.lock")]
# One worker of xdist builds the wheels.


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    build(ROOT, folder, "--wheel")
    return folder


@pytest.fixture(scope="module")
def project(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's project with a test in each folder, and an environment with all distributions."""
    project = tmp_path_factory.mktemp("project")
    install(environment(project / "env"), wheels, CONTRACT, *PINNED)
    for name in FOLDERS:
        (project / name).mkdir()
        (project / name / "__init__.py").touch()
        (project / name / "test_own.py").write_text(f"import {name}\n\n\ndef test_own():\n    assert {name}\n")
    (project / "tests" / "test_app.py").write_text(APP_TEST + SERVER_TEST)
    return project


def installed(python: Path) -> set[str]:
    program = "from importlib.metadata import distributions; print(*(one.name for one in distributions()))"
    done = subprocess.run([str(python), "-I", "-c", program], capture_output=True, text=True, check=True)
    return {name for name in done.stdout.split() if name in DISTRIBUTIONS}


def run_in(project: Path, program: str, *arguments: str, **others: str) -> subprocess.CompletedProcess[str]:
    command = [str(project / "env" / "bin" / program), *arguments]
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PYTHON"))}
    variables |= others
    return subprocess.run(command, cwd=project, env=variables, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", [CLIENT, SERVER])
def test_a_distribution_installs_alone_and_before_the_others(wheels: Path, tmp_path: Path, name: str) -> None:
    python = environment(tmp_path / "env")

    install(python, wheels, name, *PINNED)
    alone = installed(python)
    install(python, wheels, *DISTRIBUTIONS, *PINNED)

    assert alone == {name}
    assert installed(python) == set(DISTRIBUTIONS)


def test_the_suite_installs_the_others(project: Path) -> None:
    assert installed(project / "env" / "bin" / "python") == set(DISTRIBUTIONS)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_wheel_has_only_its_package(wheels: Path, name: str) -> None:
    (wheel,) = wheels.glob(f"{name.replace('-', '_')}-*.whl")
    names = zipfile.ZipFile(wheel).namelist()

    folders = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert folders == {PACKAGES[name]}
    assert [name for name in names if {"tests", "mutants"} & set(name.split("/"))] == []
    assert (f"{PACKAGES[name]}/openapi.yaml" in names) == (name != CLIENT)


@pytest.mark.parametrize("command", [["pytest"], ["python", "-m", "pytest"]], ids=" ".join)
def test_a_project_with_folders_of_the_same_names_runs_its_tests(project: Path, command: list[str]) -> None:
    done = run_in(project, *command, "-q", "-p", "no:cacheprovider", *FOLDERS)

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(FOLDERS) + 2} passed" in done.stdout


def test_a_user_s_pytest_has_no_options_of_the_suite(project: Path) -> None:
    assert "--effort" not in run_in(project, "pytest", "--help").stdout


@pytest.fixture
def hostile(project: Path) -> Iterator[dict[str, str]]:
    """The variables of a user whose pytest settings, conftest and plugins break every run of pytest."""
    files = {
        "pytest.ini": "[pytest]\naddopts = -p drops_items --no-such-option\n",
        "conftest.py": "raise RuntimeError('The conftest of the project is imported.')\n",
        "drops_items.py": "def pytest_collection_modifyitems(items):\n    items.clear()\n",
    }
    for name, text in files.items():
        (project / name).write_text(text)
    yield {"PYTHONPATH": str(project), "PYTEST_PLUGINS": "drops_items", "PYTEST_ADDOPTS": "-p drops_items"}
    for name in files:
        (project / name).unlink()


def test_the_judge_command_needs_no_checkout_and_ignores_the_pytest_of_a_project(
    project: Path, hostile: dict[str, str]
) -> None:
    clause = "get-outcome-asks-for-a-token"

    done = run_in(project, "canvas-outcomes-contract", "judge", "--clause", clause, "--report", "report", **hostile)

    report = json.loads((project / "report" / "report.json").read_text())
    assert done.returncode == 0, done.stdout + done.stderr
    assert [entry["id"] for entry in report["clauses"] if entry["status"] == "passed"] == [clause]


def test_the_documented_examples_run_with_the_installed_server(project: Path) -> None:
    python = project / "env" / "bin" / "python"
    with served(python) as base_url:
        run_example(python, base_url)
        usage = run_in(project, "python", str(ROOT / "docs" / "usage.py"), base_url, "admin-token")
        page = httpx2.get(f"{base_url}/docs/openapi.json", timeout=60)

    assert usage.returncode == 0, usage.stderr
    assert "not found" in usage.stdout
    assert page.json()["paths"]


def test_both_folders_have_the_same_build_hook() -> None:
    first, second = (ROOT / folder / "hatch_build.py" for folder in ("reference_server", "contract_tests"))

    assert first.read_text() == second.read_text()
