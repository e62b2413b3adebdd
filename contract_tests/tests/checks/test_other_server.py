"""An independent server in another language conforms; with faults it violates exactly their clauses."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from contract_tests.tests.run.contract_runs import CONFORMS, DRAWN_CASES, UNSHRUNK, VIOLATES, read, run, statuses

SERVER = Path(__file__).resolve().parent / "other_server.mjs"
NODE = Path(sys.executable).parent / "node"
TOKENS = {"editor": "an-editor", "reader": "a-reader"}
BOTH = ("get-outcome", "update-outcome")
FAULTS: dict[str, set[str]] = {
    "url": {"get-outcome-leads-back-by-url"},
    "string-ids": {f"{operation}-gives-ids-as-strings-when-asked" for operation in BOTH},
    "no-challenge": {
        f"{operation}-{rule}"
        for operation in BOTH
        for rule in ("asks-for-a-token", "refuses-an-unknown-token", "authenticates-before-look-up")
    },
    "readers-write": {"update-outcome-refuses-a-reader", "update-outcome-refuses-before-it-validates"},
    "half-update": {"update-outcome-changes-nothing-when-refused"},
    "suffix": {f"{operation}-answers-the-json-suffix" for operation in BOTH},
}


@contextmanager
def other_server(*faults: str) -> Iterator[str]:
    environment = os.environ | {f"{role.upper()}_TOKEN": token for role, token in TOKENS.items()}
    # The node of the environment is a wrapper: the process group ends both.
    process = subprocess.Popen(
        [str(NODE), str(SERVER), *faults], stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate()


def judge(folder: Path, faults: Iterable[str], *arguments: str) -> tuple[int, str]:
    with other_server(*faults) as url:
        target: dict[str, Any] = {
            "base_url": url,
            "tokens": TOKENS,
            "resources": {"editable_outcome": 12, "missing_outcome": 999999},
        }
        (folder / "other.yaml").write_text(yaml.safe_dump(target))
        return run("--target", folder / "other.yaml", "--seed", "1", "--effort", "quick", *arguments, report=folder)


def violated(folder: Path) -> set[str]:
    return {clause for clause, status in statuses(folder).items() if status not in ("passed", "not_applicable")}


def test_a_correct_server_conforms(tmp_path: Path) -> None:
    code, output = judge(tmp_path, [])

    assert code == CONFORMS, output
    assert violated(tmp_path) == set()
    assert list(statuses(tmp_path).values()).count("passed") > 100


def test_faults_violate_exactly_their_clauses(tmp_path: Path) -> None:
    # One run for all faults: no two have a clause in common, so each clause shows its own fault.
    assert len(set().union(*FAULTS.values())) == sum(map(len, FAULTS.values()))

    code, output = judge(tmp_path, FAULTS, *DRAWN_CASES, *UNSHRUNK)

    assert code == VIOLATES, output
    assert violated(tmp_path) == set().union(*FAULTS.values())
    failed = [clause for clause in read(tmp_path)["clauses"] if clause["status"] == "failed"]
    assert [clause["id"] for clause in failed if not clause["reproduce"]] == []
