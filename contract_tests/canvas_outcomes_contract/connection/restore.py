"""Restore what a run changes: take a snapshot of each outcome before its first change, undo the changes at the end."""

import re
import threading
from typing import Any

from canvas_outcomes_contract.cases.responses import parse_outcome
from canvas_outcomes_contract.cases.verdicts import NotApplicable, ProviderGone
from canvas_outcomes_contract.connection.editable_outcome import EditableOutcome
from canvas_outcomes_contract.connection.provider import NOT_DISPOSABLE, Provider
from canvas_outcomes_contract.connection.snapshots import Snapshot, saved_snapshots

OUTCOMES = "/api/v1/outcomes/"
# Match leading digits only: a lenient provider may accept 1.5.
OUTCOME = re.compile(r"/outcomes/(\d{1,18})(?!\d)")


class Restorer:
    """The original states of all outcomes that requests to a provider may have changed."""

    def __init__(self, provider: Provider, on_disk: bool) -> None:
        self.provider, self.on_disk = provider, on_disk
        self._originals: dict[int, dict[str, Any] | None] = {}  # None: there is no such outcome
        self._lock = threading.RLock()
        provider.before_write = self.before_write

    def before_write(self, path: str) -> None:
        """Take a snapshot of the outcome in the path. Raises NotApplicable for anything that cannot be restored."""
        if OUTCOMES not in path:
            raise NotApplicable(NOT_DISPOSABLE)
        outcome = OUTCOME.search(path)
        if outcome is not None:
            with self._lock:
                self._take_snapshot(int(outcome[1]))

    def _take_snapshot(self, id: int) -> None:
        if id in self._originals:
            return
        response = self.provider.get_outcome(id)
        if response.status_code not in (200, 404):
            raise NotApplicable(
                f"Outcome {id} cannot be read before it is changed (status={response.status_code}), so it could not "
                "be restored. Let the editor read it."
            )
        original = parse_outcome(response) if response.status_code == 200 else None
        if original is not None and self.on_disk:
            self._snapshot(id).save(original)
        self._originals[id] = original

    def restore_after_killed_runs(self) -> list[str]:
        """Restore the outcomes that killed runs have left changed. Returns a note for each."""
        if not self.on_disk:
            return []
        return [self._restore_after_killed_run(snapshot) for snapshot in saved_snapshots(self.provider.base_url)]

    def restore_after_workers(self) -> list[str]:
        """Restore what the workers of this run have changed. Returns a note for each failure."""
        snapshots = saved_snapshots(self.provider.base_url)
        return [note for snapshot in snapshots if (note := self._restore_from(snapshot))]

    def _restore_after_killed_run(self, snapshot: Snapshot) -> str:
        if not self.provider.target.writes:
            return f"A killed run has left outcome {snapshot.outcome_id} changed. Run once with writes: true."
        failure = self._restore_from(snapshot)
        return failure or f"Outcome {snapshot.outcome_id} was restored to its state before a killed run."

    def _restore_from(self, snapshot: Snapshot) -> str:
        self._originals[snapshot.outcome_id] = snapshot.load()
        failure = self._restore(snapshot.outcome_id)
        if not failure:
            del self._originals[snapshot.outcome_id]  # its file is deleted: the next change needs a new one
        return failure

    def restore(self) -> list[str]:
        """Restore everything that was changed. Returns a note for each failure."""
        return [note for id in self._originals if (note := self._restore(id))]

    def _restore(self, id: int) -> str:
        original = self._originals[id]
        if original is None:
            return ""
        try:
            problems = EditableOutcome(self.provider, id).restore(original).messages()
        except (AssertionError, ProviderGone) as error:
            problems = [str(error)]
        if problems:
            kept = f" Its original state is in {self._snapshot(id).path}." if self.on_disk else ""
            return f"Cannot restore outcome {id}: {'; '.join(problems)}.{kept}"
        if self.on_disk:
            self._snapshot(id).delete()
        return ""

    def _snapshot(self, id: int) -> Snapshot:
        return Snapshot(self.provider.base_url, id)
