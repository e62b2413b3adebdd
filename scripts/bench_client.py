"""Measures the generated client beside raw httpx and json.loads: CPU per call, parsing, memory, import."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import yaml
from canvas_outcomes import Client
from canvas_outcomes._operations import LIST_OUTCOME_ALIGNMENTS
from canvas_outcomes.models import OutcomeUpdate, Rating

CONTRACT = Path(__file__).resolve().parent.parent / "openapi.yaml"
SCHEMAS = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))["components"]["schemas"]
OUTCOME = SCHEMAS["Outcome"]["examples"][0]
ALIGNMENT = SCHEMAS["OutcomeAlignment"]["examples"][0]
UPDATE = SCHEMAS["OutcomeUpdate"]["examples"][0]
ROUNDS, CALLS, ROWS = 15, 300, 100_000
HEADERS = {"Content-Type": "application/json", "X-Request-Cost": "0.02", "X-Rate-Limit-Remaining": "599.9"}


def main() -> int:
    """Exit code 0 if every figure is within its limit, 1 if not."""
    rows = json.dumps([{**ALIGNMENT, "assignment_id": n, "title": f"Unit {n}"} for n in range(ROWS)]).encode()
    results = [*calls(), parsing(rows), memory(rows), importing()]
    print(f"{'':34}{'yardstick':>12}{'client':>12}{'ratio':>8}{'limit':>8}")
    for name, yardstick, client, limit in results:
        print(f"{name:34}{yardstick:12.1f}{client:12.1f}{client / yardstick:8.2f}{limit:8.2f}")
    return int(any(client / yardstick > limit for _, yardstick, client, limit in results))


def calls() -> list[tuple[str, float, float, float]]:
    """Microseconds of CPU per call, on a transport that answers at once; the yardstick is request(...).json()."""
    outcome, rows = json.dumps(OUTCOME).encode(), json.dumps([ALIGNMENT] * 10).encode()

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=HEADERS, content=rows if b"alignments" in request.url.raw_path else outcome)

    transport = httpx.MockTransport(answer)
    raw = httpx.Client(base_url="https://canvas.test", headers={"Authorization": "Bearer t"}, transport=transport)
    client = Client("https://canvas.test", token="t", transport=transport)

    def update() -> object:
        ratings = [Rating(description=row["description"], points=row["points"]) for row in UPDATE["ratings"]]
        body = OutcomeUpdate(title=UPDATE["title"], mastery_points=UPDATE["mastery_points"], ratings=ratings)
        return client.update_outcome(1, body)

    listing = "/api/v1/courses/1/outcome_alignments?student_id=2"
    pairs: list[tuple[str, Callable[[], Any], Callable[[], Any], float]] = [
        ("get, us", lambda: raw.request("GET", "/api/v1/outcomes/1").json(), lambda: client.get_outcome(1), 1.03),
        ("update, us", lambda: raw.request("PUT", "/api/v1/outcomes/1", json=UPDATE).json(), update, 1.05),
        (
            "list of 10, us",
            lambda: raw.request("GET", listing).json(),
            lambda: client.list_outcome_alignments(1, student_id=2),
            1.00,
        ),
    ]
    return [(name, *beside(yardstick, measured, CALLS), limit) for name, yardstick, measured, limit in pairs]


def parsing(rows: bytes) -> tuple[str, float, float, float]:
    yardstick, client = beside(lambda: json.loads(rows), lambda: LIST_OUTCOME_ALIGNMENTS.decode(rows), 1)
    return f"parse {ROWS} alignments, ms", yardstick / 1e3, client / 1e3, 0.45


def memory(rows: bytes) -> tuple[str, float, float, float]:
    def kept(parse: Callable[[], object]) -> float:
        gc.collect()
        tracemalloc.start()
        result = parse()
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        del result
        return size / 1e6

    yardstick, client = kept(lambda: json.loads(rows)), kept(lambda: LIST_OUTCOME_ALIGNMENTS.decode(rows))
    return f"memory of {ROWS} alignments, MB", yardstick, client, 0.8


def importing() -> tuple[str, float, float, float]:
    def cpu(statement: str) -> float:
        code = f"import time; started = time.process_time(); {statement}; print(time.process_time() - started)"
        runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, check=True) for _ in range(7)]
        return min(float(run.stdout) for run in runs) * 1e3

    return "import, ms", cpu("import httpx"), cpu("from canvas_outcomes import Client"), 1.5


def beside(yardstick: Callable[[], object], measured: Callable[[], object], times: int) -> tuple[float, float]:
    """Microseconds of CPU per call of both, the medians of rounds that alternate."""

    def cpu(call: Callable[[], object]) -> float:
        started = time.process_time()
        for _ in range(times):
            call()
        return (time.process_time() - started) / times * 1e6

    rounds = [(cpu(yardstick), cpu(measured)) for _ in range(ROUNDS)][1:]
    return median(first for first, _ in rounds), median(second for _, second in rounds)


if __name__ == "__main__":
    sys.exit(main())
