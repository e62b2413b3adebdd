"""The correct provider behind the faults: a reference server whose database can be restored."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from canvas_outcomes_contract.connection.embedded_server import reference_server


@dataclass(frozen=True)
class CorrectServer:
    base_url: str
    database: Path
    snapshot: sqlite3.Connection

    def restore(self) -> None:
        """Undo all changes since the start."""
        with closing(sqlite3.connect(self.database)) as database:
            database.execute("PRAGMA synchronous = OFF")  # no mutant has to survive a crash of the machine
            self.snapshot.backup(database)


@contextmanager
def correct_server() -> Iterator[CorrectServer]:
    with tempfile.TemporaryDirectory() as folder, closing(sqlite3.connect(":memory:")) as snapshot:
        database = Path(folder) / "outcomes.sqlite"
        with reference_server("--no-access-log", "--database", f"sqlite:///{database}") as base_url:
            with closing(sqlite3.connect(database)) as started:
                started.backup(snapshot)
            yield CorrectServer(base_url, database, snapshot)
