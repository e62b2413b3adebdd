"""Measure the reference server against a baseline of constant responses, and with a million records against a few.

All servers run at the same time with the same settings of uvicorn and take turns in each round, so that other load on
the machine slows all of them. They are restarted several times, because the memory layout of a process makes it some
per cent faster or slower until it ends.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import product
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import httpx2
import msgspec
import sqlalchemy as sa

from canvas_outcomes_server.world import DEMO
from canvas_outcomes_server.world.preparation import prepared_engine
from canvas_outcomes_server.world.source import WorldSource
from scripts import ROOT
from scripts.bench.server_data import FIRST_ID, PER_COURSE, fill
from scripts.bench.server_load import Load, Measured

READY = "listening on "
TOKEN = "admin-token"
CHANGE = {"title": "Reads a graph", "mastery_points": 3, "ratings": [{"description": "Yes", "points": 5}]}
LARGE_COURSES, STARTS, ROUNDS, REQUESTS, DIFFERENT = 1000, 5, 3, 2000, 500
CONNECTIONS = 8
LARGEST_GROWTH = 1.3
CONSTANT, FEW, MANY = "constant", "few records", "many records"


class Operation(NamedTuple):
    """A request, with placeholders for ids, and its smallest rate relative to a constant response."""

    name: str
    method: str
    path: str
    body: bytes
    smallest_rate: float


LISTING = "/api/v1/courses/{course}/outcome_alignments?student_id={student}"
OPERATIONS = (
    Operation("get_outcome", "GET", "/api/v1/outcomes/{outcome}", b"", 0.6),
    Operation("list_outcome_alignments", "GET", LISTING, b"", 0.5),
    Operation("update_outcome", "PUT", "/api/v1/outcomes/{outcome}", json.dumps(CHANGE).encode(), 0.25),
)


class Target(NamedTuple):
    """A server, with its port and its number of courses."""

    name: str
    port: int
    courses: int


class Ratio(NamedTuple):
    """A ratio and its limit."""

    name: str
    value: float
    limit: float
    is_within: bool


Rounds = dict[tuple[Operation, str], list[Measured]]


def main(arguments: list[str] | None = None) -> int:
    """Return exit code 0 if every ratio is within its limit, 1 if not, 2 after an unexpected response."""
    parser = argparse.ArgumentParser(prog="bench --only server", description=__doc__)
    parser.add_argument("--courses", type=int, default=LARGE_COURSES, metavar="N", help="courses of the large data")
    parser.add_argument("--starts", type=int, default=STARTS, metavar="N", help="of each server")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help="of one start")
    parser.add_argument("--requests", type=int, default=REQUESTS, metavar="N", help="of one round")
    parser.add_argument("--database", metavar="URL", help="an empty PostgreSQL server, instead of SQLite files")
    options = parser.parse_args(arguments)
    measured: Rounds = {(operation, of): [] for operation in OPERATIONS for of in (CONSTANT, FEW, MANY)}
    with tempfile.TemporaryDirectory() as folder:
        few = _filled(Path(folder), "few", 1, options.database)
        many = _filled(Path(folder), "many", options.courses, options.database)
        try:
            for _ in range(options.starts):
                with _targets(Path(folder), few, many, options.courses) as targets:
                    # The first round only warms up the servers.
                    for number, operation, target in product(range(options.rounds + 1), OPERATIONS, targets):
                        load = Load(target.port, _requests(operation, target), options.requests, CONNECTIONS)
                        result = _measure(load)
                        if number:
                            measured[operation, target.name].append(result)
        except subprocess.CalledProcessError as error:
            print(f"Cannot measure: the load process ended with exit code {error.returncode}.", file=sys.stderr)
            return 2
    judged = [ratio for operation in OPERATIONS for ratio in ratios(operation, measured)]
    _show(measured, judged)
    return int(not all(ratio.is_within for ratio in judged))


@contextmanager
def _targets(folder: Path, few: str, many: str, courses: int) -> Iterator[tuple[Target, ...]]:
    """Run servers on both databases, and the baseline."""
    server = ("canvas_outcomes_server", "--port", "0", "--database")
    with _started(*server, few) as one, _started(*server, many) as other, _baseline(folder, one) as constant:
        yield Target(CONSTANT, constant, 1), Target(FEW, one, 1), Target(MANY, other, courses)


def _filled(folder: Path, name: str, courses: int, database: str | None) -> str:
    """Create a database with the demo world and courses, and return its URL."""
    url = sa.URL.create("sqlite", database=str(folder / f"{name}.sqlite"))
    if database is not None:
        server = sa.create_engine(database, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with server.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE bench_{name}_{os.getpid()}")
        url = sa.make_url(database).set(database=f"bench_{name}_{os.getpid()}")
    engine = prepared_engine(url, WorldSource(DEMO), reset=False)
    fill(engine, courses)
    engine.dispose()
    return url.render_as_string(hide_password=False)


def _baseline(folder: Path, port: int) -> AbstractContextManager[int]:
    """Run a server with constant responses, copied from the server at a port."""
    bodies = {}
    for operation in OPERATIONS:
        path = _paths(operation, 1)[0]
        url, headers = f"http://127.0.0.1:{port}{path}", _headers(operation)
        response = httpx2.request(operation.method, url, content=operation.body, headers=headers)
        bodies[operation.name] = response.raise_for_status().json()
    file = folder / "constants.json"
    file.write_text(json.dumps(bodies))
    return _started("scripts.bench.server_baseline", str(file))


@contextmanager
def _started(module: str, *arguments: str) -> Iterator[int]:
    """Run a server and yield its port."""
    command = [sys.executable, "-m", module, *arguments]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT)
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            yield int(line.removeprefix(READY).rpartition(":")[2])
        finally:
            process.terminate()
            process.wait()
            process.stdout.close()


def _headers(operation: Operation) -> dict[str, str]:
    body = {"Content-Type": "application/json"} if operation.body else {}
    return {"Host": "127.0.0.1", "Authorization": f"Bearer {TOKEN}"} | body


def _paths(operation: Operation, courses: int) -> list[str]:
    """Paths with random ids from all courses."""
    chosen = random.Random(0)
    students = [chosen.randrange(courses * PER_COURSE["students"]) for _ in range(DIFFERENT)]
    return [
        operation.path.format(
            outcome=FIRST_ID + chosen.randrange(courses * PER_COURSE["outcomes"]),
            course=FIRST_ID + student // PER_COURSE["students"],
            student=FIRST_ID + student,
        )
        for student in students
    ]


def _requests(operation: Operation, target: Target) -> list[bytes]:
    paths = [f"/{operation.name}"] if target.name == CONSTANT else _paths(operation, target.courses)
    headers = _headers(operation) | ({"Content-Length": str(len(operation.body))} if operation.body else {})
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return [f"{operation.method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + operation.body for path in paths]


def _measure(load: Load) -> Measured:
    command = [sys.executable, "-m", "scripts.bench.server_load"]
    done = subprocess.run(command, input=msgspec.json.encode(load), stdout=subprocess.PIPE, cwd=ROOT, check=True)
    return msgspec.json.decode(done.stdout, type=Measured)


def ratios(operation: Operation, measured: Rounds) -> Iterator[Ratio]:
    """Yield the median over the rounds of each ratio: other load slows both sides of a round."""
    constant, few, many = (measured[operation, of] for of in (CONSTANT, FEW, MANY))
    rate = median(_rate(mine) / _rate(theirs) for mine, theirs in zip(few, constant, strict=True))
    name = f"{operation.name}: requests per second relative to a constant"
    yield Ratio(name, rate, operation.smallest_rate, rate >= operation.smallest_rate)
    growth = median(median(mine.latencies) / median(theirs.latencies) for mine, theirs in zip(many, few, strict=True))
    name = f"{operation.name}: p50 of many records relative to few"
    yield Ratio(name, growth, LARGEST_GROWTH, growth <= LARGEST_GROWTH)


def _rate(measured: Measured) -> float:
    return len(measured.latencies) / measured.seconds


def _show(measured: Rounds, ratios: list[Ratio]) -> None:
    print(f"{'':26}{'':16}{'requests/s':>12}{'p50, ms':>10}{'p99, ms':>10}")
    for (operation, of), rounds in measured.items():
        percentiles = quantiles([latency * 1000 for one in rounds for latency in one.latencies], n=100)
        rate = median(map(_rate, rounds))
        print(f"{operation.name:26}{of:16}{rate:12.0f}{percentiles[49]:10.2f}{percentiles[98]:10.2f}")
    print(f"\n{'':60}{'ratio':>8}{'limit':>8}")
    for ratio in ratios:
        verdict = "" if ratio.is_within else "  beyond its limit"
        print(f"{ratio.name:60}{ratio.value:8.2f}{ratio.limit:8.2f}{verdict}")


if __name__ == "__main__":
    sys.exit(main())
