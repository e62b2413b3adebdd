"""The pytest sessions whose forks judge mutants."""

import contextlib
import io
import sys
import tempfile
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis.strategies import SearchStrategy

from canvas_outcomes_contract.connection.transport import ssl_context
from canvas_outcomes_contract.run.judge import pytest_arguments
from canvas_outcomes_contract.run.private_interfaces import hide_failing_examples

# Libraries import these during the checks; each fork would spend up to 70 ms on one.
IMPORTED_LATE = (
    "anyio._backends._asyncio",
    "ctypes",
    "encodings.unicode_escape",
    "httpcore2",
    "pytest_httpx2",
    "respx",
    "schemathesis.specs.openapi.object_authorization",
)
# Verbose, because a quiet run shows its progress.
OPTIONS = ("-vvv", "-s", "--assert=plain", "--seed", "1")


def run_session(checks: Path, plugin: object, *options: str) -> str:
    """Run pytest with a plugin that forks, and return its output."""
    # A check has the number of examples of the session that imports it.
    for name in [
        name for name in sys.modules if name.startswith("canvas_outcomes_contract.checks.") and ".test_" in name
    ]:
        del sys.modules[name]
    output = io.StringIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
    ):
        pytest.main([*pytest_arguments(checks), *OPTIONS, "--report", folder, *options], plugins=[plugin])
    return output.getvalue()


def prepare(session: pytest.Session, plugin: object) -> None:
    """Do once what every fork needs, and leave out what no fork does."""
    for module in IMPORTED_LATE:
        import_module(module)
    ssl_context()  # is cached; reading the certificates takes longer than most checks
    hide_failing_examples()
    session.config.pluginmanager.unregister(plugin)
    # Hypothesis writes a patch of each failing example in 0.4 s, unless there is no terminal reporter.
    session.config.pluginmanager.unregister(name="terminalreporter")


def draw_once(strategies: Iterable[SearchStrategy[Any]]) -> None:
    """Draw one example of each strategy, so that no fork has to build it."""
    once = hypothesis.settings(
        max_examples=1,
        phases=[hypothesis.Phase.generate],
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    for strategy in strategies:
        hypothesis.find(strategy, lambda _: True, settings=once)


def skip_shrinking() -> None:
    """End each check at the first example that fails."""
    phases = [phase for phase in hypothesis.Phase if phase.name not in ("shrink", "explain", "target")]
    hypothesis.settings.register_profile("mutants", hypothesis.settings(), phases=phases)
    hypothesis.settings.load_profile("mutants")


def check_of(test: pytest.Item | pytest.TestReport) -> str:
    """MODULE::FUNCTION of a check without its parameters."""
    return test.nodeid.partition("[")[0].rpartition("/")[2]


def one_per_check(items: list[pytest.Item]) -> list[pytest.Item]:
    """The first item of each check: enough for the control, since a contract run has all of them."""
    return list({check_of(item): item for item in reversed(items)}.values())[::-1]
