"""Report the changes of a contract, whom they break, and whether its version and CHANGELOG.md match them."""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.errors import CannotTell, in_one_sentence
from scripts import ROOT
from scripts.diff.change import Change, merged, step_of
from scripts.diff.client import USAGE, name_changes, usage_changes
from scripts.diff.contracts import changes
from scripts.diff.versions import complaints
from scripts.generate.generator import check_pins, generate
from scripts.lint.openapi_document import read


@in_one_sentence
def main(arguments: list[str] | None = None) -> int:
    """Return exit code 0 if the version matches the changes, 1 if not, 2 if the comparison could not run."""
    parser = argparse.ArgumentParser(prog="diff", description=__doc__)
    parser.add_argument("--base", required=True, metavar="REV_OR_FILE", help="a file, or a git revision")
    parser.add_argument("--revision", type=Path, default=ROOT / "openapi.yaml", metavar="FILE")
    options = parser.parse_args(arguments)
    revision = read(options.revision)
    with base_file(options.base, options.revision) as (path, name):
        try:
            base = read(path)
            found, obstacle = compare(base, revision, path.parent / USAGE)
        except CannotTell as reason:
            raise CannotTell(str(reason).replace(str(path), name)) from reason
    if obstacle:
        print(f"the generated clients were not compared: {obstacle.replace(str(path), name)}")
    return report(base, revision, found, options.base)


@contextmanager
def base_file(base: str, revision: Path) -> Iterator[tuple[Path, str]]:
    """Yield the file, or a copy of the contract at a git revision with the usage examples beside it, and its name."""
    if Path(base).exists():
        yield Path(base), base
        return
    # Resolve the commit first: "REV:PATH" fails with the same message for both of its halves.
    commit = git(revision.parent, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}")
    if commit is None:
        raise CannotTell(
            f"Cannot compare with {base}: it is neither a file nor a revision in the git repository of {revision}."
        )
    with tempfile.TemporaryDirectory() as folder:
        for name in (Path(revision.name), USAGE):
            data = git(revision.parent, "show", f"{commit.decode().strip()}:./{name.as_posix()}")
            if data is not None:
                (Path(folder) / name).parent.mkdir(exist_ok=True)
                (Path(folder) / name).write_bytes(data)
        copy = Path(folder) / revision.name
        if not copy.exists():
            raise CannotTell(f"Cannot compare with {base}: it has no {revision.name}. Name a revision that has one.")
        yield copy, f"{base}:{revision.name}"


def git(folder: Path, *arguments: str) -> bytes | None:
    """Return the output of git, or None if it fails."""
    try:
        done = subprocess.run(["git", "-C", str(folder.resolve()), *arguments], capture_output=True, check=False)
    except OSError as error:
        raise CannotTell(f"Cannot run git: {error.strerror}. Install it, or name a file as --base.") from error
    return done.stdout if done.returncode == 0 else None


def compare(base: Contract, revision: Contract, usage: Path) -> tuple[list[Change], str]:
    """Return the changes of the contract, of the client's public names, and of the types in the usage examples.

    The second value is the reason if the clients could not be generated or checked; their changes are left out then.
    """
    if base.sha256 == revision.sha256:
        return [], ""
    check_pins()  # another generator would judge other clients
    found, of_clients, obstacle = changes(base, revision), [], ""
    try:
        old, new = (generate(contract, lambda _: None) for contract in (base, revision))
        of_clients = [*name_changes(old, new)]
        of_clients += usage_changes(usage.read_text(encoding="utf-8"), new) if usage.exists() else ()
    except CannotTell as reason:
        obstacle = " ".join(str(reason).split())
    return merged([*found, *of_clients]), obstacle


def report(base: Contract, revision: Contract, found: list[Change], name: str) -> int:
    for change in found:
        print(f"{change.kind.value:36}{change}")
    missing = list(complaints(base, revision, step_of(found), revision.path.parent / "CHANGELOG.md"))
    step = step_of(found).name.lower()
    summary = f"{len(found)} since {name}; they require a {step} step" if found else f"none since {name}"
    print(f"changes of {revision.path.name}: {summary}; info.version went from {base.version} to {revision.version}")
    for complaint in missing:
        print(complaint, file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
