"""A database connection that runs statements and transactions, and counts statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

Row = tuple[Any, ...]
_Commands = tuple[str, str, str]
_IMMEDIATE: _Commands = ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
_DEFERRED: _Commands = ("BEGIN", "COMMIT", "ROLLBACK")
_PART: _Commands = ("SAVEPOINT part", "RELEASE part", "ROLLBACK TO part")


class Session:
    """A connection of the driver: SQLAlchemy compiles statements, and the driver executes them."""

    def __init__(self, driver_connection: Any, dialect: sa.Dialect, compiled: dict[int, str]) -> None:
        self._connection = driver_connection
        self._cursor = driver_connection.cursor()
        self._dialect = dialect
        self._compiled = compiled
        self._commands = _IMMEDIATE if dialect.name == "sqlite" else _DEFERRED
        self.queries = 0

    @property
    def is_closed(self) -> bool:
        """Whether the database closed the connection; SQLite never does."""
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

    def run_many(self, statement: sa.Executable, rows: list[dict[str, Any]]) -> None:
        self._cursor.executemany(self._compiled.get(id(statement)) or self._compile(statement), rows)

    def _run(self, statement: sa.Executable, values: dict[str, Any]) -> Any:
        self.queries += 1
        # Compiling a statement, and executing it through SQLAlchemy, each cost more than a point read.
        sql = self._compiled.get(id(statement)) or self._compile(statement)
        return self._cursor.execute(sql, values)

    def _compile(self, statement: sa.Executable) -> str:
        compiled = statement.compile(dialect=self._dialect)  # type: ignore[attr-defined]
        return self._compiled.setdefault(id(statement), str(compiled))

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """A read transaction."""
        self._cursor.execute("BEGIN")
        try:
            yield
        finally:
            self._cursor.execute("COMMIT")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A write transaction; on SQLite it takes the write lock when it begins.

        A nested transaction is a savepoint.
        """
        (begin, commit, rollback), self._commands = self._commands, _PART
        try:
            self._cursor.execute(begin)
            try:
                yield
                self._cursor.execute(commit)
            except BaseException:
                self._cursor.execute(rollback)
                raise
        finally:
            self._commands = (begin, commit, rollback)
