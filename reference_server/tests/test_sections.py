"""Every section of canvas-behaviour has tests over HTTP."""

import re
from pathlib import Path

from reference_server.tests.sections import SECTIONS

MARK = re.compile(r"^@section\((.+)\)$", re.MULTILINE)


def test_the_marks_name_every_section() -> None:
    modules = Path(__file__).parent.rglob("test_*.py")
    numbers = {number for module in modules for mark in MARK.findall(module.read_text()) for number in mark.split(", ")}

    assert numbers == {f'"{section}"' for section in SECTIONS}
