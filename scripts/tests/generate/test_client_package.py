"""The generated package: equal from every Python, usable with its lowest dependencies, with examples that run."""

import doctest
import importlib
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import metadata
from pathlib import Path

import httpx2
import pytest
import yaml

import canvas_outcomes
from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET
from canvas_outcomes_contract.contract.document import Contract, contract_path
from scripts import ROOT
from scripts.generate import generator

CLIENT, SUITE = ROOT / "generated_client", ROOT / "contract_tests"
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
UV = str(Path(sys.executable).parent / "uv")
# The lowest version of each dependency.
DECLARED = dict(
    re.findall(r'"([\w-]+)>=([\d.]+)', (CLIENT / "pyproject.toml").read_text().partition("\ndependencies")[2])
)
VERSION = "import sys, importlib.metadata as one; print(one.version(sys.argv[1]))"
MODULES = [
    importlib.import_module(f"canvas_outcomes.{one.name}") for one in pkgutil.iter_modules(canvas_outcomes.__path__)
]


def interpreter(version: str) -> str:
    """Return a Python of the version, from PATH or pyenv. Skips the test if there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [shutil.which(f"python{version}"), *map(str, sorted(pyenv.glob(f"{version}.*/bin/python")))]
    for path in filter(None, found):
        command = [path, "-c", "import sys; print(sys.version)"]
        if subprocess.run(command, capture_output=True, text=True, check=False).stdout.startswith(version):
            return path
    pytest.skip(f"There is no Python {version} on this machine.")


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | variables
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def environment(folder: Path, python: str, *packages: str) -> str:
    """Return the Python of a new environment with the packages."""
    new = str(folder / "bin" / "python")
    subprocess.run([UV, "venv", "-q", "--python", python, str(folder)], check=True)
    subprocess.run([UV, "pip", "install", "-q", "--python", new, *packages], check=True)
    return new


@pytest.mark.parametrize("version", PYTHONS)
def test_every_python_generates_the_same_bytes(tmp_path: Path, version: str) -> None:
    """Neither pytest nor the suite is installed beside the generator; the client that it imports needs httpx2."""
    pinned = yaml.safe_load((ROOT / "generator_config.yml").read_text())["pinned"]
    lock = ["-c", str(ROOT / "requirements.lock")]
    packages = ("pyyaml", "msgspec", "jsonschema-rs", "httpx2")
    python = environment(tmp_path, interpreter(version), *lock, *pinned, *packages)

    seed = version.replace(".", "")
    ran = run(python, "-m", "scripts.generate", "--check", PYTHONHASHSEED=seed, PYTHONPATH=str(SUITE))

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_client_works_with_the_lowest_versions_that_it_allows(tmp_path: Path) -> None:
    """The suite needs newer versions than the client does, so these stand before the installed ones in sys.path."""
    packages = tmp_path / "packages"
    lowest = ["--resolution", "lowest-direct", "-r", str(CLIENT / "pyproject.toml"), "--extra", "aiohttp"]
    subprocess.run([UV, "pip", "install", "-q", "--python", sys.executable, "--target", packages, *lowest], check=True)

    checks = str(SUITE / "canvas_outcomes_contract" / "checks" / "client")
    options = ["-p", "canvas_outcomes_contract.run.plugin", "-q", "--effort", "quick", "--report", str(tmp_path)]
    path = os.pathsep.join([str(packages), str(ROOT)])
    ran = run(sys.executable, "-m", "pytest", checks, *options, PYTHONPATH=path)
    installed = {name: run(sys.executable, "-c", VERSION, name, PYTHONPATH=path).stdout.strip() for name in DECLARED}

    assert {name: re.sub(r"(\.0)+$", "", version) for name, version in installed.items()} == {
        name: re.sub(r"(\.0)+$", "", version) for name, version in DECLARED.items()
    }
    assert ran.returncode == 0, ran.stdout[-3000:]


def test_the_metadata_is_complete() -> None:
    package = metadata("canvas-outcomes-client")

    classifiers = package.get_all("Classifier") or []
    assert [version for version in PYTHONS if f"Programming Language :: Python :: {version}" not in classifiers] == []
    assert "Typing :: Typed" in classifiers
    assert (package["License-Expression"], package["Requires-Python"]) == ("MIT", ">=3.11")
    assert package.get_all("Project-URL")
    assert (Path(canvas_outcomes.__file__).parent / "py.typed").is_file()


def test_the_metadata_links_to_the_repository_if_its_address_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def links(repository: str) -> dict[str, str]:
        values = generator.settings() | {"repository": repository}
        monkeypatch.setattr(generator, "settings", lambda: values)
        contract = Contract(contract_path())
        generator.render(tmp_path, generator.parse(contract), sha256="", pinned=generator.check_pins())
        found: dict[str, str] = tomllib.loads((tmp_path / "pyproject.toml").read_text())["project"]["urls"]
        return found

    assert links("").keys() == {"Documentation"}
    assert links("https://git.example.com/ada/outcomes/") == links("") | {
        "Source": "https://git.example.com/ada/outcomes",
        "Issues": "https://git.example.com/ada/outcomes/issues",
        "Changelog": "https://git.example.com/ada/outcomes/blob/HEAD/CHANGELOG.md",
    }


def test_the_examples_in_docstrings_run() -> None:
    results = [doctest.testmod(module) for module in (canvas_outcomes, *MODULES)]

    assert [result.failed for result in results] == [0] * len(results)
    assert results[0].attempted > 3


def test_the_examples_in_its_readme_run() -> None:
    ids = yaml.safe_load(EMBEDDED_TARGET.read_text())["resources"]
    blocks = re.findall(r"^```python\n(.*?)^```", (CLIENT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    example = "\n".join(blocks).replace('"..."', '"editor-token"')
    example = example.replace("student_id=30", f"student_id={ids['student']}").replace("[1, 2, 3]", "[1, 999999]")

    with reference_server() as base_url:
        ran = run(
            sys.executable,
            "-c",
            example.replace("https://canvas.example.edu", base_url) + "\nprint(outcome_alignments)",
        )
        headers = {"Authorization": "Bearer editor-token"}
        shown = httpx2.get(f"{base_url}/api/v1/outcomes/1", headers=headers, timeout=60, trust_env=False).json()

    assert (len(blocks), ran.returncode) == (2, 0), ran.stderr
    lines = ran.stdout.splitlines()
    assert lines[0].startswith("1 of 2: Outcome(")
    assert lines[1].startswith("2 of 2: cannot get_outcome")
    assert lines[2].startswith("[OutcomeAlignment(")
    assert (shown["calculation_method"], shown["display_name"]) == ("n_mastery", None)
