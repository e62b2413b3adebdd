"""A call ends in time, with a response of bounded size, however many calls are made at once."""

import asyncio
import contextlib
import socket
import threading
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from canvas_outcomes import AsyncClient, Client, Retries, errors
from canvas_outcomes_contract.checks.client.connections.servers import (
    NOT_FOUND,
    Serve,
    drips,
    hangs,
    repeats,
    responds_slowly,
    sends,
    server,
)
from canvas_outcomes_contract.checks.client.consumers import TOKEN, Consumer
from canvas_outcomes_contract.checks.client.documented import GET, method_name
from canvas_outcomes_contract.checks.client.examples import success

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
NO_BODY = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nX-Filler: " + b"x" * 200 + b"\r\n\r\n"
INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
TIMEOUT = 0.5
# Each part arrives in time, but the whole takes seconds or never ends.
SLOW: dict[str, Serve] = {
    "the head byte by byte": drips(NO_BODY, pause=0.01),
    "the body byte by byte": drips(HEAD + b"Content-Length: 200\r\n\r\n" + b" " * 200, pause=0.01),
    "chunks without an end": repeats(b"1\r\n \r\n", pause=0.01),
    "interim responses": repeats(INTERIM, pause=0.01),
    "a flood of interim responses": repeats(INTERIM * 1000),
}
SIZE = 100_000
SECONDS = 10  # for a call that a correct client ends at once
SIZE_IN_TIME = 100  # more parts of one byte than arrive before the timeout


def gzipped(size: int) -> bytes:
    compressor = zlib.compressobj(wbits=31)
    body = compressor.compress(b" " * size) + compressor.flush()
    return HEAD + f"Content-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def plain(size: int) -> bytes:
    return HEAD + f"Content-Length: {size}\r\n\r\n".encode() + b" " * size


@pytest.mark.parametrize("serve", SLOW.values(), ids=SLOW)
def test_ends_a_call_at_its_timeout(caller: Consumer, serve: Serve) -> None:
    with server(serve) as listening:
        caller.open(listening.base_url, timeout=TIMEOUT, retries=3)
        error = caller.fail(GET)
        caller.close()

    assert type(error) is errors.TimeoutError
    assert listening.connections == 1


def test_ends_a_call_whose_transport_sends_another(caller: Consumer) -> None:
    transport = httpx2.MockTransport(lambda _: success(GET))
    other = caller.client_class("https://canvas.test", token=TOKEN, transport=transport)
    send_another = getattr(other, method_name(GET))

    class Transport(httpx2.HTTPTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            send_another(1)
            return super().handle_request(request)

    class AsyncTransport(httpx2.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            await send_another(1)
            return await super().handle_async_request(request)

    transports: dict[type[Any], type[Any]] = {Client: Transport, AsyncClient: AsyncTransport}
    with server(SLOW["the head byte by byte"]) as listening:
        caller.open(listening.base_url, timeout=TIMEOUT, transport=transports[caller.client_class]())
        error = caller.fail(GET)
        caller.close()

    assert type(error) is errors.TimeoutError


def test_connects_to_another_address_in_time(caller: Consumer, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that never accepts takes a share of the time alone."""
    with server(sends(NOT_FOUND)) as listening, socket.socket() as busy, contextlib.ExitStack() as stack:
        port = listening.server_address[1]
        try:
            busy.bind(("127.0.0.2", port))
        except OSError:
            pytest.skip("the system has no other address of loopback")
        busy.listen(0)
        for _ in range(3):  # more than it keeps waiting, so that others are not accepted
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.2", port))
        addresses = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (name, port)) for name in ("127.0.0.2", "127.0.0.1")]
        of_address = socket.getaddrinfo

        def resolve(host: Any, *arguments: Any, **options: Any) -> Any:
            named = host in ("two.example", b"two.example")
            return addresses if named else of_address(host, *arguments, **options)

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        caller.open(f"http://two.example:{port}", timeout=2 * TIMEOUT, trust_env=False)
        error = caller.fail(GET)
        caller.close()

    assert type(error) is errors.NotFoundError


def test_a_slow_resolver_raises_a_timeout_error(caller: Consumer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread waits for the resolver, since nothing can stop it; a task does not."""
    resolved: list[Any] = []
    of_address = socket.getaddrinfo

    def resolve(host: Any, *arguments: Any, **options: Any) -> Any:
        if host in ("slow.example", b"slow.example"):
            time.sleep(3 * TIMEOUT)
            resolved.append(host)
        return of_address("127.0.0.1" if resolved else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    caller.open("http://slow.example:9", timeout=TIMEOUT, retries=1, trust_env=False)
    error = caller.fail(GET)

    assert type(error) is errors.TimeoutError
    assert len(resolved) == (caller.client_class is Client)


def test_a_late_token_of_a_task_ends_the_retries_in_time() -> None:
    delays = iter([0.0, SECONDS])

    async def token() -> str:
        await asyncio.sleep(next(delays))
        return TOKEN

    async def call(base_url: str) -> Any:
        async with AsyncClient(base_url, **ONE_RETRY | {"token": token}) as client:
            results: Any = await asyncio.gather(getattr(client, method_name(GET))(1), return_exceptions=True)
            return results[0]

    started = time.monotonic()
    with server(sends(UNAVAILABLE)) as listening:
        error = asyncio.run(call(listening.base_url))

    assert type(error) is errors.ServerError
    assert time.monotonic() - started < SECONDS


def test_a_late_token_ends_the_retries(caller: Consumer) -> None:
    delays = iter([0, 2 * TIMEOUT])

    def token() -> str:
        time.sleep(next(delays))
        return TOKEN

    with server(sends(UNAVAILABLE)) as listening:
        caller.open(listening.base_url, token=token, timeout=TIMEOUT, retries=Retries(1, first_pause=0))
        error = caller.fail(GET)
        caller.close()

    assert type(error) is errors.ServerError
    assert listening.connections == 1


class EndlessStream(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body without an end, in parts that arrive in time."""

    def __iter__(self) -> Iterator[bytes]:
        while True:
            time.sleep(0.01)
            yield b" "

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.01)
            yield b" "


def test_ends_the_response_of_a_transport_at_the_timeout(caller: Consumer) -> None:
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, stream=EndlessStream()))
    caller.open(transport=transport, timeout=TIMEOUT, max_response_bytes=SIZE_IN_TIME)

    assert type(caller.fail(GET)) is errors.TimeoutError


@pytest.mark.parametrize("response", [plain, gzipped])
def test_raises_an_error_for_a_response_that_is_too_large(caller: Consumer, response: Any) -> None:
    with server(sends(response(SIZE + 1))) as listening:
        caller.open(listening.base_url, max_response_bytes=SIZE, retries=3)
        error = caller.fail(GET)
        caller.close()

    assert (type(error), isinstance(error, errors.TransportError)) == (errors.ResponseTooLargeError, True)
    assert str(SIZE) in str(error)
    assert listening.connections == 1


@pytest.mark.parametrize("response", [plain, gzipped])
def test_reads_a_response_of_the_maximum_size(caller: Consumer, response: Any) -> None:
    with server(sends(response(SIZE))) as listening:
        caller.open(listening.base_url, max_response_bytes=SIZE)
        error = caller.fail(GET)

    assert type(error) is errors.DecodeError
    assert len(error.body) == SIZE


@pytest.mark.parametrize("size", [0, -1, "64 MB"])
def test_rejects_a_size_that_is_not_positive(caller: Consumer, size: Any) -> None:
    with pytest.raises(errors.InvalidRequestError, match="max_response_bytes"):
        caller.open(max_response_bytes=size)

    caller.open()


# Far more calls than connections: the last of them waits longer than its timeout.
CALLS, CONNECTIONS, SHORT = 60, 2, 2.0


def test_threads_wait_for_a_connection_in_turn() -> None:
    limits = httpx2.Limits(max_connections=CONNECTIONS)
    with (
        server(responds_slowly) as listening,
        Client(listening.base_url, token=TOKEN, timeout=SHORT, limits=limits) as client,
        ThreadPoolExecutor(CALLS) as threads,
    ):
        calls = [threads.submit(getattr(client, method_name(GET)), 1) for _ in range(CALLS)]
        found = [type(call.exception()) for call in calls]

    assert found == [errors.NotFoundError] * CALLS
    assert listening.connections == CONNECTIONS


@pytest.mark.parametrize("transport", [None, "aiohttp"])
def test_tasks_wait_for_a_connection_in_turn(transport: Any) -> None:
    async def request_all(base_url: str) -> list[Any]:
        limits = httpx2.Limits(max_connections=CONNECTIONS)
        async with AsyncClient(base_url, token=TOKEN, timeout=SHORT, limits=limits, transport=transport) as client:
            call = getattr(client, method_name(GET))
            # The first call imports the transport.
            await asyncio.gather(call(1, timeout=60), return_exceptions=True)
            return await asyncio.gather(*(call(1) for _ in range(CALLS)), return_exceptions=True)

    with server(responds_slowly) as listening:
        found = [type(one) for one in asyncio.run(request_all(listening.base_url))]

    assert found == [errors.NotFoundError] * CALLS
    assert listening.connections == CONNECTIONS


@pytest.mark.parametrize("transport", [None, "aiohttp"])
def test_a_cancelled_call_frees_its_connection(transport: Any) -> None:
    released = threading.Event()

    async def cancel_and_call(base_url: str) -> Any:
        limits = httpx2.Limits(max_connections=1)
        async with AsyncClient(base_url, token=TOKEN, limits=limits, transport=transport) as client:
            call = getattr(client, method_name(GET))
            for _ in range(3):
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(call(1), 0.01)
            released.set()
            async with asyncio.timeout(SECONDS):
                return await asyncio.gather(call(1), return_exceptions=True)

    def respond(connection: socket.socket) -> None:
        connection.recv(65536)
        released.wait(SECONDS)
        connection.sendall(NOT_FOUND)

    with server(respond) as listening:
        [result] = asyncio.run(cancel_and_call(listening.base_url))

    assert type(result) is errors.NotFoundError


class Busy:
    """A server that responds 503 to the first request and never to the second."""

    def __init__(self) -> None:
        self.requests = iter([UNAVAILABLE])
        self.is_held = threading.Event()

    def __call__(self, connection: socket.socket) -> None:
        connection.recv(65536)
        response = next(self.requests, None)
        if response is not None:
            connection.sendall(response)
        else:
            self.is_held.set()
            hangs(connection)


ONE_RETRY: dict[str, Any] = {"timeout": TIMEOUT, "retries": Retries(1, first_pause=0), "token": TOKEN}


def test_a_retry_waits_for_a_connection_within_the_timeout() -> None:
    serve, limits = Busy(), httpx2.Limits(max_connections=1)

    def call_in_between(_: float) -> None:
        threads.submit(call, 1, timeout=4 * TIMEOUT)
        serve.is_held.wait(SECONDS)

    with (
        server(serve) as listening,
        ThreadPoolExecutor(1) as threads,
        Client(listening.base_url, limits=limits, sleep=call_in_between, **ONE_RETRY) as client,
    ):
        call: Any = getattr(client, method_name(GET))
        with pytest.raises(errors.TimeoutError, match="PoolTimeout"):
            call(1)


@pytest.mark.parametrize("transport", [None, "aiohttp"])
def test_a_retry_of_a_task_waits_for_a_connection_within_the_timeout(transport: Any) -> None:
    serve, limits = Busy(), httpx2.Limits(max_connections=1)

    async def call_twice(base_url: str) -> tuple[Any, bool]:
        between: list[asyncio.Task[Any]] = []

        async def call_in_between(_: float) -> None:
            between.append(asyncio.create_task(call(1, timeout=4 * TIMEOUT)))
            await asyncio.to_thread(serve.is_held.wait, SECONDS)

        client = AsyncClient(base_url, limits=limits, sleep=call_in_between, transport=transport, **ONE_RETRY)
        async with client:
            call: Any = getattr(client, method_name(GET))
            results: Any = await asyncio.gather(call(1), return_exceptions=True)
            is_other_done = between[0].done()
            await asyncio.gather(*between, return_exceptions=True)
            return results[0], is_other_done

    with server(serve) as listening:
        error, is_other_done = asyncio.run(call_twice(listening.base_url))

    assert type(error) is errors.TimeoutError
    assert not is_other_done
