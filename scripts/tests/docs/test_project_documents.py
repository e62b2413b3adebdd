"""The papers of the repository name what is in it: its libraries, its rooms, its commands."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from scripts.tests.tox_commands import ROOT, environments

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
README, CONTRIBUTING = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md"))
TABLE = re.findall(
    r"^\| ([^|]+) \| ([^|]+) \| ([^|]*) \|$", CONTRIBUTING.partition("## Dependencies")[2], re.MULTILINE
)[1:]
OWN = {"contract_tests", "reference_server", "scripts", "canvas_outcomes"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def libraries(*groups: str) -> set[str]:
    """The names that pyproject.toml asks for, with all extras, without their versions."""
    project = PROJECT["project"]
    lists = [project["dependencies"], *project.get("optional-dependencies", {}).values()]
    lists += [PROJECT["dependency-groups"][group] for group in groups]
    names = {normal(re.split(r"[\[<>=;]", one)[0]) for listed in lists for one in listed}
    return names - set(PROJECT["tool"]["uv"]["sources"])


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9][a-z0-9-]*", normal(text)))


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def imported(*places: str) -> dict[str, set[str]]:
    """The distributions that the Python files of these places import, with the files."""
    owners, found = packages_distributions(), dict[str, set[str]]()
    for name in tracked():
        if name.startswith(places) and name.endswith(".py"):
            for module in set(imports(ROOT / name)) - OWN - sys.stdlib_module_names:
                for owner in owners.get(module, [module]):
                    found.setdefault(normal(owner), set()).add(name)
    return found


def test_the_table_names_every_library() -> None:
    named = words(" ".join(library for _, library, _ in TABLE))

    assert libraries("dev", "release") - named == set()


@pytest.mark.parametrize(("job", "library", "why"), TABLE, ids=[job.strip() for job, _, _ in TABLE])
def test_a_row_of_the_table_has_a_library_and_a_reason(job: str, library: str, why: str) -> None:
    assert words(library) & (libraries("dev", "release") | {"tox"})
    assert why.strip()


def test_what_is_installed_with_the_suite_imports_only_what_it_asks_for() -> None:
    shipped = {
        name: files
        for name, files in imported("contract_tests/", "reference_server/").items()
        if any("/tests/" not in file for file in files)
    }

    assert {name: files for name, files in shipped.items() if name not in libraries()} == {}


def test_everything_else_imports_only_what_the_group_dev_asks_for() -> None:
    found = imported("contract_tests/", "reference_server/", "scripts/", "docs/")

    assert {name: files for name, files in found.items() if name not in libraries("dev")} == {}


def test_the_readme_names_every_room() -> None:
    rooms = {name.partition("/")[0] for name in tracked() if not name.startswith(".")} - {"README.md"}

    assert [room for room in sorted(rooms) if f"`{room}`" not in README and f"({room})" not in README] == []


def test_every_command_is_explained_where_it_is_needed() -> None:
    papers = [README, CONTRIBUTING, *(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))]

    assert [name for name in environments() if not re.search(rf"tox -e {name}\b", "".join(papers))] == []
