"""A client that shows each response as it is sent, and requests without a response."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx2
import pytest

from canvas_outcomes_server.testing import CanvasOutcomesServer
from reference_server.tests.server_process import SECONDS, new_client, wait_until


@pytest.fixture
def client(canvas_outcomes_server: CanvasOutcomesServer) -> Iterator[httpx2.Client]:
    """A client with the token of an admin."""
    with new_client(
        canvas_outcomes_server.url, headers={"Authorization": f"Bearer {canvas_outcomes_server.token}"}
    ) as client:
        yield client


@contextmanager
def unanswered(server: CanvasOutcomesServer, method: str = "GET", body: str = "") -> Iterator[socket.socket]:
    """The connection of a request to outcome 1 that the server has received."""
    address, before = urlsplit(server.url), len(server.requests)
    lines = (
        f"Host: localhost\r\nAuthorization: Bearer {server.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    )
    with socket.create_connection((address.hostname, address.port), SECONDS) as connection:
        connection.sendall(f"{method} /api/v1/outcomes/1 HTTP/1.1\r\n{lines}\r\n{body}".encode())
        wait_until(lambda: len(server.requests) > before)
        yield connection
