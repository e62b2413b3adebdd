"""Print the progress of a run: one line that is redrawn on a terminal, a line now and then in a log."""

import os
import shutil
import threading
from collections.abc import Callable, Generator
from typing import Any

import pytest

LOG_INTERVAL, TERMINAL_INTERVAL = 15.0, 0.3  # seconds


class Progress:
    """A plugin of pytest that prints lines of progress instead of dots."""

    def __init__(self, config: pytest.Config, description: str, requests: Callable[[], int]) -> None:
        self.description, self.requests = description, requests
        capture: Any = config.pluginmanager.get_plugin("capturemanager")
        # While a test runs, sys.stdout and its descriptor are captured.
        with capture.global_and_fixture_disabled():
            self._output = os.dup(1)
        self._on_a_terminal = os.isatty(self._output)
        self.total = self.done = self.failed = 0
        self.current = ""
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def line(self) -> str:
        if not self.total:
            return f"collecting the checks: {self.current}" if self.current else "starting"
        failed = f", {self.failed} failed" if self.failed else ""
        share = f"{100 * self.done // self.total:3} %  {self.done} of {self.total} checks"
        return f"{share}, {self.requests()} requests{failed}: {self.current}"

    def begin(self) -> None:
        os.write(self._output, f"{self.description}\n".encode(errors="backslashreplace"))
        self._start()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        self._clear()  # pytest prints its header now

    def pytest_unconfigure(self) -> None:
        self._stop()

    def pytest_collectstart(self, collector: pytest.Collector) -> None:
        self.current = collector.name

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._stop()  # the judge of mutants forks after the collection, which is safe with one thread only
        self.total = len(session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        self.total = len(ids)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.current = nodeid.partition("::")[0].rpartition("/")[2].removeprefix("test_").removesuffix(".py")
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
        try:
            return (yield)  # restoring outcomes takes a while
        finally:
            self._stop()

    def _start(self) -> None:
        if self._thread is None:
            self._ended.clear()
            self._thread = threading.Thread(target=self._print_until_ended, daemon=True)
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

    def _print_until_ended(self) -> None:
        while not self._ended.wait(TERMINAL_INTERVAL if self._on_a_terminal else LOG_INTERVAL):
            self._write(self.line())

    def _write(self, text: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        one_line = "\r" + text[:width].ljust(width) if self._on_a_terminal else text + "\n"
        os.write(self._output, one_line.encode(errors="backslashreplace"))
