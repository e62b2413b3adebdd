"""The transport of aiohttp fails as the default one does, and sends nothing on its own account."""

import asyncio
import gc
import socket
from typing import Any

import httpx2
import pytest

from canvas_outcomes import AsyncClient, Retries, errors
from canvas_outcomes_contract.checks.client.calls import example
from canvas_outcomes_contract.checks.client.connections.servers import NOT_FOUND, Serve, responds_to_all, sends, server
from canvas_outcomes_contract.checks.client.consumers import TOKEN, chain_of
from canvas_outcomes_contract.checks.client.documented import GET, method_name
from canvas_outcomes_contract.contract.document import Operation

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
# A TLS alert is the response of a server that expects HTTPS.
MALFORMED = {
    "two lengths": HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
    "negative length": HEAD + b"Content-Length: -1\r\n\r\n",
    "no status line": b"garbage\r\n\r\n",
    "no HTTP": b"<html>oops</html>",
    "TLS alert": b"\x15\x03\x01\x00\x02\x02\x46",
    "status that is not a number": b"HTTP/1.1 xx\r\n\r\n",
    "space in the name of a header": HEAD + b"A B: c\r\n\r\n",
    "bad size of a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "head without an end": HEAD + b"X: " + b"x" * 200_000 + b"\r\n\r\n",
    "nothing": b"",
}


async def attempt(client: AsyncClient, operation: Operation) -> Any:
    try:
        return await getattr(client, method_name(operation))(**example(AsyncClient, operation))
    except errors.CanvasOutcomesError as error:
        return error


def attempts(base_url: str, *operations: Operation, retries: int = 0) -> list[Any]:
    """The results of calls, one after another."""

    async def call_all() -> list[Any]:
        policy = Retries(retries, first_pause=0)
        async with AsyncClient(base_url, token=TOKEN, transport="aiohttp", retries=policy) as client:
            return [await attempt(client, operation) for operation in operations]

    return asyncio.run(call_all())


@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED)
def test_aiohttp_raises_transport_error_for_a_malformed_response(content: bytes) -> None:
    with server(sends(content)) as listening:
        [error] = attempts(listening.base_url, GET, retries=1)

    assert (type(error), type(error.__cause__)) == (errors.TransportError, httpx2.RemoteProtocolError)
    assert [one for one in chain_of(error) if TOKEN in f"{one!r} {one}"] == []
    assert listening.connections == 2


def test_aiohttp_reads_a_large_head() -> None:
    head = NOT_FOUND.removesuffix(b"\r\n") + b"X-Large: " + b"x" * 60_000 + b"\r\n\r\n"
    with server(sends(head)) as listening:
        [error] = attempts(listening.base_url, GET)

    assert type(error) is errors.NotFoundError


def responds_once(received: list[bytes]) -> Serve:
    """Respond to the first request of all, and close the connection after each of the others."""

    def serve(connection: socket.socket) -> None:
        while request := connection.recv(65536):
            received.append(request)
            if len(received) > 1:
                return
            connection.sendall(NOT_FOUND)

    return serve


@pytest.mark.parametrize("retries", [0, 2])
def test_aiohttp_sends_one_request_for_each_attempt(idempotent_operation: Operation, retries: int) -> None:
    received: list[bytes] = []
    with server(responds_once(received)) as listening:
        _, error = attempts(listening.base_url, GET, idempotent_operation, retries=retries)

    assert (type(error), type(error.__cause__)) == (errors.TransportError, httpx2.RemoteProtocolError)
    method = f"{idempotent_operation.method} ".encode()
    assert sum(request.startswith(method) for request in received[1:]) == 1 + retries


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("calls", [1, 2])
def test_aiohttp_reports_no_session_of_an_event_loop_that_has_ended(
    caplog: pytest.LogCaptureFixture, calls: int
) -> None:
    with server(responds_to_all) as listening:
        client = AsyncClient(listening.base_url, token=TOKEN, transport="aiohttp")
        for _ in range(calls):
            asyncio.run(attempt(client, GET))
        asyncio.run(client.aclose())
        del client
        gc.collect()

    assert "Unclosed" not in caplog.text
