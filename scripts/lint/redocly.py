"""Run Redocly CLI in a pinned version, without telemetry."""

import json
import subprocess
from typing import Any

from canvas_outcomes_contract.contract.errors import CannotTell
from scripts.lint.npx import npx

VERSION = "2.77.0"


def redocly(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command of Redocly CLI."""
    variables = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    return npx([f"@redocly/cli@{VERSION}"], "redocly", *arguments, **variables)


def redocly_report(*arguments: str) -> dict[str, Any]:
    """Return the JSON report of a command. Raises CannotTell if it prints none."""
    done = redocly(*arguments, "--format", "json")
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError as error:
        output = " ".join((done.stderr or done.stdout).split())[-300:] or "no output"
        raise CannotTell(f"Cannot run Redocly CLI {VERSION} ({arguments[0]}): {output}") from error
    return report
