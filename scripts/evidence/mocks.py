"""Mocks of the contract that others wrote, and that judge their callers: Prism and Steady, from npm."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import httpx

from contract_tests.contract import contract_path
from contract_tests.errors import CannotTell
from contract_tests.free_port import free_port
from scripts.evidence.processes import end
from scripts.npx import npx_line

PRISM = "@stoplight/prism-cli@5.16.0"
STEADY = "@stdy/cli@0.22.2"
# Rails writes arrays and objects with brackets.
FORMS = ("--validator-form-array-format=brackets", "--validator-form-object-format=brackets")
SECONDS_TO_START = 60


def prism() -> AbstractContextManager[str]:
    """The base URL of a Prism that says in the header sl-violations what it has against a request."""
    return _mock(PRISM, "prism", "mock", str(contract_path()), "-h", "127.0.0.1", "-v", "silent", "-p")


def steady() -> AbstractContextManager[str]:
    """The base URL of a Steady that says in headers X-Steady-Error-N what it has against a request."""
    return _mock(STEADY, "steady", str(contract_path()), "--host", "127.0.0.1", "--quiet", *FORMS, "-p")


@contextmanager
def _mock(package: str, *command: str) -> Iterator[str]:
    port = free_port()
    line, environment = npx_line([package], *command, str(port))
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(line, env=environment, stdout=log, stderr=log, text=True, start_new_session=True)
        try:
            if not _answers(process, f"http://127.0.0.1:{port}"):
                log.seek(0)
                raise CannotTell(f"Cannot judge clients with {package}, which does not start: {log.read()[-500:]}")
            yield f"http://127.0.0.1:{port}"
        finally:
            end(process)


def _answers(process: "subprocess.Popen[str]", url: str) -> bool:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(url, trust_env=False)
            return True
        except httpx.TransportError:
            time.sleep(0.05)
    return False
