"""Each citation of docs/canvas-behaviour.md names a section that the page has."""

import re
import subprocess
from collections.abc import Iterator

import pytest

from scripts import ROOT

PAGE = ROOT / "docs" / "canvas-behaviour.md"
NUMBER = r"\d+(?:\.\d+[a-z]?)?"
NUMBERS = rf"({NUMBER}(?:(?:,? and |, | to ){NUMBER})*)"
HEADING = re.compile(rf"^#+ ({NUMBER})\.? ", re.MULTILINE)
CITATION = re.compile(rf"canvas-behaviour(?:\.md)?(?:,? sections?)? {NUMBERS}")
INSIDE_THE_PAGE = re.compile(rf"\bsections? {NUMBERS}")


def citations() -> Iterator[tuple[str, str]]:
    """Yield each tracked file that cites the page, with the number of a section."""
    output = subprocess.check_output(["git", "grep", "-lI", "canvas-behaviour"], cwd=ROOT, text=True)
    for name in output.splitlines():
        for match in CITATION.finditer((ROOT / name).read_text(encoding="utf-8")):
            yield from ((name, number) for number in re.findall(NUMBER, match[1]))
    for match in INSIDE_THE_PAGE.finditer(PAGE.read_text(encoding="utf-8")):
        yield from ((PAGE.name, number) for number in re.findall(NUMBER, match[1]))


def test_every_cited_section_exists() -> None:
    sections = set(HEADING.findall(PAGE.read_text(encoding="utf-8")))

    cited = list(citations())

    assert len({name for name, _ in cited}) > 1, "no file cites the page"
    assert sorted({f"{name}: no section {number}" for name, number in cited if number not in sections}) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("(canvas-behaviour 3.2, 3.5a, and the rules of the documentation)", ["3.2", "3.5a"]),
        ("(canvas-behaviour 1.1, 1.3 and 1.4)", ["1.1", "1.3", "1.4"]),
        ("docs/canvas-behaviour.md, sections 3.2 to 3.7.", ["3.2", "3.7"]),
        ("the page docs/canvas-behaviour.md, 2024", []),
    ],
)
def test_reads_the_numbers_of_a_citation(text: str, numbers: list[str]) -> None:
    match = CITATION.search(text)

    assert re.findall(NUMBER, match[1] if match else "") == numbers
