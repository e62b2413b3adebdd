"""The command `python -m contract_tests.mutants.contract`: `--check` has to report each edited contract as drift.

Exit codes: 0 all mutants are killed, 1 at least one is not, 2 could not tell.
"""

import contextlib
import io
import sys
import tempfile
import time
from pathlib import Path

from canvas_outcomes_contract.contract.document import contract_path
from canvas_outcomes_contract.contract.errors import CannotTell, in_one_sentence
from contract_tests.mutants.contract import MUTANTS, ContractMutant
from scripts.generate.__main__ import main as regenerate

LINE = "{:<10} {:>6}  {:<62} {}"
CONTROL = ContractMutant("(control: no edit)", "", "", "")


@in_one_sentence
def main() -> int:
    verdicts = [judge(mutant) for mutant in (CONTROL, *MUTANTS)]
    print(f"\nkilled {verdicts.count('killed')} of {len(MUTANTS)}")
    return int(verdicts != ["equal"] + ["killed"] * len(MUTANTS))


def judge(mutant: ContractMutant) -> str:
    """Print and return the verdict: killed, survived, broken if the generator fails, or equal for the control."""
    started = time.perf_counter()
    text = contract_path().read_text(encoding="utf-8")
    if mutant.old not in text:
        raise CannotTell(f"Cannot make the contract mutant {mutant.name}: openapi.yaml has no {mutant.old!r}.")
    output = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        contract = Path(folder) / "openapi.yaml"
        contract.write_text(text.replace(mutant.old, mutant.new, 1), encoding="utf-8")
        with contextlib.redirect_stderr(output), contextlib.redirect_stdout(output):
            code = regenerate(["--check", "--contract", str(contract)])
    if code == 0:
        verdict = "equal" if mutant is CONTROL else "survived"
    else:
        verdict = "broken" if code > 1 else "killed" if mutant.differing_file in output.getvalue() else "survived"
    print(LINE.format(verdict, f"{time.perf_counter() - started:.1f} s", mutant.name, mutant.differing_file).rstrip())
    if verdict in ("survived", "broken"):
        print(output.getvalue())
    return verdict


if __name__ == "__main__":
    sys.exit(main())
