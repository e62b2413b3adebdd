"""Every outcome is remembered before a run changes it for the first time, and is put back when the run ends."""

import re
import threading
from typing import Any

from canvas_outcomes_contract.cases.responses import parse_outcome
from canvas_outcomes_contract.cases.verdicts import NotApplicable, ProviderGone
from canvas_outcomes_contract.connection.editable_outcome import EditableOutcome
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.snapshots import Snapshot, saved_snapshots

# A provider may read more ids than it should, such as 1.5: what begins with an id is taken for one.
OUTCOME = re.compile(r"/outcomes/(\d{1,18})(?!\d)")
READABLE, MISSING = 200, 404


class Restorer:
    """The first states of all outcomes that requests of a provider have been sent to."""

    def __init__(self, provider: Provider, on_disk: bool) -> None:
        self.provider, self.on_disk = provider, on_disk
        self._first: dict[int, dict[str, Any] | None] = {}  # None: there is no such outcome
        self._lock = threading.RLock()
        provider.before_write = self.before_write

    def before_write(self, path: str) -> None:
        """Raises NotApplicable for an outcome that cannot be read, because it could not be put back either."""
        named = OUTCOME.search(path)
        if named is not None:
            with self._lock:
                self._remember(int(named[1]))

    def _remember(self, id: int) -> None:
        if id in self._first:
            return
        answer = self.provider.get_outcome(id)
        if answer.status_code not in (READABLE, MISSING):
            raise NotApplicable(
                f"Outcome {id} cannot be read before it is changed (status={answer.status_code}), so it could not be "
                "put back. Let get_outcome answer the editor."
            )
        first = parse_outcome(answer) if answer.status_code == READABLE else None
        if first is not None and self.on_disk:
            self._memory(id).keep(first)
        self._first[id] = first

    def restore_after_killed_runs(self) -> list[str]:
        """Put back what runs that were killed have left; a note for each outcome."""
        if not self.on_disk:
            return []
        return [self._finish(memory) for memory in saved_snapshots(self.provider.base_url)]

    def restore_after_workers(self) -> list[str]:
        """Put back what the workers of this run have changed; a note for each outcome that could not be."""
        return [note for memory in saved_snapshots(self.provider.base_url) if (note := self._put_back_from(memory))]

    def _finish(self, memory: Snapshot) -> str:
        if not self.provider.target.writes:
            return f"A run that was killed has left outcome {memory.outcome_id} changed. Run with writes: true once."
        failed = self._put_back_from(memory)
        return failed or f"Outcome {memory.outcome_id} was put back as it was before a run that was killed."

    def _put_back_from(self, memory: Snapshot) -> str:
        self._first[memory.outcome_id] = memory.read()
        failed = self._put_back(memory.outcome_id)
        if not failed:
            del self._first[memory.outcome_id]  # its file is gone: before the next change it is kept anew
        return failed

    def restore(self) -> list[str]:
        """Put back whatever was changed; a note for each outcome that could not be."""
        return [note for id in self._first if (note := self._put_back(id))]

    def _put_back(self, id: int) -> str:
        first = self._first[id]
        if first is None:
            return ""
        try:
            lines = EditableOutcome(self.provider, id).restore(first).lines()
        except (AssertionError, ProviderGone) as refusal:
            lines = [str(refusal)]
        if not self.on_disk:
            return f"Cannot put outcome {id} back: {'; '.join(lines)}." if lines else ""
        if lines:
            return f"Cannot put outcome {id} back: {'; '.join(lines)}. How it was is kept in {self._memory(id).path}."
        self._memory(id).forget()
        return ""

    def _memory(self, id: int) -> Snapshot:
        return Snapshot(self.provider.base_url, id)
