"""The command `canvas-outcomes-contract judge`: a run of pytest with the checks and the plugin of the suite.

Judges a provider by the contract. Without --target it judges the embedded reference server, and the client as well.
Further options are passed to pytest. Exit codes: 0 the provider conforms, 1 it violates the contract, 2 undecided.
"""

import argparse
import gc
import io
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from canvas_outcomes_contract.contract.redaction import Output
from canvas_outcomes_contract.run.options import add_options

PACKAGE = Path(__file__).resolve().parent.parent
PROVIDER_CHECKS = PACKAGE / "checks" / "provider"
CLIENT_CHECKS = PACKAGE / "checks" / "client"


def main(arguments: list[str]) -> int:
    options, _ = _parser().parse_known_args(arguments)
    if options.processes and find_spec("xdist") is None:
        print("Cannot judge with -n: pytest-xdist is not installed. Install the extra parallel.", file=sys.stderr)
        return 2
    assert isinstance(sys.stdout, io.TextIOWrapper)
    sys.stdout.reconfigure(errors="backslashreplace")  # a log may be in ASCII
    # Importing pytest and the checks takes seconds.
    print("loading the checks", flush=True)
    # The default makes Python search the millions of objects of the libraries again and again, for seconds.
    gc.set_threshold(20_000, 20, 20)
    import pytest  # noqa: PLC0415

    for variable in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(variable, None)
    checks = [PROVIDER_CHECKS] if options.target and not options.client else [PROVIDER_CHECKS, CLIENT_CHECKS]
    parallel = ["-p", "xdist"] if options.processes else []
    others = [argument for argument in arguments if argument != "--client"]
    with Output() as output:
        code = int(pytest.main([*pytest_arguments(*checks), *parallel, *others], plugins=[output]))
    return code if code in (0, 1) else 2


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
