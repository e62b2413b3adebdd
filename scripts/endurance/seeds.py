"""Judges the embedded reference server with one seed after another: whatever is red there is a false alarm.

Exit codes: 0 no false alarm, 1 there were some, 2 could not tell.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from canvas_outcomes_contract.report.results import CONFORMS
from canvas_outcomes_contract.run.judge import CHECKS
from canvas_outcomes_contract.run.run import EXAMPLES_BY_EFFORT


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.endurance.seeds", description=__doc__)
    parser.add_argument(
        "--seeds", type=int, default=50, metavar="N", help="judge with the seeds FIRST to FIRST+N-1 (50)"
    )
    parser.add_argument("--first-seed", type=int, default=1, metavar="FIRST", help="begin with this seed (1)")
    parser.add_argument(
        "--effort", choices=list(EXAMPLES_BY_EFFORT), default="default", help="how many cases are drawn"
    )
    options = parser.parse_args(arguments)
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    reports = [judged(seed, options.effort) for seed in seeds]
    verdicts = [report["verdict"] for report in reports]
    print(f"{verdicts.count(CONFORMS)} of {len(verdicts)} runs conform at effort {options.effort}")
    if set(verdicts) <= {CONFORMS}:
        return 0
    return 1 if "violates" in verdicts else 2


def judged(seed: int, effort: str) -> dict[str, Any]:
    """The report of a run of its own, and a line about it."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        options = ["--seed", str(seed), "--effort", effort, "--report", folder, "-p", "no:cacheprovider"]
        command = [sys.executable, "-m", "pytest", str(CHECKS / "provider"), "-q", *options]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        file = Path(folder) / "report.json"
        report: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {"verdict": "none", "clauses": []}
    seconds = time.perf_counter() - started
    red = [f"{one['id']}: {one['detail']}" for one in report["clauses"] if one["status"] in ("failed", "error")]
    print(f"seed {seed}: {report['verdict']}, {seconds:.0f} s", *red, sep="\n  ", flush=True)
    if report["verdict"] == "none":
        print(ran.stdout[-2000:] + ran.stderr[-2000:])
    return report


if __name__ == "__main__":
    sys.exit(main())
