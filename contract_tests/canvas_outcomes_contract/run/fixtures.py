"""The fixtures of all checks: the run, its contract and the provider that it judges."""

import math
from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.restore import Restorer
from canvas_outcomes_contract.connection.snapshots import exclusive_lock, shared_lock
from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.run.run import RUN_KEY, Run, exit_on_cannot_tell
from canvas_outcomes_contract.run.signals import ignore_signals


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Run:
    return request.config.stash[RUN_KEY]


@pytest.fixture(scope="session")
def contract(run: Run) -> Contract:
    return run.contract


@pytest.fixture(scope="session")
def provider(run: Run) -> Iterator[Provider]:
    """The provider of the target, or an embedded reference server."""
    with exit_on_cannot_tell():
        if run.target.base_url is None:
            with reference_server() as base_url:
                yield from _provider(run, base_url)
        else:
            lock = exclusive_lock if run.worker is None else shared_lock
            with lock(run.target.base_url) if run.target.writes else nullcontext():
                yield from _provider(run, run.target.base_url)


def _provider(run: Run, base_url: str) -> Iterator[Provider]:
    provider = Provider(run.target, base_url, run.contract, run.recorder, run.pace(base_url))
    provider.require_time = run.budget.require_time
    restorer = Restorer(provider, on_disk=run.target.base_url is not None)
    if run.target.disposable:
        yield provider
        provider.require_time = lambda: math.inf
        run.results.notes += provider.delete_created_records()
    elif run.worker is not None and run.target.base_url is not None:
        yield provider  # the controller restores what it changes
    else:
        run.results.notes += restorer.restore_after_killed_runs()
        yield provider
        provider.require_time = lambda: math.inf
        ignore_signals()
        run.results.not_restored += restorer.restore()
    provider.close()
