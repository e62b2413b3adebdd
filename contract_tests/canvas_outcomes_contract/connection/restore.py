"""Restore what a run changes: take a snapshot of each record before its first change, undo the changes at the end."""

import threading
from typing import Any

from canvas_outcomes_contract.cases.verdicts import NotApplicable, ProviderGone
from canvas_outcomes_contract.connection.provider import NOT_DISPOSABLE, Provider
from canvas_outcomes_contract.connection.snapshots import Snapshot, saved_snapshots
from canvas_outcomes_contract.connection.updatable_record import UpdatableRecord, records_at
from canvas_outcomes_contract.contract.restoring import restorable_at

NO_RECORD = (400, 404)  # statuses for an id that no record has, or can have


class Restorer:
    """The original states of all records that requests to a provider may have changed."""

    def __init__(self, provider: Provider, on_disk: bool) -> None:
        self.provider, self.on_disk = provider, on_disk
        self._originals: dict[str, dict[str, Any] | None] = {}  # by path; None: there is no such record
        self._lock = threading.RLock()
        provider.before_write = self.before_write

    def before_write(self, path: str) -> None:
        """Take a snapshot of the record at a path. Raises NotApplicable if its change cannot be undone."""
        access = restorable_at(self.provider.contract, path)
        if access is None:
            raise NotApplicable(NOT_DISPOSABLE)
        with self._lock:
            for record in records_at(self.provider, access, path):
                self._take_snapshot(record)

    def _take_snapshot(self, record: UpdatableRecord) -> None:
        if record.path in self._originals:
            return
        response = record.get()
        if not (response.is_success or response.status_code in NO_RECORD):
            raise NotApplicable(
                f"{record.path} cannot be read before it is changed (status={response.status_code}), so it could not "
                "be restored. Let the role that changes it read it."
            )
        original = record.parse(response) if response.is_success else None
        if original is not None and self.on_disk:
            self._snapshot(record.path).save(original)
        self._originals[record.path] = original

    def restore_after_killed_runs(self) -> list[str]:
        """Restore the records that killed runs have left changed. Returns a note for each."""
        if not self.on_disk:
            return []
        return [self._restore_after_killed_run(snapshot) for snapshot in saved_snapshots(self.provider.base_url)]

    def restore_after_workers(self) -> list[str]:
        """Restore what the workers of this run have changed. Returns a note for each failure."""
        snapshots = saved_snapshots(self.provider.base_url)
        return [note for snapshot in snapshots if (note := self._restore_from(snapshot))]

    def _restore_after_killed_run(self, snapshot: Snapshot) -> str:
        if not self.provider.target.writes:
            return f"A killed run has left {snapshot.record} changed. Run once with writes: true."
        failure = self._restore_from(snapshot)
        return failure or f"{snapshot.record} was restored to its state before a killed run."

    def _restore_from(self, snapshot: Snapshot) -> str:
        self._originals[snapshot.record] = snapshot.load()
        failure = self._restore(snapshot.record)
        if not failure:
            del self._originals[snapshot.record]  # its file is deleted: the next change needs a new one
        return failure

    def restore(self) -> list[str]:
        """Restore everything that was changed. Returns a note for each failure."""
        return [note for path in self._originals if (note := self._restore(path))]

    def _restore(self, path: str) -> str:
        original = self._originals[path]
        if original is None:
            return ""
        access = restorable_at(self.provider.contract, path)
        try:
            problems = ["the contract has no request that restores it"]
            if access is not None:
                record = UpdatableRecord(self.provider, access, access.write.path_values(path))
                problems = record.restore(original).messages()
        # A record that cannot be restored does not stop the others.
        except (Exception, NotApplicable, ProviderGone) as error:
            problems = [str(error).strip() or type(error).__name__]
        if problems:
            kept = f" Its original state is in {self._snapshot(path).path}." if self.on_disk else ""
            reason = self.provider.recorder.redact("; ".join(problems).rstrip("."))
            return f"Cannot restore {path}: {reason}.{kept}"
        if self.on_disk:
            self._snapshot(path).delete()
        return ""

    def _snapshot(self, path: str) -> Snapshot:
        return Snapshot(self.provider.base_url, path)
