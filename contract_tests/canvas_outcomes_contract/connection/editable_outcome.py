"""An outcome that a run may change, and how it is put back."""

from dataclasses import dataclass
from typing import Any

import httpx

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
    """An outcome of the target with the token that may update it."""

    provider: Provider
    id: int
    role: str = "editor"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Hypothesis prints the arguments of a check; of a dataclass it would print every field: the whole run."""
        printer.text(f"<outcome {self.id}>")

    def read(self, **params: Any) -> JsonObject:
        return parse_outcome(self.provider.get_outcome(self.id, self.role, **params))

    def send(self, change: dict[str, Any], encoding: str = "json", **params: Any) -> httpx.Response:
        return self.provider.update_outcome(self.id, change, self.role, encoding, **params)

    def send_body(self, content: bytes, media_type: str) -> httpx.Response:
        return self.provider.update_outcome_with_body(self.id, content, media_type, self.role)

    def update(self, change: dict[str, Any], encoding: str = "json", **params: Any) -> JsonObject:
        """Send a change that is valid, and return what the provider answered."""
        return parse_outcome(self.send(change, encoding, **params))

    def set_state(self, known: dict[str, Any]) -> JsonObject:
        """Put the outcome into a known state. A calculation_int in it is set for certain."""
        after = self.update(known)
        if after.get("calculation_int") == known.get("calculation_int", after.get("calculation_int")):
            return after
        return self.update({"calculation_int": known["calculation_int"]})

    def restore(self, first: dict[str, Any]) -> Differences:
        """Put the outcome back to its first state; what could not be put back, as (first, now)."""
        left = changed_fields(updatable_fields(first), updatable_fields(self.read()))
        if not left:
            return left
        self.set_state(_as_change(first))
        return changed_fields(updatable_fields(first), updatable_fields(self.read()))


def _as_change(first: dict[str, Any]) -> dict[str, Any]:
    fields = TEXT_FIELDS if "ratings" not in first else (*TEXT_FIELDS, *SCALE_FIELDS)
    change = {key: first[key] for key in fields if key in first and key != "points_possible"}
    if first.get("calculation_method") in METHODS_WITHOUT_INT:
        return {key: value for key, value in change.items() if key != CALCULATION_FIELDS[1]}
    return change
