"""Judge edited contracts: compare each with the generated client that it should no longer generate."""

import contextlib
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

from contract_tests.mutants.processes import Report, judge_in_forks
from contract_tests.mutants.verdicts import BROKEN, KILLED, PASSED, SURVIVED, Job, Verdict, control
from scripts.generate.__main__ import main as generate
from scripts.mutants.contract import SHA256
from scripts.tests.diff.contract_edits import write

DIFFERENT = 1  # exit code of the comparison


# Without an edit only the sha256 differs, because the contract is written as JSON.
CONTROL = control(lambda _: None)


def judge(jobs: Sequence[Job], effort: str, slots: int, report: Report) -> set[str]:
    """Report a verdict on each job. No check belongs to these mutants."""
    judge_in_forks(jobs, slots, _judge, report)
    return set()


def _judge(job: Job, _: int) -> Verdict:
    control_output = (f"generates: {SHA256}. Run", "clauses.md is what")
    expected = control_output if job.mutant.is_control else (job.mutant.detected_by,)
    with tempfile.TemporaryDirectory() as folder:
        code, output = compare(write(Path(folder), job.mutant.fault))
    if code > DIFFERENT:
        outcome = BROKEN
    elif code == DIFFERENT and all(text in output for text in expected):
        outcome = PASSED if job.mutant.is_control else KILLED
    else:
        outcome = BROKEN if job.mutant.is_control else SURVIVED
    return Verdict(outcome, detail=output)


def compare(contract: Path) -> tuple[int, str]:
    """The exit code and the output of the comparison of a contract with the generated client."""
    output = io.StringIO()
    with contextlib.redirect_stderr(output), contextlib.redirect_stdout(output):
        code = generate(["--check", "--contract", str(contract)])
    return code, output.getvalue()
