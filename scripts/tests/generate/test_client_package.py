"""The client is the same on every Python, installs with old and new dependencies, and its examples run."""

import doctest
import importlib
import os
import pkgutil
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import metadata
from pathlib import Path

import httpx
import pytest
import yaml

import canvas_outcomes
from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET
from scripts.tests import ROOT

CLIENT = ROOT / "generated_client"
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
UV = str(Path(sys.executable).parent / "uv")
# The lowest version of each dependency.
DECLARED = dict(
    re.findall(r'"([\w-]+)>=([\d.]+)', (CLIENT / "pyproject.toml").read_text().partition("\ndependencies")[2])
)
MODULES = [
    importlib.import_module(f"canvas_outcomes.{one.name}") for one in pkgutil.iter_modules(canvas_outcomes.__path__)
]


def interpreter(version: str) -> str:
    """A Python of the version, on PATH or among those of pyenv. Skips the test where there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [shutil.which(f"python{version}"), *map(str, sorted(pyenv.glob(f"{version}.*/bin/python")))]
    for path in filter(None, found):
        asked = subprocess.run(
            [path, "-c", "import sys; print(sys.version)"], capture_output=True, text=True, check=False
        )
        if asked.stdout.startswith(version):
            return path
    pytest.skip(f"There is no Python {version} on this machine.")


def environment(folder: Path, python: str, *packages: str) -> str:
    """The Python of a new environment with packages in the versions of the lock file."""
    made = str(folder / "bin" / "python")
    subprocess.run([UV, "venv", "-q", "--python", python, str(folder)], check=True)
    lock = ["-c", str(ROOT / "requirements.lock")]
    subprocess.run([UV, "pip", "install", "-q", "--python", made, *lock, *packages], check=True)
    return made


@pytest.mark.parametrize("version", PYTHONS)
def test_every_python_generates_the_same_bytes(tmp_path: Path, version: str) -> None:
    pinned = yaml.safe_load((ROOT / "generator_config.yml").read_text())["pinned"]
    python = environment(tmp_path, interpreter(version), *pinned, "pyyaml", "pytest")

    ran = subprocess.run(
        [python, str(ROOT / "scripts" / "regenerate.py"), "--check"],
        env=os.environ | {"PYTHONHASHSEED": version.replace(".", "")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr


def name_of(pin: str) -> str:
    return pin.partition("==")[0]


@pytest.fixture(scope="module")
def lowest(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[str]]:
    """The Python of an environment with the suite, where the client has the lowest versions that it allows."""
    folder = tmp_path_factory.mktemp("lowest")
    resolve = [UV, "pip", "compile", "-q", "--resolution", "lowest-direct", "--no-annotate", "--no-header"]
    resolved = subprocess.run([*resolve, str(CLIENT / "pyproject.toml")], capture_output=True, text=True, check=True)
    lock = (ROOT / "requirements.lock").read_text()
    pins = [pin for pin in resolved.stdout.split() if name_of(pin) in DECLARED or f"\n{name_of(pin)}==" not in lock]
    subprocess.run([UV, "venv", "-q", "--python", sys.executable, str(folder)], check=True)
    install = [UV, "pip", "install", "-q", "--python", str(folder / "bin" / "python")]
    subprocess.run([*install, "-r", str(ROOT / "requirements.lock")], check=True)
    # The suite asks for newer ones than the client does.
    subprocess.run([*install, "--no-deps", *pins, "-e", str(CLIENT)], check=True)
    return str(folder / "bin" / "python"), pins


def test_the_lowest_dependencies_will_do(tmp_path: Path, lowest: tuple[str, list[str]]) -> None:
    python, pins = lowest

    ran = subprocess.run(
        [python, "-m", "pytest", "contract_tests/client", "-q", "--effort", "quick", "--report", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert {f"{name}=={version}" for name, version in DECLARED.items()} <= {re.sub(r"(\.0)+$", "", pin) for pin in pins}
    assert ran.returncode == 0, ran.stdout[-3000:]


def test_the_package_says_what_an_index_wants_to_know() -> None:
    said = metadata("canvas-outcomes-client")

    classifiers = said.get_all("Classifier") or []
    assert [version for version in PYTHONS if f"Programming Language :: Python :: {version}" not in classifiers] == []
    assert "Typing :: Typed" in classifiers
    assert (said["License-Expression"], said["Requires-Python"]) == ("MIT", ">=3.11")
    assert said.get_all("Project-URL")
    assert (Path(canvas_outcomes.__file__).parent / "py.typed").is_file()


@pytest.mark.parametrize("module", [canvas_outcomes, *MODULES], ids=lambda module: module.__name__)
def test_the_examples_of_docstrings_run(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_there_are_examples() -> None:
    assert doctest.testmod(canvas_outcomes).attempted > 3


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with reference_server() as url:
        yield url


def test_the_examples_of_its_readme_run(base_url: str) -> None:
    ids = yaml.safe_load(EMBEDDED_TARGET.read_text())["resources"]
    blocks = re.findall(r"^```python\n(.*?)^```", (CLIENT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    example = "\n".join(blocks).replace("https://canvas.example.edu", base_url).replace('"..."', '"editor-token"')
    example = example.replace("student_id=2", f"student_id={ids['student']}")
    example = example.replace("[2, 3, 5]", f"[{ids['student']}, {ids['other_student']}, 999999]")

    ran = subprocess.run([sys.executable, "-c", f"{example}\nprint(rows)"], capture_output=True, text=True, check=False)

    assert (len(blocks), ran.returncode) == (2, 0), ran.stderr
    told = ran.stdout.splitlines()
    assert ["OutcomeAlignment(" in line for line in told] == [True, True, False, True]
    assert told[2].startswith("3 of 3: cannot list_outcome_alignments")
    shown = httpx.get(
        f"{base_url}/api/v1/outcomes/1", headers={"Authorization": "Bearer editor-token"}, trust_env=False
    )
    assert (shown.json()["title"], shown.json()["display_name"]) == ("Reads a graph", None)
