"""The pytest plugin of a contract run: it configures pytest and Hypothesis, and turns results into a verdict."""

import gc
import math
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from rich.console import Console

from canvas_outcomes_contract.report.console import show
from canvas_outcomes_contract.report.files import write_report
from canvas_outcomes_contract.report.results import EXIT_CODES, result_of
from canvas_outcomes_contract.run.clauses import clauses_of, is_broken_by, is_client_check, parametrize_by_operation
from canvas_outcomes_contract.run.judge import CLIENT_CHECKS
from canvas_outcomes_contract.run.options import EXAMPLES_BY_EFFORT, SHRUNK_CASES_BY_EFFORT, add_options
from canvas_outcomes_contract.run.private_interfaces import (
    SCHEMATHESIS_PLUGIN,
    around_each_example,
    complete_node_id,
    ignore_local_constants,
    limit_shrinking,
    print_failing_examples,
    use_seed_of_session,
)
from canvas_outcomes_contract.run.progress import Progress
from canvas_outcomes_contract.run.run import RUN_KEY, Run, exit_on_cannot_tell
from canvas_outcomes_contract.run.signals import interrupt_on_signals
from canvas_outcomes_contract.run.workers import Controller, group_names, save_results

JUDGED_BY_CASES = ("answers-as-documented", "never-fails-on-a-request")
FIXTURES = "canvas_outcomes_contract.run.fixtures"
CONTROLLER = "workers of the contract run"


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.import_plugin(FIXTURES)
    add_options(parser.getgroup("contract", "contract run").addoption)
    if not pluginmanager.has_plugin("schemathesis"):
        pluginmanager.import_plugin(SCHEMATHESIS_PLUGIN)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "clause(*ids): the clauses that the check judges")
    config.addinivalue_line(
        "markers", "changes(resource): a record that several checks change, so one worker runs them"
    )
    config.addinivalue_line("markers", "clause_of_each_operation(suffix): the end of the clause's id, by operation")
    with exit_on_cannot_tell():
        run = config.stash[RUN_KEY] = Run(config)
        run.begin()
    if config.option.har == "full":
        run.recorder.room = math.inf
    config.pluginmanager.register(run, "contract run")
    if run.worker is None:
        interrupt_on_signals(config)
    if run.workers:
        config.pluginmanager.register(Controller(run, config), CONTROLLER)
    if config.get_verbosity() <= 0 and run.worker is None:
        progress = Progress(config, run.description, run.count_requests)
        config.pluginmanager.register(progress, "progress")
        progress.begin()
    config.option.hypothesis_seed = str(run.results.seed)
    # A case with a long string is printed only when it fails, and then in full.
    config.addinivalue_line("filterwarnings", "ignore:Generating overly large repr")
    hypothesis.settings.register_profile(
        "contract",
        # Where Hypothesis sees a CI, it starts with another profile, which ignores the seed.
        parent=hypothesis.settings.get_profile("default"),
        max_examples=EXAMPLES_BY_EFFORT[run.effort],
        deadline=None,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
    hypothesis.settings.load_profile("contract")
    print_failing_examples()
    ignore_local_constants()
    limit_shrinking(run.budget.shrink, SHRUNK_CASES_BY_EFFORT[run.effort])


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    controller = session.config.pluginmanager.get_plugin(CONTROLLER)
    if controller is not None:
        with exit_on_cannot_tell():
            controller.begin()
        _leave_failures_to_the_report(session.config)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    parametrize_by_operation(metafunc, metafunc.config.stash[RUN_KEY].contract)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With --clause, do not spend seconds on collecting checks that judge other clauses or none."""
    clauses = config.option.clause
    by_cases = any(clause.endswith(JUDGED_BY_CASES) for clause in clauses)
    of_client = CLIENT_CHECKS in collection_path.parents and collection_path.name.startswith("test_")
    idle = of_client or (collection_path.name == "test_schema.py" and not by_cases)
    return True if clauses and idle else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    run = config.stash[RUN_KEY]
    clauses = {item: clauses_of(item, run.contract) for item in items}
    with exit_on_cannot_tell():
        for item in items:
            for clause in clauses[item]:
                run.require(clause, item.nodeid)
                run.results.checked.add(clause)
                item.user_properties.append(("clause", clause))
    run.judges = any(clauses.values()) or any(map(is_client_check, items))
    wanted = set(config.option.clause)
    if wanted:
        config.hook.pytest_deselected(items=[item for item in items if not wanted & set(clauses[item])])
        items[:] = [item for item in items if wanted & set(clauses[item])]
    if run.judges:
        _leave_failures_to_the_report(config)
    groups = group_names(_labels(item, clauses[item]) for item in items) if run.worker else [""] * len(items)
    for item, group in zip(items, groups, strict=True):
        complete_node_id(item, group)
        use_seed_of_session(item)
        around_each_example(item, run.examples.one)


def _labels(item: pytest.Item, clauses: list[str]) -> list[str]:
    """Name the state that a check shares with others: clauses, a record that it changes, the mock of a module."""
    records = [mark.args[0] for mark in item.iter_markers("changes")]
    return [item.path.name] if is_client_check(item) else (clauses or [item.nodeid]) + records


def _leave_failures_to_the_report(config: pytest.Config) -> None:
    """Switch off pytest's own lists of failures, which would repeat them twice."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if config.option.tbstyle == "auto":
        config.option.tbstyle = "no"
        if terminal is not None:
            terminal.reportchars = ""


def pytest_collection_finish() -> None:
    gc.freeze()  # the contract, the strategies and the checks stay: no later collection has to search them


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    run = item.config.stash[RUN_KEY]
    run.examples.begin_check(_clauses(item))
    started = time.perf_counter()
    result = yield
    run.results.seconds[item.path.stem.removeprefix("test_")] += time.perf_counter() - started
    return result


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    item.config.stash[RUN_KEY].budget.begin_check(_clauses(item))


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    with pyfuncitem.config.stash[RUN_KEY].examples.excused():
        yield
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report = yield
    run = item.config.stash[RUN_KEY]
    error = run.examples.failure(call.excinfo.value if call.excinfo else None)
    if (error is not None or call.when == "call") and not isinstance(error, pytest.exit.Exception):
        result = result_of(error, run.recorder)
        if result.status == "error":
            result = run.examples.blame_response(error, result)
        for clause in _clauses(item):
            if is_broken_by(clause, error):
                run.results.add(clause, result if error else run.examples.deviating.get(clause, result))
        if is_client_check(item):
            run.results.client[f"{item.path.name}::{item.name}"] = result
    report.requests = len(run.recorder.exchanges)
    return report


def _clauses(item: pytest.Item) -> list[str]:
    return [str(clause) for name, clause in item.user_properties if name == "clause"]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    run = session.config.stash.get(RUN_KEY, None)
    if run is None:
        return
    controller = session.config.pluginmanager.get_plugin(CONTROLLER)
    if controller is not None:
        controller.end()
    if run.worker is not None:
        save_results(run)
    if not run.judges:
        return
    if exitstatus in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        run.results.stopped = "The run failed before its end."
    session.exitstatus = EXIT_CODES[run.results.verdict()]


def pytest_terminal_summary(config: pytest.Config) -> None:
    run = config.stash.get(RUN_KEY, None)
    if run is None or not run.judges:
        return
    is_full = config.option.har == "full"
    report = write_report(run.folder, run.about(), run.results, run.recorder, full_har=is_full)
    show(report, Console(), run.command)
    print(f"report: {run.folder / 'report.html'}")
