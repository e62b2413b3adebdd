"""The world that a server has loaded, which it can load again or replace while it runs."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from canvas_outcomes_server.storage import tables as t
from canvas_outcomes_server.storage.queries import digest
from canvas_outcomes_server.storage.session import Session
from canvas_outcomes_server.world.rows import Rows, rows_of
from canvas_outcomes_server.world.world import World
from canvas_outcomes_server.world.world_file import WorldError, parse_world, read_world

RowsOfTables = dict[sa.Table, Rows]
SECONDS_BETWEEN_LOOKS = 0.2
_STATEMENTS = {
    table: (sa.delete(table), sa.insert(table)) for table in t.metadata.sorted_tables if table is not t.schema_version
}


class WorldSource:
    """A world file, read when it is needed first, or the world that replaced it. `tokens` are those of all users."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._rows: RowsOfTables | None = None
        self._token: str | None = None
        self.tokens: frozenset[str] = frozenset()
        self._text: str | None = None

    @property
    def rows(self) -> RowsOfTables:
        """The rows of each table. Raises WorldError."""
        if self._rows is None:
            self.use(read_world(self._file))
            assert self._rows is not None
        return self._rows

    @property
    def token(self) -> str | None:
        """A token without limits, of an admin if there is one; None if the world has none. Raises WorldError."""
        assert self.rows
        return self._token

    def use(self, world: World) -> None:
        """Replace the world. Nothing is loaded yet."""
        self._rows, self._token, self._text = rows_of(world), _unlimited_token(world), None
        self.tokens = frozenset(token.value for user in world.users for token in user.tokens)

    def use_text(self, text: str) -> None:
        """Replace the world by one in YAML or JSON, parsed once if it is sent for each test. Raises WorldError."""
        if text != self._text:
            self.use(parse_world(text, "in the request"))
            self._text = text

    def token_in(self, engine: sa.Engine) -> str | None:
        """The token, if the database has it: one that was not empty keeps its data, and the file may be unusable."""
        try:
            token = self.token
        except WorldError:
            return None
        stored = sa.select(t.tokens.c.terms).where(t.tokens.c.digest == digest(token or ""))
        with engine.connect() as connection:
            row = connection.execute(stored).first()
        return token if row and row.terms is None else None

    def load(self, session: Session) -> None:
        """Replace the data of a database in one transaction. Raises WorldError."""
        rows = self.rows
        with session.transaction():
            for table, (delete, insert) in _STATEMENTS.items():
                session.run(delete)
                if rows.get(table):
                    session.run_many(insert, rows[table])

    async def follow(self, write: Callable[..., Any], report: Callable[[str], None]) -> None:
        """Load the file whenever it changes, until cancelled. Reports a change, or the reason why it is not usable."""
        seen = self._version()
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            version = self._version()
            if version in (seen, None):  # an editor that replaces a file removes it for a moment
                continue
            seen = version
            try:
                self.use(read_world(self._file))
                await write(self.load)
            except WorldError as error:
                report(f"{error} The server keeps its data.")
            except Exception as error:  # The database is locked, or its connection has ended.
                reason = str(error) or type(error).__name__
                report(f"Cannot load the world {self._file} again: {reason}. Save the file again.")
            else:
                report(f"Loaded the world {self._file} again.")

    def _version(self) -> tuple[int, ...] | None:
        try:
            status = self._file.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino


def _unlimited_token(world: World) -> str | None:
    admins_first = sorted(world.users, key=lambda user: not (user.account_admin_of or user.site_admin))
    usable = (
        token.value
        for user in admins_first
        for token in user.tokens
        if not token.revoked and token.expires_at is None and not isinstance(token.scopes, list)
    )
    return next(usable, None)
