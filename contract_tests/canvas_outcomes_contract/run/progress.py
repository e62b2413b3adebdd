"""Says what a run is doing while it runs, often enough that nobody takes it for dead."""

import os
import shutil
import threading
from collections.abc import Callable, Generator
from typing import Any

import pytest

SECONDS = 1.0  # between two lines in a log
SECONDS_ON_A_TERMINAL = 0.3  # where one line is written over and over


class Progress:
    """A plugin of pytest that writes lines of progress in the place of dots."""

    def __init__(self, config: pytest.Config, about: str, requests: Callable[[], int]) -> None:
        self.about, self.requests = about, requests
        self._output = _uncaptured_output(config)
        self._on_a_terminal = os.isatty(self._output)
        self.total = self.done = self.failed = 0
        self.doing = ""
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def line(self) -> str:
        """What the run is doing now."""
        if not self.total:
            return f"collecting the checks: {self.doing}" if self.doing else "starting"
        failed = f", {self.failed} failed" if self.failed else ""
        share = f"{100 * self.done // self.total:3} %  {self.done} of {self.total} checks"
        return f"{share}, {self.requests()} requests{failed}: {self.doing}"

    def begin(self) -> None:
        """Say what is judged, and go on saying what is done."""
        self._write(self.about)
        self._start()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        # pytest's own head comes now.
        self._clear()

    def pytest_unconfigure(self) -> None:
        self._stop()

    def pytest_collectstart(self, collector: pytest.Collector) -> None:
        self.doing = collector.name

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        # Whoever forks the run here forks one thread only.
        self._stop()
        self.total = len(session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        self.total = len(ids)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.doing = nodeid.rpartition("/")[2].partition("::")[0].removeprefix("test_").removesuffix(".py")
        self._start()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed += report.failed

    def pytest_runtest_logfinish(self) -> None:
        self.done += 1

    @pytest.hookimpl(wrapper=True)
    def pytest_report_teststatus(self) -> Generator[None, Any, Any]:
        category, *_ = yield
        return category, "", ""

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self) -> Generator[None, object, object]:
        """What was changed is put back before this ends, which takes a while, too."""
        try:
            return (yield)
        finally:
            self._stop()

    def _start(self) -> None:
        if self._thread is None:
            self._ended.clear()
            self._thread = threading.Thread(target=self._go_on, daemon=True)
            self._thread.start()

    def _stop(self) -> None:
        if self._thread is not None:
            self._ended.set()
            self._thread.join()
            self._thread = None
            self._clear()

    def _clear(self) -> None:
        if self._on_a_terminal:
            self._write("")
            os.write(self._output, b"\r")

    def _go_on(self) -> None:
        while not self._ended.wait(SECONDS_ON_A_TERMINAL if self._on_a_terminal else SECONDS):
            self._write(self.line())

    def _write(self, text: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        one_line = "\r" + text[:width].ljust(width) if self._on_a_terminal else text + "\n"
        os.write(self._output, one_line.encode())


def say_that_it_begins(config: pytest.Config) -> None:
    """Write the first line of a run, if it is one that says what it does."""
    # The workers of pytest-xdist have no terminal.
    if config.get_verbosity() <= 0 and config.pluginmanager.has_plugin("terminal"):
        output = _uncaptured_output(config)
        os.write(output, b"loading the checks\n")
        os.close(output)


def _uncaptured_output(config: pytest.Config) -> int:
    """Where pytest itself writes to; while a test runs, sys.stdout and its descriptor are captured."""
    capture: Any = config.pluginmanager.get_plugin("capturemanager")
    with capture.global_and_fixture_disabled():
        return os.dup(1)
