"""The survivors that are known, each with the reason why no check can see it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from scripts.mutation.population import Mutation

FOLDER = Path(__file__).parent


def explained(room: str) -> dict[Mutation, str]:
    """The reason of each survivor of a package that has one."""
    return dict(_entries(room))


def _entries(room: str) -> Iterator[tuple[Mutation, str]]:
    path = FOLDER / f"survivors_{room}.yaml"
    for group in yaml.safe_load(path.read_text(encoding="utf-8")) or []:
        for entry in group["mutations"]:
            yield Mutation(**entry), group["reason"]


def as_text(mutations: Iterable[Mutation]) -> str:
    """What a file of survivors would hold of them."""
    defaults = {"nth": 1}
    entries = [
        {name: value for name, value in vars(one).items() if defaults.get(name) != value} for one in sorted(mutations)
    ]
    return yaml.safe_dump(entries, sort_keys=False, allow_unicode=True, width=1000)
