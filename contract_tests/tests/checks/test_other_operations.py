"""Operations that are added to the contract are judged by it alone, without any code."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
import yaml

from canvas_outcomes_contract.contract.document import Contract, contract_path
from contract_tests.tests.checks.outcome_groups import COURSE, GROUP, server_with
from contract_tests.tests.run.contract_runs import CONFORMS, DEMO, UNSHRUNK, VIOLATES, only, read, run, serve, statuses

OPERATIONS = ("create_outcome_group", "get_outcome_group", "delete_outcome_group")
CREATED = "create-outcome-group-answers-as-documented"
# Faults in one server, the clauses that are judged (none: all), and some that the server violates.
FAULTS: list[tuple[set[str], list[str], set[str]]] = [
    ({"wrong status"}, [CREATED], {CREATED}),
    ({"missing property"}, [CREATED], {CREATED}),
    ({"missing header"}, [CREATED], {CREATED}),
    (
        {"ignored token", "500 on an unknown id", "404 for a known id"},
        [],
        {
            "delete-outcome-group-asks-for-a-token",
            "get-outcome-group-never-fails-on-a-request",
            "delete-outcome-group-answers-as-documented",
        },
    ),
]


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    document = yaml.safe_load(contract_path().read_text())
    added = yaml.safe_load(Path(__file__).with_name("outcome_groups.yaml").read_text())
    document["paths"] |= added["paths"]
    for kind, components in added["components"].items():
        document["components"][kind] |= components
    path = tmp_path_factory.mktemp("contract") / "openapi.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return path


def judge(
    contract: Path, folder: Path, faults: Collection[str] = (), clauses: Collection[str] = (), **changes: Any
) -> tuple[int, str, set[int]]:
    """Judge the added operations; also returns the ids of the groups that are left."""
    added = [clause.id for clause in Contract(contract).clauses.values() if clause.operation in OPERATIONS]
    server = server_with(faults)
    with serve(server) as base_url:
        target = {"base_url": base_url, "disposable": True, "tokens": DEMO["tokens"]} | changes
        target["resources"] = {"editable_outcome": 1, "course": COURSE, "group": GROUP}
        (folder / "target.yaml").write_text(yaml.safe_dump(target))
        options = ["--contract", contract, "--target", folder / "target.yaml", "--seed", 1, "--effort", "quick"]
        code, output = run(*options, *UNSHRUNK, *only(*(clauses or added)), report=folder)
    return code, output, set(server.groups)


def of_operations(folder: Path) -> dict[str, str]:
    suffixes = tuple(operation.replace("_", "-") for operation in OPERATIONS)
    return {clause: status for clause, status in statuses(folder).items() if clause.startswith(suffixes)}


def test_a_correct_server_conforms(contract: Path, tmp_path: Path) -> None:
    code, output, groups = judge(contract, tmp_path)

    assert code == CONFORMS, output
    assert set(of_operations(tmp_path).values()) == {"passed"}
    assert "delete-outcome-group-answers-the-json-suffix" not in of_operations(tmp_path)
    assert groups == {GROUP}
    assert {"create_outcome_group.201", "delete_outcome_group.204"}.isdisjoint(
        read(tmp_path)["coverage"].get("missing", {}).get("responses", {})
    )


@pytest.mark.parametrize(("faults", "clauses", "violated"), FAULTS, ids=lambda value: "+".join(sorted(value)))
def test_a_faulty_server_violates(
    contract: Path, tmp_path: Path, faults: set[str], clauses: list[str], violated: set[str]
) -> None:
    code, output, _ = judge(contract, tmp_path, faults, clauses)

    failed = {clause for clause, status in statuses(tmp_path).items() if status == "failed"}
    assert (code, violated - failed) == (VIOLATES, set()), output
    assert {clause.partition("-outcome-group-")[0] for clause in failed} == {
        clause.partition("-outcome-group-")[0] for clause in violated
    }


def test_records_are_created_and_deleted_on_disposable_targets_only(contract: Path, tmp_path: Path) -> None:
    code, output, groups = judge(contract, tmp_path, disposable=False)

    assert code == CONFORMS, output
    created = {clause["id"]: clause for clause in read(tmp_path)["clauses"] if clause["operation"] == OPERATIONS[0]}
    assert {clause["status"] for clause in created.values()} == {"not_applicable"}
    assert "disposable: true" in created["create-outcome-group-asks-for-a-token"]["detail"]
    assert of_operations(tmp_path)["get-outcome-group-answers-as-documented"] == "passed"
    assert groups == {GROUP}
