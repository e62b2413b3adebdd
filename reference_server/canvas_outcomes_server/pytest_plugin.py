"""Pytest fixtures for tests of apps: a reference server with the demo world, and a client for it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from canvas_outcomes_server.process import running_server

if TYPE_CHECKING:
    from canvas_outcomes import Client

DEMO_TOKEN = "admin-token"


@pytest.fixture(scope="session")
def canvas_outcomes_server() -> Iterator[str]:
    """The base URL of a reference server with the demo world, which runs until the end of the session."""
    with running_server() as base_url:
        yield base_url


@pytest.fixture
def canvas_outcomes_client(canvas_outcomes_server: str) -> Iterator["Client"]:
    """A client for the reference server, with the token of an account admin."""
    canvas_outcomes = pytest.importorskip("canvas_outcomes", reason="the generated client is not installed")

    with canvas_outcomes.Client(canvas_outcomes_server, token=DEMO_TOKEN) as client:
        yield client
