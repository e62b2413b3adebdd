"""Pytest fixtures for tests of apps: a reference server that each test finds fresh, and clients for it."""

import reprlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from canvas_outcomes_server.process import running_server
from canvas_outcomes_server.world import DEMO

if TYPE_CHECKING:
    from canvas_outcomes import AsyncClient, Client
    from canvas_outcomes_server.testing import CanvasOutcomesServer

MARKER = "canvas_world(world): the world of canvas_outcomes_server, as a file beside the test's or as a mapping"
# Loading certificates takes longer than most tests, and a proxy does not reach this machine.
LOCAL: dict[str, Any] = {"verify": False, "trust_env": False}
OPTIONS = ("--control", "--no-access-log", "--database", "sqlite://")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)


@pytest.fixture(scope="session")
def _canvas_outcomes_process() -> Iterator["CanvasOutcomesServer"]:
    from canvas_outcomes_server.testing import CanvasOutcomesServer  # noqa: PLC0415 (only runs that use it pay for it)

    with running_server(*OPTIONS) as url:
        yield CanvasOutcomesServer(url)


@pytest.fixture
def canvas_outcomes_server(
    request: pytest.FixtureRequest, _canvas_outcomes_process: "CanvasOutcomesServer"
) -> "CanvasOutcomesServer":
    """A reference server with the demo world, or with that of the marker canvas_world, as if it had just started.

    Each process of pytest-xdist has one server, which is reset before each test.
    """
    marker = _marker(request)
    if marker and (marker.kwargs or [isinstance(one, (str, Path, Mapping)) for one in marker.args] != [True]):
        raise pytest.fail.Exception("canvas_world takes one argument: a file or a mapping.", pytrace=False)
    _load(_canvas_outcomes_process, marker and marker.args[0], request.path.parent)
    return _canvas_outcomes_process


def _marker(request: pytest.FixtureRequest) -> pytest.Mark | None:
    marker: pytest.Mark | None = request.node.get_closest_marker("canvas_world")
    return marker


def _load(server: "CanvasOutcomesServer", world: "str | Path | Mapping[str, Any] | None", folder: Path) -> None:
    chosen = world if isinstance(world, Mapping) else folder / (world or DEMO)
    server.folder = folder
    try:
        server.load(chosen)
    except ConnectionError as error:
        raise pytest.fail.Exception(f"Cannot reset the reference server: {error}.", pytrace=False) from None
    except (ValueError, OSError) as error:
        place = f"{chosen}: " if isinstance(chosen, Path) else ""
        raise pytest.fail.Exception(f"{place}{error}", pytrace=False) from None


def _token(server: "CanvasOutcomesServer", request: pytest.FixtureRequest) -> str:
    if server.token is None:
        marker = _marker(request)
        world = marker.args[0] if marker else "the world of the test"
        shown = reprlib.repr(world) if isinstance(world, Mapping) else world
        raise pytest.fail.Exception(
            f"Cannot make a client for {shown}: it has no token without revoked, expires_at and scopes. Add one.",
            pytrace=False,
        )
    return server.token


@pytest.fixture
def canvas_outcomes_client(
    canvas_outcomes_server: "CanvasOutcomesServer", request: pytest.FixtureRequest
) -> Iterator["Client"]:
    """A client for the reference server, with the token of an admin."""
    canvas_outcomes = pytest.importorskip("canvas_outcomes", reason="the generated client is not installed")

    token = _token(canvas_outcomes_server, request)
    with canvas_outcomes.Client(canvas_outcomes_server.url, token=token, **LOCAL) as client:
        yield client


@pytest.fixture
def canvas_outcomes_async_client(
    canvas_outcomes_server: "CanvasOutcomesServer", request: pytest.FixtureRequest
) -> "AsyncClient":
    """An asynchronous client for the reference server, with the token of an admin, for any event loop."""
    canvas_outcomes = pytest.importorskip("canvas_outcomes", reason="the generated client is not installed")
    httpx2 = pytest.importorskip("httpx2")

    # Without idle connections there is nothing to close, so the fixture needs no event loop.
    limits = httpx2.Limits(max_keepalive_connections=0)
    client: AsyncClient = canvas_outcomes.AsyncClient(
        canvas_outcomes_server.url, token=_token(canvas_outcomes_server, request), limits=limits, **LOCAL
    )
    return client
