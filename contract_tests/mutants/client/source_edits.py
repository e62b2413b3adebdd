"""A faulty client: the generated one with some text of its source replaced.

The YAML files list the edits by check, then by the name of the mutant. Text of several lines is written as a block:
|2 keeps the indentation of the source, and - drops the last line break.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec

from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.contract.yaml_source import YamlSource, keys_of
from contract_tests.mutants.verdicts import Mutant

PACKAGE = "canvas_outcomes"
SOURCE = Path(__file__).resolve().parents[3] / "generated_client" / PACKAGE


class Edit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Text that a file has exactly once, and its replacement."""

    file: str
    find: str
    replace: str

    def apply(self) -> str:
        """The edited file. Raises CannotTell for an edit that does not apply."""
        try:
            source = (SOURCE / self.file).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise CannotTell(f"Cannot edit the client: it has no {self.file}. Update the mutant.") from None
        if source.count(self.find) != 1:
            found = f"{self.file} has {self.find!r} {source.count(self.find)} times, not once"
            raise CannotTell(f"Cannot edit the client: {found}. Update the mutant.")
        edited = source.replace(self.find, self.replace)
        try:
            compile(edited, self.file, "exec")
        except SyntaxError as problem:
            raise CannotTell(f"Cannot edit the client: {self.file}: {problem}. Update the mutant.") from None
        return edited

    def write_package(self, folder: Path) -> None:
        """Write the client with this edit, and with links to the other modules and their compiled files."""
        shutil.copytree(SOURCE, folder / PACKAGE, copy_function=os.symlink)
        (folder / PACKAGE / self.file).unlink()
        (folder / PACKAGE / self.file).write_text(self.apply(), encoding="utf-8")


def load_mutants() -> Iterator[Mutant[Edit]]:
    """Read the YAML files. Raises CannotTell with file, line and column for one that cannot be used."""
    for path in sorted(Path(__file__).resolve().parent.glob("*/*.yaml")):
        source = YamlSource(path, "mutants")
        try:
            edits_by_check = msgspec.convert(source.data, dict[str, dict[str, Edit]])
        except msgspec.ValidationError as problem:
            raise source.refuse(f"{problem}.", *keys_of(str(problem))) from None
        for check, edits in edits_by_check.items():
            for name, edit in edits.items():
                yield Mutant(name, f"{path.stem}::{check}", edit)
