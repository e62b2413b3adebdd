"""Writes generated_client and docs/clauses.md from openapi.yaml, or tells whether they are what it generates."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CLIENT, CLAUSES = ROOT / "generated_client", ROOT / "docs" / "clauses.md"
# What installing, testing or building a distribution leaves in it.
LEFTOVERS = {"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", "build", "dist"}


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: written, or equal. 1: --check found a difference. 2: could not tell."""
    parser = argparse.ArgumentParser(prog="regenerate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare and write nothing")
    parser.add_argument("--contract", type=Path, default=ROOT / "openapi.yaml", metavar="FILE")
    parser.add_argument("--output", type=Path, default=CLIENT, metavar="DIR", help="the client (alone)")
    options = parser.parse_args(arguments)
    started = time.perf_counter()

    def step(line: str) -> None:
        print(f"{time.perf_counter() - started:5.2f} s  {line}", flush=True)

    try:
        # Late, so that a generator that is not installed is an answer with exit code 2.
        from canvas_outcomes_contract.contract.errors import CannotTell  # noqa: PLC0415
        from scripts.generate import generator  # noqa: F401, PLC0415
    except ImportError as reason:
        print(f"Cannot generate: {reason}. Run: tox -e regenerate", file=sys.stderr)
        return 2
    try:
        different = client(options, step)
        if options.output == CLIENT:
            different |= clauses(options, step)
    except CannotTell as reason:
        print(reason, file=sys.stderr)
        return 2
    except OSError as reason:
        where = f"{reason.filename}: {reason.strerror}" if reason.filename else str(reason)
        print(f"Cannot generate: {where}", file=sys.stderr)
        return 2
    return int(options.check and different)


def client(options: argparse.Namespace, step: Callable[[str], None]) -> bool:
    """Whether the client differs; unless it is only compared, it does not any more."""
    from scripts.generate.generator import generate  # noqa: PLC0415

    files = generate(options.contract, step)
    different = compare(files, options.output)
    if different and not options.check:
        write(files, options.output)
    tell(options, options.output.name, different, step)
    return bool(different)


def clauses(options: argparse.Namespace, step: Callable[[str], None]) -> bool:
    """Whether the catalogue of clauses differs; unless it is only compared, it does not any more."""
    from canvas_outcomes_contract.contract.document import Contract  # noqa: PLC0415
    from scripts.generate.clause_catalogue import catalogue  # noqa: PLC0415

    text = catalogue(Contract(options.contract)).encode()
    different = not CLAUSES.exists() or CLAUSES.read_bytes() != text
    if different and not options.check:
        CLAUSES.write_bytes(text)
    name = f"{CLAUSES.parent.name}/{CLAUSES.name}"
    tell(options, name, [name] if different else [], step)
    return different


def tell(options: argparse.Namespace, name: str, different: list[str], step: Callable[[str], None]) -> None:
    details = f": {', '.join(different)}" if different and different != [name] else ""
    generates = f"what {options.contract.name} generates"
    if different and options.check:
        print(f"{name} is not {generates}{details}. Run: tox -e regenerate", file=sys.stderr)
    else:
        step(f"wrote {name}{details}" if different else f"{name} is {generates}")


def compare(files: dict[str, bytes], output: Path) -> list[str]:
    """The files that differ, are missing or are too many."""
    there = read_tree(output)
    differ = [name for name in sorted(files.keys() & there.keys()) if files[name] != there[name]]
    missing = [f"{name} (missing)" for name in sorted(files.keys() - there.keys())]
    return differ + missing + [f"{name} (extra)" for name in sorted(there.keys() - files.keys())]


def write(files: dict[str, bytes], output: Path) -> None:
    """Make `output` hold these files and no others, file by file. A run that was killed is repeated."""
    for name, data in files.items():
        path = output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        beside.write_bytes(data)
        os.replace(beside, path)
    for name in read_tree(output).keys() - files.keys():
        (output / name).unlink()


def read_tree(folder: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        if path.is_file() and LEFTOVERS.isdisjoint(parts) and not any(part.endswith(".egg-info") for part in parts):
            files["/".join(parts)] = path.read_bytes()
    return files


if __name__ == "__main__":
    sys.exit(main())
