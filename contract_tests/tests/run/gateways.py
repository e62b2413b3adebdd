"""Servers between a contract run and a provider: a TLS gateway with a path prefix and a key, and a proxy."""

import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import trustme

from canvas_outcomes_contract.connection.target import Target
from canvas_outcomes_contract.connection.transport import http_client

NOT_FORWARDED = ("connection", "keep-alive", "transfer-encoding")


class Forwarder(BaseHTTPRequestHandler):
    """Sends requests on, unchanged."""

    protocol_version = "HTTP/1.1"
    server: "Gateway"

    def do_GET(self) -> None:
        url, status = self.server.url(self), self.server.refusal(self)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if status:
            self.send_error(status)
            return
        headers = [(name, value) for name, value in self.headers.items() if name.lower() not in NOT_FORWARDED]
        response = self.server.http.send(httpx2.Request(self.command, url, headers=headers, content=body))
        self.send_response_only(response.status_code)
        for name, value in response.headers.multi_items():
            if name not in NOT_FORWARDED:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(response.content)

    do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = do_GET

    def do_CONNECT(self) -> None:
        """Open a tunnel, through which the two sides speak TLS."""
        if status := self.server.refusal(self):
            # As pages for debugging do, it shows what it got.
            self.send_error(status, f"{self.headers.get('Proxy-Authorization')} is not accepted")
            return
        host, _, port = self.path.rpartition(":")
        self.server.tunnels += 1
        with socket.create_connection((host, int(port))) as upstream:
            self.send_response_only(200)
            self.end_headers()
            back = threading.Thread(target=_copy, args=(upstream, self.connection))
            back.start()
            _copy(self.connection, upstream)
            back.join()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None: ...


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):  # the other side has closed its connection
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


class Gateway(ThreadingHTTPServer):
    """Forwards a path prefix to a provider, for requests with a key."""

    def __init__(self, upstream: str, prefix: str = "", key: str | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Forwarder)
        self.upstream, self.prefix, self.key = upstream, prefix, key
        self.forwarded = self.tunnels = 0
        self.http = http_client(Target("upstream"))

    def url(self, request: Forwarder) -> str:
        self.forwarded += 1
        return self.upstream + request.path.removeprefix(self.prefix)

    def refusal(self, request: Forwarder) -> int:
        """The status of a response of the gateway itself, or 0."""
        if not request.path.startswith(self.prefix):
            return 404
        return 0 if request.headers.get("X-Gateway-Key") == self.key else 418


class Proxy(Gateway):
    """A forward proxy: a request names the whole URL. It responds with 502 to a provider that refuses connections."""

    def url(self, request: Forwarder) -> str:
        self.forwarded += 1
        return request.path

    def refusal(self, request: Forwarder) -> int:
        try:
            self.http.head(httpx2.URL(request.path).join("/healthz"))
        except httpx2.ConnectError:
            return 502
        return 0


class TunnelProxy(Gateway):
    """A proxy for HTTPS, which opens tunnels for a user and a password."""

    def __init__(self, credentials: str) -> None:
        super().__init__("")
        self.authorization = f"Basic {b64encode(credentials.encode()).decode()}"

    def refusal(self, request: Forwarder) -> int:
        return 0 if request.headers.get("Proxy-Authorization") == self.authorization else 407


@contextmanager
def served(server: Gateway, certificate: trustme.LeafCert | None = None) -> Iterator[str]:
    """The base URL of a gateway, with TLS if it has a certificate."""
    scheme = "http"
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        scheme = "https"
    with server, server.http:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"{scheme}://127.0.0.1:{server.server_port}{server.prefix}"
        server.shutdown()
