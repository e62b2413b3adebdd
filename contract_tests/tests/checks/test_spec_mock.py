"""Steady, a mock server that validates requests by an OpenAPI document, accepts every request of the client."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas_outcomes_contract.checks.client.calls import arguments
from canvas_outcomes_contract.checks.client.consumers import AsyncConsumer, Consumer
from canvas_outcomes_contract.checks.client.variants import RequestVariant, request_variants
from canvas_outcomes_contract.connection.target import Target
from canvas_outcomes_contract.connection.transport import obstacle
from canvas_outcomes_contract.contract.document import contract_path
from canvas_outcomes_contract.load.locust_processes import free_port
from scripts.lint.npx import npx_line

# Rails writes arrays and objects with brackets.
FORMS = ("--validator-form-array-format=brackets", "--validator-form-object-format=brackets")
STEADY = "@stdy/cli@0.22.2"
SECONDS_TO_START = 300


def errors_of(response: httpx2.Response) -> list[str]:
    """The validation errors of a request, in the headers X-Steady-Error-N of the response."""
    count = int(response.headers.get("X-Steady-Error-Count", "0"))
    errors = [
        f"{response.headers[f'X-Steady-Error-{n}-Path']}: {response.headers[f'X-Steady-Error-{n}-Message']}"
        for n in range(1, count + 1)
    ]
    return errors if response.headers["X-Steady-Request-Valid"] == "true" else [*errors, "the request is not valid"]


@contextmanager
def steady() -> Iterator[str]:
    """Run Steady, and return its base URL. It reports validation errors in headers."""
    port = free_port()
    options = ["--host", "127.0.0.1", "--quiet", *FORMS, "-p", str(port)]
    line, environment = npx_line([STEADY], "steady", str(contract_path()), *options)
    process = subprocess.Popen(line, env=environment, start_new_session=True)
    try:
        until = time.monotonic() + SECONDS_TO_START
        while obstacle(Target("mock"), f"http://127.0.0.1:{port}"):
            assert process.poll() is None, "Steady does not start"
            assert time.monotonic() < until, f"Steady does not start within {SECONDS_TO_START} s"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with steady() as url:
        yield url


@pytest.fixture(scope="module", params=[Consumer, AsyncConsumer], ids=["sync", "async"])
def caller(request: pytest.FixtureRequest, base_url: str) -> Iterator[Consumer]:
    """Client, then AsyncClient, with the mock server."""
    with request.param() as caller:
        caller.open(base_url)
        yield caller


@pytest.mark.parametrize("variant", request_variants(), ids=lambda variant: variant.id)
@given(data=st.data())
@settings(max_examples=25)
def test_accepts_every_request_of_the_client(caller: Consumer, variant: RequestVariant, data: st.DataObject) -> None:
    case = data.draw(variant.cases)

    response = caller.call_raw(variant.operation.id, **arguments(caller.client, variant, case)).response

    assert response.headers["X-Steady-Matched-Path"] == variant.operation.path
    assert errors_of(response) == []


@pytest.mark.parametrize(
    ("body", "place"),
    [({"json": {"title": 5}}, "body.title"), ({"data": {"ratings[][points]": "many"}}, "body.ratings")],
    ids=["json", "form"],
)
def test_reports_an_invalid_request(base_url: str, body: dict[str, Any], place: str) -> None:
    headers = {"Authorization": "Bearer t", "X-Steady-Reject-On-Error": "false"}

    response = httpx2.put(f"{base_url}/api/v1/outcomes/1", **body, headers=headers, timeout=60, trust_env=False)

    assert [error for error in errors_of(response) if place in error] != []
