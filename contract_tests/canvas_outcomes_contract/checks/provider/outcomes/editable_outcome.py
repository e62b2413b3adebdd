"""An outcome that a run may change."""

from dataclasses import dataclass
from typing import Any

import httpx2

from canvas_outcomes_contract.cases.responses import Differences, JsonObject, changed_fields
from canvas_outcomes_contract.checks.provider.outcomes.requests import (
    parse_outcome,
    read_outcome,
    update_outcome,
    update_outcome_with_body,
)
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.updatable_record import UpdatableRecord
from canvas_outcomes_contract.contract.restoring import restorable


@dataclass(repr=False)
class EditableOutcome:
    """An outcome of the target with the role that may update it."""

    provider: Provider
    id: int

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Keep Hypothesis from printing every field of a dataclass: the whole run."""
        printer.text(f"<outcome {self.id}>")

    def read(self, **params: Any) -> JsonObject:
        return read_outcome(self.provider, self.id, **params)

    def send(self, change: dict[str, Any], encoding: str = "json", **params: Any) -> httpx2.Response:
        return update_outcome(self.provider, self.id, change, encoding=encoding, **params)

    def send_body(self, content: bytes, media_type: str) -> httpx2.Response:
        return update_outcome_with_body(self.provider, self.id, content, media_type)

    def send_and_undo(self, content: bytes, media_type: str) -> httpx2.Response:
        """Send a body that should be rejected, and restore the outcome if it was accepted."""
        return self._record.send_and_undo(lambda: self.send_body(content, media_type))

    def update(self, change: dict[str, Any], encoding: str = "json", **params: Any) -> JsonObject:
        """Send a valid change and return the updated outcome."""
        return parse_outcome(self.send(change, encoding, **params))

    def changes_of_refusal(self, before: JsonObject, response: httpx2.Response) -> Differences:
        """The fields that a refused update changed; none if it was accepted, which its status tells."""
        return Differences() if response.is_success else changed_fields(before, self.read())

    def set_state(self, state: dict[str, Any]) -> JsonObject:
        """Update the outcome until it has this state.

        A calculation_int sent together with a new method may be ignored, so it is sent again alone.
        """
        after = self.update(state)
        if after.get("calculation_int") == state.get("calculation_int", after.get("calculation_int")):
            return after
        return self.update({"calculation_int": state["calculation_int"]})

    def restore(self, original: JsonObject) -> None:
        self._record.restore(original)

    @property
    def _record(self) -> UpdatableRecord:
        [access] = [one for one in restorable(self.provider.contract) if one.write.id == "update_outcome"]
        return UpdatableRecord(self.provider, access, {"id": str(self.id)})
