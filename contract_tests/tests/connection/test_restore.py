"""A run takes snapshots of outcomes before it changes them, and restores them, in this run or the next one."""

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from canvas_outcomes_contract.cases.verdicts import NotApplicable
from canvas_outcomes_contract.connection.pace import Pace
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.restore import Restorer
from canvas_outcomes_contract.connection.snapshots import Snapshot, exclusive_lock, saved_snapshots, shared_lock
from canvas_outcomes_contract.connection.target import Target
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.errors import CannotTell

BASE_URL = "https://canvas.example.edu"


class Canvas:
    """A server with two outcomes that records which snapshots exist at each update."""

    def __init__(self, folder: Path) -> None:
        self.outcomes = {id: {"id": id, "title": f"Outcome {id}", "display_name": None} for id in (1, 50)}
        self.folder = folder
        self.requests: list[str] = []
        self.saved_at_update: list[dict[str, Any]] = []
        self.update_status = 200

    def respond(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request.method)
        id = int(request.url.path.rpartition("/")[2])
        if id not in self.outcomes:
            return httpx2.Response(404, json={"errors": []})
        if request.method == "PUT":
            self.saved_at_update.append(saved_titles(self.folder))
            if self.update_status != 200:
                return httpx2.Response(self.update_status, json={"errors": {}})
            self.outcomes[id] |= json.loads(request.content)
        return httpx2.Response(200, json=self.outcomes[id])


def saved_titles(folder: Path) -> dict[str, Any]:
    """The titles in all snapshots, by the id of the outcome."""
    return {
        path.stem.rpartition("-")[2]: json.loads(path.read_text())["title"] for path in sorted(folder.rglob("*.json"))
    }


@pytest.fixture
def canvas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Canvas:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return Canvas(tmp_path)


@pytest.fixture
def provider(canvas: Canvas) -> Iterator[Provider]:
    yield from open_provider(canvas, Target("canvas", tokens={"editor": "t", "teacher": "t"}))


def open_provider(canvas: Canvas, target: Target) -> Iterator[Provider]:
    provider = Provider(target, BASE_URL, Contract(contract_path()), Recorder(), Pace(None, 1))
    provider.http = httpx2.Client(transport=httpx2.MockTransport(canvas.respond))
    yield provider
    provider.close()


def test_writes_a_snapshot_before_the_first_change(canvas: Canvas, provider: Provider) -> None:
    Restorer(provider, on_disk=True)

    provider.update_outcome(1, {"title": "changed"})
    provider.update_outcome(50, {"title": "changed"}, role="teacher")
    provider.update_outcome(1, {"title": "changed again"})

    first = {"1": "Outcome 1", "50": "Outcome 50"}
    assert canvas.saved_at_update == [{"1": "Outcome 1"}, first, first]


def test_only_the_user_may_read_a_snapshot(canvas: Canvas, provider: Provider) -> None:
    Restorer(provider, on_disk=True)

    provider.update_outcome(1, {"title": "changed"})

    assert [stat.S_IMODE(path.stat().st_mode) for path in canvas.folder.rglob("*.json")] == [0o600]


def test_restores_everything(canvas: Canvas, provider: Provider) -> None:
    restorer = Restorer(provider, on_disk=True)
    provider.update_outcome(1, {"title": "changed"})
    provider.update_outcome(50, {"display_name": "changed"})

    assert restorer.restore() == []
    assert canvas.outcomes == Canvas(canvas.folder).outcomes
    assert saved_titles(canvas.folder) == {}


@pytest.mark.parametrize(("method", "path"), [("POST", "/api/v1/outcomes/1"), ("PUT", "/api/v1/courses/1")])
def test_sends_nothing_that_cannot_be_restored(canvas: Canvas, provider: Provider, method: str, path: str) -> None:
    Restorer(provider, on_disk=True)

    with pytest.raises(NotApplicable, match="disposable: true"):
        provider.send(None, method, path)
    assert canvas.requests == []


def test_takes_no_snapshot_on_a_disposable_target(canvas: Canvas) -> None:
    disposable = next(open_provider(canvas, Target("canvas", disposable=True, tokens={"editor": "t"})))
    Restorer(disposable, on_disk=True)

    disposable.update_outcome(1, {"title": "changed"})
    disposable.close()

    assert canvas.saved_at_update == [{}]


def test_sends_no_update_for_an_unchanged_outcome(canvas: Canvas, provider: Provider) -> None:
    restorer = Restorer(provider, on_disk=True)
    provider.update_outcome(1, {})

    restorer.restore()

    assert canvas.requests.count("PUT") == 1


def test_the_next_run_restores_after_a_killed_run(canvas: Canvas, provider: Provider) -> None:
    Restorer(provider, on_disk=True)
    provider.update_outcome(1, {"title": "changed"})

    notes = Restorer(provider, on_disk=True).restore_after_killed_runs()

    assert notes == ["Outcome 1 was restored to its state before a killed run."]
    assert canvas.outcomes[1]["title"] == "Outcome 1"


def test_writes_a_new_snapshot_after_restoring_for_a_killed_run(canvas: Canvas, provider: Provider) -> None:
    Restorer(provider, on_disk=True)
    provider.update_outcome(1, {"title": "changed"})
    Restorer(provider, on_disk=True).restore_after_killed_runs()

    provider.update_outcome(1, {"title": "changed again"})

    assert canvas.saved_at_update[-1] == {"1": "Outcome 1"}


def test_reports_a_killed_run_without_restoring_when_writes_are_not_allowed(canvas: Canvas, provider: Provider) -> None:
    Restorer(provider, on_disk=True)
    provider.update_outcome(1, {"title": "changed"})
    reading = next(open_provider(canvas, Target("canvas", writes=False, tokens={"editor": "t"})))

    notes = Restorer(reading, on_disk=True).restore_after_killed_runs()
    reading.close()

    assert notes == ["A killed run has left outcome 1 changed. Run once with writes: true."]
    assert canvas.outcomes[1]["title"] == "changed"


def test_keeps_the_snapshot_of_an_outcome_that_cannot_be_restored(canvas: Canvas, provider: Provider) -> None:
    restorer = Restorer(provider, on_disk=True)
    provider.update_outcome(1, {"title": "changed"})
    canvas.update_status = 400

    [note] = restorer.restore()

    assert note.startswith("Cannot restore outcome 1: ")
    assert note.endswith(f"Its original state is in {Snapshot(BASE_URL, 1).path}.")
    assert saved_titles(canvas.folder) == {"1": "Outcome 1"}


def test_does_not_change_an_outcome_that_cannot_be_read(canvas: Canvas, provider: Provider) -> None:
    Restorer(provider, on_disk=True)
    provider.http = httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(500)))

    with pytest.raises(NotApplicable, match="cannot be read before it is changed"):
        provider.update_outcome(1, {"title": "changed"})


def test_changes_nothing_without_a_snapshot(
    canvas: Canvas, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    Restorer(provider, on_disk=True)
    monkeypatch.setattr("canvas_outcomes_contract.connection.snapshots.os.fsync", fail)

    with pytest.raises(CannotTell, match="Cannot change outcome 1: cannot write its snapshot"):
        provider.update_outcome(1, {"title": "changed"})
    assert canvas.requests == ["GET"]


def fail(descriptor: int) -> None:
    raise OSError(28, "No space left on device")


def test_names_an_unreadable_snapshot(tmp_path: Path) -> None:
    snapshot = Snapshot(BASE_URL, 1, tmp_path)
    snapshot.path.write_text("{")

    with pytest.raises(CannotTell, match=r"Cannot restore outcome 1 from .*-1\.json"):
        snapshot.load()


def test_each_provider_has_files_of_its_own(tmp_path: Path) -> None:
    Snapshot(BASE_URL, 1, tmp_path).save({"title": "A"})
    Snapshot(f"{BASE_URL}/other", 2, tmp_path).save({"title": "B"})

    assert [snapshot.outcome_id for snapshot in saved_snapshots(BASE_URL, tmp_path)] == [1]


def test_keeps_the_snapshot_of_the_first_of_several_workers(tmp_path: Path) -> None:
    Snapshot(BASE_URL, 1, tmp_path).save({"title": "before"})
    Snapshot(BASE_URL, 1, tmp_path).save({"title": "changed by another worker"})

    assert Snapshot(BASE_URL, 1, tmp_path).load() == {"title": "before"}
    assert len(list(tmp_path.iterdir())) == 1


HOLD_LOCK = """
import sys
from canvas_outcomes_contract.connection import snapshots
with getattr(snapshots, sys.argv[1])(sys.argv[2]):
    print()
    input()
"""


@pytest.fixture(params=["exclusive_lock", "shared_lock"])
def other_run(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[subprocess.Popen[str]]:
    """Another process that judges the provider at BASE_URL: a run, or a worker whose controller was killed."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    command = [sys.executable, "-c", HOLD_LOCK, request.param, BASE_URL]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "\n"
        yield process
        process.kill()


def test_a_killed_run_releases_its_lock(other_run: subprocess.Popen[str]) -> None:
    with exclusive_lock(f"{BASE_URL}/other"):
        pass  # another provider
    with pytest.raises(CannotTell, match="another run"), exclusive_lock(BASE_URL):
        pass

    other_run.kill()
    other_run.wait()

    with exclusive_lock(BASE_URL):
        pass


def test_the_processes_of_a_run_share_its_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    with shared_lock(BASE_URL), shared_lock(BASE_URL):
        assert list(tmp_path.rglob("*.lock")) != []
