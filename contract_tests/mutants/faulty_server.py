"""A faulty provider on a socket: it forwards every request to a right one, through one fault."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from contract_tests.mutants.faults import Fault, Provider, Request, Response

NOT_FORWARDED = ("connection", "transfer-encoding", "content-length", "keep-alive", "host")


@contextmanager
def faulty_server(fault: Fault, base_url: str) -> Iterator[str]:
    """The base URL of a provider that is as right as the one at `base_url`, but for the fault."""
    handler = type("Handler", (_Handler,), {"fault": staticmethod(fault), "upstream": urlsplit(base_url).netloc})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    fault: Fault
    upstream: str
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one segment for head and body; else each answer waits 40 ms for an acknowledgement

    def setup(self) -> None:
        super().setup()
        self.connection_upstream = http.client.HTTPConnection(self.upstream)

    def finish(self) -> None:
        self.connection_upstream.close()
        super().finish()

    def answer(self) -> None:
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        response = type(self).fault(Request(self.command, path, query, headers, body), self.forward)
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)
        self.wfile.flush()

    do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = answer

    @property
    def forward(self) -> Provider:
        return self._forward

    def _forward(self, request: Request) -> Response:
        headers = {name: value for name, value in request.headers.items() if name not in NOT_FORWARDED}
        headers["Host"] = self.headers.get("Host", self.upstream)
        target = request.path + (f"?{request.query}" if request.query else "")
        self.connection_upstream.request(request.method, target, body=request.body or None, headers=headers)
        answer = self.connection_upstream.getresponse()
        received = {name.lower(): value for name, value in answer.getheaders() if name.lower() not in NOT_FORWARDED}
        return Response(answer.status, answer.read(), received)

    def log_message(self, format: str, *args: object) -> None: ...
