"""A raw server: the first segment of the path names a kind of misbehaviour, which decides every byte that it sends."""

import contextlib
import os
import signal
import socket
import socketserver
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Request:
    """A request for one kind."""

    method: str
    path: str  # after the kind
    head: bytes
    body: bytes
    upstream: str

    @property
    def token(self) -> str:
        """The value of the header Authorization."""
        lines = self.head.decode("latin-1").split("\r\n")
        return next((line.partition(": ")[2] for line in lines if line.lower().startswith("authorization:")), "")

    def correct(self) -> tuple[int, list[tuple[str, str]], bytes]:
        """The response of the reference server: status, headers and body."""
        names = ("accept", "authorization", "content-type", "user-agent")
        lines = (line.partition(": ") for line in self.head.decode("latin-1").split("\r\n")[1:])
        headers = {name: value for name, _, value in lines if name.lower() in names}
        connection = HTTPConnection(urlsplit(self.upstream).netloc)
        with contextlib.closing(connection):
            connection.request(self.method, self.path, self.body or None, headers)
            response = connection.getresponse()
            kept = [one for one in response.getheaders() if one[0].lower() not in ("content-length", "connection")]
            return response.status, kept, response.read()


# Yields bytes to send and seconds to wait; None resets the connection. At its end the connection is closed.
Behaviour = Callable[[Request], Iterator[bytes | float | None]]


class _Handler(socketserver.StreamRequestHandler):
    server: "HostileServer"
    request: socket.socket

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            while head := self._read_head():
                lines = head.decode("latin-1").split("\r\n")
                lengths = [line for line in lines if line.lower().startswith("content-length:")]
                body = self.rfile.read(int(lengths[0].split(":")[1])) if lengths else b""
                method, path, _ = lines[0].split(" ", 2)
                _, kind, rest = path.split("/", 2)
                self._send(self.server.kinds[kind](Request(method, f"/{rest}", head, body, self.server.upstream)))
                return

    def _read_head(self) -> bytes:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return b""
            head += line
        return head

    def _send(self, parts: Iterator[bytes | float | None]) -> None:
        for part in parts:
            if isinstance(part, bytes):
                self.request.sendall(part)
            elif part is None:
                # Closing with data that was not sent resets the connection.
                self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                self.request.close()
                return
            else:
                time.sleep(part)


class HostileServer(socketserver.ThreadingTCPServer):
    """Serves all kinds; `upstream` is the URL of a correct server."""

    daemon_threads = True
    request_queue_size = 100

    def __init__(self, kinds: dict[str, Behaviour], upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.kinds, self.upstream = kinds, upstream

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None: ...


@contextlib.contextmanager
def serve_in_a_process(kinds: dict[str, Behaviour], upstream: str) -> Iterator[str]:
    """The base URL of a server in a forked process: this one may fork, so it has one thread only."""
    with HostileServer(kinds, upstream) as server:
        process = os.fork()
        if not process:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            server.serve_forever()
            os._exit(0)
    try:
        yield server.base_url
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
