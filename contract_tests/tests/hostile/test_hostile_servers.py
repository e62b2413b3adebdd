"""Nothing that a server sends ends a run, keeps it from its report, or gets a secret into one."""

import json
import re
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from canvas_outcomes_contract.contract.document import Contract, contract_path
from contract_tests.tests.hostile.artefacts import problems_of
from contract_tests.tests.hostile.runs import BUDGET, EXPECTED, LARGE, LATE
from contract_tests.tests.report.test_console import assert_harmless
from contract_tests.tests.run.contract_runs import DEMO
from scripts import ROOT

IDS = re.compile("|".join(Contract(contract_path()).clauses))
MEMORY = 350  # MB of a run
GRACE = 10  # seconds for the restoring and the report


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def results(folder: Path) -> dict[str, dict[str, Any]]:
    """Exit code, seconds and megabytes of each run."""
    command = [sys.executable, "-m", "contract_tests.tests.hostile.runs", str(folder)]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    lines = [json.loads(line) for line in process.stdout.splitlines() if line.startswith("{")]
    assert {line["kind"] for line in lines} == set(EXPECTED), process.stdout + process.stderr
    return {line["kind"]: line for line in lines}


def encodings(secret: str) -> set[str]:
    base64 = b64encode(secret.encode()).decode().rstrip("=")
    return {secret, base64, "".join(f"%{ord(one):02X}" for one in secret)}


@pytest.mark.parametrize("kind", EXPECTED)
def test_a_run_ends_with_its_verdict_and_its_report(folder: Path, results: dict[str, Any], kind: str) -> None:
    console = (folder / kind / "console.txt").read_text()

    assert results[kind]["code"] == EXPECTED[kind], console
    assert problems_of(folder / kind) == []
    assert "Traceback" not in console
    assert "INTERNALERROR" not in console
    assert_harmless(console)
    assert results[kind]["seconds"] < BUDGET + GRACE
    assert results[kind]["megabytes"] < MEMORY


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        *((kind, "no complete response within 0.25 s") for kind in LATE),
        *((kind, "a response of more than 1 MB") for kind in LARGE),
        *((kind, "JSON of more than 100 levels") for kind in ("2000-nested-lists", "100000-nested-lists")),
        *((kind, "JSON with a number that no double can hold") for kind in ("1e400", "integer-of-5000-digits")),
        *((f"bad-{encoding}", f"a body that is not {encoding}: ") for encoding in ("gzip", "deflate", "br")),
        ("html", "404 with text/html, but list_outcome_alignments documents application/json"),
        ("lone-surrogate", "half a surrogate pair"),
        ("nan", "NaN, which is not JSON"),
        ("closes", "no HTTP response: Server disconnected"),
        ("content-length-too-long", "an incomplete response: "),
        ("closes", "So many clauses have failed: --max-failures 3."),
        ("throttles-without-end", "still throttles the run (status=429)"),
        ("refused", "connection refused"),
    ],
)
def test_a_report_names_the_problem(folder: Path, results: dict[str, Any], kind: str, problem: str) -> None:
    report = json.loads((folder / kind / "report.json").read_text())

    details = [report["stopped"], *(clause["detail"] for clause in report["clauses"])]
    assert any(problem in detail for detail in details), [one for one in details if one]


@pytest.mark.parametrize("kind", EXPECTED)
def test_no_file_of_a_run_has_a_token(folder: Path, results: dict[str, Any], kind: str) -> None:
    texts = {path.name: path.read_text(errors="replace") for path in (folder / kind).iterdir()}
    secrets = {one for token in DEMO["tokens"].values() for one in encodings(token)}

    # Some tokens of the demo world are part of the id of a clause.
    found = [(name, one) for name, text in texts.items() for one in secrets if one in text and one in IDS.sub("", text)]
    assert found == []
