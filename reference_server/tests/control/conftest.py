"""A client that shows each response as it is sent."""

from collections.abc import Iterator

import httpx2
import pytest

from canvas_outcomes_server.testing import CanvasOutcomesServer
from reference_server.tests.server_process import new_client


@pytest.fixture
def client(canvas_outcomes_server: CanvasOutcomesServer) -> Iterator[httpx2.Client]:
    """A client with the token of an admin."""
    with new_client(
        canvas_outcomes_server.url, headers={"Authorization": f"Bearer {canvas_outcomes_server.token}"}
    ) as client:
        yield client
