"""Write generated_client and docs/clauses.md from openapi.yaml, or check that they match it."""

import argparse
import os
import sys
import time
from pathlib import Path

try:
    from canvas_outcomes_contract.contract.document import Contract
    from canvas_outcomes_contract.contract.errors import CannotTell, in_one_sentence
    from scripts import ROOT
    from scripts.generate.clause_catalogue import catalogue
    from scripts.generate.generator import generate
except ImportError as reason:
    print(f"Cannot generate: {reason}. Run: tox -e regenerate", file=sys.stderr)
    sys.exit(2)

CLIENT, CLAUSES = ROOT / "generated_client", ROOT / "docs" / "clauses.md"
# Left behind by installs, tests and builds.
LEFTOVERS = {"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", "build", "dist"}

Files = dict[str, bytes]  # by their path in the folder


@in_one_sentence
def main(arguments: list[str] | None = None) -> int:
    """Return exit code 0 if the files were written or match, 1 if --check found a difference, 2 on failure."""
    parser = argparse.ArgumentParser(prog="regenerate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    parser.add_argument("--contract", type=Path, default=ROOT / "openapi.yaml", metavar="FILE")
    parser.add_argument("--output", type=Path, default=CLIENT, metavar="DIR", help="write the client alone, to DIR")
    options = parser.parse_args(arguments)
    started = time.perf_counter()

    def step(line: str) -> None:
        print(f"{time.perf_counter() - started:5.2f} s  {line}", flush=True)

    def update(name: str, folder: Path, files: Files, existing: Files) -> bool:
        differences = compare(files, existing)
        if differences and not options.check:
            write(folder, files, existing)
        details = f": {', '.join(differences)}" if len(files) > 1 else ""
        if differences and options.check:
            print(f"{name} is not {generated}{details}. Run: tox -e regenerate", file=sys.stderr)
        else:
            step(f"wrote {name}{details}" if differences else f"{name} is {generated}")
        return bool(differences)

    generated = f"what {options.contract.name} generates"
    try:
        contract = Contract(options.contract)
        step(f"read {options.contract}")
        client = generate(contract, step)
        # Before anything is written: it refuses an invalid clause.
        clauses = catalogue(contract).encode() if options.output == CLIENT else b""
        differs = update(options.output.name, options.output, client, read_tree(options.output))
        if clauses:
            existing = {CLAUSES.name: CLAUSES.read_bytes()} if CLAUSES.exists() else {}
            differs |= update(f"docs/{CLAUSES.name}", CLAUSES.parent, {CLAUSES.name: clauses}, existing)
    except OSError as error:
        where = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        raise CannotTell(f"Cannot generate: {where}") from error
    return int(options.check and differs)


def read_tree(folder: Path) -> Files:
    files: Files = {}
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        if path.is_file() and LEFTOVERS.isdisjoint(parts) and not any(part.endswith(".egg-info") for part in parts):
            files["/".join(parts)] = path.read_bytes()
    return files


def compare(files: Files, existing: Files) -> list[str]:
    """Return the names of the files that differ, are missing or are extra."""
    differ = [name for name in sorted(files.keys() & existing.keys()) if files[name] != existing[name]]
    missing = [f"{name} (missing)" for name in sorted(files.keys() - existing.keys())]
    return differ + missing + [f"{name} (extra)" for name in sorted(existing.keys() - files.keys())]


def write(folder: Path, files: Files, existing: Files) -> None:
    """Replace the existing files one by one. An interrupted run is repaired by the next one."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".{path.name}.new")
        new.write_bytes(data)
        os.replace(new, path)
    for name in existing.keys() - files.keys():
        (folder / name).unlink()


if __name__ == "__main__":
    sys.exit(main())
