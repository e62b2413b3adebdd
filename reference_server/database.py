"""Reads and writes a database: SQLite in the event loop's thread, PostgreSQL in threads; compiles a statement once."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import sqlalchemy as sa

Result = TypeVar("Result")
Row = tuple[Any, ...]

SECONDS_TO_WAIT_FOR_A_LOCK = 60
POSTGRESQL_CONNECTIONS = 8


class Session:
    """A connection that runs statements and counts them."""

    def __init__(
        self, driver_connection: Any, dialect: sa.Dialect, compiled: dict[int, tuple[str, dict[str, Any]]]
    ) -> None:
        self._connection = driver_connection
        self._dialect = dialect
        self._compiled = compiled
        self._begin = "BEGIN IMMEDIATE" if dialect.name == "sqlite" else "BEGIN"
        self.queries = 0

    @property
    def is_closed(self) -> bool:
        """Whether the database closed the connection; that of an SQLite file stays open."""
        return bool(getattr(self._connection, "closed", False))

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
        text, constants = self._compiled.get(id(statement)) or self._compile(statement)
        return self._connection.execute(text, constants | values)

    def _compile(self, statement: sa.Executable) -> tuple[str, dict[str, Any]]:
        compiled = statement.compile(dialect=self._dialect)  # type: ignore[attr-defined]
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        return self._compiled.setdefault(id(statement), (str(compiled), constants))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction that may write; on SQLite it holds the only write lock from its beginning."""
        self._connection.execute(self._begin)
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


class Database:
    """`read` and `write` run a function with a Session as its first argument."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._compiled: dict[int, tuple[str, dict[str, Any]]] = {}
        if engine.dialect.name == "sqlite":
            self._reading, self._writing = self._sqlite_runners()
        else:
            pool = _Threads(self._open, POSTGRESQL_CONNECTIONS)
            self._reading = self._writing = pool

    def _sqlite_runners(self) -> tuple["_Runner", "_Runner"]:
        reader = _SameThread(self._open())
        # In memory there is one connection and nothing to wait for; in a file, a commit waits for the disk.
        return reader, reader if is_in_memory(self.engine.url) else _Threads(self._open, 1)

    def _open(self) -> Session:
        connection = self.engine.raw_connection()
        driver_connection = connection.driver_connection
        connection.detach()
        return Session(driver_connection, self.engine.dialect, self._compiled)

    async def read(self, work: Callable[..., Result], *arguments: Any) -> Result:
        return await self._reading.run(work, *arguments)

    async def write(self, work: Callable[..., Result], *arguments: Any) -> Result:
        return await self._writing.run(work, *arguments)

    def close(self) -> None:
        self._reading.close()
        self._writing.close()
        self.engine.dispose()


class _Runner:
    async def run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


class _SameThread(_Runner):
    def __init__(self, session: Session) -> None:
        self._session = session

    async def run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        return work(self._session, *arguments)

    def close(self) -> None:
        self._session._connection.close()


class _Threads(_Runner):
    """Threads with a session each. One whose connection the database closed is replaced, without a request failing."""

    def __init__(self, open_session: Callable[[], Session], number: int) -> None:
        self._open = open_session
        self._local = threading.local()
        self._sessions: list[Session] = []
        self._executor = ThreadPoolExecutor(number, "database")

    async def run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._call, work, arguments)

    def _call(self, work: Callable[..., Result], arguments: tuple[Any, ...]) -> Result:
        session = self._session()
        try:
            return work(session, *arguments)
        except Exception:
            # A restart of the database shows in the first statement that comes after it. If that is the first of this
            # work, nothing has been done yet.
            if not session.is_closed or session.queries > 1:
                raise
        return work(self._session(), *arguments)

    def _session(self) -> Session:
        session: Session | None = getattr(self._local, "session", None)
        if session is None or session.is_closed:
            session = self._local.session = self._open()
            self._sessions.append(session)
        return session

    def close(self) -> None:
        self._executor.shutdown()
        for session in self._sessions:
            session._connection.close()


def is_in_memory(url: sa.URL) -> bool:
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def engine_of(url: sa.URL) -> sa.Engine:
    """An engine whose connections are in autocommit mode, so that BEGIN and COMMIT are ours."""
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    pool = sa.StaticPool if is_in_memory(url) else sa.NullPool
    options = {"check_same_thread": False, "timeout": SECONDS_TO_WAIT_FOR_A_LOCK, "isolation_level": None}
    made = sa.create_engine(url, paramstyle="named", poolclass=pool, connect_args=options)
    sa.event.listen(made, "connect", _prepare_sqlite)
    return made


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    # NORMAL would lose acknowledged updates when the machine, not only the process, goes down.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA cache_size=-65536")
    connection.execute("PRAGMA mmap_size=268435456")
