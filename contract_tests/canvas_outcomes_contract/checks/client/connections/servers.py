"""TCP servers that misbehave, each in threads of this process."""

import contextlib
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Serve = Callable[[socket.socket], None]
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
# The response to a request that nobody sent.
SURPLUS = b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"


class Server(socketserver.ThreadingTCPServer):
    """A TCP server that handles each connection in a thread of its own."""

    daemon_threads = True

    def __init__(self, serve: Serve) -> None:
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        self.serve = serve
        self.connections = 0
        self.base_url = f"http://127.0.0.1:{self.server_address[1]}"

    def get_request(self) -> tuple[socket.socket, Any]:
        accepted = super().get_request()
        self.connections += 1
        return accepted

    def finish_request(self, request: Any, client_address: Any) -> None:
        with contextlib.suppress(OSError):  # the client closes the connection
            self.serve(request)


@contextmanager
def server(serve: Serve) -> Iterator[Server]:
    with Server(serve) as listening:
        threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield listening
        listening.shutdown()
        # A client that gave up early may have opened a connection that was not accepted yet.
        listening.socket.setblocking(False)
        with contextlib.suppress(OSError):
            while True:
                listening.get_request()[0].close()


@contextmanager
def closed_port() -> Iterator[str]:
    """The base URL of a port at which nothing listens, and which no other program gets."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


def sends(content: bytes) -> Serve:
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


def drips(content: bytes, pause: float) -> Serve:
    """Send a response byte by byte."""

    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        for byte in content:
            connection.sendall(bytes([byte]))
            time.sleep(pause)

    return serve


def repeats(content: bytes, pause: float = 0) -> Serve:
    """Send the same content until the client closes the connection."""

    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        while True:
            connection.sendall(content)
            time.sleep(pause)

    return serve


def responds_slowly(connection: socket.socket) -> None:
    """Respond to every request on the same connection after a pause."""
    while connection.recv(65536):
        time.sleep(0.08)
        connection.sendall(NOT_FOUND)
