"""A mock of the contract that others wrote, and that judges its callers, has nothing to say against the client."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canvas_outcomes_contract.checks.client.calls import arguments
from canvas_outcomes_contract.checks.client.consumers import AsyncConsumer, Consumer
from canvas_outcomes_contract.checks.client.variants import RequestVariant, request_variants
from canvas_outcomes_contract.connection.provider import is_reachable
from canvas_outcomes_contract.contract.document import contract_path
from canvas_outcomes_contract.load.locust_processes import free_port
from scripts.lint.npx import npx_line

# Rails writes arrays and objects with brackets.
FORMS = ("--validator-form-array-format=brackets", "--validator-form-object-format=brackets")
STEADY = "@stdy/cli@0.22.2"
SECONDS_TO_START = 60


def complaints(answer: httpx.Response) -> list[str]:
    """What the mock has against a request, by its headers X-Steady-Error-N."""
    count = int(answer.headers.get("X-Steady-Error-Count", "0"))
    said = [
        f"{answer.headers[f'X-Steady-Error-{n}-Path']}: {answer.headers[f'X-Steady-Error-{n}-Message']}"
        for n in range(1, count + 1)
    ]
    return said if answer.headers["X-Steady-Request-Valid"] == "true" else [*said, "the request is not valid"]


@contextmanager
def steady() -> Iterator[str]:
    """The base URL of a Steady that says in headers what it has against a request."""
    port = free_port()
    options = ["--host", "127.0.0.1", "--quiet", *FORMS, "-p", str(port)]
    line, environment = npx_line([STEADY], "steady", str(contract_path()), *options)
    process = subprocess.Popen(line, env=environment, start_new_session=True)
    try:
        until = time.monotonic() + SECONDS_TO_START
        while not is_reachable(f"http://127.0.0.1:{port}"):
            assert process.poll() is None, "Steady does not start"
            assert time.monotonic() < until, f"Steady does not start within {SECONDS_TO_START} s"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """The mock, started; it and its Node end with the module."""
    with steady() as url:
        yield url


@pytest.fixture(scope="module", params=[Consumer, AsyncConsumer], ids=["sync", "async"])
def caller(request: pytest.FixtureRequest, base_url: str) -> Iterator[Consumer]:
    """Client, then AsyncClient, talking to the mock."""
    caller: Consumer = request.param()
    caller.use(base_url)
    yield caller
    caller.end()


@pytest.mark.parametrize("variant", request_variants(), ids=lambda variant: variant.id)
@given(data=st.data())
@settings(max_examples=25, deadline=None, database=None)
def test_a_mock_of_others_accepts_every_request(caller: Consumer, variant: RequestVariant, data: st.DataObject) -> None:
    case = data.draw(variant.cases)

    answer = caller.call_raw(variant.operation.id, **arguments(caller.client, variant, case)).response

    assert answer.headers["X-Steady-Matched-Path"] == variant.operation.path
    assert complaints(answer) == []


@pytest.mark.parametrize(
    ("body", "place"),
    [({"json": {"title": 5}}, "body.title"), ({"data": {"ratings[][points]": "many"}}, "body.ratings")],
    ids=["json", "form"],
)
def test_the_mock_sees_a_wrong_request(base_url: str, body: dict[str, Any], place: str) -> None:
    headers = {"Authorization": "Bearer t", "X-Steady-Reject-On-Error": "false"}

    answer = httpx.put(f"{base_url}/api/v1/outcomes/1", **body, headers=headers, trust_env=False)

    assert [said for said in complaints(answer) if place in said] != []
