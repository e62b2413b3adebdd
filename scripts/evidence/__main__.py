"""The command `python -m scripts.evidence`: judges the faults, and writes docs/evidence.json and the page made of it.

Exit codes: 0 the page is written, 2 could not tell.
"""

import argparse
import sys
from pathlib import Path

from contract_tests.errors import in_one_sentence
from scripts.evidence import client_side, provider_side
from scripts.evidence.page import page
from scripts.evidence.results import Side, read, write

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
# The client first: its faults are judged by forks, from a process that has started no thread yet.
SIDES = {"client": client_side.judged, "provider": provider_side.judged}
TOOLS = {"client": client_side.VERSIONS, "provider": provider_side.VERSIONS}
NAMES = list(dict.fromkeys(name for names in TOOLS.values() for name in names))


@in_one_sentence
def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="evidence", description=__doc__)
    parser.add_argument("--side", action="append", choices=list(SIDES), help="only these faults (both)")
    parser.add_argument("--tool", action="append", choices=NAMES, help="only this tool (all)")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="the fault of each N-th clause or check (1)")
    parser.add_argument("--output", type=Path, default=DOCS, metavar="FOLDER")
    options = parser.parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    earlier = read(options.output / "evidence.json")
    for name, judged in SIDES.items():
        tools = [tool for tool in TOOLS[name] if tool in (options.tool or TOOLS[name])]
        if name in (options.side or SIDES) and tools:
            for side in judged(options.every, tools, command(name, options.every, options.tool)):
                print(side.faults[-1], flush=True)
                keep(name, side.beside(getattr(earlier, name)), options.output)
    print(f"wrote {options.output / 'evidence.md'}")
    return 0


def command(side: str, every: int, tools: list[str] | None) -> str:
    chosen = "".join(f" --tool {tool!r}" for tool in tools or [])
    return f"tox -e evidence -- --side {side} --every {every}{chosen}"


def keep(name: str, side: Side, folder: Path) -> None:
    """After each fault, so that a run which is ended has not been for nothing. The other side stays as it was."""
    results = read(folder / "evidence.json")
    setattr(results, name, side)
    write(results, folder / "evidence.json")
    (folder / "evidence.md").write_text(page(results), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
