"""The command `python -m contract_tests.mutants.contract`: the client has to differ from each changed contract.

Exit codes: 0 all are killed, 1 not so, 2 could not tell.
"""

import contextlib
import io
import sys
import tempfile
import time
from pathlib import Path

from canvas_outcomes_contract.contract.document import contract_path
from canvas_outcomes_contract.contract.errors import CannotTell, in_one_sentence
from contract_tests.mutants.contract import MUTANTS, Mutant

LINE = "{:<10} {:>6}  {:<62} {}"
CONTROL = Mutant("(control: no change)", "", "", "")
EQUAL, DRIFT = 0, 1


@in_one_sentence
def main() -> int:
    verdicts = [judged(mutant) for mutant in (CONTROL, *MUTANTS)]
    print(f"\nkilled {verdicts.count('killed')} of {len(MUTANTS)}")
    return int(verdicts != ["equal"] + ["killed"] * len(MUTANTS))


def judged(mutant: Mutant) -> str:
    """equal, killed, survived, or broken when the generator refuses the contract."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        contract = Path(folder) / "openapi.yaml"
        contract.write_text(mutant.text(contract_path().read_text(encoding="utf-8")), encoding="utf-8")
        code, said = check(contract)
    verdict = {EQUAL: "equal" if mutant is CONTROL else "survived", DRIFT: "killed"}.get(code, "broken")
    if verdict == "killed" and mutant.shown_in not in said:
        verdict = "survived"
    print(LINE.format(verdict, f"{time.perf_counter() - started:.1f} s", mutant.name, mutant.shown_in).rstrip())
    if verdict in ("survived", "broken"):
        print(said)
    return verdict


def check(contract: Path) -> tuple[int, str]:
    """The exit code of the comparison of this contract with the client, and what it said."""
    try:
        from scripts.generate.__main__ import main as regenerate  # noqa: PLC0415  (an installed suite has no scripts)
    except ImportError as reason:
        raise CannotTell(f"Cannot compare contracts: {reason}. Use a checkout, with tox.") from reason
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        code = regenerate(["--check", "--contract", str(contract)])
    return code, said.getvalue()


if __name__ == "__main__":
    sys.exit(main())
