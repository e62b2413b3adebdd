"""Measures the client and the server beside their yardsticks, and says which figure is beyond its limit."""

import argparse
import sys

from scripts.bench import client as bench_client
from scripts.bench import server as bench_server

PARTS = {"client": bench_client.main, "server": bench_server.main}


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 if every figure is within its limit, 1 if not. Further arguments are those of the one part."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--only", choices=PARTS, help="measure one part; what follows goes to it")
    options, further = parser.parse_known_args(arguments)
    if options.only is None:
        if further:
            parser.error(f"{' '.join(further)}: name the part that this is for with --only")
        return max(part([]) for part in PARTS.values())
    return PARTS[options.only](further)


if __name__ == "__main__":
    sys.exit(main())
