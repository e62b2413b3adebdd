"""Changed contracts from which the client was not regenerated, each with the file in which the difference has to show.

Every change of the contract shows in _contract.py, which holds its sha256: a change with more consequences names
another file.
"""

import contextlib
import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from canvas_outcomes_contract.contract.document import contract_path
from canvas_outcomes_contract.contract.errors import CannotTell
from contract_tests.mutants.processes import Report, judge_in_forks
from contract_tests.mutants.verdicts import BROKEN, KILLED, PASSED, SURVIVED, Job, Mutant, Verdict, control

CLIENT, OPERATIONS, MODELS, ERRORS = (
    f"canvas_outcomes/{name}.py" for name in ("_client", "_operations", "models", "errors")
)
SHA256, CLAUSES = "canvas_outcomes/_contract.py", "docs/clauses.md"
EQUAL, DIFFERENT = 0, 1  # exit codes of the comparison


@dataclass(frozen=True)
class Change:
    """Text of openapi.yaml to find, and its replacement at the first place."""

    find: str
    replace: str

    def apply(self, contract: str) -> str:
        """Raises CannotTell when the contract does not have the text."""
        if self.find not in contract:
            raise CannotTell(f"Cannot change the contract: openapi.yaml has no {self.find!r}. Update the mutant.")
        return contract.replace(self.find, self.replace, 1)


CONTROL = control(Change("", ""))


def judge(jobs: Sequence[Job], effort: str, slots: int, report: Report) -> set[str]:
    """Report a verdict on each job. No check belongs to these mutants."""
    judge_in_forks(jobs, slots, _judge, report)
    return set()


def _judge(job: Job, _: int) -> Verdict:
    with tempfile.TemporaryDirectory() as folder:
        contract = Path(folder) / "openapi.yaml"
        contract.write_text(job.mutant.fault.apply(contract_path().read_text(encoding="utf-8")), encoding="utf-8")
        code, output = compare(contract)
    if code not in (EQUAL, DIFFERENT):
        outcome = BROKEN
    elif job.mutant.is_control:
        outcome = PASSED if code == EQUAL else BROKEN
    else:
        outcome = KILLED if code == DIFFERENT and job.mutant.detected_by in output else SURVIVED
    return Verdict(outcome, detail=output)


def compare(contract: Path) -> tuple[int, str]:
    """The exit code and the output of the comparison of a contract with the generated client."""
    from scripts.generate.__main__ import main as generate  # noqa: PLC0415  (takes a second, in the fork)

    output = io.StringIO()
    with contextlib.redirect_stderr(output), contextlib.redirect_stdout(output):
        code = generate(["--check", "--contract", str(contract)])
    return code, output.getvalue()


MUTANTS = (
    Mutant("comment added", SHA256, Change("openapi: ", "# Reviewed.\nopenapi: ")),
    Mutant("operation summary changed", CLIENT, Change("summary: Show an outcome.", "summary: Fetch an outcome.")),
    Mutant("path changed", OPERATIONS, Change("/outcomes/{id}:", "/learning_outcomes/{id}:")),
    Mutant("method changed", OPERATIONS, Change("    put:\n", "    patch:\n")),
    Mutant("parameter renamed", OPERATIONS, Change("name: add_defaults", "name: with_defaults")),
    Mutant(
        "parameter required",
        CLIENT,
        Change("in: query\n      description: >-", "in: query\n      required: true\n      description: >-"),
    ),
    Mutant("status removed", OPERATIONS, Change('        "404": {$ref: "#/components/responses/NotFound"}\n', "")),
    Mutant(
        "status added",
        OPERATIONS,
        Change(
            '        "404": {$ref', '        "409": {$ref: "#/components/responses/NotFound"}\n        "404": {$ref'
        ),
    ),
    Mutant(
        "response field added",
        MODELS,
        Change(
            "        assessed:\n",
            "        aged:\n          type: boolean\n          description: Whether it is old.\n        assessed:\n",
        ),
    ),
    Mutant("response field no longer required", MODELS, Change("        - assessed\n", "")),
    Mutant("field renamed", MODELS, Change("        can_unlink:\n", "        can_be_unlinked:\n")),
    Mutant(
        "field type changed",
        MODELS,
        Change("        assessed:\n          type: boolean", "        assessed:\n          type: string"),
    ),
    Mutant(
        "field nullable",
        MODELS,
        Change("        can_edit:\n          type: boolean", '        can_edit:\n          type: [boolean, "null"]'),
    ),
    Mutant("field description changed", MODELS, Change("The title of the outcome.", "What the outcome is called.")),
    Mutant("enum value removed", MODELS, Change("n_mastery, latest, highest, average]", "n_mastery, latest, highest]")),
    Mutant(
        "request field removed",
        MODELS,
        Change(
            "        add_defaults:\n          type: boolean\n"
            "          description: Same as add_defaults in the query.\n",
            "",
        ),
    ),
    Mutant(
        "error field removed", MODELS, Change("        error_code: {type: string, description: The error code.}\n", "")
    ),
    Mutant("clause text changed", CLAUSES, Change("MUST return the same body.", "MUST return an equal body.")),
    Mutant(
        "clause level lowered",
        CLAUSES,
        Change(
            "MUST NOT change any other outcome.\n          level: MUST",
            "SHOULD NOT change any other outcome.\n          level: SHOULD",
        ),
    ),
)
