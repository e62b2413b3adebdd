"""A faulty client: the generated one with some text of its source replaced."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from canvas_outcomes_contract.contract.errors import CannotTell

PACKAGE = "canvas_outcomes"
SOURCE = Path(__file__).resolve().parents[3] / "generated_client" / PACKAGE


@dataclass(frozen=True)
class Edit:
    """Text of one file, which it has exactly once, and its replacement."""

    file: str
    find: str
    replace: str

    def apply(self) -> str:
        """The edited file. Raises CannotTell for an edit that does not apply."""
        source = (SOURCE / self.file).read_text(encoding="utf-8")
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
        """Write the client with this edit, and with the compiled files of the modules that stay."""
        shutil.copytree(SOURCE, folder / PACKAGE)
        (folder / PACKAGE / self.file).write_text(self.apply(), encoding="utf-8")


Faults = Mapping[str, Mapping[str, Edit]]  # by the check that has to detect it, then by what the client does wrong


def edit(module: str, find: str, replace: str) -> Edit:
    return Edit(f"{module}.py", find, replace)
