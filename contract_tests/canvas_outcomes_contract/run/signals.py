"""Signals that end a run: SIGTERM and SIGHUP act like Ctrl-C, so that the run restores what it has changed."""

import signal
from types import FrameType
from typing import Any

import pytest

# Windows has no SIGHUP.
SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


def interrupt_on_signals(config: pytest.Config) -> None:
    """Raise KeyboardInterrupt at the first signal, until the end of the session."""
    # nohup ignores SIGHUP.
    heeded = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, _interrupt) for number in heeded}
    config.add_cleanup(lambda: _reset(before))


def ignore_signals() -> None:
    """Let no further signal stop the restoring, except SIGKILL and Ctrl-C."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _interrupt(number: int, frame: FrameType | None) -> None:
    ignore_signals()
    raise KeyboardInterrupt(f"The run was ended by {signal.Signals(number).name}.")


def _reset(handlers: dict[int, Any]) -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)
