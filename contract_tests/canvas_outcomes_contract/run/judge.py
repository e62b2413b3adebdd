"""The command `canvas-outcomes-contract judge`: a run of pytest with the checks and the plugin of the suite.

Judges a provider by the contract. Without --target it judges the embedded reference server, and the client as well.
Further options are passed to pytest. Exit codes: 0 the provider conforms, 1 it violates the contract, 2 undecided.
"""

import argparse
import gc
import io
import os
import secrets
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from canvas_outcomes_contract.contract.errors import in_one_sentence
from canvas_outcomes_contract.contract.redaction import Output
from canvas_outcomes_contract.run.options import add_options, command

PACKAGE = Path(__file__).resolve().parent.parent
PROVIDER_CHECKS = PACKAGE / "checks" / "provider"
CLIENT_CHECKS = PACKAGE / "checks" / "client"


@in_one_sentence
def main(arguments: list[str]) -> int:
    options, _ = _parser().parse_known_args(arguments)
    if options.seed is None:
        options.seed = secrets.randbelow(2**32)
    assert isinstance(sys.stdout, io.TextIOWrapper)
    sys.stdout.reconfigure(errors="backslashreplace")  # a log may be in ASCII
    # Importing pytest and the checks takes seconds.
    print("loading the checks", flush=True)
    # The default makes Python search the millions of objects of the libraries again and again, for seconds.
    gc.set_threshold(20_000, 20, 20)
    from canvas_outcomes_contract.report.files import REPORT, remove_files  # noqa: PLC0415

    remove_files(options.report, REPORT)
    end = End()
    with Output() as output:
        code = _run(options, arguments, output, end)
        if code not in (0, 1):
            end.report(options, output)
    return code


def _run(options: argparse.Namespace, arguments: list[str], output: Output, end: "End") -> int:
    """Run the checks, and return the exit code."""
    import pytest  # noqa: PLC0415

    if options.processes and find_spec("xdist") is None:
        end.reason = "Cannot judge with -n: pytest-xdist is not installed. Install the extra parallel."
        print(end.reason, file=sys.stderr)
        return 2
    for variable in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(variable, None)
    checks = [PROVIDER_CHECKS] if options.target and not options.client else [PROVIDER_CHECKS, CLIENT_CHECKS]
    parallel = ["-p", "xdist"] if options.processes else []
    others = [argument for argument in arguments if argument != "--client"]
    given = [*pytest_arguments(*checks), *parallel, *others, "--seed", str(options.seed)]
    code = int(pytest.main(given, plugins=[output, end]))
    return code if code in (0, 1) else 2


class End:
    """A pytest plugin that keeps why a run ended, and reports one that ended before it judged anything."""

    reason = "The run ended before it judged anything. Its log has the reason."
    config: Any = None

    def pytest_cmdline_main(self, config: Any) -> None:
        self.config = config

    def pytest_keyboard_interrupt(self, excinfo: Any) -> None:
        self.reason = str(excinfo.value) or "The run was interrupted."

    def report(self, options: argparse.Namespace, output: Output) -> None:
        """Write a report, unless the run has written one."""
        from canvas_outcomes_contract.report.files import write_refusal  # noqa: PLC0415
        from canvas_outcomes_contract.run.run import RUN_KEY  # noqa: PLC0415

        if (options.report / "report.json").exists():
            return
        about = {
            "target": str(options.target or "the reference server"),
            "base_url": None,
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "elapsed": 0.0,
            "effort": options.effort,
            "seed": options.seed,
            "selected": sorted(options.clause),
            "command": command(options),
        }
        if self.config is not None and RUN_KEY in self.config.stash:
            about |= self.config.stash[RUN_KEY].about()
        write_refusal(options.report, about, output.redactor.text(self.reason))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="canvas-outcomes-contract judge",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_options(parser.add_argument)
    parser.add_argument("--client", action="store_true", help="judge the client as well as the --target")
    parser.add_argument(
        "-n", dest="processes", metavar="N", help="processes that share the run (1; more need pytest-xdist)"
    )
    return parser


def pytest_arguments(*checks: Path) -> list[str]:
    """The arguments of a contract run of these checks, whatever the configuration of the current folder."""
    isolation = ["-c", str(PACKAGE / "run" / "pytest.ini"), "--rootdir", str(PACKAGE), "-p", "no:cacheprovider"]
    plugins = ["--disable-plugin-autoload", "-p", "hypothesispytest", "-p", "canvas_outcomes_contract.run.plugin"]
    return ["-qq", *isolation, *plugins, *map(str, checks)]
