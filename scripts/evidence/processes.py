"""Commands of other tools: bounded in time, and ended with all that they have started."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

SECONDS = 600  # for one tool and one fault
ENDLESS = "did not end"


def said_by(line: list[str], where: Path, environment: dict[str, str], seconds: float = SECONDS) -> str:
    """What a command prints, or ENDLESS when it has to be ended."""
    process = subprocess.Popen(
        line,
        cwd=where,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        return process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        return ENDLESS
    finally:
        end(process)


def end(process: "subprocess.Popen[str]") -> None:
    """End a process that leads a session, and everything in that session."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
