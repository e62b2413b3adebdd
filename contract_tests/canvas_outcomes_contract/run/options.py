"""The options of a contract run, defined once for argparse and for pytest; imports nothing that is slow."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

EXAMPLES_BY_EFFORT = {"quick": 5, "default": 20, "deep": 200}  # per property
SHRINKING_BY_EFFORT: dict[str, float] = {"quick": 60, "default": 120, "deep": 600}  # seconds per run
SHRUNK_CASES_BY_EFFORT = {"quick": 100, "default": 300, "deep": 3000}  # per failure


def add_options(add: Callable[..., Any]) -> None:
    """Define the options with `add_argument` of argparse or `addoption` of pytest."""
    add("--target", type=Path, metavar="FILE", help="the target file (default: the embedded reference server)")
    add("--report", type=Path, default=Path("report"), metavar="DIR", help="the folder for the report (report)")
    add("--seed", type=int, metavar="N", help="draw the cases of an earlier run again (default: random)")
    add("--effort", choices=list(EXAMPLES_BY_EFFORT), default="default", help="the number of cases per check (default)")
    add("--clause", action="append", default=[], metavar="ID", help="judge only this clause (repeatable)")
    add("--contract", type=Path, metavar="FILE", help="the contract (default: the openapi.yaml of the suite)")
    add("--max-time", type=_positive(float), metavar="SECONDS", help="let no request of a check last beyond this time")
    add(
        "--max-failures",
        type=_positive(int),
        default=25,
        metavar="N",
        help="judge no further clause once N have failed (25)",
    )
    add(
        "--har",
        choices=["short", "full"],
        default="short",
        help="the recorded traffic: short, up to 10 MB, or full (short)",
    )
    add(
        "--rate", type=_positive(float), metavar="N", help="requests per second at most (20; no limit for this machine)"
    )
    add("--at-once", type=_positive(int), default=4, metavar="N", help="concurrent requests at most (4)")


def command(options: Any) -> str:
    """The command that repeats a run with these options."""
    files = [("--target", options.target), ("--contract", options.contract)]
    given = [part for name, file in files if file is not None for part in (name, str(file))]
    return shlex.join(
        ["canvas-outcomes-contract", "judge", *given, "--effort", options.effort, "--seed", str(options.seed)]
    )


def _positive(kind: type[float]) -> Callable[[str], float]:
    def number(text: str) -> float:
        value = kind(text)
        if value <= 0:
            raise ValueError(f"{text} is not more than zero")
        return value

    number.__name__ = f"{kind.__name__} above zero"
    return number
