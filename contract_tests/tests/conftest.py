"""Contract runs that several test modules examine, each started once."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from canvas_outcomes_contract.connection.embedded_server import reference_server
from contract_tests.tests.run.contract_runs import EmptyObjects, only, run, serve, target


class FinishedRun(NamedTuple):
    """A contract run that has ended."""

    code: int
    output: str
    report: Path


@pytest.fixture(scope="session")
def quick_run(tmp_path_factory: pytest.TempPathFactory) -> FinishedRun:
    """A whole run at quick effort against a correct server at a URL."""
    folder = tmp_path_factory.mktemp("quick")
    with reference_server() as url:
        code, output = run("--target", target(folder, base_url=url), "--effort", "quick", report=folder / "report")
    return FinishedRun(code, output, folder / "report")


VIOLATED = ("get-outcome-refuses-a-missing-outcome", "get-outcome-shows-the-requested-outcome")
KNOWN = "get-outcome-refuses-a-deleted-outcome"


@pytest.fixture(scope="session")
def violating_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FinishedRun]:
    """A run in a project of its own, against a server that returns an empty object for every request and still runs."""
    folder = tmp_path_factory.mktemp("violating")
    # The configuration of that project would end every run of pytest.
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (folder / "conftest.py").write_text("raise SystemExit(1)\n")
    with serve(EmptyObjects) as url:
        file = target(folder, base_url=url, known_failures={KNOWN: "ticket 12"})
        code, output = run("--target", file, *only(*VIOLATED, KNOWN), report=folder / "report", folder=folder)
        yield FinishedRun(code, output, folder / "report")
