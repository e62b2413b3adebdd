"""Run one of the long tests: kills, cases or seeds. Exit codes: 0 no failure, 1 a failure, 2 could not tell."""

import argparse
import sys

from scripts.endurance import cases, kills, seeds

TESTS = {"kills": kills.main, "cases": cases.main, "seeds": seeds.main}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="endurance", description=__doc__)
    parser.add_argument("test", choices=TESTS, help="the arguments that follow are options of this test")
    options, further = parser.parse_known_args(arguments)
    return TESTS[options.test](further)


if __name__ == "__main__":
    sys.exit(main())
