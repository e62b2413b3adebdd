"""A run takes snapshots of records before it changes them, and restores them, in this run or the next one."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx2
import pytest

from canvas_outcomes_contract.cases.verdicts import NotApplicable
from canvas_outcomes_contract.checks.provider.outcomes.requests import update_outcome
from canvas_outcomes_contract.connection.pace import Pace
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.restore import Restorer
from canvas_outcomes_contract.connection.snapshots import Snapshot
from canvas_outcomes_contract.connection.target import Target
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.errors import CannotTell

BASE_URL = "https://canvas.example.edu"
PATH = "/api/v1/outcomes/1"


class Canvas:
    """A server with two outcomes that records which snapshots exist at each update.

    It stores no other field beside a title.
    """

    def __init__(self, folder: Path) -> None:
        self.outcomes: dict[int, dict[str, Any]] = {
            id: {"id": id, "title": f"Outcome {id}", "display_name": None} for id in (1, 50)
        }
        self.folder = folder
        self.requests: list[str] = []
        self.saved_at_update: list[dict[str, Any]] = []
        self.update_status = 200

    def respond(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request.method)
        name = request.url.path.rpartition("/")[2].removesuffix(".json")
        id = int(name) if name.isdecimal() else 0
        if id not in self.outcomes:
            return httpx2.Response(404, json={"errors": []})
        if request.method == "PUT":
            self.saved_at_update.append(saved_titles(self.folder))
            if self.update_status != 200:
                return httpx2.Response(self.update_status, json={"errors": {}})
            change = json.loads(request.content)
            self.outcomes[id] |= {"title": change["title"]} if "title" in change else change
        return httpx2.Response(200, json=self.outcomes[id])


def saved_titles(folder: Path) -> dict[str, Any]:
    """The titles in all snapshots, by the id of the outcome."""
    files = sorted(folder.rglob("*.json"))
    return {unquote(path.stem).rpartition("/")[2]: json.loads(path.read_text())["title"] for path in files}


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

    update_outcome(provider, 1, {"title": "changed"})
    update_outcome(provider, 50, {"title": "changed"}, role="teacher")
    update_outcome(provider, 1, {"title": "changed again"})

    first = {"1": "Outcome 1", "50": "Outcome 50"}
    assert canvas.saved_at_update == [{"1": "Outcome 1"}, first, first]


def test_only_the_user_may_read_a_snapshot(canvas: Canvas, provider: Provider) -> None:
    Restorer(provider, on_disk=True)

    update_outcome(provider, 1, {"title": "changed"})

    assert [stat.S_IMODE(path.stat().st_mode) for path in canvas.folder.rglob("*.json")] == [0o600]


def test_restores_everything(canvas: Canvas, provider: Provider) -> None:
    restorer = Restorer(provider, on_disk=True)
    update_outcome(provider, 1, {"title": "changed"})
    update_outcome(provider, 50, {"display_name": "changed"})

    assert restorer.restore() == []
    assert canvas.outcomes == Canvas(canvas.folder).outcomes
    assert saved_titles(canvas.folder) == {}


class ReversingCanvas(Canvas):
    """A server that, as Canvas, reverses the ratings at every change of the scale, here all of equal points."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.outcomes = {1: {"id": 1, "title": "Outcome 1", "ratings": ["a", "b"], "mastery_points": 3}}

    def respond(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "PUT":
            change = json.loads(request.content)
            if change.keys() & {"ratings", "mastery_points"}:
                ratings = change.get("ratings", self.outcomes[1]["ratings"])[::-1]
                change = {"mastery_points": 5} | change if "ratings" in change else change
                self.outcomes[1] |= change | {"ratings": ratings}
                return httpx2.Response(200, json=self.outcomes[1])
        return super().respond(request)


@pytest.mark.parametrize("change", [{"ratings": ["c"], "mastery_points": 1}, {"ratings": ["c"]}, {"mastery_points": 1}])
def test_restores_lists_that_the_provider_reverses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    canvas = ReversingCanvas(tmp_path)
    for provider in open_provider(canvas, Target("canvas", tokens={"editor": "t", "teacher": "t"})):
        restorer = Restorer(provider, on_disk=True)
        update_outcome(provider, 1, change)

        assert restorer.restore() == []
        assert canvas.outcomes == ReversingCanvas(tmp_path).outcomes


def test_restores_properties_that_cannot_be_sent_together(canvas: Canvas, provider: Provider) -> None:
    restorer = Restorer(provider, on_disk=True)
    update_outcome(provider, 1, {"title": "changed"})
    update_outcome(provider, 1, {"display_name": "changed"})

    assert restorer.restore() == []
    assert canvas.outcomes == Canvas(canvas.folder).outcomes


@pytest.mark.parametrize("segment", ["1.json", "1.5", "%31", "01", "1%00"])
def test_writes_a_snapshot_of_every_outcome_that_a_path_may_mean(
    canvas: Canvas, provider: Provider, segment: str
) -> None:
    Restorer(provider, on_disk=True)

    provider.send(None, "PUT", f"/api/v1/outcomes/{segment}", role="editor", content=b"{}")

    assert saved_titles(canvas.folder)["1"] == "Outcome 1"


def test_sends_a_path_that_no_record_can_have(canvas: Canvas, provider: Provider) -> None:
    Restorer(provider, on_disk=True)

    provider.send(None, "PUT", "/api/v1/outcomes/..%2f..%2f", role="editor", content=b"{}")

    assert canvas.requests == ["PUT"]


@pytest.mark.parametrize(("method", "path"), [("POST", "/api/v1/outcomes/1"), ("PUT", "/api/v1/courses/1")])
def test_sends_nothing_that_cannot_be_restored(canvas: Canvas, provider: Provider, method: str, path: str) -> None:
    Restorer(provider, on_disk=True)

    with pytest.raises(NotApplicable, match="disposable: true"):
        provider.send(None, method, path)
    assert canvas.requests == []


def test_takes_no_snapshot_on_a_disposable_target(canvas: Canvas) -> None:
    disposable = next(open_provider(canvas, Target("canvas", disposable=True, tokens={"editor": "t"})))
    Restorer(disposable, on_disk=True)

    update_outcome(disposable, 1, {"title": "changed"})
    disposable.close()

    assert canvas.saved_at_update == [{}]


def test_sends_no_update_for_an_unchanged_outcome(canvas: Canvas, provider: Provider) -> None:
    restorer = Restorer(provider, on_disk=True)
    update_outcome(provider, 1, {})

    restorer.restore()

    assert canvas.requests.count("PUT") == 1


def test_the_next_run_restores_after_a_killed_run(canvas: Canvas, provider: Provider) -> None:
    Restorer(provider, on_disk=True)
    update_outcome(provider, 1, {"title": "changed"})

    notes = Restorer(provider, on_disk=True).restore_after_killed_runs()

    assert notes == [f"{PATH} was restored to its state before a killed run."]
    assert canvas.outcomes[1]["title"] == "Outcome 1"


def test_writes_a_new_snapshot_after_restoring_for_a_killed_run(canvas: Canvas, provider: Provider) -> None:
    Restorer(provider, on_disk=True)
    update_outcome(provider, 1, {"title": "changed"})
    Restorer(provider, on_disk=True).restore_after_killed_runs()

    update_outcome(provider, 1, {"title": "changed again"})

    assert canvas.saved_at_update[-1] == {"1": "Outcome 1"}


def test_reports_a_killed_run_without_restoring_when_writes_are_not_allowed(canvas: Canvas, provider: Provider) -> None:
    Restorer(provider, on_disk=True)
    update_outcome(provider, 1, {"title": "changed"})
    reading = next(open_provider(canvas, Target("canvas", writes=False, tokens={"editor": "t"})))

    notes = Restorer(reading, on_disk=True).restore_after_killed_runs()
    reading.close()

    assert notes == [f"A killed run has left {PATH} changed. Run once with writes: true."]
    assert canvas.outcomes[1]["title"] == "changed"


def test_keeps_the_snapshot_of_an_outcome_that_cannot_be_restored(canvas: Canvas, provider: Provider) -> None:
    restorer = Restorer(provider, on_disk=True)
    update_outcome(provider, 1, {"title": "changed"})
    canvas.update_status = 400

    [note] = restorer.restore()

    assert note.startswith(f"Cannot restore {PATH}: ")
    assert note.endswith(f"Its original state is in {Snapshot(BASE_URL, PATH).path}.")
    assert saved_titles(canvas.folder) == {"1": "Outcome 1"}


def test_names_the_reason_of_an_error_without_a_message(
    canvas: Canvas, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    restorer = Restorer(provider, on_disk=False)
    update_outcome(provider, 1, {"title": "changed"})
    update_outcome(provider, 50, {"title": "changed"})
    respond = canvas.respond

    def fail_for_the_first(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == PATH:
            raise RecursionError
        return respond(request)

    provider.http = httpx2.Client(transport=httpx2.MockTransport(fail_for_the_first))

    assert restorer.restore() == [f"Cannot restore {PATH}: RecursionError."]
    assert canvas.outcomes[50]["title"] == "Outcome 50"


def test_does_not_change_an_outcome_that_cannot_be_read(canvas: Canvas, provider: Provider) -> None:
    Restorer(provider, on_disk=True)
    provider.http = httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(500)))

    with pytest.raises(NotApplicable, match="cannot be read before it is changed"):
        update_outcome(provider, 1, {"title": "changed"})


def test_changes_nothing_without_a_snapshot(
    canvas: Canvas, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    Restorer(provider, on_disk=True)
    monkeypatch.setattr("canvas_outcomes_contract.connection.snapshots.os.fsync", fail)

    with pytest.raises(CannotTell, match="Cannot change /api/v1/outcomes/1: cannot write its snapshot"):
        update_outcome(provider, 1, {"title": "changed"})
    assert canvas.requests == ["GET"]


def fail(descriptor: int) -> None:
    raise OSError(28, "No space left on device")
