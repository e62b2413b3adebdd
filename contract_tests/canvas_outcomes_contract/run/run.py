"""One contract run: its options, its target and its results so far."""

import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import pytest

from canvas_outcomes_contract.cases.verdicts import NotApplicable
from canvas_outcomes_contract.connection.pace import Pace, default_rate
from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET, Target, load_target
from canvas_outcomes_contract.connection.target_file import further
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.connection.transport import require_reachable
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.contract.escaping import on_one_line
from canvas_outcomes_contract.contract.judging import links
from canvas_outcomes_contract.contract.redaction import Output
from canvas_outcomes_contract.report.results import Results
from canvas_outcomes_contract.run.examples import Examples
from canvas_outcomes_contract.run.options import SHRINKING_BY_EFFORT, command
from canvas_outcomes_contract.run.signals import ignore_signals

RUN_KEY = pytest.StashKey["Run"]()


@dataclass(frozen=True)
class Worker:
    """One of several processes that share a run."""

    number: int  # from 0
    count: int
    folder: str  # for the results of the workers


class Budget:
    """The seconds and the failures that a run may spend, and the part of the seconds for shrinking failures."""

    def __init__(self, results: Results, options: Any, workers: int) -> None:
        self.results = results
        self.seconds: float = math.inf if options.max_time is None else options.max_time
        self.max_failures: int = options.max_failures
        self.failures = -(-self.max_failures // workers)  # of this process
        self.end = time.monotonic() + self.seconds
        self.shrinking = min(SHRINKING_BY_EFFORT[options.effort], self.seconds / 4)
        self.has_failed = False  # whether the current check has, so that a request is part of shrinking or of its end

    def require_time(self) -> float:
        """The seconds that are left, all for a check that has failed. Raises NotApplicable if none are."""
        left = math.inf if self.has_failed else self.end - time.monotonic()
        if left <= 0:
            self._leave_out(f"The time of the run is over: --max-time {self.seconds:g}.")
        return left

    def begin_check(self, clauses: list[str]) -> None:
        """Raise NotApplicable if the check would cost more than it may, or cannot change the result of its clauses."""
        self.has_failed = False
        if clauses and all(map(self.results.has_failed, clauses)):
            raise NotApplicable("Another check of the clause has failed.")
        self.require_time()
        if clauses and len(self.results.failures()) >= self.failures:
            self._leave_out(f"So many clauses have failed: --max-failures {self.max_failures}.")

    def _leave_out(self, reason: str) -> NoReturn:
        self.results.unfinished.add(reason)
        raise NotApplicable(reason)

    @contextmanager
    def shrink(self) -> Iterator[float]:
        """Count the time in which a failure is shrunk; yields the seconds that it may take."""
        self.has_failed = True
        started = time.monotonic()
        yield max(0.0, min(self.shrinking / 4, self.end - started))
        self.shrinking -= time.monotonic() - started


class Run:
    """One contract run, in one process, or as the controller or a worker of several."""

    def __init__(self, config: pytest.Config) -> None:
        options = self.options = config.option
        self.started = datetime.now(UTC)
        if options.contract is not None:
            os.environ["CONTRACT_FILE"] = str(options.contract)
        self.contract = Contract(contract_path())
        for operation in self.contract.operations.values():
            list(links(self.contract, operation))  # raises CannotTell before the run starts
        self.target: Target = load_target(options.target or EMBEDDED_TARGET, self.contract)
        given = getattr(config, "workerinput", {}).get("contract_run")
        self.worker = None if given is None else Worker(**given)
        self.workers = 0 if config.getoption("dist", "no") == "no" else len(options.tx)
        self.recorder = Recorder(self.target)
        for output in (plugin for plugin in config.pluginmanager.get_plugins() if isinstance(plugin, Output)):
            output.redactor = self.target.redactor
        self.results = Results(self.contract, self.target.known_failures, options.seed, frozenset(options.clause))
        self.budget = Budget(self.results, options, self.worker.count if self.worker else 1)
        self.examples = Examples(self.contract, self.recorder)
        self.effort: str = options.effort
        self.folder: Path = options.report
        self.rate: float | None = options.rate
        self.at_once: int = options.at_once
        self.judges = False  # whether a check of this run judges a clause or the client
        self.requests_of_workers: dict[str, int] = {}
        if self.worker is not None and self.changes_a_shared_provider:
            self.target = self.target.for_worker(self.worker.number)

    def begin(self) -> None:
        """Raise CannotTell for options that do not fit the contract or the target, and for an unreachable provider."""
        for clause in self.options.clause:
            self.require(clause, "--clause")
        if self.target.base_url is not None:
            require_reachable(self.target, self.target.base_url)
            if self.workers:
                self._require_enough_for_workers()

    def _require_enough_for_workers(self) -> None:
        for resource, ids in self.target.further.items():
            missing = self.workers - 1 - len(ids)
            if self.target.writes and missing > 0:
                raise CannotTell(
                    f"Cannot judge with {self.workers} workers: each needs a resource {resource} of its own. "
                    f"Add {missing} more to resources.{further(resource)}, or lower -n."
                )
        if self.at_once < self.workers:
            raise CannotTell(
                f"Cannot judge with {self.workers} workers and {self.at_once} concurrent requests. "
                "Raise --at-once, or lower -n."
            )

    @property
    def changes_a_shared_provider(self) -> bool:
        """Whether the provider outlives the run, so that changes have to be undone."""
        return self.target.base_url is not None and self.target.writes

    def pace(self, base_url: str) -> Pace:
        """The pace of this process; the workers of one provider share that of the run."""
        pace = Pace(default_rate(base_url) if self.rate is None else self.rate, self.at_once)
        if self.worker is None or self.target.base_url is None:
            return pace
        return pace.share(self.worker.number, self.worker.count)

    def count_requests(self) -> int:
        """The number of requests so far, of this process and of its workers."""
        return len(self.recorder.exchanges) + sum(self.requests_of_workers.values())

    @property
    def description(self) -> str:
        where = f" at {self.target.base_url}" if self.target.base_url else ""
        return f"judging {self.target.name}{where}: effort {self.effort}, seed {self.results.seed}"

    def about(self) -> dict[str, Any]:
        """The part of the report about the run itself: its target, time, effort and command."""
        base_url = self.target.base_url
        return {
            "target": self.target.name,
            "base_url": None if base_url is None else self.recorder.redact(base_url),
            "started": self.started.isoformat(timespec="seconds"),
            "elapsed": round((datetime.now(UTC) - self.started).total_seconds(), 1),
            "effort": self.effort,
            "command": self.command,
        }

    @property
    def command(self) -> str:
        """The command that repeats this run."""
        return command(self.options)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Report why the run was stopped: by a signal, or because the provider is gone."""
        if type(excinfo.value).__module__ == "xdist.dsession":
            return  # -x, or a worker that was stopped and reports that itself
        ignore_signals()
        self.results.stop(str(excinfo.value) or "The run was interrupted.")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Report why checks are missing: a module cannot be imported, or the workers collect different checks."""
        if report.failed:
            self.results.stop(f"Cannot collect the checks: {report.longreprtext}")

    def require(self, clause: str, where: str) -> None:
        if clause not in self.contract.clauses:
            raise CannotTell(f"Cannot judge {clause!r} ({where}): the contract has no such clause.")


@contextmanager
def exit_on_cannot_tell() -> Iterator[None]:
    """End pytest with exit code 2 and the message of a CannotTell, without a traceback."""
    try:
        yield
    except CannotTell as error:
        pytest.exit(on_one_line(str(error)), returncode=2)
