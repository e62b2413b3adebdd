"""The command that judges mutants: verdicts, gaps, output and exit codes."""

import re
import subprocess
import sys

import pytest

from contract_tests.mutants.__main__ import Kind, main
from contract_tests.mutants.provider import MUTANTS
from contract_tests.mutants.verdicts import KILLED, PASSED, SURVIVED, Job, Mutant, Score, Verdict
from scripts import ROOT

CLAUSE = "get-outcome-names-a-course-as-owner"
EXTRA_MUTANTS = f"""
import sys
import contract_tests.mutants.provider as provider
from contract_tests.mutants.__main__ import main
from contract_tests.mutants.verdicts import Mutant

def stumbles(request, provider):
    raise LookupError("a mistake in the fault")

provider.MUTANTS = (
    *provider.MUTANTS,
    Mutant("changes nothing", "{CLAUSE}", lambda request, provider: provider(request)),
    Mutant("stumbles", "{CLAUSE}", stumbles),
)
sys.exit(main(["--clause", "{CLAUSE}", "--effort", "quick", "--jobs", "1"]))
"""
WITHOUT_A_SERVER = f"""
import sys
import contract_tests.mutants.provider.correct_server as correct_server
from canvas_outcomes_contract.contract.errors import CannotTell
from contract_tests.mutants.__main__ import main

def no_server(*arguments):
    raise CannotTell("Cannot start the reference server: its port is taken.")

correct_server.reference_server = no_server
sys.exit(main(["--clause", "{CLAUSE}"]))
"""
EXAMPLES_OF_TWO_SESSIONS = """
from canvas_outcomes_contract.run.judge import PROVIDER_CHECKS
from canvas_outcomes_contract.run.private_interfaces import number_of_examples
from contract_tests.mutants.pytest_sessions import run_session
from scripts import ROOT

class Plugin:
    def pytest_runtestloop(self, session):
        global examples
        examples = number_of_examples(session.items[0].obj)
        return True

for effort in ("quick", "default"):
    run_session(PROVIDER_CHECKS, Plugin(), "--effort", effort, "-k", "test_is_idempotent", "--ignore-glob=*schema.py")
    print(examples)
"""
MUTANT = Mutant("one", CLAUSE, None)


def run(code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )


def test_reports_which_mutants_are_killed_survive_or_are_broken() -> None:
    process = run(EXTRA_MUTANTS)

    assert re.findall(r"^killed .* s  (.*\S) {2,}" + CLAUSE, process.stdout, re.MULTILINE) == [
        "names owners in lower case",
        "names the account of the course as owner",
    ]
    assert f"\nsurvived (seed 1): changes nothing: {CLAUSE}\n" in process.stdout
    assert f"\nbroken (seed 1): stumbles: {CLAUSE}\n" in process.stdout
    assert "LookupError: a mistake in the fault" in process.stdout
    assert "provider: killed 2 of 4" in process.stdout
    assert process.returncode == 1


def test_survivors_are_judged_with_more_examples() -> None:
    quick, default = map(int, run(EXAMPLES_OF_TWO_SESSIONS).stdout.split())

    assert quick < default


def test_exits_with_2_without_a_correct_server() -> None:
    process = run(WITHOUT_A_SERVER)

    assert (process.returncode, process.stdout) == (2, "")
    assert "Cannot start the reference server: its port is taken." in process.stderr


@pytest.mark.parametrize("arguments", [["--clause", "get-outcome-sings"], ["--name", "sings"], ["sings"]])
def test_exits_with_2_when_no_mutant_is_chosen(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("Cannot judge")


def test_brief_output_has_only_mutants_that_are_not_killed(capsys: pytest.CaptureFixture[str]) -> None:
    score = Score("provider", brief=True)
    outcomes = [PASSED, *[KILLED] * 98, SURVIVED]

    for seed, outcome in enumerate(outcomes):
        score.add(Job(MUTANT, seed), Verdict(outcome, detail="No check failed."))
    score.print_problems()

    assert capsys.readouterr().out.split("\n") == [
        "provider: judged 100",
        "",
        f"survived (seed 99): one: {CLAUSE}",
        "No check failed.",
        "",
    ]
    assert not score.is_good


def test_a_mutant_that_is_judged_again_has_its_last_verdict() -> None:
    score = Score("provider", brief=True)

    score.add(Job(MUTANT, 1), Verdict(SURVIVED))
    score.add(Job(MUTANT, 1), Verdict(KILLED))

    assert score.is_good
    assert score.summary == "provider: killed 1 of 1 in 0 s, 100.0% at effort quick"


def test_reports_what_effort_quick_misses(capsys: pytest.CaptureFixture[str]) -> None:
    score = Score("provider", brief=True)
    for seed in range(20):
        score.add(Job(MUTANT, seed), Verdict(KILLED, ("test_a.py::test_red",)))
    score.missed_by_quick = [Job(MUTANT, 7)]

    score.print_problems()
    gaps = Kind("provider", list(MUTANTS), is_whole=True).gaps(score, set())

    assert capsys.readouterr().out == f"\nmissed by effort quick (seed 7): one: {CLAUSE}\n"
    assert score.summary == "provider: killed 20 of 20 in 0 s, 95.0% at effort quick"
    assert gaps["mutants that effort quick misses"] == ["one"]


def test_reports_clauses_without_a_mutant_and_checks_that_no_mutant_needs() -> None:
    mutants = [mutant for mutant in MUTANTS if mutant.detected_by != CLAUSE]
    score = Score("provider", brief=True)
    score.add(Job(MUTANT, 1), Verdict(KILLED, ("test_a.py::test_red",)))

    gaps = Kind("provider", mutants, is_whole=True).gaps(score, {"test_a.py::test_red", "test_a.py::test_idle"})

    assert gaps == {
        "clauses without a mutant": [CLAUSE],
        "checks that no mutant needs": ["test_a.py::test_idle"],
    }
