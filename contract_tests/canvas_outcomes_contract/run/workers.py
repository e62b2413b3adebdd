"""A contract run shared by workers of pytest-xdist: what each has of its own, and how what they found becomes one.

The controller begins and ends the run: it holds the provider, and puts back what any worker has changed, so that a
worker may be killed at any time. A clause is judged whole, by one worker.
"""

import json
import pickle
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from canvas_outcomes_contract.connection.pace import Pace
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.restore import Restorer
from canvas_outcomes_contract.connection.snapshots import exclusive_lock
from canvas_outcomes_contract.contract.errors import CannotTell

if TYPE_CHECKING:
    from canvas_outcomes_contract.run.run import Run

GROUPS = "groups.json"
KILLED = "A worker was killed before it could say what it found."


@dataclass(frozen=True)
class Worker:
    """One of the processes that share a run, counted from 0."""

    number: int
    count: int
    seed: int
    folder: Path  # where it leaves what it found

    def pace(self, rate: float | None, at_once: int) -> Pace:
        """The part of this worker in what the whole run may ask of a provider: all parts together are that."""
        part, rest = divmod(at_once, self.count)
        return Pace(rate and rate / self.count, part + (self.number < rest))

    def leave_groups(self, groups: list[str]) -> None:
        """Tell the controller which checks belong together: the name of its group for each of them."""
        if self.number == 0:  # all find the same
            (self.folder / GROUPS).write_text(json.dumps(groups), encoding="utf-8")

    def leave(self, run: "Run") -> None:
        """Leave what this worker found, for the controller to take."""
        part = self.folder / f"{self.number}.part"
        whole = part.with_suffix(".new")
        whole.write_bytes(pickle.dumps((run.judges, run.results.found(), run.recorder.exchanges)))
        whole.replace(part)


def worker_of(config: pytest.Config) -> Worker | None:
    """The worker that this process is, if it is one."""
    told = getattr(config, "workerinput", {}).get("contract_run")
    return None if told is None else Worker(**told | {"folder": Path(told["folder"])})


def count_of_workers(config: pytest.Config) -> int:
    """How many workers the controller shall start; 0 for a run in one process."""
    return 0 if config.getoption("dist", "no") == "no" else len(config.option.tx)


class Controller:
    """A plugin of the process that starts the workers."""

    def __init__(self, run: "Run", config: pytest.Config) -> None:
        self.run = run
        self.started = 0
        self._held = ExitStack()
        config.add_cleanup(self._held.close)
        self.folder = Path(self._held.enter_context(tempfile.TemporaryDirectory(prefix="contract-run-")))
        # Another worker could not judge what the killed one left half judged.
        config.option.maxworkerrestart = "0"

    def begin(self) -> None:
        """Hold the provider, and put back what earlier runs have left, before a worker starts. Raises CannotTell."""
        run = self.run
        if run.changes_a_shared_provider:
            assert run.target.base_url is not None
            self._held.enter_context(exclusive_lock(run.target.base_url))
            self._keep(Restorer.restore_after_killed_runs)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["contract_run"] = {
            "number": self.started,
            "count": self.run.workers,
            "seed": self.run.results.seed,
            "folder": str(self.folder),
        }
        self.started += 1

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.run.requests_of_workers[getattr(report, "worker_id", "")] = getattr(report, "requests", 0)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        # Only a run with -n needs pytest-xdist, which has no types.
        from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # noqa: PLC0415

        folder = self.folder

        class ByGroup(LoadScopeScheduling):  # type: ignore[misc]
            """Checks of one group go to one worker, in their order.

            They are numbered, because Schemathesis gives all that it makes of one function the same name.
            """

            def add_node_collection(self, node: Any, collection: list[str]) -> None:
                super().add_node_collection(node, [f"{name} {number}" for number, name in enumerate(collection)])

            def schedule(self) -> None:
                self.groups = json.loads((folder / GROUPS).read_text(encoding="utf-8"))
                super().schedule()

            def _split_scope(self, numbered: str) -> str:
                group: str = self.groups[int(numbered.rpartition(" ")[2])]
                return group

        return ByGroup(config, log)

    def end(self) -> None:
        """Take what the workers found, once all of them have ended, and put back what they have changed."""
        results, recorder = self.run.results, self.run.recorder
        self.run.requests_of_workers.clear()
        parts = sorted(self.folder.glob("*.part"))
        for part in parts:
            judges, found, exchanges = pickle.loads(part.read_bytes())
            self.run.judges |= judges
            results.take_over(found)
            recorder.exchanges += exchanges
        recorder.exchanges.sort(key=lambda exchange: exchange.started)
        if len(parts) < self.started:
            self.run.judges = True
            results.stop(KILLED)
        if self.run.changes_a_shared_provider:
            self._keep(Restorer.restore_after_workers)

    def _keep(self, act: Any) -> None:
        run = self.run
        assert run.target.base_url is not None
        provider = Provider(run.target, run.target.base_url, run.contract, run.recorder, run.pace(run.target.base_url))
        try:
            run.results.notes += act(Restorer(provider, on_disk=True))
        except CannotTell as problem:
            run.results.stop(str(problem))
        finally:
            provider.close()


def joined_groups(groups: Iterable[Iterable[str]]) -> dict[frozenset[str], int]:
    """Groups that share a name as one, with the number of groups in each."""
    joined: dict[frozenset[str], int] = {}
    for group in groups:
        names, size = frozenset(group), 1
        for other in [other for other in joined if other & names]:
            names, size = names | other, size + joined.pop(other)
        joined[names] = size
    return joined
