"""Runs that several processes share: their restored outcomes, and the inputs that they need."""

import os
import signal
import subprocess
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.connection.snapshots import exclusive_lock
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.load.locust_processes import free_port
from canvas_outcomes_contract.run.run import Run
from canvas_outcomes_contract.run.workers import KILLED
from contract_tests.mutants.provider import fault_named
from contract_tests.mutants.provider.faulty_server import faulty_server
from contract_tests.tests.run.contract_runs import (
    CONFORMS,
    DEMO,
    UNDECIDED,
    UNSHRUNK,
    VIOLATES,
    judged,
    only,
    outcome,
    read,
    run,
    start,
    statuses,
    target,
    wait_until,
)

OWN, FURTHER = 1, 22  # outcomes of one course
OWNER = "get-outcome-names-a-course-as-owner"
CLAUSES = (
    OWNER,
    "update-outcome-accepts-texts-under-account-scales",
    "update-outcome-refuses-a-null-title",
    "update-outcome-refuses-scale-changes-under-account-scales",
)
# Many short checks: an interrupted worker finishes the one that it runs.
LONG = [clause for clause in Contract(contract_path()).clauses if clause.startswith("update-outcome-stores-")]
TWO = ("-n", "2")


@pytest.fixture
def base_url() -> Iterator[str]:
    with reference_server() as url:
        yield url


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def shared(folder: Path, base_url: str) -> Path:
    """A target with an outcome for each of two workers."""
    resources = DEMO["resources"] | {"editable_outcome": OWN, "further_editable_outcomes": [FURTHER]}
    return target(folder, base_url=base_url, resources=resources)


def outcomes(base_url: str) -> list[dict[str, Any]]:
    return [outcome(base_url, id) for id in (OWN, FURTHER)]


def test_the_first_failure_ends_a_shared_run(tmp_path: Path, base_url: str) -> None:
    with faulty_server(fault_named("names owners in lower case"), base_url) as faulty:
        file = shared(tmp_path, faulty.base_url)
        code, output = run("--target", file, "-x", *UNSHRUNK, *only(*CLAUSES), *TWO, report=tmp_path)

    assert code == VIOLATES, output
    assert statuses(tmp_path)[OWNER] == "failed"


def test_workers_judge_embedded_servers_of_their_own(tmp_path: Path) -> None:
    code, output = run(*only(*CLAUSES), "--effort", "quick", *TWO, report=tmp_path)

    assert code == CONFORMS, output
    assert judged(tmp_path) == dict.fromkeys(CLAUSES, "passed")


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        (
            "import os, pytest\n"
            f"@pytest.mark.clause({OWNER!r})\n@pytest.mark.parametrize('id', [os.getpid()])\ndef test_differs(id): ...",
            "Different tests were collected between gw",
        ),
    ],
)
def test_a_run_with_checks_that_cannot_be_collected_is_undecided(tmp_path: Path, module: str, reason: str) -> None:
    (tmp_path / "test_more.py").write_text(module)
    code, output = run(tmp_path / "test_more.py", *only(OWNER), *TWO, report=tmp_path / "report")

    assert code == UNDECIDED, output
    assert reason in output
    assert reason in read(tmp_path / "report")["stopped"]


def prepare_run(target: Path, workers: int = 0, **changes: Any) -> Run:
    """A run of this process, without pytest. Raises CannotTell if it cannot begin."""
    options: dict[str, Any] = {
        "contract": None,
        "seed": 1,
        "effort": "quick",
        "report": None,
        "rate": None,
        "at_once": 4,
        "clause": [],
        "max_time": None,
        "max_failures": 25,
    }
    option = Namespace(target=target, tx=["popen"] * workers, **(options | changes))
    dist = "load" if workers else "no"
    plugins = Namespace(get_plugins=list)
    run = Run(Namespace(option=option, getoption=lambda *_: dist, pluginmanager=plugins))  # type: ignore[arg-type]
    run.begin()
    return run


@pytest.mark.parametrize(
    ("workers", "changes", "message"),
    [
        (0, {"clause": ["no-such-clause"]}, r"Cannot judge 'no-such-clause' \(--clause\): the contract has no such"),
        (0, {"contract": Path("none.yaml")}, r"Cannot read the contract none\.yaml: No such file or directory\."),
        (
            3,
            {},
            r"with 3 workers: each needs a resource editable_outcome of its own\. Add 1 more to res",
        ),
        (2, {"at_once": 1}, r"with 2 workers and 1 concurrent requests\. Raise --at-once, or lower -n\."),
    ],
)
def test_refuses_input_that_no_run_can_use(
    tmp_path: Path, base_url: str, monkeypatch: pytest.MonkeyPatch, workers: int, changes: dict[str, Any], message: str
) -> None:
    monkeypatch.setenv("CONTRACT_FILE", str(contract_path()))  # restored after the test, since a run sets it

    with pytest.raises(CannotTell, match=message):
        prepare_run(shared(tmp_path, base_url), workers, **changes)


def test_refuses_a_server_that_is_not_reachable(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"

    with pytest.raises(CannotTell, match=f"Cannot reach {url}: connection refused"):
        prepare_run(target(tmp_path, base_url=url))


def test_workers_of_a_target_without_writes_need_no_further_outcome(tmp_path: Path, base_url: str) -> None:
    prepared = prepare_run(target(tmp_path, base_url=base_url, writes=False), workers=2)

    assert not prepared.changes_a_shared_provider


@pytest.fixture
def unchanged(base_url: str) -> list[dict[str, Any]]:
    return outcomes(base_url)


@pytest.fixture
def running(tmp_path: Path, base_url: str, unchanged: list[dict[str, Any]]) -> Iterator[subprocess.Popen[str]]:
    """A shared run whose workers have changed both outcomes."""
    file = shared(tmp_path, base_url)
    process = start("--target", file, *only(*LONG), *TWO, report=tmp_path / "report")
    try:
        wait_until(lambda: all(now != was for now, was in zip(outcomes(base_url), unchanged, strict=True)))
        yield process
    finally:
        if process.poll() is None:
            process.kill()


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    return [int(id) for id in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def test_restores_the_outcomes_after_a_worker_is_killed(
    tmp_path: Path, running: subprocess.Popen[str], base_url: str, unchanged: list[dict[str, Any]]
) -> None:
    os.kill(workers_of(running)[0], signal.SIGKILL)
    output, _ = running.communicate(timeout=300)

    assert running.returncode == UNDECIDED, output
    assert KILLED in read(tmp_path / "report")["stopped"]
    assert outcomes(base_url) == unchanged
    assert list((tmp_path / "state").rglob("*.json")) == []


@pytest.mark.parametrize(
    ("number", "reason"),
    [(signal.SIGINT, "The run was interrupted."), (signal.SIGTERM, "The run was ended by SIGTERM.")],
)
def test_restores_the_outcomes_after_an_interrupt(
    tmp_path: Path,
    running: subprocess.Popen[str],
    base_url: str,
    unchanged: list[dict[str, Any]],
    number: signal.Signals,
    reason: str,
) -> None:
    running.send_signal(number)
    output, _ = running.communicate(timeout=300)

    assert running.returncode == UNDECIDED, output
    assert read(tmp_path / "report")["stopped"] == reason
    assert "Traceback" not in output
    assert outcomes(base_url) == unchanged


def test_the_next_run_restores_the_outcomes_after_the_controller_is_killed(
    tmp_path: Path, running: subprocess.Popen[str], base_url: str, unchanged: list[dict[str, Any]]
) -> None:
    running.kill()
    running.communicate()
    wait_until(lambda: is_free(base_url))
    changed = outcomes(base_url)
    code, output = run("--target", shared(tmp_path, base_url), *only(OWNER), report=tmp_path / "next")

    assert changed != unchanged
    assert code == CONFORMS, output
    assert outcomes(base_url) == unchanged
    assert list((tmp_path / "state").rglob("*.json")) == []


def is_free(base_url: str) -> bool:
    try:
        with exclusive_lock(base_url):
            return True
    except CannotTell:
        return False
