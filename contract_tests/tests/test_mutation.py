"""General mutation: what is mutated, that a mutant is caught, and that survivors are named by what they are."""

import ast
from pathlib import Path

import pytest

from scripts.mutation.population import PACKAGES, mutants_of, population, sample
from scripts.mutation.survivors import explained

SOURCE = '''
"""What it says is for people."""
from typing import TypeVar

Result = TypeVar("Result")
LIMIT = 5


def names(rows: list[str], kind: str = "plain") -> list[str]:
    if len(rows) > LIMIT:
        raise ValueError("There are too many of them.")
    return [f"{kind}-{row}" for row in rows if row != "end"]
'''


def mutations(folder: Path, source: str) -> list[tuple[str, str, str]]:
    path = folder / "source.py"
    path.write_text(source, encoding="utf-8")
    return [(one.mutation.function, one.mutation.was, one.mutation.became) for one in mutants_of(path)]


def test_what_a_test_can_see_is_mutated(tmp_path: Path) -> None:
    assert mutations(tmp_path, SOURCE) == [
        ("", "LIMIT = 5", "LIMIT = None"),
        ("", "5", "6"),
        ("names", '"plain"', '"XXplainXX"'),
        ("names", "> LIMIT", ">= LIMIT"),
        ("names", '!= "end"', '== "end"'),
        ("names", '"end"', '"XXendXX"'),
    ]


def test_a_mutation_keeps_its_name_when_something_else_is_edited(tmp_path: Path) -> None:
    assert mutations(tmp_path, "import os\n\n" + SOURCE) == mutations(tmp_path, SOURCE)


@pytest.mark.parametrize("room", PACKAGES)
def test_every_mutant_has_a_name_of_its_own_and_is_python(room: str) -> None:
    mutants = population(room)

    assert [one for one in sample(mutants, 2, 1) if not ast.parse(one.text()).body] == []
    assert len({one.mutation for one in mutants}) == len(mutants)


@pytest.mark.parametrize("room", PACKAGES)
def test_what_is_explained_is_a_mutation(room: str) -> None:
    assert set(explained(room)) - {one.mutation for one in population(room)} == set()


def test_a_sample_of_a_file_does_not_depend_on_others() -> None:
    mutants = population("client")
    own = [one for one in mutants if one.mutation.module == "errors.py"]

    assert [one for one in sample(mutants, 3, 1) if one in own] == sample(own, 3, 1)
