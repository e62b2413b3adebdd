"""A faulty provider: a server that applies one fault to the traffic with a correct provider."""

import http.client
import select
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from contract_tests.mutants.provider.faults import Fault, Provider, Request, Response

NOT_FORWARDED = ("connection", "transfer-encoding", "content-length", "keep-alive", "host")


@dataclass(frozen=True)
class FaultyServer:
    """A running faulty provider. A traceback of its fault makes the verdict void."""

    base_url: str
    crashes: list[str]


@contextmanager
def faulty_server(fault: Fault, provider: str | Provider, port: int = 0) -> Iterator[FaultyServer]:
    """Serve a provider, at a URL or in this process, with a fault."""
    crashes: list[str] = []
    members: dict[str, Any] = {"fault": staticmethod(fault), "crashes": crashes}
    if isinstance(provider, str):
        members["upstream"] = urlsplit(provider).netloc
    else:
        members["forward"] = staticmethod(provider)
    with ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), members)) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield FaultyServer(f"http://127.0.0.1:{server.server_port}", crashes)
        server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    fault: Fault
    upstream = ""
    crashes: list[str]
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one segment for head and body: without it each response waits 40 ms for an acknowledgement

    def setup(self) -> None:
        super().setup()
        self.connection_upstream = http.client.HTTPConnection(self.upstream)

    def finish(self) -> None:
        self.connection_upstream.close()
        super().finish()

    def respond(self) -> None:
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            response = type(self).fault(Request(self.command, path, query, headers, body), self.forward)
        except Exception:
            self.crashes.append(traceback.format_exc())
            raise
        self.send_response_only(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)
        self.wfile.flush()

    do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = respond

    def forward(self, request: Request) -> Response:
        headers = {name: value for name, value in request.headers.items() if name not in NOT_FORWARDED}
        headers["Host"] = self.headers.get("Host", self.upstream)
        target = request.path + (f"?{request.query}" if request.query else "")
        self._send(request.method, target, request.body, headers)
        response = self.connection_upstream.getresponse()
        received = {name.lower(): value for name, value in response.getheaders() if name.lower() not in NOT_FORWARDED}
        return Response(response.status, response.read(), received)

    def _send(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> None:
        upstream = self.connection_upstream
        if upstream.sock is not None and select.select([upstream.sock], [], [], 0)[0]:
            upstream.close()  # the provider closed a connection that was idle
        upstream.request(method, target, body=body or None, headers=headers)

    def log_message(self, format: str, *args: object) -> None: ...
