"""The sections of canvas-behaviour, and a mark for the tests of each, which run on both databases."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., object])

BEHAVIOUR = Path(__file__).parents[2] / "docs" / "canvas-behaviour.md"
# The sections about operations, and the one about feature flags.
SECTIONS = [*re.findall(r"^### ([1-4]\.\w+) ", BEHAVIOUR.read_text(encoding="utf-8"), re.MULTILINE), "6"]


def section(*numbers: str) -> Callable[[Test], Test]:
    """Mark a test with the sections that it covers over HTTP, and run it on both databases."""

    def mark(test: Test) -> Test:
        test.sections = numbers  # type: ignore[attr-defined]
        return test

    return mark


on_both_databases = section()
