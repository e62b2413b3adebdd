"""Measure calls over loopback, one after another, in 16 threads and all at once, beside the usual HTTP clients.

Each figure is the best of a few runs, each in a process of its own. The CPU time is that of the client alone.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from functools import partial
from typing import Any, NamedTuple

from scripts import ROOT

THREADS, RUNS, WARM_UP, TOKEN = 16, 3, 20, "a-token-of-the-bench"
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"}
PATH = "/api/v1/outcomes/1"
SYNC = ("this client", "httpx2", "requests", "urllib3")
ASYNC = ("this client", "this client [aiohttp]", "httpx2", "aiohttp")

Call = Callable[[], Awaitable[Any]]


class Figures(NamedTuple):
    """The seconds of a run, and the calls that failed."""

    wall: float
    cpu: float
    failures: int


class Limit(NamedTuple):
    """The largest ratio of a figure of this client to that of another."""

    client: str
    baseline: str
    figure: str
    ratio: float


LIMITS: dict[str, tuple[Limit, ...]] = {
    "one after another": (Limit("this client", "httpx2", "cpu", 1.0), Limit("this client", "urllib3", "cpu", 1.15)),
    "threads": (),
    "at once": (
        Limit("this client [aiohttp]", "aiohttp", "wall", 1.6),
        Limit("this client [aiohttp]", "aiohttp", "cpu", 2.5),
        Limit("this client", "httpx2", "wall", 1.0),
    ),
}


def main(arguments: list[str] | None = None) -> int:
    """Return exit code 0 if no call failed and every ratio is within its limit, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="bench --only calls", description=__doc__)
    parser.add_argument("--measure", nargs=4, metavar=("MANNER", "CLIENT", "CALLS", "PORT"), help=argparse.SUPPRESS)
    parser.add_argument("--calls", type=int, nargs="+", default=[1000, 10000])
    options = parser.parse_args(arguments)
    if options.measure:
        manner, client, calls, port = options.measure
        print(json.dumps(measure(manner, client, int(calls), f"http://127.0.0.1:{port}")))
        return 0
    with constant_server() as port:
        within = [is_within(manner, calls, port) for calls in options.calls for manner in LIMITS]
    return int(not all(within))


@contextmanager
def constant_server() -> Iterator[str]:
    """A server that runs as long as the block; the port that it listens on."""
    command = [sys.executable, "-m", "scripts.bench.constant_server"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def is_within(manner: str, calls: int, port: str) -> bool:
    """Print the figures of all clients, and return whether those of this one are within their limits."""
    clients = ASYNC if manner == "at once" else SYNC
    runs = [{name: run(manner, name, calls, port) for name in clients} for _ in range(RUNS)]
    best = {name: Figures(*map(min, zip(*(one[name] for one in runs), strict=True))) for name in clients}
    failures = {name: max(one[name].failures for one in runs) for name in clients}
    print(f"\n{calls} calls, {manner}:{'':{20 - len(manner)}}{'wall, s':>10}{'CPU, s':>10}{'failed':>10}")
    for name, figures in best.items():
        print(f"  {name:34}{figures.wall:10.2f}{figures.cpu:10.2f}{failures[name]:10}")
    within = not any(failures[name] for name in clients if name.startswith("this client"))
    for limit in LIMITS[manner]:
        ratio = getattr(best[limit.client], limit.figure) / getattr(best[limit.baseline], limit.figure)
        print(f"  {limit.figure} of {limit.client} to {limit.baseline}: {ratio:.2f}, limit {limit.ratio:.2f}")
        within &= ratio <= limit.ratio
    return within


def run(manner: str, client: str, calls: int, port: str) -> Figures:
    command = [sys.executable, "-m", "scripts.bench", "--only", "calls", "--measure", manner, client, str(calls), port]
    output = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    return Figures(*json.loads(output))


def measure(manner: str, client: str, calls: int, base_url: str) -> Figures:
    if manner == "at once":
        return asyncio.run(measure_at_once(ASYNC_CALLS[client], calls, base_url))
    call = SYNC_CALLS[client](base_url)
    for _ in range(WARM_UP):
        call()
    wall, cpu = time.perf_counter(), time.process_time()
    if manner == "threads":
        with ThreadPoolExecutor(THREADS) as threads:
            failures = sum(threads.map(lambda _: fails(call), range(calls)))
    else:
        failures = sum(fails(call) for _ in range(calls))
    return Figures(time.perf_counter() - wall, time.process_time() - cpu, failures)


def fails(call: Callable[[], Any]) -> bool:
    try:
        call()
    except Exception:
        return True
    return False


async def measure_at_once(
    open_client: Callable[[str], AbstractAsyncContextManager[Call]], calls: int, base_url: str
) -> Figures:
    async with open_client(base_url) as call:
        await asyncio.gather(*(call() for _ in range(WARM_UP)))
        wall, cpu = time.perf_counter(), time.process_time()
        results = await asyncio.gather(*(call() for _ in range(calls)), return_exceptions=True)
        failures = sum(isinstance(one, BaseException) for one in results)
        return Figures(time.perf_counter() - wall, time.process_time() - cpu, failures)


def this_client(base_url: str) -> Callable[[], Any]:
    from canvas_outcomes import Client  # noqa: PLC0415 (each process imports its own client only)

    client = Client(base_url, token=TOKEN)
    return lambda: client.get_outcome(1)


def with_httpx2(base_url: str) -> Callable[[], Any]:
    import httpx2  # noqa: PLC0415

    client = httpx2.Client(base_url=base_url, headers=HEADERS)
    return lambda: client.get(PATH).json()


def with_requests(base_url: str) -> Callable[[], Any]:
    import requests  # noqa: PLC0415
    from requests.adapters import HTTPAdapter  # noqa: PLC0415

    session = requests.Session()
    session.headers.update(HEADERS)
    session.mount("http://", HTTPAdapter(pool_maxsize=THREADS))
    return lambda: session.get(base_url + PATH).json()


def with_urllib3(base_url: str) -> Callable[[], Any]:
    import urllib3  # noqa: PLC0415

    pool = urllib3.PoolManager(headers=HEADERS, maxsize=THREADS)
    return lambda: pool.request("GET", base_url + PATH).json()


@asynccontextmanager
async def this_client_at_once(base_url: str, transport: Any = None) -> AsyncGenerator[Call, None]:
    from canvas_outcomes import AsyncClient  # noqa: PLC0415

    async with AsyncClient(base_url, token=TOKEN, transport=transport) as client:
        yield lambda: client.get_outcome(1)


@asynccontextmanager
async def httpx2_at_once(base_url: str) -> AsyncGenerator[Call, None]:
    """httpx2 with the time that a thousand calls need."""
    import httpx2  # noqa: PLC0415

    async with httpx2.AsyncClient(base_url=base_url, headers=HEADERS, timeout=60) as client:

        async def call() -> Any:
            return (await client.get(PATH)).json()

        yield call


@asynccontextmanager
async def aiohttp_at_once(base_url: str) -> AsyncGenerator[Call, None]:
    """aiohttp as its documentation shows it."""
    import aiohttp  # noqa: PLC0415

    async with aiohttp.ClientSession(headers=HEADERS) as session:

        async def call() -> Any:
            async with session.get(base_url + PATH) as response:
                return await response.json()

        yield call


SYNC_CALLS = {"this client": this_client, "httpx2": with_httpx2, "requests": with_requests, "urllib3": with_urllib3}
ASYNC_CALLS: dict[str, Callable[[str], AbstractAsyncContextManager[Call]]] = {
    "this client": this_client_at_once,
    "this client [aiohttp]": partial(this_client_at_once, transport="aiohttp"),
    "httpx2": httpx2_at_once,
    "aiohttp": aiohttp_at_once,
}
