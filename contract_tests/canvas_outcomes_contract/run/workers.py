"""A contract run that processes of pytest-xdist share.

The controller holds the provider during the run and restores what any worker has changed, even after a
worker was killed. One worker judges a clause with all of its checks.
"""

import pickle
import tempfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.restore import Restorer
from canvas_outcomes_contract.connection.snapshots import exclusive_lock, shared_lock
from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.run.run import Run
from canvas_outcomes_contract.run.signals import ignore_signals

KILLED = "A worker was killed before it reported its results."


def save_results(run: Run) -> None:
    """Write the results of this worker to a file for the controller, which reads it even after an interrupt."""
    assert run.worker is not None
    part = Path(run.worker.folder, f"{run.worker.number}.part")
    part.with_suffix(".new").write_bytes(pickle.dumps((run.judges, run.results.found(), run.recorder.exchanges)))
    part.with_suffix(".new").replace(part)


class Controller:
    """A plugin of the process that starts the workers."""

    def __init__(self, run: Run, config: pytest.Config) -> None:
        self.run = run
        self.started = 0
        self._held = ExitStack()
        config.add_cleanup(self._held.close)
        self.folder = self._held.enter_context(tempfile.TemporaryDirectory(prefix="contract-run-"))
        config.option.dist = "loadgroup"
        # A new worker could not finish the clauses of a killed one.
        config.option.maxworkerrestart = "0"

    def begin(self) -> None:
        """Lock the provider and restore what killed runs have left, before a worker starts. Raises CannotTell."""
        base_url = self.run.target.base_url
        if base_url is not None and self.run.target.writes:
            with exclusive_lock(base_url):
                self.run.results.notes += self._with_restorer(base_url, Restorer.restore_after_killed_runs)
            self._held.enter_context(shared_lock(base_url))

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["contract_run"] = {
            "number": self.started,
            "count": self.run.workers,
            "folder": self.folder,
        }
        self.started += 1

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: Any) -> None:
        report.nodeid = report.nodeid.rpartition("@")[0] or report.nodeid  # pytest-xdist appends @GROUP
        self.run.requests_of_workers[getattr(report, "worker_id", "")] = getattr(report, "requests", 0)

    def end(self) -> None:
        """Collect the results of all workers after their end, and restore what they have changed."""
        results, recorder = self.run.results, self.run.recorder
        ignore_signals()
        self.run.requests_of_workers.clear()
        parts = sorted(Path(self.folder).glob("*.part"))
        for part in parts:
            judges, found, exchanges = pickle.loads(part.read_bytes())
            self.run.judges |= judges
            results.merge(found)
            recorder.exchanges += exchanges
        recorder.exchanges.sort(key=lambda exchange: exchange.started)
        if len(parts) < self.started:
            self.run.judges = True
            results.stop(KILLED)
        base_url = self.run.target.base_url
        if base_url is not None and self.run.target.writes:
            results.not_restored += self._with_restorer(base_url, Restorer.restore_after_workers)

    def _with_restorer(self, base_url: str, restore: Callable[[Restorer], list[str]]) -> list[str]:
        run = self.run
        if run.target.disposable:
            return []
        provider = Provider(run.target, base_url, run.contract, run.recorder, run.pace(base_url))
        try:
            return restore(Restorer(provider, on_disk=True))
        except CannotTell as error:
            run.results.stop(str(error))
            return []
        finally:
            provider.close()


def group_names(labels: Iterable[Iterable[str]]) -> list[str]:
    """The name of the group of each check: checks that share a label, directly or through others, share a group."""
    of_checks = [frozenset(one) for one in labels]
    groups: list[frozenset[str]] = []
    for names in of_checks:
        shared = [group for group in groups if group & names]
        groups = [group for group in groups if not group & names] + [names.union(*shared)]
    group_of = {name: min(group) for group in groups for name in group}
    return [group_of[min(names)] for names in of_checks]
