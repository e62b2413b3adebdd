"""The statistics of Locust's master at the end of a run, in a file for the process that started it."""

import json
import os
from pathlib import Path
from typing import Any

from locust import events
from locust.env import Environment
from locust.runners import MasterRunner
from locust.stats import StatsEntry

FIGURES = "LOAD_FIGURES"  # the variable that names the file
PERCENTILES = (50, 90, 95, 99)


def listen() -> None:
    """Write the file when the master quits, after the last figures of its workers."""
    events.quitting.add_listener(_write)  # type: ignore[no-untyped-call]


def _write(environment: Environment, **_: Any) -> None:
    runner = environment.runner
    if isinstance(runner, MasterRunner):
        Path(os.environ[FIGURES]).write_text(json.dumps(figures(runner), indent=2), encoding="utf-8")


def figures(runner: MasterRunner) -> dict[str, Any]:
    """Requests, milliseconds and violations by operation, and the requests of each second."""
    stats = runner.environment.stats
    first = min(stats.total.num_reqs_per_sec, default=0)
    return {
        "operations": [of_operation(entry) for entry in sorted(stats.entries.values(), key=lambda entry: entry.name)],
        "total": of_operation(stats.total),
        "violations": [
            {"operation": error.name, "what": str(error.error), "count": error.occurrences}
            for error in stats.errors.values()
        ],
        "per_second": [
            stats.total.num_reqs_per_sec.get(second, 0)
            for second in range(first, max(stats.total.num_reqs_per_sec, default=-1) + 1)
        ],
        "mistakes": [exception["traceback"] for exception in runner.exceptions.values()],
        "lost_workers": len(runner.clients.missing),
    }


def of_operation(entry: StatsEntry) -> dict[str, Any]:
    milliseconds = {f"p{percent}": entry.get_response_time_percentile(percent / 100) for percent in PERCENTILES}
    return {
        "name": entry.name,
        "requests": entry.num_requests,
        "violations": entry.num_failures,
        "milliseconds": milliseconds | {"max": entry.max_response_time},
    }
