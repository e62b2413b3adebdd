"""Send requests over several connections at once and measure each response, in a process of its own.

`python -m scripts.bench.server_load` reads a Load as JSON from stdin and prints a Measured as JSON. It implements only
as much of HTTP as it needs, so that it takes less CPU than the servers that it measures.
"""

import selectors
import socket
import sys
from dataclasses import dataclass, field
from time import perf_counter

import msgspec

LARGEST_READ = 1 << 18
SECONDS_TO_RESPOND = 30


class Load(msgspec.Struct):
    """The `requests` to send in turn until `number` responses have arrived."""

    port: int
    requests: list[bytes]
    number: int
    connections: int


class Measured(msgspec.Struct):
    """The seconds of all requests together, and of each request."""

    seconds: float
    latencies: list[float]


class Unexpected(Exception):
    """A response other than 200, or a timeout."""


@dataclass
class _Connection:
    socket: socket.socket
    sent_at: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    def send(self, request: bytes) -> None:
        self.received.clear()
        self.sent_at = perf_counter()
        self.socket.sendall(request)

    def is_complete(self) -> bool:
        """Read the received bytes and return whether the response is complete. Raises Unexpected."""
        self.received += self.socket.recv(LARGEST_READ)
        if not self.received.startswith(b"HTTP/1.1 200"):
            raise Unexpected(bytes(self.received[:1000]).decode("latin-1"))
        head, blank, body = self.received.partition(b"\r\n\r\n")
        return bool(blank) and len(body) >= int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])


def measure(load: Load) -> Measured:
    """Send the requests and measure the responses. Raises Unexpected for a response other than 200."""
    selector = selectors.DefaultSelector()
    connections = [_Connection(_connected(load.port)) for _ in range(load.connections)]
    latencies: list[float] = []
    began, sent = perf_counter(), 0
    for connection in connections:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(load.requests[sent % len(load.requests)])
        sent += 1
    while len(latencies) < load.number:
        ready = selector.select(SECONDS_TO_RESPOND)
        if not ready:
            raise Unexpected(f"no response in {SECONDS_TO_RESPOND} s")
        for key, _ in ready:
            connection = key.data
            if connection.is_complete():
                latencies.append(perf_counter() - connection.sent_at)
                connection.send(load.requests[sent % len(load.requests)])
                sent += 1
    seconds = perf_counter() - began
    for connection in connections:
        connection.socket.close()
    return Measured(seconds, latencies)


def _connected(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=SECONDS_TO_RESPOND)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(measure(msgspec.json.decode(sys.stdin.buffer.read(), type=Load))))
