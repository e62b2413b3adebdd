"""Run the benchmarks of the client and the server, and report each figure that exceeds its limit."""

import argparse
import sys

from scripts.bench import calls, client, server

PARTS = {"client": client.main, "calls": calls.main, "server": server.main}


def main(arguments: list[str] | None = None) -> int:
    """Return exit code 0 if every figure is within its limit, 1 if not, 2 after an unexpected response."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--only", choices=PARTS, help="run one benchmark; the arguments that follow are its own")
    options, further = parser.parse_known_args(arguments)
    if options.only is None:
        if further:
            parser.error(f"{' '.join(further)}: name the benchmark with --only")
        return max(part([]) for part in PARTS.values())
    return PARTS[options.only](further)


if __name__ == "__main__":
    sys.exit(main())
