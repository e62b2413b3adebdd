"""An outcome that a run may change."""

from dataclasses import dataclass
from typing import Any

import httpx2

from canvas_outcomes_contract.cases.outcome_model import (
    CALCULATION_FIELDS,
    METHODS_WITHOUT_INT,
    SCALE_FIELDS,
    TEXT_FIELDS,
    updatable_fields,
)
from canvas_outcomes_contract.cases.responses import Differences, JsonObject, changed_fields, parse_outcome
from canvas_outcomes_contract.connection.provider import Provider


@dataclass(repr=False)
class EditableOutcome:
    """An outcome of the target with a role that may update it."""

    provider: Provider
    id: int
    role: str = "editor"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Keep Hypothesis from printing every field of a dataclass: the whole run."""
        printer.text(f"<outcome {self.id}>")

    def read(self, **params: Any) -> JsonObject:
        return parse_outcome(self.provider.get_outcome(self.id, self.role, **params))

    def send(self, change: dict[str, Any], encoding: str = "json", **params: Any) -> httpx2.Response:
        return self.provider.update_outcome(self.id, change, self.role, encoding, **params)

    def send_body(self, content: bytes, media_type: str) -> httpx2.Response:
        return self.provider.update_outcome_with_body(self.id, content, media_type, self.role)

    def update(self, change: dict[str, Any], encoding: str = "json", **params: Any) -> JsonObject:
        """Send a valid change and return the updated outcome."""
        return parse_outcome(self.send(change, encoding, **params))

    def set_state(self, state: dict[str, Any]) -> JsonObject:
        """Update the outcome until it has this state.

        A calculation_int sent together with a new method may be ignored, so it is sent again alone.
        """
        after = self.update(state)
        if after.get("calculation_int") == state.get("calculation_int", after.get("calculation_int")):
            return after
        return self.update({"calculation_int": state["calculation_int"]})

    def restore(self, original: dict[str, Any]) -> Differences:
        """Update the outcome to its original state. Returns the fields that still differ."""
        differences = changed_fields(updatable_fields(original), updatable_fields(self.read()))
        if not differences:
            return differences
        self.set_state(_as_change(original))
        return changed_fields(updatable_fields(original), updatable_fields(self.read()))


def _as_change(original: dict[str, Any]) -> dict[str, Any]:
    fields = TEXT_FIELDS if "ratings" not in original else (*TEXT_FIELDS, *SCALE_FIELDS)
    change = {key: original[key] for key in fields if key in original and key != "points_possible"}
    if original.get("calculation_method") in METHODS_WITHOUT_INT:
        return {key: value for key, value in change.items() if key != CALCULATION_FIELDS[1]}
    return change
