"""Measure the CPU time of the generated client and of canvasapi against a baseline of raw httpx2 and json.loads."""

import argparse
import gc
import importlib
import io
import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median

import canvasapi  # type: ignore[import-untyped]
import httpx2
import requests
import yaml

from canvas_outcomes import Client
from canvas_outcomes._operations import LIST_OUTCOME_ALIGNMENTS
from canvas_outcomes.models import OutcomeUpdate, Rating
from scripts import ROOT

SCHEMAS = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))["components"]["schemas"]
UPDATE = SCHEMAS["OutcomeUpdate"]["examples"][0]
ALIGNMENT = SCHEMAS["OutcomeAlignment"]["examples"][0]
OUTCOME = json.dumps(SCHEMAS["Outcome"]["examples"][0]).encode()
ROWS_OF_10 = json.dumps([ALIGNMENT] * 10).encode()
HEADERS = {"Content-Type": "application/json", "X-Request-Cost": "0.02", "X-Rate-Limit-Remaining": "599.9"}
BASE_URL = "https://canvas.test"
CANDIDATES = ("raw httpx2", "this client", f"canvasapi {canvasapi.__version__}")
IMPORTS = ("import httpx2", "from canvas_outcomes import Client", "from canvasapi import Canvas")
ROUNDS, CALLS, ROWS, IMPORT_ROUNDS = 15, 300, 100_000, 9
SECONDS_TO_GENERATE = 2.0
# The largest ratio of the client to the baseline.
LIMITS = {"get": 0.95, "update": 1.00, "list of 10": 0.90, "parse": 0.36, "keep": 0.80, "import": 1.25}

Call = Callable[[], object]


def main(arguments: list[str] | None = None) -> int:
    """Return exit code 0 if every figure is within its limit, 1 otherwise."""
    argparse.ArgumentParser(prog="bench --only client", description=__doc__).parse_args(arguments)
    print(f"{'CPU':30}{''.join(f'{name:>16}' for name in CANDIDATES)}{'ratio':>8}{'limit':>8}")
    rows = json.dumps([{**ALIGNMENT, "assignment_id": n, "title": f"Unit {n}"} for n in range(ROWS)]).encode()
    parsers: list[Call] = [partial(json.loads, rows), partial(LIST_OUTCOME_ALIGNMENTS.decode, rows)]
    within = [is_within(name, "us a call", take_turns(calls, CALLS, 1e6)) for name, calls in client_calls().items()]
    within += [
        is_within("parse", f"ms for {ROWS} rows", take_turns(parsers, 1, 1e3)),
        is_within("keep", f"MB for {ROWS} rows", [memory(parse) for parse in parsers]),
        is_within("import", "ms", import_times()),
    ]
    seconds = cpu_of([sys.executable, "-m", "scripts.generate", "--check"])
    print(f"generator: {seconds:.2f} s, at most {SECONDS_TO_GENERATE:.0f}")
    return int(seconds > SECONDS_TO_GENERATE or not all(within))


def is_within(name: str, unit: str, figures: Sequence[float]) -> bool:
    """Print the figures of the candidates, and return whether the client's is within its limit."""
    ratio = figures[1] / figures[0]
    columns = "".join(f"{figure:16.1f}" for figure in figures).ljust(16 * len(CANDIDATES))
    within = ratio <= LIMITS[name]
    print(f"{name + ', ' + unit:30}{columns}{ratio:8.2f}{LIMITS[name]:8.2f}{'' if within else '  over'}", flush=True)
    return within


def respond(request: httpx2.Request) -> httpx2.Response:
    body = ROWS_OF_10 if b"alignments" in request.url.raw_path else OUTCOME
    return httpx2.Response(200, headers=HEADERS, content=body)


class Instant(requests.adapters.HTTPAdapter):
    """An adapter of requests that responds to every request with the outcome."""

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        response = requests.Response()
        response.status_code, response.raw, response.request = 200, io.BytesIO(OUTCOME), request
        response.headers.update(HEADERS)
        return response


def client_calls() -> dict[str, list[Call]]:
    """The same calls with each candidate; canvasapi cannot list outcome alignments."""
    authorization = {"Authorization": "Bearer t"}
    raw = httpx2.Client(base_url=BASE_URL, headers=authorization, transport=httpx2.MockTransport(respond))
    client = Client(BASE_URL, token="t", transport=httpx2.MockTransport(respond))
    canvas = canvasapi.Canvas(BASE_URL, "t")
    canvas._Canvas__requester._session.mount(BASE_URL, Instant())
    outcome = canvas.get_outcome(1)
    path, listing = "/api/v1/outcomes/1", "/api/v1/courses/1/outcome_alignments?student_id=2"

    def update() -> object:
        ratings = [Rating(**row) for row in UPDATE["ratings"]]
        body = OutcomeUpdate(title=UPDATE["title"], mastery_points=UPDATE["mastery_points"], ratings=ratings)
        return client.update_outcome(1, body)

    return {
        "get": [lambda: raw.get(path).json(), lambda: client.get_outcome(1), lambda: canvas.get_outcome(1)],
        "update": [lambda: raw.put(path, json=UPDATE).json(), update, lambda: outcome.update(**UPDATE)],
        "list of 10": [lambda: raw.get(listing).json(), lambda: client.list_outcome_alignments(1, student_id=2)],
    }


def memory(parse: Call) -> float:
    """Megabytes that the result occupies."""
    gc.collect()
    tracemalloc.start()
    result = parse()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del result
    return size / 1e6


def import_times() -> list[float]:
    """Milliseconds of each import, without those of an empty interpreter."""
    programs = ["pass", *IMPORTS]
    rounds = [[cpu_of([sys.executable, "-c", one]) for one in programs] for _ in range(IMPORT_ROUNDS)]
    empty, *imports = (median(seconds) * 1e3 for seconds in zip(*rounds, strict=True))
    return [one - empty for one in imports]


def take_turns(calls: list[Call], times: int, unit: float) -> list[float]:
    """The CPU time per call: the median of rounds in which the candidates take turns. The first round warms up."""
    rounds = [[cpu(call, times) * unit for call in calls] for _ in range(ROUNDS)][1:]
    return [median(seconds) for seconds in zip(*rounds, strict=True)]


def cpu(call: Call, times: int) -> float:
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
