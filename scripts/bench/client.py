"""Measures the CPU of the generated client beside raw httpx, json.loads, canvasapi and the stock output."""

import argparse
import gc
import json
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx

from canvas_outcomes import Client
from canvas_outcomes._operations import LIST_OUTCOME_ALIGNMENTS
from canvas_outcomes.models import OutcomeUpdate, Rating
from scripts.bench.other_clients import (
    ALIGNMENT,
    BASE_URL,
    UPDATE,
    Candidate,
    answer,
    canvasapi_client,
    cpu,
    cpu_of,
    raw_httpx,
    stock_output,
)

ROOT = Path(__file__).resolve().parents[2]
ROUNDS, CALLS, ROWS, IMPORTS = 15, 300, 100_000, 9
SECONDS_TO_GENERATE = 2.0
# What the client may take at most, as a part of what the yardstick takes.
LIMITS = {"get": 1.03, "update": 1.05, "list of 10": 1.00, "parse": 0.45, "keep": 0.80, "import": 1.50}


@dataclass(frozen=True)
class Row:
    """One thing that was measured, for every client that can do it, in the order of the candidates."""

    name: str
    unit: str
    figures: list[float | None]
    limit: float

    @property
    def ratio(self) -> float:
        yardstick, client = self.figures[:2]
        assert yardstick is not None
        assert client is not None
        return client / yardstick

    @property
    def is_within(self) -> bool:
        return self.ratio <= self.limit

    def __str__(self) -> str:
        figures = "".join(f"{'-':>16}" if one is None else f"{one:16.1f}" for one in self.figures)
        verdict = f"{self.ratio:8.2f}{self.limit:8.2f}{'' if self.is_within else '  over'}"
        return f"{self.name + ', ' + self.unit:30}{figures}{verdict}"


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 if every figure is within its limit, 1 if not."""
    argparse.ArgumentParser(prog="bench_client", description=__doc__).parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        stock, stock_seconds = stock_output(Path(folder))
        candidates = [raw_httpx(), generated_client(), canvasapi_client(), stock]
        print(f"{'CPU':30}{''.join(f'{one.name:>16}' for one in candidates)}{'ratio':>8}{'limit':>8}")
        rows: list[Row] = []
        for row in (*calls(candidates), *alignments(candidates), importing(candidates)):
            print(row, flush=True)
            rows.append(row)
        seconds = cpu_of([sys.executable, str(ROOT / "scripts" / "regenerate.py"), "--check"])
    print(
        f"generator run: {seconds:.2f} s, at most {SECONDS_TO_GENERATE:.0f}; with stock templates {stock_seconds:.2f} s"
    )
    return int(seconds > SECONDS_TO_GENERATE or not all(row.is_within for row in rows))


def generated_client() -> Candidate:
    client = Client(BASE_URL, token="t", transport=httpx.MockTransport(answer))

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


def calls(candidates: list[Candidate]) -> list[Row]:
    return [
        Row(name, "us a call", in_turn([one.calls.get(name) for one in candidates], CALLS, 1e6), LIMITS[name])
        for name in candidates[0].calls
    ]


def alignments(candidates: list[Candidate]) -> list[Row]:
    """Parsing many alignments, and what they take while they are kept; the yardstick is json.loads."""
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
    """What an import takes beyond an interpreter that does nothing."""
    empty = median(cpu_of([sys.executable, "-c", "pass"]) for _ in range(IMPORTS))
    rounds = [
        [cpu_of([sys.executable, "-c", one.imports], PYTHONPATH=one.path) - empty for one in candidates]
        for _ in range(IMPORTS)
    ]
    return Row("import", "ms", [median(each) * 1e3 for each in zip(*rounds, strict=True)], LIMITS["import"])


def in_turn(measured: list[Callable[[], object] | None], times: int, unit: float) -> list[float | None]:
    """CPU per call of each, the medians of rounds in which each has its turn."""
    rounds = [[call and cpu(call, times) * unit for call in measured] for _ in range(ROUNDS)][1:]
    return [None if each[0] is None else median(map(float, each)) for each in zip(*rounds, strict=True)]


if __name__ == "__main__":
    sys.exit(main())
