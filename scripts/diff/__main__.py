"""Says what changed in a contract, whom it breaks, and whether its version and CHANGELOG.md say so."""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.errors import CannotTell, in_one_sentence
from scripts.diff.change import Change, step_of, told_once
from scripts.diff.client_names import name_changes
from scripts.diff.client_usage import USAGE, usage_changes
from scripts.diff.document import changes
from scripts.diff.versions import complaints
from scripts.lint.openapi_document import read

ROOT = Path(__file__).resolve().parents[2]


@in_one_sentence
def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: nothing changed, or the version says it. 1: it does not. 2: could not tell."""
    parser = argparse.ArgumentParser(prog="diff", description=__doc__)
    parser.add_argument("--base", required=True, metavar="REV_OR_FILE", help="a file, or a git revision")
    parser.add_argument("--revision", type=Path, default=ROOT / "openapi.yaml", metavar="FILE")
    options = parser.parse_args(arguments)
    revision = read(options.revision)
    with base_file(options.base, options.revision) as path, named(path, options.base):
        base = read(path)
        found = compare(base, revision, path.parent / USAGE)
    return tell(base, revision, found, options.base)


@contextmanager
def base_file(base: str, revision: Path) -> Iterator[Path]:
    """The file itself, or a copy of what the revision was at a git revision; the usage examples are beside it."""
    if Path(base).exists():
        yield Path(base)
        return
    # The commit is looked up first, because "REV:PATH" fails in the same words for both of its halves.
    found = git(revision.parent, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}")
    if found is None:
        raise CannotTell(f"Cannot compare with {base}: it is neither a file nor a git revision. Name one of them.")
    with tempfile.TemporaryDirectory() as folder:
        for name in (Path(revision.name), USAGE):
            data = git(revision.parent, "show", f"{found.decode().strip()}:./{name.as_posix()}")
            if data is not None:
                (Path(folder) / name).parent.mkdir(exist_ok=True)
                (Path(folder) / name).write_bytes(data)
        copy = Path(folder) / revision.name
        if not copy.exists():
            raise CannotTell(f"Cannot compare with {base}: it has no {revision.name}. Name a revision that has one.")
        yield copy


def git(folder: Path, *arguments: str) -> bytes | None:
    """What git prints; None if it refuses."""
    try:
        done = subprocess.run(["git", "-C", str(folder.resolve()), *arguments], capture_output=True, check=False)
    except OSError as error:
        raise CannotTell(f"Cannot run git: {error.strerror}. Install it, or name a file as --base.") from error
    return done.stdout if done.returncode == 0 else None


@contextmanager
def named(path: Path, base: str) -> Iterator[None]:
    """Messages name what was asked for, not the copy."""
    try:
        yield
    except CannotTell as reason:
        name = base if str(path) == base else f"{base}:{path.name}"
        raise CannotTell(str(reason).replace(str(path), name)) from reason


def compare(base: Contract, revision: Contract, usage: Path) -> list[Change]:
    """Changes of the contract, of the names in the client, and of what the usage examples may write."""
    from scripts.generate.generator import generate  # noqa: PLC0415  (takes a second to load)

    if base.sha256 == revision.sha256:
        return []
    old, new = (generate(contract.path, lambda _: None) for contract in (base, revision))
    examples = usage_changes(usage.read_text(encoding="utf-8"), new) if usage.exists() else ()
    return told_once([*changes(base.document, revision.document), *name_changes(old, new), *examples])


def tell(base: Contract, revision: Contract, found: list[Change], name: str) -> int:
    for change in found:
        print(f"{change.kind.value:36}{change}")
    try:
        missing = list(complaints(base, revision, step_of(found), revision.path.parent / "CHANGELOG.md"))
    except CannotTell as reason:
        print(reason, file=sys.stderr)
        return 2
    step = step_of(found).name.lower()
    asked = f"{len(found)} since {name}; they ask for a {step} step" if found else f"none since {name}"
    print(f"changes of {revision.path.name}: {asked}; info.version went from {base.version} to {revision.version}")
    for complaint in missing:
        print(complaint, file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
