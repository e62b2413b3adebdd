"""How Redocly CLI is called: pinned, quiet, and without telling anybody that it was."""

import json
import subprocess
from typing import Any

from canvas_outcomes_contract.contract.errors import CannotTell
from scripts.lint.npx import npx

VERSION = "2.77.0"


def redocly(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command of Redocly CLI. Its exit code is its verdict."""
    variables = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    return npx([f"@redocly/cli@{VERSION}"], "redocly", *arguments, **variables)


def redocly_report(*arguments: str) -> dict[str, Any]:
    """The JSON that a command of Redocly CLI prints. Raises CannotTell if it prints none."""
    done = redocly(*arguments, "--format", "json")
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError as error:
        said = " ".join((done.stderr or done.stdout).split())[-300:] or "it printed nothing"
        raise CannotTell(f"Cannot run Redocly CLI {VERSION} ({arguments[0]}): {said}") from error
    return report
