"""Checks that info.version and CHANGELOG.md match the step that the changes require."""

import re
from collections.abc import Iterator
from pathlib import Path

from canvas_outcomes_contract.contract.document import Contract
from scripts.diff.change import Step

Version = tuple[int, int, int]
SENTENCE = re.compile(r"\w.*[.!?]\W*$", re.MULTILINE)


def version_of(contract: Contract) -> Version:
    """Return info.version. Raises CannotTell for one that is not three numbers."""
    found = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)([-+].*)?", str(contract.version))
    if not found:
        raise contract.source.refuse(f"info.version {contract.version!r} is not MAJOR.MINOR.PATCH.", "info", "version")
    return int(found[1]), int(found[2]), int(found[3])


def next_version(base: Version, step: Step) -> Version:
    major, minor, patch = base
    choices = {Step.MAJOR: (major + 1, 0, 0), Step.MINOR: (major, minor + 1, 0), Step.PATCH: (major, minor, patch + 1)}
    return choices.get(step, base)


def words(version: Version) -> str:
    return ".".join(map(str, version))


def complaints(base: Contract, revision: Contract, step: Step, changelog: Path) -> Iterator[str]:
    """Yield what the revision lacks for the step."""
    expected, actual = next_version(version_of(base), step), version_of(revision)
    if actual < expected:
        yield (
            f"{revision.source.where('info', 'version')}: info.version is {words(actual)}, but the changes since "
            f"{words(version_of(base))} require a {step.name.lower()} step. Write {words(expected)}."
        )
    if step:
        yield from changelog_complaints(changelog, words(max(actual, expected)))


def changelog_complaints(changelog: Path, version: str) -> Iterator[str]:
    text = changelog.read_text() if changelog.exists() else ""
    section = re.search(rf"^## \[?v?{re.escape(version)}\b[^\n]*\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if not section:
        yield f"{changelog.name} has no section {version}. Write one, with a sentence in the user's words."
    elif not SENTENCE.search(section[1]):
        yield f"{changelog.name} has no sentence in its section {version}. Write one in the user's words."
