"""The figures of a run, written to a file by Locust's master when it quits."""

import json
import os
from pathlib import Path
from typing import Any

from locust import events
from locust.env import Environment
from locust.runners import MasterRunner
from locust.stats import StatsEntry

FIGURES = "LOAD_FIGURES"  # the environment variable with the path of the file
PERCENTILES = (50, 90, 95, 99)


def listen() -> None:
    """Write the file when the master quits, after the last figures of its workers."""
    events.quitting.add_listener(_write)  # type: ignore[no-untyped-call]


def _write(environment: Environment, **_: Any) -> None:
    runner = environment.runner
    if isinstance(runner, MasterRunner):
        Path(os.environ[FIGURES]).write_text(json.dumps(_figures(runner), indent=2), encoding="utf-8")


def _figures(runner: MasterRunner) -> dict[str, Any]:
    """Requests, milliseconds and violations by operation, and the requests of each second."""
    stats = runner.environment.stats
    by_second = stats.total.num_reqs_per_sec
    seconds = range(min(by_second, default=0), max(by_second, default=-1) + 1)
    return {
        "operations": [_of_operation(entry) for entry in sorted(stats.entries.values(), key=lambda entry: entry.name)],
        "total": _of_operation(stats.total),
        "violations": [
            {"operation": error.name, "what": str(error.error), "count": error.occurrences}
            for error in stats.errors.values()
        ],
        "per_second": [by_second.get(second, 0) for second in seconds],
        "mistakes": [exception["traceback"] for exception in runner.exceptions.values()],
        "lost_workers": len(runner.clients.missing),
    }


def _of_operation(entry: StatsEntry) -> dict[str, Any]:
    milliseconds = {f"p{percent}": entry.get_response_time_percentile(percent / 100) for percent in PERCENTILES}
    return {
        "name": entry.name,
        "requests": entry.num_requests,
        "violations": entry.num_failures,
        "milliseconds": milliseconds | {"max": entry.max_response_time},
    }
