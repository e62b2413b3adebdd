"""Judges faulty providers of the added operations by a contract that has them."""

import os
import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
import yaml

from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET
from canvas_outcomes_contract.run.run import RUN_KEY
from contract_tests.mutants.processes import Report
from contract_tests.mutants.provider.faults import Fault
from contract_tests.mutants.provider.faulty_server import FaultyServer, faulty_server
from contract_tests.mutants.provider.judge import CONTROL, Forks, run_forks
from contract_tests.mutants.verdicts import BROKEN, Job, Mutant, Verdict
from scripts.mutants.operations.contract import write
from scripts.mutants.operations.server import COURSE, GROUP, STUDENT, Server

__all__ = ["CONTROL", "judge"]
ADDED = "outcome_group or outcome_result"  # in the names of their checks
RESOURCES = {"editable_outcome": 1, "course": COURSE, "group": GROUP, "student": STUDENT}


def judge(jobs: Sequence[Job], effort: str, slots: int, report: Report) -> set[str]:
    """Report a verdict on each job. The mutants of the other providers show that every check can fail."""
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ):
        target = Path(folder) / "target.yaml"
        target.write_text(yaml.safe_dump(yaml.safe_load(EMBEDDED_TARGET.read_text("utf-8")) | {"resources": RESOURCES}))
        files = ("--contract", str(write(Path(folder))), "--target", str(target))
        run_forks(AddedOperations(jobs, slots, _serve, report), "--effort", effort, *files, "-k", ADDED)
    return set()


def _serve(fault: Fault, _: int) -> AbstractContextManager[FaultyServer]:
    return faulty_server(fault, Server())


class AddedOperations(Forks):
    """Runs every check of the added operations for the control, and judges all their clauses for each mutant."""

    def choose(self, mutant: Mutant[Fault], session: pytest.Session) -> tuple[list[pytest.Item], set[str]]:
        self.failed_before.clear()  # else a run would end as soon as the mutant is killed
        items, _ = super().choose(mutant, session)
        return list(session.items) if mutant.is_control else items, set().union(*self.clauses.values())

    def judge(self, session: pytest.Session, job: Job, slot: int) -> Verdict:
        """Judge a mutant; it is broken when the run blames a clause that the mutant keeps."""
        verdict = super().judge(session, job, slot)
        results = session.config.stash[RUN_KEY].results
        failed = {clause.id for clause, result in results.clause_results() if result.status == "failed"}
        if job.mutant.is_control:
            return verdict
        operation = results.contract.operations[results.contract.clauses[job.mutant.detected_by].operation]
        # A case with status 500 ends before any case has a documented success.
        wrong = failed - {job.mutant.detected_by, f"{operation.prefix}-answers-as-documented"}
        return replace(verdict, outcome=BROKEN, detail=f"The run blames {', '.join(wrong)}.") if wrong else verdict
