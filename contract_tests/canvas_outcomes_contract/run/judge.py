"""The command `canvas-outcomes-contract judge`: a run of pytest with the checks and the plugin of the suite."""

import sys
from pathlib import Path

import pytest

CHECKS = Path(__file__).resolve().parent.parent / "checks"
PLUGIN = "canvas_outcomes_contract.run.plugin"


def main(arguments: list[str]) -> int:
    """Exit codes: 0 the provider conforms, 1 it violates the contract, 2 could not tell."""
    return int(pytest.main([str(CHECKS / "provider"), str(CHECKS / "client"), "-q", *arguments]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
