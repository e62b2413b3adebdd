"""A client over TLS keeps its connection, and closes one that holds more bytes than a response."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Any

import pytest
import trustme

from canvas_outcomes import AsyncClient, Client, errors
from canvas_outcomes_contract.checks.client.connections.servers import NOT_FOUND, SURPLUS, Serve, server


def responds_over_tls(context: ssl.SSLContext, *records: bytes) -> Serve:
    """Respond to every request with TLS records that arrive at once."""

    def serve(connection: socket.socket) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_side=True)

        def wait_for(step: Callable[[], Any]) -> Any:
            while True:
                try:
                    return step()
                except ssl.SSLWantReadError:
                    connection.sendall(outgoing.read())
                    incoming.write(connection.recv(65536) or b"")
                    if not incoming.pending:
                        return None

        wait_for(tls.do_handshake)
        while wait_for(lambda: tls.read(65536)):
            for record in records:
                tls.write(record)
            connection.sendall(outgoing.read())

    return serve


@pytest.mark.parametrize("records", [[NOT_FOUND], [NOT_FOUND, SURPLUS]], ids=["response", "surplus"])
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_connection_over_tls_is_used_again_unless_it_holds_surplus_bytes(kind: str, records: list[bytes]) -> None:
    ca, trusted = trustme.CA(), ssl.create_default_context()
    certified = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("127.0.0.1").configure_cert(certified)
    ca.configure_trust(trusted)
    found: list[type[Exception]] = []

    def call(base_url: str) -> None:
        with Client(base_url, token="a-token", verify=trusted, retries=0) as client:
            for _ in range(3):
                with pytest.raises(errors.ApiError) as caught:
                    client.get_outcome(1)
                found.append(caught.type)

    async def call_in_task(base_url: str) -> None:
        async with AsyncClient(base_url, token="a-token", verify=trusted, retries=0) as client:
            for _ in range(3):
                with pytest.raises(errors.ApiError) as caught:
                    await client.get_outcome(1)
                found.append(caught.type)

    with server(responds_over_tls(certified, *records)) as listening:
        base_url = listening.base_url.replace("http:", "https:")
        if kind == "sync":
            call(base_url)
        else:
            asyncio.run(call_in_task(base_url))

    assert found == [errors.NotFoundError] * 3
    assert listening.connections == (1 if len(records) == 1 else 3)
