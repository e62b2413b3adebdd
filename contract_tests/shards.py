"""A run in parts, for a matrix of CI: each clause is judged whole, by one of the shards."""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Shard:
    """Part `number` of `count`, counted from 1."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def part_of(self, groups: Iterable[Iterable[str]]) -> set[str]:
        """The names that belong to this shard. Names that are in one group together stay together.

        Every shard finds the same distribution, with about as many groups in each part.
        """
        parts = [0] * self.count
        own: set[str] = set()
        for names, size in sorted(joined_groups(groups).items(), key=lambda item: (-item[1], sorted(item[0]))):
            smallest = parts.index(min(parts))
            parts[smallest] += size
            if smallest == self.number - 1:
                own |= names
        return own


def joined_groups(groups: Iterable[Iterable[str]]) -> dict[frozenset[str], int]:
    """Groups that share a name as one, with the number of groups in each."""
    joined: dict[frozenset[str], int] = {}
    for group in groups:
        names, size = frozenset(group), 1
        for other in [other for other in joined if other & names]:
            names, size = names | other, size + joined.pop(other)
        joined[names] = size
    return joined


def shard(text: str) -> Shard:
    """K/N as a shard; a mistake is one that argparse explains."""
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise argparse.ArgumentTypeError(f"{text!r} is not K/N with K from 1 to N")
    return Shard(int(number), int(count))
