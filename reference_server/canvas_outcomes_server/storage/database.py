"""Access to a database: SQLite in the event loop's thread and one writer thread, PostgreSQL in a thread pool."""

from typing import Any

import sqlalchemy as sa

from canvas_outcomes_server.storage.runners import Batches, Runner, SameThread, Snapshots, Threads
from canvas_outcomes_server.storage.session import Session

SECONDS_TO_WAIT_FOR_A_LOCK = 60
POSTGRESQL_CONNECTIONS = 8


class Database:
    """A database whose `read` and `write` run a function with a Session as its first argument."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._compiled: dict[int, str] = {}
        if engine.dialect.name == "sqlite":
            self._reading, self._writing = self._sqlite_runners()
        else:
            pool = Threads(self._open, POSTGRESQL_CONNECTIONS)
            self._reading = self._writing = pool
        self.read, self.write = self._reading.run, self._writing.run

    def _sqlite_runners(self) -> tuple[Runner, Runner]:
        session = self._open()
        # A database in memory has one connection and no waiting; a commit to a file waits for the disk.
        return Snapshots(session), SameThread(session) if is_in_memory(self.engine.url) else Batches(self._open)

    def _open(self) -> Session:
        connection = self.engine.raw_connection()
        driver_connection = connection.driver_connection
        connection.detach()
        return Session(driver_connection, self.engine.dialect, self._compiled)

    def close(self) -> None:
        self._reading.close()
        self._writing.close()
        self.engine.dispose()


def is_in_memory(url: sa.URL) -> bool:
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def engine_of(url: sa.URL) -> sa.Engine:
    """Make an engine with connections in autocommit mode, so that Session controls transactions."""
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    pool = sa.StaticPool if is_in_memory(url) else sa.NullPool
    options = {"check_same_thread": False, "timeout": SECONDS_TO_WAIT_FOR_A_LOCK, "isolation_level": None}
    engine = sa.create_engine(url, paramstyle="named", poolclass=pool, connect_args=options)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    # NORMAL would lose acknowledged updates when the machine goes down.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA cache_size=-65536")
    connection.execute("PRAGMA mmap_size=268435456")
