"""Judge the embedded reference server with one seed after another: every failure is a false alarm.

Exit codes: 0 no false alarm, 1 at least one, 2 undecided.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET
from canvas_outcomes_contract.report.results import CONFORMS
from canvas_outcomes_contract.run.options import EXAMPLES_BY_EFFORT


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="endurance seeds", description=__doc__)
    parser.add_argument("--seeds", type=int, default=50, metavar="N", help="the number of seeds (50)")
    parser.add_argument("--first-seed", type=int, default=1, metavar="FIRST", help="the first seed (1)")
    parser.add_argument("--effort", choices=list(EXAMPLES_BY_EFFORT), default="default", help="the number of cases")
    options = parser.parse_args(arguments)
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    verdicts = [judge(seed, options.effort)["verdict"] for seed in seeds]
    print(f"{verdicts.count(CONFORMS)} of {len(verdicts)} runs conform at effort {options.effort}")
    if set(verdicts) <= {CONFORMS}:
        return 0
    return 1 if "violates" in verdicts else 2


def judge(seed: int, effort: str) -> dict[str, Any]:
    """Run the suite with one seed, print its failures, and return its report."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        options = ["--target", str(EMBEDDED_TARGET), "--seed", str(seed), "--effort", effort, "--report", folder]
        command = [sys.executable, "-m", "canvas_outcomes_contract", "judge", *options]
        process = subprocess.run(command, capture_output=True, text=True, check=False)
        file = Path(folder) / "report.json"
        report: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {"verdict": "none", "clauses": []}
    seconds = time.perf_counter() - started
    failures = [f"{one['id']}: {one['detail']}" for one in report["clauses"] if one["status"] in ("failed", "error")]
    print(f"seed {seed}: {report['verdict']}, {seconds:.0f} s", *failures, sep="\n  ", flush=True)
    if report["verdict"] == "none":
        print(process.stdout[-2000:] + process.stderr[-2000:])
    return report
