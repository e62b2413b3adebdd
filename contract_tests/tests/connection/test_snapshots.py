"""Files and locks of snapshots, which outlive a killed run."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from canvas_outcomes_contract.connection.snapshots import Snapshot, exclusive_lock, saved_snapshots, shared_lock
from canvas_outcomes_contract.contract.errors import CannotTell

BASE_URL = "https://canvas.example.edu"
PATH = "/api/v1/outcomes/1"


def test_names_an_unreadable_snapshot(tmp_path: Path) -> None:
    snapshot = Snapshot(BASE_URL, PATH, tmp_path)
    snapshot.path.write_text("{")

    with pytest.raises(CannotTell, match=r"Cannot restore /api/v1/outcomes/1 from .*%2F1\.json"):
        snapshot.load()


def test_each_provider_has_files_of_its_own(tmp_path: Path) -> None:
    Snapshot(BASE_URL, PATH, tmp_path).save({"title": "A"})
    Snapshot(f"{BASE_URL}/other", "/api/v1/outcomes/2", tmp_path).save({"title": "B"})

    assert [snapshot.record for snapshot in saved_snapshots(BASE_URL, tmp_path)] == [PATH]


def test_keeps_the_snapshot_of_the_first_of_several_workers(tmp_path: Path) -> None:
    Snapshot(BASE_URL, PATH, tmp_path).save({"title": "before"})
    Snapshot(BASE_URL, PATH, tmp_path).save({"title": "changed by another worker"})

    assert Snapshot(BASE_URL, PATH, tmp_path).load() == {"title": "before"}
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("base_url", "same"),
    [
        ("http://localhost:8000", "http://127.0.0.1:8000"),
        ("http://localhost:8000", "http://[::1]:8000/"),
        ("http://localhost:8000", "http://[0:0:0:0:0:0:0:1]:8000"),
        ("http://localhost", "HTTP://LocalHost:80/"),
        ("https://canvas.example.edu", "https://Canvas.Example.edu.:443//"),
        ("https://canvas.example.edu/canvas", "https://user:password@canvas.example.edu/canvas/"),
        ("http://[2001:db8::1]", "http://[2001:DB8:0::1]:80"),
    ],
)
def test_the_spellings_of_a_url_are_one_provider(tmp_path: Path, base_url: str, same: str) -> None:
    Snapshot(base_url, PATH, tmp_path).save({"title": "A"})

    assert [snapshot.record for snapshot in saved_snapshots(same, tmp_path)] == [PATH]


@pytest.mark.parametrize(
    "other", ["http://localhost:8001", "https://localhost:8000", "http://localhost:8000/b", "http://10.0.0.1:8000"]
)
def test_other_urls_are_other_providers(tmp_path: Path, other: str) -> None:
    Snapshot("http://localhost:8000", PATH, tmp_path).save({"title": "A"})

    assert list(saved_snapshots(other, tmp_path)) == []


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
