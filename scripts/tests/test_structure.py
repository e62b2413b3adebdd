"""The layout, imports and dependencies of the repository are those that its documents describe."""

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from graphlib import TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from scripts import ROOT

CLIENT, SERVER, CONTRACT = "canvas_outcomes", "canvas_outcomes_server", "canvas_outcomes_contract"
# The folder of each distribution, its package, and the packages of ours that it may import.
DISTRIBUTIONS = {
    "generated_client": (CLIENT, {CLIENT}),
    "reference_server": (SERVER, {SERVER}),
    "contract_tests": (CONTRACT, {CLIENT, SERVER, CONTRACT}),
}
OWNERS = packages_distributions()
OWN = {CLIENT, SERVER, CONTRACT, *DISTRIBUTIONS, "scripts"}
# The folders of the suite from bottom to top: each imports only from lower floors.
FLOORS = [["contract"], ["cases"], ["connection"], ["report"], ["run"], ["checks", "load", "target"], ["."]]
LARGEST_FOLDER = 12
NAMES_OF_OPERATIONS = "get_outcome|update_outcome|list_outcome_alignments|alignment|student_id"
# Whatever works for any operation. Checks, faults and handlers of operations have folders of their own.
GENERAL = (
    f":(glob)contract_tests/{CONTRACT}/*.py",
    *(
        f"contract_tests/{CONTRACT}/{name}"
        for name in ("cases", "connection", "contract", "load", "report", "run", "target")
    ),
    f":(glob)contract_tests/{CONTRACT}/checks/provider/*.py",
    f"contract_tests/{CONTRACT}/checks/client",
    f":!contract_tests/{CONTRACT}/checks/client/connections/test_real_server.py",  # checks of these operations
    ":(glob)contract_tests/mutants/*.py",
    ":(glob)contract_tests/mutants/*/*.py",
    *(f"scripts/{name}" for name in ("diff", "docs", "generate", "lint", "mutants", "release")),
    ":!scripts/mutants/operations",
    f":!contract_tests/{CONTRACT}/connection/target.schema.json",  # generated from the contract
)
README, CONTRIBUTING = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md"))
TABLE = re.findall(
    r"^\| ([^|]+) \| ([^|]+) \| ([^|]*) \|$", CONTRIBUTING.partition("## Dependencies")[2], re.MULTILINE
)[1:]


def tracked(*folders: str) -> list[str]:
    done = subprocess.run(["git", "ls-files", "--", *folders], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.splitlines() if (ROOT / name).exists()]


def modules(*folders: str) -> list[str]:
    return [name for name in tracked(*folders) if name.endswith(".py")]


def shipped(folder: str) -> list[str]:
    """Return the modules of a distribution, without the plugin that only an installed pytest loads."""
    return [name for name in modules(f"{folder}/{DISTRIBUTIONS[folder][0]}") if not name.endswith("/pytest_plugin.py")]


@cache
def imports(name: str) -> list[str]:
    """Return the dotted names that a module imports, at any place in it."""
    found: list[str] = []
    for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.extend(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def imported(names: Iterable[str], *prefixes: str) -> list[str]:
    """Return `FILE: IMPORT` for each import that begins with one of the prefixes."""
    return [
        f"{name}: {one}"
        for name in names
        for one in imports(name)
        for prefix in prefixes
        if f"{one}.".startswith(f"{prefix}.")
    ]


def folder_imports(package: str) -> dict[str, set[tuple[str, str]]]:
    """Return for each folder of a package the folders that it imports from, with the importing files."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for name in modules(package, ":!scripts/tests"):
        source = folder_of(Path(package), name.removeprefix(f"{package}/").split("/")[:-1])
        for one in imports(name):
            top, *rest = one.split(".")
            target = folder_of(Path(package), rest)
            if top == Path(package).name and target != source:
                found[source].add((target, name))
    return found


def folder_of(package: Path, parts: list[str]) -> str:
    return parts[0] if parts and (ROOT / package / parts[0]).is_dir() else "."


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements(*lists: list[str]) -> set[str]:
    """Return the names of the required distributions other than ours, without versions and extras."""
    names = {normal(re.split(r"[\[<>=;]", one)[0]) for listed in lists for one in listed}
    return {name for name in names if not name.startswith("canvas-outcomes-")}


def libraries(folder: str) -> set[str]:
    """Return the dependencies of a distribution, with all extras."""
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return requirements(project["dependencies"], *project.get("optional-dependencies", {}).values())


def tools(*groups: str) -> set[str]:
    root = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return requirements(*(root["dependency-groups"][group] for group in groups))


BUILD = {"hatchling"}
ALL = set.union(tools("dev", "release"), BUILD, *map(libraries, DISTRIBUTIONS))


def third_party(names: Iterable[str]) -> dict[str, set[str]]:
    """Return the imported distributions with the importing files."""
    found = defaultdict[str, set[str]](set)
    for name in names:
        for module in {one.partition(".")[0] for one in imports(name)} - OWN - sys.stdlib_module_names:
            for owner in OWNERS.get(module, [module]):
                found[normal(owner)].add(name)
    return found


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9][a-z0-9-]*", normal(text)))


def test_a_folder_imports_only_from_lower_floors() -> None:
    floor = {folder: number for number, folders in enumerate(FLOORS) for folder in folders}
    found = folder_imports(f"contract_tests/{CONTRACT}")

    arrows = [(source, target, file) for source, targets in found.items() for target, file in targets]
    assert [f"{file}: {target}" for source, target, file in arrows if floor[target] >= floor[source]] == []


@pytest.mark.parametrize("package", [f"reference_server/{SERVER}", "scripts"])
def test_folders_do_not_import_in_a_circle(package: str) -> None:
    found = folder_imports(package)

    TopologicalSorter({source: {target for target, _ in targets} for source, targets in found.items()}).prepare()


@pytest.mark.parametrize("folder", DISTRIBUTIONS)
def test_a_package_imports_only_the_packages_that_it_may(folder: str) -> None:
    assert imported(shipped(folder), *(OWN - DISTRIBUTIONS[folder][1])) == []


@pytest.mark.parametrize("folder", DISTRIBUTIONS)
def test_a_package_imports_only_dependencies_of_its_distribution(folder: str) -> None:
    found = third_party(shipped(folder))

    assert {name: files for name, files in found.items() if name not in libraries(folder)} == {}


def test_all_other_modules_import_only_dependencies_and_tools() -> None:
    found = third_party(modules())

    assert found.pop("tox") == {"toxfile.py"}  # tox loads it into its own environment
    assert {name: files for name, files in found.items() if name not in ALL} == {}


def test_mutants_do_not_import_what_tests_them() -> None:
    assert imported(modules("contract_tests/mutants"), "scripts", "contract_tests.tests") == []


def test_only_checks_faults_and_handlers_name_an_operation() -> None:
    command = ["git", "grep", "-nE", NAMES_OF_OPERATIONS, "--", *GENERAL]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (found.stdout, found.stderr) == ("", "")
    assert [one for one in GENERAL if not (one.startswith(":!") or tracked(one))] == []


def test_the_contract_folder_needs_neither_pytest_nor_httpx() -> None:
    assert imported(modules(f"contract_tests/{CONTRACT}/contract"), "pytest", "httpx2") == []


def test_provider_checks_do_not_use_the_client() -> None:
    assert imported(modules(f"contract_tests/{CONTRACT}/checks/provider"), CLIENT) == []


def test_scripts_use_only_the_contract_folder_of_the_suite() -> None:
    names = modules(*(f"scripts/{folder}" for folder in ("generate", "diff", "lint", "docs", "release")))
    found = imported(names, CLIENT, SERVER, CONTRACT)

    assert [one for one in found if f": {CONTRACT}.contract." not in one] == []


def test_a_folder_has_at_most_12_modules() -> None:
    names = [name for name in modules() if not name.startswith("generated_client/")]
    sizes = Counter(str(Path(name).parent) for name in names if not name.endswith("__init__.py"))

    assert {folder: size for folder, size in sizes.items() if size > LARGEST_FOLDER} == {}


def test_the_table_names_every_library() -> None:
    assert ALL - words(" ".join(library for _, library, _ in TABLE)) == set()


def test_each_row_of_the_table_has_a_library_and_a_reason() -> None:
    known = ALL | {"tox"}

    assert [job for job, library, reason in TABLE if not (words(library) & known and reason.strip())] == []


def test_the_readme_names_every_folder_and_file_of_the_root() -> None:
    names = {name.partition("/")[0] for name in tracked() if not name.startswith(".")} - {"README.md"}

    assert [name for name in sorted(names) if f"`{name}`" not in README and f"({name})" not in README] == []
