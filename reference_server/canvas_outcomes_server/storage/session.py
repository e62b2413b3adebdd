"""A connection as the operations see it: statements, transactions, and how many statements there were."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

Row = tuple[Any, ...]
_Words = tuple[str, str, str]
_IMMEDIATE: _Words = ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
_DEFERRED: _Words = ("BEGIN", "COMMIT", "ROLLBACK")
_PART: _Words = ("SAVEPOINT part", "RELEASE part", "ROLLBACK TO part")


class Session:
    """A connection that runs statements and counts them."""

    def __init__(self, driver_connection: Any, dialect: sa.Dialect, compiled: dict[int, str]) -> None:
        self._connection = driver_connection
        self._cursor = driver_connection.cursor()
        self._dialect = dialect
        self._compiled = compiled
        self._words = _IMMEDIATE if dialect.name == "sqlite" else _DEFERRED
        self.queries = 0

    @property
    def is_closed(self) -> bool:
        """Whether the database closed the connection; that of an SQLite file stays open."""
        return bool(getattr(self._connection, "closed", False))

    def close(self) -> None:
        self._connection.close()

    def row(self, statement: sa.Executable, **values: Any) -> Row | None:
        row: Row | None = self._run(statement, values).fetchone()
        return row

    def rows(self, statement: sa.Executable, **values: Any) -> list[Row]:
        rows: list[Row] = self._run(statement, values).fetchall()
        return rows

    def run(self, statement: sa.Executable, **values: Any) -> None:
        self._run(statement, values)

    def _run(self, statement: sa.Executable, values: dict[str, Any]) -> Any:
        self.queries += 1
        # Compiling costs more than a point read, and so does SQLAlchemy's own execution; the driver gets the text.
        text = self._compiled.get(id(statement)) or self._compile(statement)
        return self._cursor.execute(text, values)

    def _compile(self, statement: sa.Executable) -> str:
        compiled = statement.compile(dialect=self._dialect)  # type: ignore[attr-defined]
        return self._compiled.setdefault(id(statement), str(compiled))

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Reads that see the database at one moment."""
        self._cursor.execute("BEGIN")
        try:
            yield
        finally:
            self._cursor.execute("COMMIT")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction that may write; on SQLite it holds the only write lock from its beginning.

        A transaction within one is a part of it that can fail alone.
        """
        (begin, commit, rollback), self._words = self._words, _PART
        try:
            self._cursor.execute(begin)
            try:
                yield
                self._cursor.execute(commit)
            except BaseException:
                self._cursor.execute(rollback)
                raise
        finally:
            self._words = (begin, commit, rollback)
