"""Progress of a run: a line each second, or one line that is rewritten on a terminal."""

import os
import shutil
import threading
from collections.abc import Callable, Generator
from typing import Any

import pytest

SECONDS = 1.0  # between two lines in a log
SECONDS_ON_A_TERMINAL = 0.3


class Progress:
    """A plugin of pytest that writes lines of progress instead of dots."""

    def __init__(self, config: pytest.Config, description: str, count_requests: Callable[[], int]) -> None:
        self._description, self._count_requests = description, count_requests
        self._output = _uncaptured_output(config)
        self._on_a_terminal = os.isatty(self._output)
        self._total = self._done = self._failed = 0
        self._current = ""
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Write the description of the run, and progress from now on."""
        self._write(self._description)
        self._start()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        self._clear()  # pytest writes its own head now

    def pytest_unconfigure(self) -> None:
        self._stop()

    def pytest_collectstart(self, collector: pytest.Collector) -> None:
        self._current = collector.name

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._stop()  # a fork of this process would have the lock of the thread, but not the thread
        self._total = len(session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        self._total = len(ids)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._current = nodeid.rpartition("/")[2].partition("::")[0].removeprefix("test_").removesuffix(".py")
        self._start()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._failed += report.failed

    def pytest_runtest_logfinish(self) -> None:
        self._done += 1

    @pytest.hookimpl(wrapper=True)
    def pytest_report_teststatus(self) -> Generator[None, Any, Any]:
        category, *_ = yield
        return category, "", ""

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self) -> Generator[None, object, object]:
        """Write progress until the outcomes are restored."""
        try:
            return (yield)
        finally:
            self._stop()

    def _start(self) -> None:
        if self._thread is None:
            self._ended.clear()
            self._thread = threading.Thread(target=self._repeat, daemon=True)
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

    def _repeat(self) -> None:
        while not self._ended.wait(SECONDS_ON_A_TERMINAL if self._on_a_terminal else SECONDS):
            self._write(self._line())

    def _line(self) -> str:
        if not self._total:
            return f"collecting the checks: {self._current}" if self._current else "starting"
        failed = f", {self._failed} failed" if self._failed else ""
        share = f"{100 * self._done // self._total:3} %  {self._done} of {self._total} checks"
        return f"{share}, {self._count_requests()} requests{failed}: {self._current}"

    def _write(self, text: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        line = "\r" + text[:width].ljust(width) if self._on_a_terminal else text + "\n"
        os.write(self._output, line.encode())


def _uncaptured_output(config: pytest.Config) -> int:
    """The descriptor that pytest writes to; while a test runs, sys.stdout and descriptor 1 are captured."""
    capture: Any = config.pluginmanager.get_plugin("capturemanager")
    with capture.global_and_fixture_disabled():
        return os.dup(1)
