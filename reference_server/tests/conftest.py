"""Fixtures: one server per database and world for the whole session."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from reference_server.tests.postgresql import PostgreSQL, memory_folder, running_postgresql
from reference_server.tests.server_process import Server, started

WORLDS = Path(__file__).parent
# A parser opens each of the elements again in each of the paragraphs.
GROWING_HTML = "<p>" + "".join(f"<b x{number}=1>" for number in range(1200)) + "<p>x" * 6000
DATABASES = ("sqlite", "postgresql")
# The fixtures that start a server on a database.
SERVERS = {"server", "overrides"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of sections on both databases, and other tests of a server on SQLite."""
    names, marked = SERVERS & set(metafunc.fixturenames), hasattr(metafunc.function, "sections")
    assert names or not marked, f"{metafunc.function.__name__} covers sections without a server"
    for name in names:
        metafunc.parametrize(name, DATABASES if marked else DATABASES[:1], indirect=True, scope="session")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    with running_postgresql(memory_folder()) as running:
        yield running


def new_database(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of an empty database."""
    if kind == "sqlite":
        return f"sqlite:///{folder / 'outcomes.sqlite'}"
    running: PostgreSQL = request.getfixturevalue("postgresql")
    return running.new_database()


@contextmanager
def server_in_memory(request: pytest.FixtureRequest, *arguments: str) -> Iterator[Server]:
    with TemporaryDirectory(prefix="reference-server-", dir=memory_folder()) as name:
        folder = Path(name)
        with started(new_database(request.param, request, folder), folder, *arguments) as running:
            yield running


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server with the demo world, also for requests to a host of another name."""
    with server_in_memory(request, "--allowed-host", "canvas.example.edu") as running:
        yield running


@pytest.fixture(scope="session")
def overrides(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server with the world of role overrides, which no test changes."""
    with server_in_memory(request, "--world", str(WORLDS / "overrides.yaml")) as running:
        yield running
