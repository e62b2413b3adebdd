"""Remembers, on disk, how an outcome was before a run, until the run has put it back."""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

import platformdirs

from canvas_outcomes_contract.contract.errors import CannotTell

if sys.platform != "win32":
    import fcntl


class Snapshot:
    """The file that outlives a run which was killed; the next run puts the outcome back from it."""

    def __init__(self, base_url: str, outcome_id: int, folder: Path | None = None) -> None:
        self.outcome_id = outcome_id
        self.path = (folder or _folder()) / f"{_prefix(base_url)}-{outcome_id}.json"

    def read(self) -> dict[str, Any] | None:
        """The outcome as it was before a run that was killed, if there was one."""
        if not self.path.exists():
            return None
        try:
            outcome: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CannotTell(
                f"Cannot put outcome {self.outcome_id} back from {self.path}: {error}. "
                "Put it back by hand, then delete the file."
            ) from error
        return outcome

    def keep(self, outcome: dict[str, Any]) -> None:
        """On the disk, and whole, before this returns: a kill or a power cut later cannot lose the state.

        What is kept already stays: of several workers that change one outcome, the first saw how it was.
        """
        try:
            if not self.path.exists():
                self._write(outcome)
        except OSError as error:
            raise CannotTell(
                f"Cannot change outcome {self.outcome_id}: its state cannot be kept in {self.path}: {error.strerror}. "
                "Set XDG_STATE_HOME to a folder that can be written, or writes: false in the target."
            ) from error

    def _write(self, outcome: dict[str, Any]) -> None:
        whole = self.path.with_suffix(f".{os.getpid()}")
        whole.unlink(missing_ok=True)
        descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(outcome, file)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(whole, self.path)
        whole.unlink()
        _flush_folder(self.path.parent)

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)


@contextmanager
def exclusive_lock(base_url: str) -> Iterator[None]:
    """Only one run of this machine at a time changes outcomes of a provider: a second one would take the first for
    killed, and put back what it is changing. Raises CannotTell. The lock ends with the process, however that ends.
    """
    if sys.platform == "win32":  # it has no locks that end with the process in the standard library
        yield
        return
    with (_folder() / "runs.lock").open("a+") as file:
        try:
            _lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB, base_url)
            # Workers go on for a moment when their controller is killed.
            _lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB, base_url, of_workers=True)
            _lock(file, fcntl.LOCK_UN, base_url, of_workers=True)
        except OSError as error:
            raise CannotTell(
                f"Cannot judge {base_url}: another run of this machine is changing its outcomes. Wait for its end."
            ) from error
        yield


@contextmanager
def shared_lock(base_url: str) -> Iterator[None]:
    """A worker of the run that is alone with the provider changes outcomes of it: no run begins before it has ended."""
    if sys.platform == "win32":
        yield
        return
    with (_folder() / "runs.lock").open("a+") as file:
        _lock(file, fcntl.LOCK_SH, base_url, of_workers=True)
        yield


def _lock(file: TextIO, kind: int, base_url: str, of_workers: bool = False) -> None:
    """Two bytes of one file for each provider, of its run and of that run's workers: no file has to be taken away."""
    fcntl.lockf(file, kind, 1, 2 * int(_prefix(base_url)[:12], 16) + of_workers)


def saved_snapshots(base_url: str, folder: Path | None = None) -> Iterator[Snapshot]:
    """What runs against this provider that were killed have left."""
    for path in sorted((folder or _folder()).glob(f"{_prefix(base_url)}-*.json")):
        yield Snapshot(base_url, int(path.stem.rpartition("-")[2]), path.parent)


def _folder() -> Path:
    return platformdirs.user_state_path("canvas-outcomes-contract", ensure_exists=True)


def _prefix(base_url: str) -> str:
    return hashlib.sha256(base_url.encode()).hexdigest()[:32]


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # a folder cannot be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
