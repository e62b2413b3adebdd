"""Sends requests over some connections at once and measures each, in a process of its own.

`python -m scripts.bench.server_load` reads a Load as JSON from stdin and prints a Measured as JSON. It speaks just
enough HTTP to cost less than the servers that it measures.
"""

import selectors
import socket
import sys
from dataclasses import dataclass, field
from time import perf_counter

import msgspec

LARGEST_READ = 1 << 18
SECONDS_FOR_AN_ANSWER = 30


class Load(msgspec.Struct):
    """What to send: `requests` in turn, whole, until `number` were answered."""

    port: int
    requests: list[bytes]
    number: int
    connections: int


class Measured(msgspec.Struct):
    """Seconds: of the whole, and of each request."""

    seconds: float
    latencies: list[float]


class Unexpected(Exception):
    """An answer other than 200."""


@dataclass
class _Connection:
    socket: socket.socket
    sent_at: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    def send(self, request: bytes) -> None:
        self.received.clear()
        self.sent_at = perf_counter()
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        """Read what is there; whether the answer is complete. Raises Unexpected."""
        self.received += self.socket.recv(LARGEST_READ)
        if not self.received.startswith(b"HTTP/1.1 200"):
            raise Unexpected(bytes(self.received[:1000]).decode("latin-1"))
        head, blank, body = self.received.partition(b"\r\n\r\n")
        return bool(blank) and len(body) >= int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])


def measure(load: Load) -> Measured:
    """Raises Unexpected for an answer other than 200."""
    selector = selectors.DefaultSelector()
    connections = [_Connection(_connected(load.port)) for _ in range(load.connections)]
    latencies: list[float] = []
    began, sent = perf_counter(), 0
    for connection in connections:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(load.requests[sent % len(load.requests)])
        sent += 1
    while len(latencies) < load.number:
        for key, _ in selector.select(SECONDS_FOR_AN_ANSWER) or _no_answer():
            connection = key.data
            if connection.is_answered():
                latencies.append(perf_counter() - connection.sent_at)
                connection.send(load.requests[sent % len(load.requests)])
                sent += 1
    seconds = perf_counter() - began
    for connection in connections:
        connection.socket.close()
    return Measured(seconds, latencies)


def _connected(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=SECONDS_FOR_AN_ANSWER)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _no_answer() -> list[tuple[selectors.SelectorKey, int]]:
    raise Unexpected(f"no answer in {SECONDS_FOR_AN_ANSWER} s")


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(measure(msgspec.json.decode(sys.stdin.buffer.read(), type=Load))))
