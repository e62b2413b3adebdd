"""Servers that hang or close the connection cost a bounded time and raise an error of the client."""

import socket
import time
from typing import Any

import httpx2
import pytest

from canvas_outcomes import Retries, errors
from canvas_outcomes_contract.checks.client.connections.servers import (
    NOT_FOUND,
    SURPLUS,
    closed_port,
    hangs,
    responds_to_all,
    sends,
    server,
)
from canvas_outcomes_contract.checks.client.consumers import Consumer
from canvas_outcomes_contract.checks.client.documented import GET, example_path
from canvas_outcomes_contract.contract.document import Operation

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"
# Bytes that a server sends before it closes the connection, and the error that httpx2 raises.
CUT_OFF: dict[str, tuple[bytes, type[httpx2.TransportError]]] = {
    "nothing": (b"", httpx2.RemoteProtocolError),
    "half a line": (b"HTTP/1.1 20", httpx2.RemoteProtocolError),
    "no body": (HEAD, httpx2.RemoteProtocolError),
    "half a body": (HEAD + b'{"id": 1, "title": "A', httpx2.RemoteProtocolError),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n", httpx2.RemoteProtocolError),
}


@pytest.mark.parametrize(("content", "cause"), CUT_OFF.values(), ids=CUT_OFF)
def test_retries_when_a_server_closes_the_connection(caller: Consumer, content: bytes, cause: type[Exception]) -> None:
    with server(sends(content)) as listening:
        caller.open(listening.base_url, retries=Retries(limit=2))
        error = caller.fail(GET)

    assert type(error) is errors.TransportError
    assert isinstance(error.__cause__, cause)
    assert listening.connections == 3


def test_times_out_when_the_server_does_not_respond(caller: Consumer, operation: Operation) -> None:
    with server(hangs) as listening:
        caller.open(listening.base_url, timeout=0.5, retries=Retries(limit=2))
        error = caller.fail(operation)

    assert type(error) is errors.TimeoutError
    assert isinstance(error.__cause__, httpx2.ReadTimeout)
    assert listening.connections == 1


def test_raises_transport_error_when_the_connection_is_refused(caller: Consumer) -> None:
    with closed_port() as base_url:
        caller.open(base_url, retries=Retries(limit=1))
        error: Any = caller.fail(GET)

    assert isinstance(error.__cause__, httpx2.ConnectError)
    assert (type(error), error.request.path) == (errors.TransportError, example_path(GET))


def test_reuses_one_connection_for_consecutive_calls(caller: Consumer) -> None:
    with server(responds_to_all) as listening:
        caller.open(listening.base_url)
        statuses = {getattr(caller.fail(GET), "status", None) for _ in range(30)}
        caller.close()

    assert (statuses, listening.connections) == ({404}, 1)


@pytest.mark.parametrize("delay", [0, 0.05], ids=["at once", "later"])
def test_does_not_take_surplus_bytes_for_the_next_response(caller: Consumer, delay: float) -> None:
    def serve(connection: socket.socket) -> None:
        while connection.recv(65536):
            connection.sendall(NOT_FOUND + (b"" if delay else SURPLUS))
            time.sleep(delay)
            connection.sendall(SURPLUS if delay else b"")

    with server(serve) as listening:
        caller.open(listening.base_url)
        found = []
        for _ in range(3):
            found.append(type(caller.fail(GET)))
            time.sleep(3 * delay)
        caller.close()

    assert found == [errors.NotFoundError] * 3
