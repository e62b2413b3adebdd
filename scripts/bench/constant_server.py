"""A server of raw sockets that sends one response to every request: it costs less than any client."""

import asyncio
import json
import sys

import yaml

from scripts import ROOT

SCHEMAS = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))["components"]["schemas"]
OUTCOME = json.dumps(SCHEMAS["Outcome"]["examples"][0]).encode()
HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Cost: 0.02\r\nX-Rate-Limit-Remaining: 599.9\r\n"
RESPONSE = f"{HEAD}Content-Length: {len(OUTCOME)}\r\n\r\n".encode() + OUTCOME
END = b"\r\n\r\n"


class Connection(asyncio.Protocol):
    """Sends the response for each end of a head; requests have no body."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.rest = b""

    def data_received(self, data: bytes) -> None:
        *requests, self.rest = (self.rest + data).split(END)
        self.transport.write(RESPONSE * len(requests))


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    sys.exit(asyncio.run(serve()))
