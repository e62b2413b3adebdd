"""Six operations that are added to the contract are generated, typed and judged without any code.

`scripts.mutants.operations` judges faulty servers of them.
"""

import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from canvas_outcomes_contract.contract.document import Contract
from contract_tests.mutants.provider.faulty_server import faulty_server
from contract_tests.mutants.provider.judge import CONTROL
from contract_tests.tests.run.contract_runs import CONFORMS, DEMO, only, read, requests, run
from scripts import ROOT
from scripts.mutants.operations.contract import write
from scripts.mutants.operations.judge import ADDED, RESOURCES
from scripts.mutants.operations.server import GROUP, ROUTES, Server

OPERATIONS = set(ROUTES.values())
CREATE = "create_outcome_group"
JUDGED = ("create-outcome-group-asks-for-a-token", "get-outcome-group-asks-for-a-token")


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("contract"))


def judge(contract: Path, folder: Path, *options: object, **changes: Any) -> set[int]:
    """Judge a correct server of the added operations, and return the ids of the groups that are left."""
    server = Server()
    with faulty_server(CONTROL.fault, server) as provider:
        target = {"base_url": provider.base_url, "disposable": True, "tokens": DEMO["tokens"], "resources": RESOURCES}
        (folder / "target.yaml").write_text(yaml.safe_dump(target | changes))
        files = ("--contract", contract, "--target", folder / "target.yaml")
        code, output = run(*files, "--seed", 1, "--effort", "quick", *options, report=folder)
    assert (code, provider.crashes) == (CONFORMS, []), output
    return set(server.groups)


def test_a_run_deletes_what_it_creates_and_covers_every_success(contract: Path, tmp_path: Path) -> None:
    groups = judge(contract, tmp_path, "-k", f"test_schema and ({ADDED})")

    missing = read(tmp_path)["not_covered"].get("responses", {})
    assert groups == {GROUP}
    assert {f"{CREATE}.201", "delete_outcome_group.204"}.isdisjoint(missing)


def test_a_seed_draws_the_same_cases_again(contract: Path, tmp_path: Path) -> None:
    drawn = []
    for _ in range(2):
        judge(contract, tmp_path, "-k", "test_responds_as_documented and outcome_results")
        drawn.append([request["url"].partition("/api/")[2] for request in requests(tmp_path)])

    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) > 40


def test_records_are_created_and_deleted_on_disposable_targets_only(contract: Path, tmp_path: Path) -> None:
    groups = judge(contract, tmp_path, *only(*JUDGED), disposable=False)

    created, shown = (next(one for one in read(tmp_path)["clauses"] if one["id"] == id) for id in JUDGED)
    assert (created["status"], shown["status"]) == ("not_applicable", "passed")
    assert "disposable: true" in created["detail"]
    assert groups == {GROUP}


def test_forty_operations_are_generated_in_seconds(contract: Path, tmp_path: Path) -> None:
    document = yaml.safe_load(contract.read_text())
    added = yaml.safe_dump(
        {path: item for path, item in document["paths"].items() if re.search("outcome_(group|result)", path)}
    )
    for word in ("green", "blue", "red", "grey", "black", "white"):
        document["paths"] |= yaml.safe_load(re.sub(r"utcome([ _-])(group|result)", rf"utcome\1{word}\1\2", added))
    copied = tmp_path / "openapi.yaml"
    copied.write_text(yaml.safe_dump(document, sort_keys=False))

    command = [sys.executable, "-m", "scripts.generate", "--contract", copied, "--output", tmp_path / "client"]
    before = seconds_of_children()
    done = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, check=False)

    assert len(Contract(copied).operations) > 40
    assert done.returncode == 0, done.stderr
    assert seconds_of_children() - before < 10, done.stdout


def seconds_of_children() -> float:
    """The time of the processor that ended processes took, which other processes do not change."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
