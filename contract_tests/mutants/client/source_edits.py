"""What a faulty client is made of: the generated one, with a few words of its source replaced by others."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from canvas_outcomes_contract.contract.errors import CannotTell

PACKAGE = "canvas_outcomes"
TREE = Path(__file__).resolve().parents[3] / "generated_client" / PACKAGE


@dataclass(frozen=True)
class Edit:
    """Words of one file and what stands in their place; they have to be there exactly once."""

    file: str
    words: str
    others: str


@dataclass(frozen=True)
class Mutant:
    """Edits that break one thing together, and the check that has to see it: MODULE::FUNCTION without test_."""

    name: str
    check: str
    edits: tuple[Edit, ...]

    def sources(self, tree: Path = TREE) -> dict[str, str]:
        """The text of every file of the package. Raises CannotTell for an edit that does not apply."""
        sources = {path.name: path.read_text(encoding="utf-8") for path in tree.iterdir() if path.is_file()}
        for edit in self.edits:
            found = sources[edit.file].count(edit.words)
            if found != 1:
                where = f"{edit.file} has {edit.words!r} {found} times, not once"
                raise CannotTell(f"Cannot make the client mutant {self.name!r}: {where}. Write the edit anew.")
            sources[edit.file] = sources[edit.file].replace(edit.words, edit.others)
        for name, text in sources.items():
            _compiled(self.name, name, text)
        return sources

    def write(self, folder: Path) -> None:
        (folder / PACKAGE).mkdir()
        for name, text in self.sources().items():
            (folder / PACKAGE / name).write_text(text, encoding="utf-8")


def _compiled(mutant: str, name: str, text: str) -> None:
    try:
        compile(text, name, "exec") if name.endswith(".py") else None
    except SyntaxError as problem:
        raise CannotTell(f"Cannot make the client mutant {mutant!r}: {name}: {problem}. Write the edit anew.") from None


MUTANTS: dict[str, Mutant] = {}


def edit(file: str, words: str, others: str) -> Edit:
    return Edit(f"{file}.py", words, others)


def caught_by(check: str, mutants: Mapping[str, Edit | tuple[Edit, ...]]) -> None:
    """Registers mutants by name, each of which the check has to catch alone."""
    for name, edits in mutants.items():
        if name in MUTANTS:
            raise ValueError(f"Cannot register the client mutant {name!r}: the name is taken.")
        MUTANTS[name] = Mutant(name, check, edits if isinstance(edits, tuple) else (edits,))
