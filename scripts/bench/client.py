"""Measure the CPU time of the generated client and of canvasapi against a baseline of raw httpx and json.loads."""

import argparse
import gc
import importlib
import io
import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import canvasapi  # type: ignore[import-untyped]
import httpx
import requests
import yaml

from canvas_outcomes import Client
from canvas_outcomes._operations import LIST_OUTCOME_ALIGNMENTS
from canvas_outcomes.models import OutcomeUpdate, Rating

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))["components"]["schemas"]
UPDATE = SCHEMAS["OutcomeUpdate"]["examples"][0]
ALIGNMENT = SCHEMAS["OutcomeAlignment"]["examples"][0]
OUTCOME = json.dumps(SCHEMAS["Outcome"]["examples"][0]).encode()
ROWS_OF_10 = json.dumps([ALIGNMENT] * 10).encode()
HEADERS = {"Content-Type": "application/json", "X-Request-Cost": "0.02", "X-Rate-Limit-Remaining": "599.9"}
BASE_URL = "https://canvas.test"
ROUNDS, CALLS, ROWS, IMPORTS = 15, 300, 100_000, 9
SECONDS_TO_GENERATE = 2.0
# The largest ratio of the client to the baseline.
LIMITS = {"get": 1.03, "update": 1.05, "list of 10": 1.00, "parse": 0.45, "keep": 0.80, "import": 1.50}


@dataclass(frozen=True)
class Candidate:
    """One client: its calls by name, its parser of alignments, and the statement that imports it."""

    name: str
    calls: dict[str, Callable[[], object]]
    parse: Callable[[bytes], object] | None
    imports: str


@dataclass(frozen=True)
class Row:
    """One measurement, with a figure for every candidate that supports it."""

    name: str
    unit: str
    figures: list[float | None]
    limit: float

    @property
    def ratio(self) -> float:
        baseline, client = self.figures[:2]
        assert baseline is not None
        assert client is not None
        return client / baseline

    @property
    def is_within(self) -> bool:
        return self.ratio <= self.limit

    def __str__(self) -> str:
        figures = "".join(f"{'-':>16}" if one is None else f"{one:16.1f}" for one in self.figures)
        verdict = f"{self.ratio:8.2f}{self.limit:8.2f}{'' if self.is_within else '  over'}"
        return f"{self.name + ', ' + self.unit:30}{figures}{verdict}"


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: every figure is within its limit. 1: one is not."""
    argparse.ArgumentParser(prog="bench --only client", description=__doc__).parse_args(arguments)
    candidates = [raw_httpx(), generated_client(), canvasapi_client()]
    print(f"{'CPU':30}{''.join(f'{one.name:>16}' for one in candidates)}{'ratio':>8}{'limit':>8}")
    rows: list[Row] = []
    for row in (*calls(candidates), *alignments(candidates), importing(candidates)):
        print(row, flush=True)
        rows.append(row)
    seconds = cpu_of([sys.executable, "-m", "scripts.generate", "--check"])
    print(f"generator: {seconds:.2f} s, at most {SECONDS_TO_GENERATE:.0f}")
    return int(seconds > SECONDS_TO_GENERATE or not all(row.is_within for row in rows))


def respond(request: httpx.Request) -> httpx.Response:
    body = ROWS_OF_10 if b"alignments" in request.url.raw_path else OUTCOME
    return httpx.Response(200, headers=HEADERS, content=body)


def raw_httpx() -> Candidate:
    """The baseline: a plain request, and the JSON of its response."""
    headers = {"Authorization": "Bearer t"}
    client = httpx.Client(base_url=BASE_URL, headers=headers, transport=httpx.MockTransport(respond))
    listing = "/api/v1/courses/1/outcome_alignments?student_id=2"
    calls: dict[str, Callable[[], object]] = {
        "get": lambda: client.request("GET", "/api/v1/outcomes/1").json(),
        "update": lambda: client.request("PUT", "/api/v1/outcomes/1", json=UPDATE).json(),
        "list of 10": lambda: client.request("GET", listing).json(),
    }
    return Candidate("raw httpx", calls, json.loads, "import httpx")


def generated_client() -> Candidate:
    client = Client(BASE_URL, token="t", transport=httpx.MockTransport(respond))

    def update() -> object:
        ratings = [Rating(**row) for row in UPDATE["ratings"]]
        body = OutcomeUpdate(title=UPDATE["title"], mastery_points=UPDATE["mastery_points"], ratings=ratings)
        return client.update_outcome(1, body)

    calls: dict[str, Callable[[], object]] = {
        "get": lambda: client.get_outcome(1),
        "update": update,
        "list of 10": lambda: client.list_outcome_alignments(1, student_id=2),
    }
    return Candidate("this client", calls, LIST_OUTCOME_ALIGNMENTS.decode, "from canvas_outcomes import Client")


class Instant(requests.adapters.HTTPAdapter):
    """An adapter of requests that responds to every request with the outcome."""

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        response = requests.Response()
        response.status_code, response.raw, response.request = 200, io.BytesIO(OUTCOME), request
        response.headers.update(HEADERS)
        return response


def canvasapi_client() -> Candidate:
    """The existing SDK, which cannot list outcome alignments."""
    canvas = canvasapi.Canvas(BASE_URL, "t")
    canvas._Canvas__requester._session.mount(BASE_URL, Instant())
    outcome = canvas.get_outcome(1)
    calls: dict[str, Callable[[], object]] = {
        "get": lambda: canvas.get_outcome(1),
        "update": lambda: outcome.update(**UPDATE),
    }
    return Candidate(f"canvasapi {canvasapi.__version__}", calls, None, "from canvasapi import Canvas")


def calls(candidates: list[Candidate]) -> list[Row]:
    return [
        Row(name, "us a call", in_turn([one.calls.get(name) for one in candidates], CALLS, 1e6), LIMITS[name])
        for name in candidates[0].calls
    ]


def alignments(candidates: list[Candidate]) -> list[Row]:
    """The time to parse many alignments, and the memory of the result; the baseline is json.loads."""
    rows = json.dumps([{**ALIGNMENT, "assignment_id": n, "title": f"Unit {n}"} for n in range(ROWS)]).encode()
    parsers = [parsing(one, rows) for one in candidates]
    return [
        Row(f"parse {ROWS} alignments", "ms", in_turn(parsers, 1, 1e3), LIMITS["parse"]),
        Row(f"keep {ROWS} alignments", "MB", [parse and kept(parse) for parse in parsers], LIMITS["keep"]),
    ]


def parsing(candidate: Candidate, rows: bytes) -> Callable[[], object] | None:
    parse = candidate.parse
    return None if parse is None else lambda: parse(rows)


def kept(parse: Callable[[], object]) -> float:
    gc.collect()
    tracemalloc.start()
    result = parse()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del result
    return size / 1e6


def importing(candidates: list[Candidate]) -> Row:
    """The time of an import, without that of an empty interpreter."""
    empty = median(cpu_of([sys.executable, "-c", "pass"]) for _ in range(IMPORTS))
    rounds = [[cpu_of([sys.executable, "-c", one.imports]) - empty for one in candidates] for _ in range(IMPORTS)]
    return Row("import", "ms", [median(each) * 1e3 for each in zip(*rounds, strict=True)], LIMITS["import"])


def in_turn(measured: list[Callable[[], object] | None], times: int, unit: float) -> list[float | None]:
    """The CPU time per call: the median of rounds, in which the candidates take turns."""
    rounds = [[call and cpu(call, times) * unit for call in measured] for _ in range(ROUNDS)][1:]
    return [None if each[0] is None else median(map(float, each)) for each in zip(*rounds, strict=True)]


def cpu(call: Callable[[], object], times: int) -> float:
    """Seconds of CPU per call."""
    started = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - started) / times


def cpu_of(command: list[str]) -> float:
    """Seconds of CPU of a command, its children included. Raises CalledProcessError if it fails."""
    resource = importlib.import_module("resource")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return float(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
