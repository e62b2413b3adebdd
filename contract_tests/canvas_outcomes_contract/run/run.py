"""One contract run: what it was asked for, by options of pytest, and what it has found out so far."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from canvas_outcomes_contract.cases.verdicts import ProviderGone
from canvas_outcomes_contract.connection.pace import Pace, default_rate
from canvas_outcomes_contract.connection.provider import is_reachable, unreachable_message
from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET, Target, load_target
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.report.results import Results
from canvas_outcomes_contract.run.workers import count_of_workers, worker_of

EXAMPLES_BY_EFFORT = {"quick": 5, "default": 20, "deep": 200}  # drawn by each property
RUN_KEY = pytest.StashKey["Run"]()


def add_options(parser: pytest.Parser) -> None:
    group = parser.getgroup("contract", "contract run")
    group.addoption(
        "--target", type=Path, default=EMBEDDED_TARGET, help="the target file (default: the embedded reference server)"
    )
    group.addoption("--report", type=Path, default=Path("report"), help="the folder for the report (default: report)")
    group.addoption("--seed", type=int, default=None, help="draw the same cases again")
    group.addoption(
        "--effort", choices=list(EXAMPLES_BY_EFFORT), default="default", help="how many cases each check draws"
    )
    group.addoption("--contract", type=Path, default=None, help="the contract (default: openapi.yaml)")
    group.addoption(
        "--rate", type=_positive(float), default=None, metavar="N", help="requests a second (20, or any to loopback)"
    )
    group.addoption(
        "--at-once", type=_positive(int), default=4, metavar="N", help="requests under way at once (default: 4)"
    )
    group.addoption("--clause", action="append", default=[], metavar="ID", help="judge only this clause (repeatable)")


def _positive(kind: type[float]) -> Callable[[str], float]:
    def number(text: str) -> float:
        value = kind(text)
        if value <= 0:
            raise ValueError(f"{text} is not more than zero")
        return value

    number.__name__ = f"{kind.__name__} above zero"
    return number


class Run:
    """One contract run."""

    def __init__(self, config: pytest.Config) -> None:
        if config.option.contract is not None:
            os.environ["CONTRACT_FILE"] = str(config.option.contract)
        self.contract = Contract(contract_path())
        self.target: Target = load_target(config.option.target, self.contract)
        self.worker, self.workers = worker_of(config), count_of_workers(config)
        self.recorder = Recorder(frozenset(self.target.tokens.values()))
        seed = secrets.randbelow(2**32) if config.option.seed is None else config.option.seed
        if self.worker is not None:
            seed = self.worker.seed
        self.results = Results(
            self.contract,
            self.target.known_failures,
            seed,
            frozenset(config.option.clause),
        )
        self.effort: str = config.option.effort
        self.folder: Path = config.option.report
        self.rate: float | None = config.option.rate
        self.at_once: int = config.option.at_once
        self.judges = False
        self.requests_of_workers: dict[str, int] = {}
        for clause in config.option.clause:
            self.require(clause, "--clause")
        if self.target.base_url is not None and not is_reachable(self.target.base_url):
            raise CannotTell(unreachable_message(self.target.base_url))
        if self.workers and self.target.base_url is not None:
            self._require_enough_for_workers()
        if self.worker is not None and self.changes_a_shared_provider:
            self.target = self.target.for_worker(self.worker.number)

    def _require_enough_for_workers(self) -> None:
        outcomes = 1 + len(self.target.further_editable_outcomes)
        if self.target.writes and outcomes < self.workers:
            raise CannotTell(
                f"Cannot judge with {self.workers} workers: they would change {outcomes} outcome"
                f"{'s' if outcomes > 1 else ''} of the target. Add {self.workers - outcomes} more to "
                "resources.further_editable_outcomes, or lower -n."
            )
        if self.at_once < self.workers:
            raise CannotTell(
                f"Cannot judge with {self.workers} workers: only {self.at_once} requests may be under way at once. "
                "Raise --at-once, or lower -n."
            )

    @property
    def changes_a_shared_provider(self) -> bool:
        """Whether the provider is there before and after the run, and what is changed has to be put back."""
        return self.target.base_url is not None and self.target.writes

    def pace(self, base_url: str) -> Pace:
        """How fast this process may ask; workers of one provider share what the run may do."""
        rate = default_rate(base_url) if self.rate is None else self.rate
        if self.worker is None or self.target.base_url is None:
            return Pace(rate, self.at_once)
        return self.worker.pace(rate, self.at_once)

    def count_requests(self) -> int:
        """The requests so far, of this process and of its workers."""
        return len(self.recorder.exchanges) + sum(self.requests_of_workers.values())

    @property
    def about(self) -> str:
        where = self.target.base_url or "a reference server that starts now"
        return f"judging {self.target.name} at {where}: effort {self.effort}, seed {self.results.seed}"

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """A run that was stopped, by Ctrl-C or because the provider is gone, says so in the report."""
        if type(excinfo.value).__module__ == "xdist.dsession":
            return  # -x, or a worker that was stopped: then it says so itself
        gone = isinstance(excinfo.value, ProviderGone | pytest.exit.Exception)
        self.results.stop(str(excinfo.value) if gone else "The run was interrupted.")

    def require(self, clause: str, where: str) -> None:
        if clause not in self.contract.clauses:
            raise CannotTell(f"Cannot judge {clause!r} ({where}): the contract has no such clause.")


class exit_on_cannot_tell:
    """Ends pytest with exit code 2 and the sentence of a CannotTell, without a traceback."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, CannotTell):
            pytest.exit(str(error), returncode=2)
