"""The mutations of a package: those that mutmut makes, without the ones that no check is meant to see.

Left out, beside type annotations, docstrings and decorated functions, which mutmut leaves alone itself:
what only a person reads (a string with a space in it, what argparse shows), the case of the letters of a string
(headers and media types know none), what only a type checker reads, and the module that shows pages about the API.
"""

import functools
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider
from mutmut.mutation.file_mutation import Mutation as Change
from mutmut.mutation.file_mutation import MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {"client": ROOT / "generated_client" / "canvas_outcomes", "server": ROOT / "reference_server"}
NOT_MUTATED = ("docs_page.py",)
FOR_PEOPLE = ("help", "metavar", "description", "prog")
FOR_TYPE_CHECKERS = ("TypeVar", "cast")
AROUND = 24  # letters beside a change that tell it from a like one


@dataclass(frozen=True, order=True)
class Mutation:
    """What names a change: no line number, so that it stays the same when something else is edited."""

    module: str
    function: str
    line: str
    was: str
    became: str
    nth: int = 1  # of those that are alike

    def __str__(self) -> str:
        return f"{self.module}, {self.function or 'top level'}: {self.line}\n    - {self.was}\n    + {self.became}"


@dataclass(frozen=True)
class Mutant:
    """A mutation, and the module that it changes."""

    mutation: Mutation
    module: cst.Module = field(default_factory=lambda: cst.Module([]), repr=False)
    change: Change | None = field(default=None, repr=False)

    def text(self) -> str:
        """The whole file with the mutation."""
        if self.change is None:
            return self.module.code
        changed = self.module.deep_replace(self.change.original_node, self.change.mutated_node)
        assert isinstance(changed, cst.Module)
        return changed.code


CONTROL = Mutant(Mutation("", "(control)", "no change", "", ""))


@functools.cache
def population(room: str) -> tuple[Mutant, ...]:
    """All mutants of a package, in the order of its files."""
    files = [path for path in sorted(PACKAGES[room].glob("*.py")) if path.name not in NOT_MUTATED]
    return tuple(mutant for path in files for mutant in mutants_of(path))


def sample(mutants: Iterable[Mutant], size: int, seed: int) -> list[Mutant]:
    """So many of each file, in the same order; which ones does not depend on other files."""
    by_module: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        by_module.setdefault(mutant.mutation.module, []).append(mutant)
    drawn = [
        [own[at] for at in sorted(random.Random(f"{seed} {name}").sample(range(len(own)), min(size, len(own))))]
        for name, own in by_module.items()
    ]
    return [mutant for own in drawn for mutant in own]


def mutants_of(path: Path) -> Iterator[Mutant]:
    wrapper = MetadataWrapper(cst.parse_module(path.read_text(encoding="utf-8")))
    visitor = MutationVisitor(mutation_operators, IgnoredCode(set(), set(), set()))
    wrapper.visit(visitor)
    places, seen = _Places(path.name, wrapper), Counter[Mutation]()
    for change in visitor.mutations:
        if places.is_meant_to_be_seen(change):
            mutation = places.named(change)
            seen[mutation] += 1
            yield Mutant(replace(mutation, nth=seen[mutation]), wrapper.module, change)


class _Places:
    """Where the nodes of a module are."""

    def __init__(self, name: str, wrapper: MetadataWrapper) -> None:
        self._name, self._module, self._lines = name, wrapper.module, wrapper.module.code.splitlines()
        self._parents = wrapper.resolve(ParentNodeProvider)
        self._positions = wrapper.resolve(PositionProvider)

    def named(self, change: Change) -> Mutation:
        node = change.original_node
        above = [node, *self._above(node)]
        placed = next(one for one in above if one in self._positions)  # an operator has no position of its own
        line = self._lines[self._positions[placed].start.line - 1].strip()
        names = [one.name.value for one in above if isinstance(one, cst.FunctionDef | cst.ClassDef)]
        function = ".".join(reversed(names))
        was, became = _apart(self._code(node), self._code(change.mutated_node))
        return Mutation(self._name, function, line, was, became)

    def is_meant_to_be_seen(self, change: Change) -> bool:
        node = change.original_node
        around = [node, *self._above(node)]
        return not (
            (isinstance(node, cst.SimpleString) and (" " in node.value or _same_letters(node, change.mutated_node)))
            or any(isinstance(one, cst.Arg) and _name(one.keyword) in FOR_PEOPLE for one in around)
            or any(_is_for_type_checkers(one) for one in around)
            or _drops_what_people_read(node, change.mutated_node)
        )

    def _above(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        while node in self._parents:
            node = self._parents[node]
            yield node

    def _code(self, node: cst.CSTNode) -> str:
        return " ".join(self._module.code_for_node(node).split())


def _apart(was: str, became: str) -> tuple[str, str]:
    """The part that two texts do not share, with a few letters around it; of a long call it is one argument."""
    shortest = min(len(was), len(became))
    start = next((at for at in range(shortest) if was[at] != became[at]), shortest)
    end = next((at for at in range(shortest - start) if was[-1 - at] != became[-1 - at]), shortest - start)
    start, end = max(start - AROUND, 0), max(end - AROUND, 0)
    return was[start : len(was) - end], became[start : len(became) - end]


def _name(node: cst.CSTNode | None) -> str:
    return node.value if isinstance(node, cst.Name) else ""


def _is_for_type_checkers(node: cst.CSTNode) -> bool:
    match node:
        case cst.Call():
            return _name(node.func) in FOR_TYPE_CHECKERS
        case cst.Assign():
            return isinstance(node.value, cst.Call) and _is_for_type_checkers(node.value)
        case cst.AnnAssign():
            return _name(node.annotation.annotation) == "TypeAlias"
        case _:
            return False


def _same_letters(node: cst.SimpleString, mutated: cst.CSTNode) -> bool:
    return isinstance(mutated, cst.SimpleString) and mutated.value.lower() == node.value.lower()


def _drops_what_people_read(node: cst.CSTNode, mutated: cst.CSTNode) -> bool:
    """Whether an argument is removed, or made None, that only a person reads."""
    if not (isinstance(node, cst.Call) and isinstance(mutated, cst.Call)):
        return False
    gone = [argument for argument in node.args if argument not in mutated.args]
    return any(_name(one.keyword) in FOR_PEOPLE or any(map(_is_text, _texts(one.value))) for one in gone)


def _texts(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    """The pieces of a text that is written in several."""
    return [*_texts(node.left), *_texts(node.right)] if isinstance(node, cst.ConcatenatedString) else [node]


def _is_text(node: cst.CSTNode) -> bool:
    parts = node.parts if isinstance(node, cst.FormattedString) else [node]
    return any(isinstance(part, cst.SimpleString | cst.FormattedStringText) and " " in part.value for part in parts)
