"""The client checks pass for every style, media type and schema that the generator takes, and detect faults in each.

The operations of wide_contract.yaml are added to the contract, and a client is generated from it. wide_faults.yaml has
the faults.
"""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

from canvas_outcomes_contract.contract.document import contract_path
from canvas_outcomes_contract.run.judge import CLIENT_CHECKS, pytest_arguments
from scripts import ROOT

HERE = Path(__file__).parent
WIDE = yaml.safe_load((HERE / "wide_contract.yaml").read_text(encoding="utf-8"))
OPERATIONS = [one["operationId"] for item in WIDE["paths"].values() for one in item.values() if "operationId" in one]
FAULTS = yaml.safe_load((HERE / "wide_faults.yaml").read_text(encoding="utf-8"))
# Checks of an operation that depend on its parameters, media types and schemas, each with at least this many cases.
CASES = {
    "requests": 80,
    "signatures": 60,
    "deprecations": 28,
    "headers": 40,
    "tokens": 44,
    "invalid_arguments": 100,
    "connections": 24,
    "responses": 80,
    "pages": 18,
    "models": 24,
    "corrupted_responses": 200,
}
JUDGE = """
import sys
from pathlib import Path

import msgspec

from contract_tests.mutants.client import source_edits
from contract_tests.mutants.client.judge import judge
from canvas_outcomes_contract.contract.yaml_source import YamlSource
from contract_tests.mutants.verdicts import Job, Mutant, Score

source_edits.SOURCE = Path(sys.argv[1]) / source_edits.PACKAGE
Faults = dict[str, dict[str, dict[str, source_edits.Edit]]]
faults = msgspec.convert(YamlSource(Path(sys.argv[2]), "faults").data, Faults)
mutants = [
    Mutant(name, f"{module}::{check}", edit)
    for module, checks in faults.items()
    for check, edits in checks.items()
    for name, edit in edits.items()
]
score = Score("client", brief=True)
# One session: a mutant is killed by the first case that fails, so more cases cost nothing.
judge([Job(mutant, 1) for mutant in mutants], "default", 2, score.add)
score.print_problems()
print(score.summary)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The contract with the wide operations, and its client."""
    folder = tmp_path_factory.mktemp("wide")
    document = yaml.safe_load(contract_path().read_text(encoding="utf-8"))
    # First, so that the check of a fault of theirs does not judge the other operations before it fails.
    document["paths"] = WIDE["paths"] | document["paths"]
    for kind, components in WIDE["components"].items():
        document["components"][kind] |= components
    contract = folder / "openapi.yaml"
    contract.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    run(folder, "-m", "scripts.generate", "--contract", str(contract), "--output", str(folder / "client"))
    return folder


def run(folder: Path, *arguments: str) -> str:
    """The output of a Python that has the wide contract and its client."""
    variables = {"CONTRACT_FILE": str(folder / "openapi.yaml"), "PYTHONPATH": str(folder / "client")}
    ran = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-3000:]
    return ran.stdout


def test_every_check_of_an_operation_passes(folder: Path) -> None:
    modules = [next(CLIENT_CHECKS.rglob(f"test_{module}.py")) for module in CASES]
    arguments = [
        *pytest_arguments(*modules),
        "-k",
        " or ".join(OPERATIONS),
        "--effort",
        "quick",
        "--seed",
        "1",
    ]

    output = run(folder, "-m", "pytest", *arguments, "--report", str(folder / "report"))

    judged = json.loads((folder / "report" / "report.json").read_text(encoding="utf-8"))["client"]
    counts = Counter(re.sub(r".*test_(\w+)\.py::.*", r"\1", one["check"]) for one in judged)
    assert {one["status"] for one in judged} == {"passed"}, output
    assert {module: counts[module] for module, least in CASES.items() if counts[module] < least} == {}


def test_each_fault_is_detected(folder: Path) -> None:
    output = run(folder, "-c", JUDGE, str(folder / "client"), str(HERE / "wide_faults.yaml"))

    number = sum(len(edits) for checks in FAULTS.values() for edits in checks.values())
    assert f"client: killed {number} of {number} in " in output, output
