"""Fixtures: one server per database and world for the whole session."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reference_server.tests.postgresql import PostgreSQL, running_postgresql
from reference_server.tests.server_process import Server, started

WORLDS = Path(__file__).parent
DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    with running_postgresql() as running:
        yield running


def new_database(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of an empty database."""
    if kind == "sqlite":
        return f"sqlite:///{folder / 'outcomes.sqlite'}"
    running: PostgreSQL = request.getfixturevalue("postgresql")
    return running.new_database()


@pytest.fixture(scope="session", params=DATABASES)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the demo world."""
    folder = tmp_path_factory.mktemp("demo")
    with started(new_database(request.param, request, folder), folder) as running:
        yield running


@pytest.fixture(scope="session", params=DATABASES)
def overrides(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the world of role overrides, which no test changes."""
    folder = tmp_path_factory.mktemp("overrides")
    database = new_database(request.param, request, folder)
    with started(database, folder, "--world", str(WORLDS / "overrides.yaml")) as running:
        yield running
