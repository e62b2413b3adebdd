"""The command `python -m contract_tests.mutants.contract`: `--check` has to report each edited contract as drift.

Exit codes: 0 all mutants are killed, 1 at least one is not, 2 could not tell.
"""

import contextlib
import io
import sys
import tempfile
import time
from pathlib import Path

from canvas_outcomes_contract.contract.errors import in_one_sentence
from contract_tests.mutants.contract import EDITS, MUTANTS, SHA256
from scripts.generate.__main__ import main as regenerate
from scripts.tests.diff.contract_edits import Edit, write

LINE = "{:<10} {:>6}  {:<62} {}"


@in_one_sentence
def main() -> int:
    # Without an edit, only the sha256 differs, because the contract is written as JSON.
    control = judge("(control: no edit)", lambda _: None, f"generates: {SHA256}. Run", "clauses.md is what")
    verdicts = [judge(name, EDITS[name], file) for name, file in MUTANTS.items()]
    print(f"\nkilled {verdicts.count('killed')} of {len(MUTANTS)}")
    return int(control != "equal" or verdicts != ["killed"] * len(MUTANTS))


def judge(name: str, edit: Edit, *expected: str) -> str:
    """Print and return the verdict: killed (equal for the control), survived, or broken if the generator fails."""
    started = time.perf_counter()
    output = io.StringIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stderr(output),
        contextlib.redirect_stdout(output),
    ):
        code = regenerate(["--check", "--contract", str(write(Path(folder), edit))])
    found = all(text in output.getvalue() for text in expected)
    success = "killed" if name in MUTANTS else "equal"
    verdict = "broken" if code > 1 else success if code == 1 and found else "survived"
    print(LINE.format(verdict, f"{time.perf_counter() - started:.1f} s", name, expected[0]))
    if verdict != success:
        print(output.getvalue())
    return verdict


if __name__ == "__main__":
    sys.exit(main())
