"""What a run changes is on the disk before it changes, and is put back, whoever changed it by whichever request."""

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from canvas_outcomes_contract.cases.verdicts import NotApplicable
from canvas_outcomes_contract.connection.pace import Pace
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.restore import Restorer
from canvas_outcomes_contract.connection.snapshots import Snapshot, exclusive_lock, saved_snapshots
from canvas_outcomes_contract.connection.target import Target
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.errors import CannotTell

ROOT = Path(__file__).resolve().parents[3]
BASE_URL = "https://canvas.example.edu"


class Canvas:
    """Outcomes by id; remembers which files were there at each update."""

    def __init__(self, folder: Path) -> None:
        self.outcomes = {id: {"id": id, "title": f"Outcome {id}", "display_name": None} for id in (1, 50)}
        self.folder = folder
        self.requests: list[str] = []
        self.files_at_update: list[dict[str, Any]] = []
        self.update_status = 200

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request.method)
        id = int(request.url.path.rpartition("/")[2])
        if id not in self.outcomes:
            return httpx.Response(404, json={"errors": []})
        if request.method == "PUT":
            self.files_at_update.append(kept(self.folder))
            if self.update_status != 200:
                return httpx.Response(self.update_status, json={"errors": {}})
            self.outcomes[id] |= json.loads(request.content)
        return httpx.Response(200, json=self.outcomes[id])


def kept(folder: Path) -> dict[str, Any]:
    """The titles that are on the disk, by the id of their outcome."""
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
    provider.http = httpx.Client(transport=httpx.MockTransport(canvas.answer))
    yield provider
    provider.close()


def test_a_state_is_on_the_disk_before_the_first_change(canvas: Canvas, provider: Provider) -> None:
    Restorer(provider, on_disk=True)

    provider.update_outcome(1, {"title": "changed"})
    provider.update_outcome(50, {"title": "changed"}, role="teacher")
    provider.update_outcome(1, {"title": "changed again"})

    first = {"1": "Outcome 1", "50": "Outcome 50"}
    assert canvas.files_at_update == [{"1": "Outcome 1"}, first, first]


def test_only_the_user_may_read_what_is_kept(canvas: Canvas, provider: Provider) -> None:
    Restorer(provider, on_disk=True)

    provider.update_outcome(1, {"title": "changed"})

    assert [stat.S_IMODE(path.stat().st_mode) for path in canvas.folder.rglob("*.json")] == [0o600]


def test_everything_is_put_back(canvas: Canvas, provider: Provider) -> None:
    restorer = Restorer(provider, on_disk=True)
    provider.update_outcome(1, {"title": "changed"})
    provider.update_outcome(50, {"display_name": "changed"})

    assert restorer.restore() == []
    assert canvas.outcomes == Canvas(canvas.folder).outcomes
    assert kept(canvas.folder) == {}


def test_what_is_as_it_was_is_not_updated(canvas: Canvas, provider: Provider) -> None:
    restorer = Restorer(provider, on_disk=True)
    provider.update_outcome(1, {})

    restorer.restore()

    assert canvas.requests.count("PUT") == 1


def test_the_next_run_finishes_what_a_killed_run_has_left(canvas: Canvas, provider: Provider) -> None:
    Restorer(provider, on_disk=True)
    provider.update_outcome(1, {"title": "changed"})

    notes = Restorer(provider, on_disk=True).restore_after_killed_runs()

    assert notes == ["Outcome 1 was put back as it was before a run that was killed."]
    assert canvas.outcomes[1]["title"] == "Outcome 1"


def test_what_was_finished_is_kept_anew_before_it_changes_again(canvas: Canvas, provider: Provider) -> None:
    Restorer(provider, on_disk=True)
    provider.update_outcome(1, {"title": "changed"})
    Restorer(provider, on_disk=True).restore_after_killed_runs()

    provider.update_outcome(1, {"title": "changed again"})

    assert canvas.files_at_update[-1] == {"1": "Outcome 1"}


def test_a_target_without_writes_is_not_put_back_but_told_of(canvas: Canvas, provider: Provider) -> None:
    Restorer(provider, on_disk=True)
    provider.update_outcome(1, {"title": "changed"})
    reading = next(open_provider(canvas, Target("canvas", writes=False, tokens={"editor": "t"})))

    notes = Restorer(reading, on_disk=True).restore_after_killed_runs()
    reading.close()

    assert notes == ["A run that was killed has left outcome 1 changed. Run with writes: true once."]
    assert canvas.outcomes[1]["title"] == "changed"


def test_what_cannot_be_put_back_is_said_and_stays_on_the_disk(canvas: Canvas, provider: Provider) -> None:
    restorer = Restorer(provider, on_disk=True)
    provider.update_outcome(1, {"title": "changed"})
    canvas.update_status = 400

    [note] = restorer.restore()

    assert note.startswith("Cannot put outcome 1 back: ")
    assert note.endswith(f"How it was is kept in {Snapshot(BASE_URL, 1).path}.")
    assert kept(canvas.folder) == {"1": "Outcome 1"}


def test_what_cannot_be_read_is_not_changed(canvas: Canvas, provider: Provider) -> None:
    Restorer(provider, on_disk=True)
    provider.http = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(500)))

    with pytest.raises(NotApplicable, match="cannot be read before it is changed"):
        provider.update_outcome(1, {"title": "changed"})


def test_nothing_is_changed_where_nothing_can_be_kept(
    canvas: Canvas, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    Restorer(provider, on_disk=True)
    monkeypatch.setattr("canvas_outcomes_contract.connection.snapshots.os.fsync", fail)

    with pytest.raises(CannotTell, match="Cannot change outcome 1: its state cannot be kept in"):
        provider.update_outcome(1, {"title": "changed"})
    assert canvas.requests == ["GET"]


def fail(descriptor: int) -> None:
    raise OSError(28, "No space left on device")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    memory = Snapshot(BASE_URL, 1, tmp_path)
    memory.path.write_text("{")

    with pytest.raises(CannotTell, match=r"Cannot put outcome 1 back from .*-1\.json"):
        memory.read()


def test_each_provider_has_files_of_its_own(tmp_path: Path) -> None:
    Snapshot(BASE_URL, 1, tmp_path).keep({"title": "A"})
    Snapshot(f"{BASE_URL}/other", 2, tmp_path).keep({"title": "B"})

    assert [memory.outcome_id for memory in saved_snapshots(BASE_URL, tmp_path)] == [1]


HOLD = """
import sys
from canvas_outcomes_contract.connection.snapshots import alone
with exclusive_lock(sys.argv[1]):
    print()
    input()
"""


@pytest.fixture
def other_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[str]]:
    """Another process that is judging the provider at BASE_URL."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    command = [sys.executable, "-c", HOLD, BASE_URL]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "\n"
        yield process
        process.kill()


def test_two_runs_do_not_change_one_provider_at_once(other_run: subprocess.Popen[str]) -> None:
    with pytest.raises(CannotTell, match="another run"), exclusive_lock(BASE_URL):
        pass


def test_a_run_waits_for_workers_whose_controller_was_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    command = [sys.executable, "-c", HOLD.replace("alone", "in_company"), BASE_URL]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "\n"
        with pytest.raises(CannotTell, match="another run"), exclusive_lock(BASE_URL):
            pass
        worker.kill()


def test_of_several_workers_the_first_saw_how_an_outcome_was(tmp_path: Path) -> None:
    Snapshot(BASE_URL, 1, tmp_path).keep({"title": "before"})
    Snapshot(BASE_URL, 1, tmp_path).keep({"title": "changed by another worker"})

    assert Snapshot(BASE_URL, 1, tmp_path).read() == {"title": "before"}
    assert len(list(tmp_path.iterdir())) == 1


def test_runs_of_two_providers_do_not_wait_for_each_other(other_run: subprocess.Popen[str]) -> None:
    with exclusive_lock(f"{BASE_URL}/other"):
        assert other_run.poll() is None


def test_a_run_that_was_killed_holds_nobody_up(other_run: subprocess.Popen[str]) -> None:
    other_run.kill()
    other_run.wait()

    with exclusive_lock(BASE_URL):
        assert other_run.returncode != 0
