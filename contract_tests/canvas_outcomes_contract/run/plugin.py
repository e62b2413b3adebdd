"""The pytest plugin of a contract run: its options, what each check said of its clause, the verdict as exit code."""

import functools
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from rich.console import Console

from canvas_outcomes_contract.cases.responses import Differences
from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.restore import Restorer
from canvas_outcomes_contract.connection.snapshots import exclusive_lock, shared_lock
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.report.check_result import result_of
from canvas_outcomes_contract.report.console import show
from canvas_outcomes_contract.report.files import write_report
from canvas_outcomes_contract.report.results import EXIT_CODES
from canvas_outcomes_contract.run.clauses import is_broken_by
from canvas_outcomes_contract.run.private_interfaces import ignore_local_constants, print_failing_examples
from canvas_outcomes_contract.run.progress import Progress
from canvas_outcomes_contract.run.run import EXAMPLES_BY_EFFORT, RUN_KEY, Run, add_options, exit_on_cannot_tell
from canvas_outcomes_contract.run.workers import Controller, joined_groups

CLIENT = Path(__file__).resolve().parent.parent / "checks" / "client"
WIDTH = 160  # of the table where no terminal has one


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    add_options(parser)
    if not pluginmanager.has_plugin("schemathesis"):
        pluginmanager.import_plugin("schemathesis.pytest.plugin")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "clause(*ids): the clauses that the check judges")
    config.addinivalue_line(
        "markers", "clause_of_each_operation(suffix): the clause, by operation, that the check judges"
    )
    with exit_on_cannot_tell():
        run = config.stash[RUN_KEY] = Run(config)
    config.pluginmanager.register(run, "contract run")
    if run.workers:
        config.pluginmanager.register(Controller(run, config), "workers of the contract run")
    if config.get_verbosity() <= 0 and run.worker is None:
        progress = Progress(config, run.about, run.count_requests)
        config.pluginmanager.register(progress, "progress")
        progress.begin()
    config.option.hypothesis_seed = str(run.results.seed)
    # A case with a long text is printed only when it fails, and then in full.
    config.addinivalue_line("filterwarnings", "ignore:Generating overly large repr")
    if config.option.xmlpath is None and run.worker is None:
        config.option.xmlpath = str(run.folder / "junit.xml")
    # Hypothesis starts out from another profile where it sees a CI, under which no seed has an effect.
    hypothesis.settings.register_profile(
        "contract",
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


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    controller = _controller(session.config)
    if controller is not None:
        with exit_on_cannot_tell():
            controller.begin()
        _let_the_table_say_what_failed(session.config)


def _controller(config: pytest.Config) -> Controller | None:
    return config.pluginmanager.get_plugin("workers of the contract run")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    mark = metafunc.definition.get_closest_marker("clause_of_each_operation")
    if mark is not None and "operation" in metafunc.fixturenames:
        contract = metafunc.config.stash[RUN_KEY].contract
        named = {f"{operation.prefix}-{mark.args[0]}": operation for operation in contract.operations.values()}
        parameters = [
            pytest.param(operation, id=operation.id, marks=pytest.mark.clause(clause))
            for clause, operation in named.items()
            if clause in contract.clauses
        ]
        metafunc.parametrize("operation", parameters)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What cannot judge the clauses that were asked for is not collected, where that takes seconds.

    That is the cases of Schemathesis, and the checks of the client, which judge no clause.
    """
    asked = config.option.clause
    judged_by_cases = ("answers-as-documented", "never-fails-on-a-request")
    by_cases = any(clause.endswith(judged_by_cases) for clause in asked)
    of_client = CLIENT in collection_path.parents and collection_path.name.startswith("test_")
    idle = of_client or (collection_path.name == "test_schema.py" and not by_cases)
    return True if asked and idle else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    run = config.stash[RUN_KEY]
    with exit_on_cannot_tell():
        for item in items:
            for clause in clauses_of(item):
                run.require(clause, item.nodeid)
                run.results.checked.add(clause)
                item.user_properties.append(("clause", clause))
    run.judges = any(map(clauses_of, items)) or any(map(is_client_check, items))
    wanted = set(config.option.clause)
    if wanted:
        config.hook.pytest_deselected(items=[item for item in items if not wanted & set(clauses_of(item))])
        items[:] = [item for item in items if wanted & set(clauses_of(item))]
    if run.judges:
        _let_the_table_say_what_failed(config)
    if run.worker is not None:
        run.worker.leave_groups(_groups(items))
    for item in items:
        _record_examples_apart(item, run.recorder)


def _let_the_table_say_what_failed(config: pytest.Config) -> None:
    """pytest's own lists would say it twice more."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if config.option.tbstyle == "auto":
        config.option.tbstyle = "no"
        if terminal is not None:
            terminal.reportchars = ""


def _groups(items: list[pytest.Item]) -> list[str]:
    """For each check, the name of what it shares with others: clauses, an outcome, the mock of a module."""
    joined = {name: min(names) for names in joined_groups(map(_judged_by, items)) for name in names}
    return [item.path.name if is_client_check(item) else joined[_judged_by(item)[0]] for item in items]


def _judged_by(item: pytest.Item) -> list[str]:
    """The clauses that a check judges, or its own name, and the outcome that it changes beside the editable one."""
    beside = [name for name in getattr(item, "fixturenames", ()) if name == "scaled"]
    return (clauses_of(item) or [item.nodeid]) + beside


def clauses_of(item: pytest.Item) -> list[str]:
    named = [clause for mark in item.iter_markers("clause") for clause in mark.args]
    return named + [
        clause for mark in item.iter_markers("clause_of_each_operation") for clause in _of_label(item, mark)
    ]


def _of_label(item: pytest.Item, mark: pytest.Mark) -> list[str]:
    """The clause of a test that Schemathesis made for an operation: its name ends in [METHOD path]."""
    label = item.name.partition("[")[2].rpartition("]")[0]
    contract = item.config.stash[RUN_KEY].contract
    named = [f"{o.prefix}-{mark.args[0]}" for o in contract.operations.values() if f"{o.method} {o.path}" == label]
    return [clause for clause in named if clause in contract.clauses]


def is_client_check(item: pytest.Item) -> bool:
    return CLIENT in item.path.parents


def _record_examples_apart(item: pytest.Item, recorder: Recorder) -> None:
    """Let the recorder know where each example of Hypothesis begins, so that a failure shows its own requests."""
    handle = getattr(getattr(item, "obj", None), "hypothesis", None)
    if handle is None or getattr(handle.inner_test, "recorded", False):
        return
    inner = handle.inner_test

    @functools.wraps(inner)
    def recorded(*args: Any, **kwargs: Any) -> None:
        recorder.begin_example()
        inner(*args, **kwargs)

    recorded.recorded = True  # type: ignore[attr-defined]
    handle.inner_test = recorded


def _name_examples(item: pytest.Item) -> None:
    """Hypothesis gives what fails no place in a database where the seed is set, as it is here, unless it has a name."""
    if hasattr(getattr(item, "obj", None), "hypothesis"):
        item.obj._hypothesis_internal_database_key = f"{item.path.stem}::{item.name}".encode()  # type: ignore[attr-defined]


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Says got, wanted and where of fields that differ, rather than printing two dictionaries."""
    return ["fields differ", *left.lines()] if isinstance(left, Differences) and op == "==" and right == {} else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    run = item.config.stash[RUN_KEY]
    run.recorder.begin_example()
    _name_examples(item)
    started = time.perf_counter()
    result = yield
    run.results.seconds[item.path.stem.removeprefix("test_")] += time.perf_counter() - started
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report = yield
    run = item.config.stash[RUN_KEY]
    error = call.excinfo.value if call.excinfo else None
    if (error is not None or call.when == "call") and not isinstance(error, pytest.exit.Exception):
        result = result_of(error, run.recorder)
        for clause in clauses_of(item):
            if is_broken_by(clause, error):
                run.results.add(clause, result)
        if is_client_check(item):
            run.results.client[f"{item.path.name}::{item.name}"] = result
    report.requests = len(run.recorder.exchanges)
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    run = session.config.stash.get(RUN_KEY, None)
    if run is None:
        return
    controller = _controller(session.config)
    if controller is not None:
        controller.end()
    if run.worker is not None:
        run.worker.leave(run)
    if not run.judges:
        return
    if exitstatus in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        run.results.stopped = "The run failed before its end."
    session.exitstatus = EXIT_CODES[run.results.verdict()]


def pytest_terminal_summary(config: pytest.Config) -> None:
    run = config.stash.get(RUN_KEY, None)
    if run is None or not run.judges:
        return
    report = write_report(run.folder, run.target.name, run.results, run.recorder)
    show(report, Console(width=None if sys.stdout.isatty() else WIDTH))
    print(f"report: {run.folder / 'report.html'}")


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Run:
    return request.config.stash[RUN_KEY]


@pytest.fixture(scope="session")
def contract(run: Run) -> Contract:
    return run.contract


@pytest.fixture(scope="session")
def provider(run: Run) -> Iterator[Provider]:
    """The provider that the target names, or an embedded reference server."""
    with exit_on_cannot_tell():
        if run.target.base_url is None:
            with reference_server() as base_url:
                yield from _provider(run, base_url)
        else:
            hold = exclusive_lock if run.worker is None else shared_lock
            with hold(run.target.base_url) if run.target.writes else nullcontext():
                yield from _provider(run, run.target.base_url)


def _provider(run: Run, base_url: str) -> Iterator[Provider]:
    provider = Provider(run.target, base_url, run.contract, run.recorder, run.pace(base_url))
    restorer = Restorer(provider, on_disk=run.target.base_url is not None)
    if run.worker is not None and run.target.base_url is not None:
        yield provider  # the controller puts back what it changes
    else:
        run.results.notes += restorer.restore_after_killed_runs()
        yield provider
        run.results.notes += restorer.restore()
    provider.close()
