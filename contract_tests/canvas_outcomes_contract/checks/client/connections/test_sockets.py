"""Servers that hang or close the connection cost a bounded time and raise an error of the client."""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from canvas_outcomes import Retries, errors
from canvas_outcomes_contract.checks.client.consumers import Consumer
from canvas_outcomes_contract.checks.client.documented import GET, example_path
from canvas_outcomes_contract.contract.document import Operation

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
# Bytes that a server sends before it closes the connection, and the error that httpx raises.
CUT_OFF: dict[str, tuple[bytes, type[httpx.TransportError]]] = {
    "nothing": (b"", httpx.RemoteProtocolError),
    "half a line": (b"HTTP/1.1 20", httpx.RemoteProtocolError),
    "no body": (HEAD, httpx.RemoteProtocolError),
    "half a body": (HEAD + b'{"id": 1, "title": "A', httpx.RemoteProtocolError),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n", httpx.RemoteProtocolError),
}


class Server(socketserver.ThreadingTCPServer):
    """A TCP server that handles each connection in a thread of its own."""

    daemon_threads = True

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        self.serve = serve
        self.connections = 0
        self.base_url = f"http://127.0.0.1:{self.server_address[1]}"

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        self.serve(request)


@contextmanager
def server(serve: Callable[[socket.socket], None]) -> Iterator[Server]:
    with Server(serve) as listening:
        threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield listening
        listening.shutdown()


def sends(content: bytes) -> Callable[[socket.socket], None]:
    """Read a request, send the content and close the connection."""

    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(content)

    return serve


def hangs(connection: socket.socket) -> None:
    """Read the request and never respond."""
    while connection.recv(65536):
        pass


def responds_to_all(connection: socket.socket) -> None:
    """Respond to every request on the same connection."""
    while connection.recv(65536):
        connection.sendall(NOT_FOUND)


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
        caller.open(listening.base_url, timeout=0.1, retries=Retries(limit=2))
        error = caller.fail(operation)

    assert type(error) is errors.TimeoutError
    assert isinstance(error.__cause__, httpx.ReadTimeout)
    assert listening.connections == 1


def test_raises_transport_error_when_the_connection_is_refused(caller: Consumer) -> None:
    with server(responds_to_all) as listening:
        pass
    caller.open(listening.base_url, retries=Retries(limit=1))

    error: Any = caller.fail(GET)

    assert isinstance(error.__cause__, httpx.ConnectError)
    assert (type(error), error.request.path) == (errors.TransportError, example_path(GET))


def test_reuses_one_connection_for_consecutive_calls(caller: Consumer) -> None:
    with server(responds_to_all) as listening:
        caller.open(listening.base_url)
        statuses = {getattr(caller.fail(GET), "status", None) for _ in range(30)}
        caller.close()

    assert (statuses, listening.connections) == ({404}, 1)
