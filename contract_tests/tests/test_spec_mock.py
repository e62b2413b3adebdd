"""A mock of the contract that others wrote, and that judges its callers, has nothing to say against the client."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.client.calls import arguments
from contract_tests.client.consumers import AsyncConsumer, Consumer
from contract_tests.client.variants import RequestVariant, request_variants
from contract_tests.contract import contract_path
from contract_tests.tests.test_runs import free_port
from scripts.npx import npx_line

MOCK = "@stdy/cli@0.22.1"
# Rails writes arrays and objects with brackets.
FORMS = ("--validator-form-array-format=brackets", "--validator-form-object-format=brackets")
SECONDS_TO_START = 60


def complaints(answer: httpx.Response) -> list[str]:
    """What the mock has against a request."""
    number = int(answer.headers["X-Steady-Error-Count"])
    said = [
        answer.headers[f"X-Steady-Error-{n}-Path"] + ": " + answer.headers[f"X-Steady-Error-{n}-Message"]
        for n in range(1, number + 1)
    ]
    return said if answer.headers["X-Steady-Request-Valid"] == "true" else [*said, "the request is not valid"]


@pytest.fixture(scope="module")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The mock, started; it and its Node end with the module."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    log = tmp_path_factory.mktemp("mock") / "log"
    command = ("steady", "--host", "127.0.0.1", "-p", str(port), "--quiet", *FORMS, str(contract_path()))
    line, environment = npx_line([MOCK], *command)
    with log.open("w") as output:
        mock = subprocess.Popen(line, env=environment, stdout=output, stderr=output, start_new_session=True)
        try:
            wait_for(f"{url}/_x-steady/health", mock, log)
            yield url
        finally:
            os.killpg(mock.pid, signal.SIGTERM)
            mock.wait()


def wait_for(url: str, mock: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and mock.poll() is None:
        try:
            if httpx.get(url, trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail(f"{MOCK} does not start: {log.read_text()[-500:]}")


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
