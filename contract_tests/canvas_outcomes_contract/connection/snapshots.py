"""Snapshots of records on disk, which outlive a killed run, and the locks of a provider's runs."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import platformdirs
from filelock import ReadWriteLock, Timeout

from canvas_outcomes_contract.contract.errors import CannotTell

# A run that tries for its exclusive lock keeps others from the shared one for some milliseconds.
SHARED_LOCK_TIMEOUT = 5.0
LOOPBACK = "localhost"  # stands for its addresses
DEFAULT_PORTS = {"http": 80, "https": 443}


class Snapshot:
    """The file that holds a record, identified by its path, as it was before a run changed it."""

    def __init__(self, base_url: str, record: str, folder: Path | None = None) -> None:
        self.record = record
        self.path = (folder or _folder()) / f"{_prefix(base_url)}-{quote(record, safe='')}.json"

    def load(self) -> dict[str, Any] | None:
        """The record as it was before a run that was killed, or None."""
        if not self.path.exists():
            return None
        try:
            original: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CannotTell(
                f"Cannot restore {self.record} from {self.path}: {error}. Restore it by hand, then delete the file."
            ) from error
        return original

    def save(self, original: dict[str, Any]) -> None:
        """Write the record and flush it to the disk, unless a snapshot is there already.

        Of several workers that change one record, the first one saw its original state.
        """
        try:
            if not self.path.exists():
                self._write(original)
        except OSError as error:
            raise CannotTell(
                f"Cannot change {self.record}: cannot write its snapshot {self.path}: {error.strerror}. "
                "Set XDG_STATE_HOME to a folder that can be written, or writes: false in the target."
            ) from error

    def _write(self, original: dict[str, Any]) -> None:
        whole = self.path.with_suffix(f".{os.getpid()}")
        whole.unlink(missing_ok=True)
        descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(original, file)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(whole, self.path)
        whole.unlink()
        _flush_folder(self.path.parent)

    def delete(self) -> None:
        self.path.unlink(missing_ok=True)


def saved_snapshots(base_url: str, folder: Path | None = None) -> Iterator[Snapshot]:
    """The snapshots that killed runs of this provider have left."""
    for path in sorted((folder or _folder()).glob(f"{_prefix(base_url)}-*.json")):
        yield Snapshot(base_url, unquote(path.stem.removeprefix(f"{_prefix(base_url)}-")), path.parent)


def exclusive_lock(base_url: str) -> AbstractContextManager[None]:
    """Hold the provider for one run of this machine. Raises CannotTell while another run holds it.

    A second run would take the snapshots of the first for those of a killed run, and restore what the first is
    changing. The lock ends with the process, even if it is killed.
    """
    return _held(base_url, "write", 0)


def shared_lock(base_url: str) -> AbstractContextManager[None]:
    """Hold the provider together with the other processes of a run: no other run begins before all of them end."""
    return _held(base_url, "read", SHARED_LOCK_TIMEOUT)


@contextmanager
def _held(base_url: str, mode: str, timeout: float) -> Iterator[None]:
    lock = ReadWriteLock(_folder() / f"{_prefix(base_url)}.lock", is_singleton=False)
    try:
        held = lock.acquire_write(timeout) if mode == "write" else lock.acquire_read(timeout)
    except Timeout:
        raise CannotTell(
            f"Cannot judge {base_url}: another run of this machine is changing its records. Wait for its end."
        ) from None
    with held:
        yield


def _folder() -> Path:
    return platformdirs.user_state_path("canvas-outcomes-contract", ensure_exists=True)


def _prefix(base_url: str) -> str:
    return hashlib.sha256(_normalized(base_url).encode()).hexdigest()[:32]


def _normalized(base_url: str) -> str:
    """One spelling for all URLs of a provider."""
    url = urlsplit(base_url)
    host = (url.hostname or "").rstrip(".")
    with suppress(ValueError):  # of a host with a name
        host = LOOPBACK if ip_address(host).is_loopback else str(ip_address(host))
    return f"{url.scheme}://{host}:{url.port or DEFAULT_PORTS[url.scheme]}{url.path.rstrip('/')}"


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # a folder cannot be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
