"""The pytest plugin: fresh for each test in any order and process, and no imports in other runs."""

import asyncio
import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from canvas_outcomes import AsyncClient, Client
from canvas_outcomes.models import OutcomeUpdate
from canvas_outcomes_server import process
from canvas_outcomes_server.pytest_plugin import _load
from canvas_outcomes_server.testing import CanvasOutcomesServer

HEAVY = {"canvas_outcomes", "http.client", "httpx2", "msgspec", "sqlalchemy", "starlette", "uvicorn", "yaml"}
# Less than the server waits for a request.
SECONDS_TO_END = 30
PLUGINS = ["-p", "xdist", "-p", "canvas_outcomes_server.pytest_plugin", "-p", "no:cacheprovider"]
PROJECT = {
    "conftest.py": """
import random

def pytest_collection_modifyitems(items):
    random.Random(7).shuffle(items)
""",
    "tests/world.yaml": "users: [{id: 1, tokens: [{value: sam}], site_admin: true}]",
    "tests/wrong.yaml": "users: [{id: one}]",
    "tests/tokenless.yaml": "users: [{id: 1, tokens: [{value: sam, revoked: true}]}]",
    "tests/test_app.py": """
import types
import pytest
from canvas_outcomes.models import OutcomeUpdate

@pytest.mark.parametrize("number", range(4))
def test_changes_the_world(canvas_outcomes_client, canvas_outcomes_server, number):
    assert canvas_outcomes_server.requests == []
    assert canvas_outcomes_client.get_outcome(1).title == "Reads a graph"
    canvas_outcomes_client.update_outcome(1, OutcomeUpdate(title="Changed"))
    canvas_outcomes_server.clock("3000-01-01T00:00:00Z")
    canvas_outcomes_server.fail(status=500)

@pytest.mark.canvas_world("world.yaml")
@pytest.mark.parametrize("number", range(2))
def test_has_a_world_in_a_file(canvas_outcomes_server, number):
    assert canvas_outcomes_server.token == "sam"

@pytest.mark.canvas_world({"users": [{"id": 1, "tokens": [{"value": "pam"}]}]})
@pytest.mark.parametrize("number", range(2))
def test_has_a_world_of_its_own(canvas_outcomes_server, number):
    assert canvas_outcomes_server.token == "pam"

@pytest.mark.canvas_world(types.MappingProxyType({"users": (types.MappingProxyType({"id": 1, "tokens": []}),)}))
def test_has_a_read_only_world(canvas_outcomes_server):
    assert canvas_outcomes_server.token is None

def test_loads_a_file_beside_it(canvas_outcomes_server):
    canvas_outcomes_server.load("world.yaml")
    assert canvas_outcomes_server.token == "sam"

@pytest.mark.canvas_world("tokenless.yaml")
def test_has_no_token_for_a_client(canvas_outcomes_client):
    pass

@pytest.mark.canvas_world({"users": [{"id": 23}]})
def test_has_no_token_for_an_asynchronous_client(canvas_outcomes_async_client):
    pass

@pytest.mark.canvas_world("wrong.yaml")
def test_has_an_unusable_world(canvas_outcomes_server):
    pass

@pytest.mark.canvas_world(world="world.yaml")
def test_names_the_world(canvas_outcomes_server):
    pass

@pytest.mark.canvas_world(None)
def test_has_null_as_world(canvas_outcomes_server):
    pass

@pytest.mark.canvas_world("none.yaml")
def test_has_no_world(canvas_outcomes_server):
    pass
""",
}


def run(*command: str, folder: Path | None = None) -> str:
    # Importing all plugins of this environment takes seconds.
    variables = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=variables, stdout=subprocess.PIPE, text=True, check=False
    ).stdout


def test_importing_the_plugin_imports_no_libraries() -> None:
    loaded = run("-c", "import sys, canvas_outcomes_server.pytest_plugin; print(*sys.modules)").split()

    assert "canvas_outcomes_server.pytest_plugin" in loaded
    assert HEAVY.isdisjoint(loaded)


def test_the_server_ends_with_a_process_that_is_killed(tmp_path: Path) -> None:
    code = (
        "from canvas_outcomes_server.process import running_server\n"
        "with running_server() as url: print(url, flush=True), input()"
    )
    variables = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=variables
    ) as parent:
        assert parent.stdout is not None
        address = urlsplit(parent.stdout.readline().strip())
        with socket.create_connection((address.hostname, address.port), timeout=SECONDS_TO_END) as connection:
            parent.kill()

            with suppress(ConnectionResetError):
                assert connection.recv(1) == b""


def test_ctrl_c_ends_the_tests_and_not_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    groups: list[int] = []

    class Recorded(subprocess.Popen[str]):
        def __init__(self, *values: Any, **named: Any) -> None:
            super().__init__(*values, **named)
            groups.append(os.getpgid(self.pid))

    monkeypatch.setattr(subprocess, "Popen", Recorded)
    with process.running_server():
        pass

    assert len(groups) == 1
    assert os.getpgrp() not in groups


def test_a_server_that_has_ended_is_not_a_mistake_in_the_world(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match="Cannot reset the reference server: "):
        _load(CanvasOutcomesServer("http://127.0.0.1:1"), None, tmp_path)


def test_tests_in_any_order_and_in_several_processes_find_the_server_fresh(tmp_path: Path) -> None:
    for name, text in PROJECT.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)

    output = run("-m", "pytest", "-q", "--strict-markers", *PLUGINS, "-n", "2", folder=tmp_path)

    assert "10 passed, 6 errors" in output
    assert "Cannot make a client for tokenless.yaml: it has no token without revoked, " in output
    assert "Cannot make a client for {'users': [{'id': 23}]}: it has no token " in output
    assert (
        f"{tmp_path / 'tests' / 'wrong.yaml'}: Cannot load the world in the request, line 1, column 14, key id"
        in output
    )
    assert "No such file or directory" in output
    assert output.count("canvas_world takes one argument: a file or a mapping.") >= 2


def test_the_clients_have_the_token_of_an_admin(
    canvas_outcomes_client: Client, canvas_outcomes_async_client: AsyncClient
) -> None:
    async def titles(*numbers: int) -> set[str]:
        return {one.title for one in await asyncio.gather(*map(canvas_outcomes_async_client.get_outcome, numbers))}

    canvas_outcomes_client.update_outcome(1, OutcomeUpdate(title="Changed"))

    assert asyncio.run(titles(1, 1, 1)) == {"Changed"}
    assert asyncio.run(titles(1)) == {"Changed"}  # another event loop


def test_requests_are_objects_with_a_time(
    canvas_outcomes_client: Client, canvas_outcomes_server: CanvasOutcomesServer
) -> None:
    canvas_outcomes_client.get_outcome(1, add_defaults=True)

    (request,) = canvas_outcomes_server.requests
    assert (request.method, request.query, request.status) == ("GET", {"add_defaults": ["true"]}, 200)
    assert request.time.tzinfo is not None


def test_the_server_starts_beside_a_module_with_the_name_of_a_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secrets.py").write_text("TOKEN = 'x'\n")
    monkeypatch.chdir(tmp_path)

    with process.running_server() as url:
        assert httpx2.get(f"{url}/healthz", trust_env=False).status_code == 200
