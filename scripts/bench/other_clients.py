"""Raw httpx, canvasapi and the stock output of the generator, on transports that answer at once."""

import importlib
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import canvasapi  # type: ignore[import-untyped]
import httpx
import requests
import yaml

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))["components"]["schemas"]
UPDATE = SCHEMAS["OutcomeUpdate"]["examples"][0]
ALIGNMENT = SCHEMAS["OutcomeAlignment"]["examples"][0]
OUTCOME = json.dumps(SCHEMAS["Outcome"]["examples"][0]).encode()
ROWS_OF_10 = json.dumps([ALIGNMENT] * 10).encode()
HEADERS = {"Content-Type": "application/json", "X-Request-Cost": "0.02", "X-Rate-Limit-Remaining": "599.9"}
BASE_URL = "https://canvas.test"


@dataclass(frozen=True)
class Candidate:
    """One client: its calls by name, how it parses alignments, and the statement that imports it."""

    name: str
    calls: dict[str, Callable[[], object]]
    parse: Callable[[bytes], object] | None
    imports: str
    path: str = ""  # where its package is, if that is not installed


def answer(request: httpx.Request) -> httpx.Response:
    return httpx.Response(
        200, headers=HEADERS, content=ROWS_OF_10 if b"alignments" in request.url.raw_path else OUTCOME
    )


def raw_httpx() -> Candidate:
    """The yardstick: a plain request, and the JSON of its answer."""
    client = httpx.Client(
        base_url=BASE_URL, headers={"Authorization": "Bearer t"}, transport=httpx.MockTransport(answer)
    )
    listing = "/api/v1/courses/1/outcome_alignments?student_id=2"
    calls: dict[str, Callable[[], object]] = {
        "get": lambda: client.request("GET", "/api/v1/outcomes/1").json(),
        "update": lambda: client.request("PUT", "/api/v1/outcomes/1", json=UPDATE).json(),
        "list of 10": lambda: client.request("GET", listing).json(),
    }
    return Candidate("raw httpx", calls, json.loads, "import httpx")


class Instant(requests.adapters.HTTPAdapter):
    """An adapter of requests that answers every request with the outcome."""

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        response = requests.Response()
        response.status_code, response.raw, response.request = 200, io.BytesIO(OUTCOME), request
        response.headers.update(HEADERS)
        return response


def canvasapi_client() -> Candidate:
    """What people use today; it cannot list outcome alignments."""
    canvas = canvasapi.Canvas(BASE_URL, "t")
    canvas._Canvas__requester._session.mount(BASE_URL, Instant())
    outcome = canvas.get_outcome(1)
    calls: dict[str, Callable[[], object]] = {
        "get": lambda: canvas.get_outcome(1),
        "update": lambda: outcome.update(**UPDATE),
    }
    return Candidate(f"canvasapi {canvasapi.__version__}", calls, None, "from canvasapi import Canvas")


def stock_output(folder: Path) -> tuple[Candidate, float]:
    """What the generator writes with its own templates, and the seconds of CPU that it takes."""
    generator = str(Path(sys.executable).parent / "openapi-python-client")
    options = ["--path", str(ROOT / "openapi.yaml"), "--meta", "none", "--output-path", str(folder / "stock_client")]
    seconds = cpu_of([generator, "generate", *options])
    sys.path.insert(0, str(folder))

    def module(name: str) -> Any:
        return importlib.import_module(f"stock_client.{name}")

    shown, changed, listed = (
        module(f"api.outcomes.{name}").sync for name in ("get_outcome", "update_outcome", "list_outcome_alignments")
    )
    models, client = (
        module("models"),
        module("client").AuthenticatedClient(
            BASE_URL, token="t", httpx_args={"transport": httpx.MockTransport(answer)}
        ),
    )

    def update() -> object:
        ratings = [models.Rating(**row) for row in UPDATE["ratings"]]
        body = models.OutcomeUpdate(title=UPDATE["title"], mastery_points=UPDATE["mastery_points"], ratings=ratings)
        return changed(1, client=client, body=body)

    calls: dict[str, Callable[[], object]] = {
        "get": lambda: shown(1, client=client),
        "update": update,
        "list of 10": lambda: listed(1, client=client, student_id=2),
    }
    imports = "from stock_client import AuthenticatedClient; from stock_client.api.outcomes import get_outcome"
    candidate = Candidate(
        "stock output",
        calls,
        lambda rows: [models.OutcomeAlignment.from_dict(row) for row in json.loads(rows)],
        imports,
        str(folder),
    )
    return candidate, seconds


def cpu_of(command: list[str], **variables: str) -> float:
    """Seconds of CPU that a command takes, its children included. Raises CalledProcessError if it fails."""
    resource = importlib.import_module("resource")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **variables})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return float(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def cpu(call: Callable[[], object], times: int) -> float:
    """Seconds of CPU per call."""
    started = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - started) / times
