"""Every section of canvas-behaviour has tests over HTTP on both databases."""

import inspect
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from reference_server.tests.sections import SECTIONS

FOLDER = Path(__file__).parent
ON_BOTH_DATABASES = {"server", "overrides"}  # The fixtures that start a server on each.


def _marked() -> dict[str, Callable[..., object]]:
    modules = [
        import_module(".".join((__package__, *path.relative_to(FOLDER).with_suffix("").parts)))
        for path in FOLDER.rglob("test_*.py")
    ]
    return {
        f"{module.__name__}.{name}": value
        for module in modules
        for name, value in vars(module).items()
        if hasattr(value, "sections")
    }


MARKED = _marked()


def _sections(test: Callable[..., object]) -> tuple[str, ...]:
    numbers: tuple[str, ...] = test.sections  # type: ignore[attr-defined]
    return numbers


@pytest.mark.parametrize("number", SECTIONS)
def test_every_section_has_a_test(number: str) -> None:
    assert [name for name, test in MARKED.items() if number in _sections(test)], f"no test has @section({number!r})"


@pytest.mark.parametrize("name", MARKED)
def test_every_mark_names_sections_of_a_test_on_both_databases(name: str) -> None:
    assert set(_sections(MARKED[name])) <= SECTIONS.keys()
    assert inspect.signature(MARKED[name]).parameters.keys() & ON_BOTH_DATABASES
