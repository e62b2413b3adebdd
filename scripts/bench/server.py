"""Measures the reference server beside Starlette answering constants, and with a million records beside a few.

All servers run at once with the same settings of uvicorn, and are asked in turn, round by round, so that whatever else
the machine does slows each of them. They are started anew several times, because where the memory of a process happens
to lie makes it some per cent faster or slower for as long as it runs.
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
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import httpx
import msgspec
import sqlalchemy as sa

from canvas_outcomes_server.__main__ import DEMO
from canvas_outcomes_server.world.preparation import prepared_engine
from scripts.bench.server_data import FIRST_ID, PER_COURSE, fill
from scripts.bench.server_load import Load, Measured

ROOT = Path(__file__).resolve().parents[2]
READY = "listening on "
TOKEN = "admin-token"
CHANGE = {"title": "Reads a graph", "mastery_points": 3, "ratings": [{"description": "Yes", "points": 5}]}
LARGE_COURSES, STARTS, ROUNDS, REQUESTS, DIFFERENT = 1000, 5, 3, 2000, 500
CONNECTIONS = 8
LARGEST_GROWTH = 1.3
CONSTANT, FEW, MANY = "constant", "few records", "many records"


class Operation(NamedTuple):
    """What is asked, where `{outcome}`, `{course}` and `{student}` stand for ids, and its limit beside a constant."""

    name: str
    method: str
    path: str
    body: bytes
    least: float


OPERATIONS = (
    Operation("get_outcome", "GET", "/api/v1/outcomes/{outcome}", b"", 0.6),
    Operation(
        "list_outcome_alignments",
        "GET",
        "/api/v1/courses/{course}/outcome_alignments?student_id={student}",
        b"",
        0.5,
    ),
    Operation("update_outcome", "PUT", "/api/v1/outcomes/{outcome}", json.dumps(CHANGE).encode(), 0.25),
)


class Target(NamedTuple):
    """What is asked: a server with so many courses."""

    name: str
    port: int
    courses: int


class Figure(NamedTuple):
    """One line of the table: rates in requests a second, times in milliseconds."""

    operation: str
    of: str
    rate: float
    p50: float
    p99: float


class Ratio(NamedTuple):
    """A figure that has a limit."""

    name: str
    value: float
    limit: float
    is_within: bool


Rounds = dict[tuple[Operation, str], list[Measured]]


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 if every ratio is within its limit, 1 if not, 2 if an answer was not as expected."""
    parser = argparse.ArgumentParser(prog="bench_server", description=__doc__)
    parser.add_argument("--courses", type=int, default=LARGE_COURSES, metavar="N", help="courses of the large data")
    parser.add_argument("--starts", type=int, default=STARTS, metavar="N", help="of each server")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help="of one start")
    parser.add_argument("--requests", type=int, default=REQUESTS, metavar="N", help="of one round")
    parser.add_argument("--database", metavar="URL", help="an empty PostgreSQL server in the place of SQLite files")
    options = parser.parse_args(arguments)
    measured: Rounds = {(operation, of): [] for operation in OPERATIONS for of in (CONSTANT, FEW, MANY)}
    with tempfile.TemporaryDirectory() as folder:
        few = _filled(Path(folder), "few", 1, options.database)
        many = _filled(Path(folder), "many", options.courses, options.database)
        try:
            for _ in range(options.starts):
                with _targets(Path(folder), few, many, options.courses) as targets:
                    _measure_in_turn(targets, options.rounds, options.requests, measured)
        except subprocess.CalledProcessError as problem:
            print(f"Cannot measure: the load ended with {problem.returncode}, see above.", file=sys.stderr)
            return 2
    figures = [_figure(operation, of, rounds) for (operation, of), rounds in measured.items()]
    judged = [ratio for operation in OPERATIONS for ratio in ratios(operation, measured)]
    _show(figures, judged)
    return int(not all(ratio.is_within for ratio in judged))


@contextmanager
def _targets(folder: Path, few: str, many: str, courses: int) -> Iterator[tuple[Target, ...]]:
    """Servers on both databases and the yardstick, as long as the context lasts."""
    with _server(few) as one, _server(many) as other, _yardstick(folder, one) as constant:
        yield Target(CONSTANT, constant, 1), Target(FEW, one, 1), Target(MANY, other, courses)


def _measure_in_turn(targets: tuple[Target, ...], rounds: int, requests: int, measured: Rounds) -> None:
    """Add what is measured of each operation and target in each round; the first one warms them up."""
    for number in range(rounds + 1):
        for operation in OPERATIONS:
            for target in targets:
                load = Load(target.port, _requests(operation, target), requests, CONNECTIONS)
                figures = _measure(load)
                if number:
                    measured[operation, target.name].append(figures)


def _filled(folder: Path, name: str, courses: int, database: str | None) -> str:
    """The URL of a database with the demo world and courses."""
    url = sa.URL.create("sqlite", database=str(folder / f"{name}.sqlite"))
    if database is not None:
        server = sa.create_engine(database, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with server.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE bench_{name}_{os.getpid()}")
        url = sa.make_url(database).set(database=f"bench_{name}_{os.getpid()}")
    engine = prepared_engine(url, DEMO, reset=False)
    fill(engine, courses)
    engine.dispose()
    return url.render_as_string(hide_password=False)


def _server(database: str) -> AbstractContextManager[int]:
    return _started("canvas_outcomes_server", "--port", "0", "--database", database)


def _yardstick(folder: Path, port: int) -> AbstractContextManager[int]:
    """Constants of the size that the server at a port answers."""
    bodies = {}
    for operation in OPERATIONS:
        path = _paths(operation, 1)[0]
        answer = httpx.request(
            operation.method, f"http://127.0.0.1:{port}{path}", content=operation.body, headers=_headers(operation)
        )
        bodies[operation.name] = answer.raise_for_status().json()
    file = folder / "constants.json"
    file.write_text(json.dumps(bodies))
    return _started("scripts.bench.server_yardstick", str(file))


@contextmanager
def _started(module: str, *arguments: str) -> Iterator[int]:
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
    """Different ones, from everywhere in the data."""
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


def _figure(operation: Operation, of: str, rounds: list[Measured]) -> Figure:
    latencies = [latency * 1000 for measured in rounds for latency in measured.latencies]
    percentiles = quantiles(latencies, n=100)
    rate = median(len(measured.latencies) / measured.seconds for measured in rounds)
    return Figure(operation.name, of, rate, percentiles[49], percentiles[98])


def ratios(operation: Operation, measured: Rounds) -> Iterator[Ratio]:
    """Each the median of the ratios of the rounds: what slows a round slows both sides of it."""
    constant, few, many = (measured[operation, of] for of in (CONSTANT, FEW, MANY))
    rate = median(_rate(mine) / _rate(theirs) for mine, theirs in zip(few, constant, strict=True))
    yield Ratio(
        f"{operation.name}: requests a second beside a constant", rate, operation.least, rate >= operation.least
    )
    growth = median(median(mine.latencies) / median(theirs.latencies) for mine, theirs in zip(many, few, strict=True))
    yield Ratio(f"{operation.name}: p50 of many records beside few", growth, LARGEST_GROWTH, growth <= LARGEST_GROWTH)


def _rate(measured: Measured) -> float:
    return len(measured.latencies) / measured.seconds


def _show(figures: list[Figure], ratios: list[Ratio]) -> None:
    print(f"{'':26}{'':16}{'requests/s':>12}{'p50, ms':>10}{'p99, ms':>10}")
    for figure in figures:
        print(f"{figure.operation:26}{figure.of:16}{figure.rate:12.0f}{figure.p50:10.2f}{figure.p99:10.2f}")
    print(f"\n{'':60}{'ratio':>8}{'limit':>8}")
    for ratio in ratios:
        verdict = "" if ratio.is_within else "  beyond its limit"
        print(f"{ratio.name:60}{ratio.value:8.2f}{ratio.limit:8.2f}{verdict}")


if __name__ == "__main__":
    sys.exit(main())
