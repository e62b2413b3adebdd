"""Forked processes and further event loops have connections of their own."""

import asyncio
import gc
import os
import subprocess
import sys
import threading
from typing import Any

import pytest

from canvas_outcomes import AsyncClient, errors
from canvas_outcomes_contract.checks.client.connections.servers import responds_to_all, server
from canvas_outcomes_contract.checks.client.consumers import TOKEN
from canvas_outcomes_contract.checks.client.documented import GET, method_name

# Calls in two forked processes, one after another, between two of the parent.
FORK = """
import asyncio, os, sys
import httpx2
from canvas_outcomes import AsyncClient, Client, errors

def call(client):
    try:
        result = getattr(client, sys.argv[2])(1)
        asyncio.run(result) if asyncio.iscoroutine(result) else None
    except errors.CanvasOutcomesError as error:
        return error

def in_child(client):
    child = os.fork()
    if child == 0:
        os._exit(ORDER.index(type(call(client))))
    return ORDER[os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])].__name__

ORDER = [type(None), errors.NotFoundError, errors.InvalidRequestError, errors.TransportError]
kind = {"sync": Client, "async": AsyncClient}[sys.argv[3]]
http_class = {"sync": httpx2.Client, "async": httpx2.AsyncClient}[sys.argv[3]]
options = {"http_client": http_class()} if sys.argv[4] == "given" else {}
client = kind(sys.argv[1], token="a-token", **options)
print(type(call(client)).__name__, in_child(client), in_child(client), type(call(client)).__name__)
"""


# A thread of a forked process calls while another one opens the connections of that process.
FORKED_THREADS = """
import os, sys, threading
from canvas_outcomes import Client, errors

def call():
    try:
        getattr(client, sys.argv[2])(1)
    except errors.NotFoundError:
        pass

client = Client(sys.argv[1], token="a-token")
call()
if os.fork() == 0:
    opens = client._sender._open

    def open_slowly():
        client._sender._open = opens
        thread = threading.Thread(target=call)
        thread.start()
        thread.join()
        return opens()

    client._sender._open = open_slowly
    call()
    os._exit(0)
os.wait()
"""


def run_fork(base_url: str, kind: str, given: str) -> list[str]:
    command = [sys.executable, "-c", FORK, base_url, method_name(GET), kind, given]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout.split()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_threads_of_a_forked_process_open_connections_of_their_own() -> None:
    with server(responds_to_all) as listening:
        command = [sys.executable, "-c", FORKED_THREADS, listening.base_url, method_name(GET)]
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)

    assert listening.connections == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_forked_process_opens_its_own_connection(kind: str) -> None:
    with server(responds_to_all) as listening:
        results = run_fork(listening.base_url, kind, "own")

    assert results == ["NotFoundError"] * 4
    # An AsyncClient opens one in each event loop, too.
    assert listening.connections == {"sync": 3, "async": 4}[kind]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_forked_process_cannot_use_a_given_http_client() -> None:
    with server(responds_to_all) as listening:
        results = run_fork(listening.base_url, "sync", "given")

    assert results == ["NotFoundError", "InvalidRequestError", "InvalidRequestError", "NotFoundError"]
    assert listening.connections == 1


# The connections of a loop that has ended can no longer be closed.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("transport", [None, "aiohttp"])
def test_event_loops_one_after_another_have_connections_of_their_own(transport: Any) -> None:
    with server(responds_to_all) as listening:
        client = AsyncClient(listening.base_url, token=TOKEN, transport=transport)
        results = [type(asyncio.run(attempt(client))) for _ in range(3)]
        asyncio.run(client.aclose())
        del client
        gc.collect()

    assert results == [errors.NotFoundError] * 3
    assert listening.connections == 3


def test_rejects_a_second_event_loop_at_the_same_time() -> None:
    async def use_in_two_loops(client: AsyncClient) -> tuple[Any, Any]:
        results: list[Any] = []
        first = await attempt(client)
        thread = threading.Thread(target=lambda: results.append(asyncio.run(attempt(client))))
        thread.start()
        await asyncio.to_thread(thread.join)
        await client.aclose()
        return first, results[0]

    with server(responds_to_all) as listening:
        first, second = asyncio.run(use_in_two_loops(AsyncClient(listening.base_url, token=TOKEN)))

    assert (type(first), type(second)) == (errors.NotFoundError, errors.InvalidRequestError)
    assert "event loop" in str(second)


async def attempt(client: AsyncClient) -> Any:
    try:
        return await getattr(client, method_name(GET))(1)
    except errors.CanvasOutcomesError as error:
        return error
