"""The judge of mutants says what survived, what is broken, and what no mutant belongs to."""

import subprocess
import sys
from pathlib import Path

import pytest

from canvas_outcomes_contract.contract.document import Contract, contract_path
from contract_tests.mutants.__main__ import Score, main, missing
from contract_tests.mutants.faults import MUTANTS, Mutant
from contract_tests.mutants.judge import CONTROL, Job, Verdict, no_fault
from contract_tests.mutants.lines import Lines

ROOT = Path(__file__).resolve().parents[2]
CLAUSE = "get-outcome-names-a-course-as-owner"
NEW = "{id: get-outcome-sings, text: It MUST sing., level: MUST, source: this document}"
EXTRA_MUTANTS = f"""
import sys
from contract_tests.mutants.__main__ import main
from contract_tests.mutants.faults import breaks

@breaks("{CLAUSE}")
def changes_nothing(request, provider):
    return provider(request)

@breaks("{CLAUSE}")
def stumbles(request, provider):
    raise LookupError("a mistake of the fault")

sys.exit(main(["--clause", "{CLAUSE}"]))
"""

WITHOUT_A_SERVER = f"""
import sys
import contract_tests.mutants.judge as judge
from canvas_outcomes_contract.contract.errors import CannotTell
from contract_tests.mutants.__main__ import main

def no_server():
    raise CannotTell("Cannot start the reference server: its port is taken.")

judge.RightServer = no_server
sys.exit(main(["--clause", "{CLAUSE}"]))
"""


@pytest.fixture
def score() -> Score:
    return Score(Contract(contract_path()))


def test_says_which_mutants_are_killed_survive_or_are_broken() -> None:
    command = [sys.executable, "-c", EXTRA_MUTANTS]

    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)

    said = {line.split()[3]: line.split()[0] for line in run.stdout.splitlines() if CLAUSE in line and " s  " in line}
    assert said.pop("names_owners_in_lower_case") == "killed"
    assert (said["changes_nothing"], said["stumbles"]) == ("survived", "broken")
    assert "LookupError: a mistake of the fault" in run.stdout
    assert run.returncode == 1


def test_cannot_tell_anything_without_a_right_server() -> None:
    command = [sys.executable, "-c", WITHOUT_A_SERVER]

    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)

    assert (run.returncode, run.stdout) == (2, "")
    assert "a worker ended before its time" in run.stderr
    assert "Cannot start the reference server: its port is taken." in run.stderr


@pytest.mark.parametrize("arguments", [["--clause", "get-outcome-sings"], ["--name", "sings"]])
def test_cannot_tell_anything_of_mutants_that_there_are_not(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("Cannot judge mutants")


def test_a_clause_that_no_mutant_breaks_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    contract = tmp_path / "openapi.yaml"
    contract.write_text(
        contract_path().read_text().replace("      x-clauses:\n", f"      x-clauses:\n        - {NEW}\n", 1)
    )
    monkeypatch.setenv("CONTRACT_FILE", str(contract))

    assert main(["--clause", "get-outcome-sings"]) == 2
    assert "Cannot judge mutants of get-outcome-sings: there is none. Write one in" in capsys.readouterr().err


def test_in_brief_only_what_is_not_killed_has_a_line(score: Score, capsys: pytest.CaptureFixture[str]) -> None:
    score.lines = Lines(brief=True)
    killed, survived = (Job(Mutant(name, CLAUSE, no_fault), (CLAUSE,), seed=1) for name in ("killed_one", "other"))

    for _ in range(99):
        score.add(Verdict(killed, 1, "failed"))
    score.add(Verdict(survived, 0, "passed"))
    score.add(Verdict(killed, 1, "failed"))

    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["survived", "0.0", "s", "other", CLAUSE],
        ["judged", "100"],
    ]


def test_a_should_that_fails_is_killed_though_the_run_conforms(score: Score) -> None:
    should = next(clause.id for clause in score.contract.clauses.values() if clause.level == "SHOULD")
    job = Job(Mutant("any", should, no_fault), (should,), seed=1)

    assert score.outcome(Verdict(job, 0, "failed")) == "killed"
    assert score.outcome(Verdict(job, 1, "failed")) == "survived"


def test_a_control_that_does_not_conform_is_broken(score: Score) -> None:
    job = Job(CONTROL, (CLAUSE,), seed=1)

    assert score.outcome(Verdict(job, 0, "conforms")) == "conforms"
    assert score.outcome(Verdict(job, 1, "violates")) == "broken"


def test_misses_clauses_and_checks_that_no_mutant_belongs_to(score: Score) -> None:
    mutants = [mutant for mutant in MUTANTS.values() if mutant.clause != CLAUSE]
    score.add(Verdict(Job(mutants[0], (), 1), 1, "failed", red=("test_a.py::test_red",)))

    assert missing(score, {"test_a.py::test_red", "test_a.py::test_idle"}, mutants) == {
        "clauses without a mutant": [CLAUSE],
        "checks that no mutant needs": ["test_a.py::test_idle"],
    }
