"""An outcome that a run may change, and how it is put back."""

from dataclasses import dataclass
from typing import Any

import httpx

from canvas_outcomes_contract.cases.outcome_model import CALCULATION, SCALE, TEXTS, WITHOUT_INT, state
from canvas_outcomes_contract.cases.responses import Differences, Record, differing, shown
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

    def read(self, **params: Any) -> Record:
        return shown(self.provider.get_outcome(self.id, self.role, **params))

    def send(self, change: dict[str, Any], encoding: str = "json", **params: Any) -> httpx.Response:
        return self.provider.update_outcome(self.id, change, self.role, encoding, **params)

    def send_bytes(self, content: bytes, media_type: str) -> httpx.Response:
        return self.provider.put_bytes(self.id, content, media_type, self.role)

    def update(self, change: dict[str, Any], encoding: str = "json", **params: Any) -> Record:
        """Send a change that is valid, and return what the provider answered."""
        return shown(self.send(change, encoding, **params))

    def put(self, known: dict[str, Any]) -> Record:
        """Put the outcome into a known state. A calculation_int in it is set for certain."""
        after = self.update(known)
        if after.get("calculation_int") == known.get("calculation_int", after.get("calculation_int")):
            return after
        return self.update({"calculation_int": known["calculation_int"]})

    def put_back(self, first: dict[str, Any]) -> Differences:
        """Put the outcome back to its first state; what could not be put back, as (first, now)."""
        left = differing(state(first), state(self.read()))
        if not left:
            return left
        self.put(_as_change(first))
        return differing(state(first), state(self.read()))


def _as_change(first: dict[str, Any]) -> dict[str, Any]:
    fields = TEXTS if "ratings" not in first else (*TEXTS, *SCALE)
    change = {key: first[key] for key in fields if key in first and key != "points_possible"}
    if first.get("calculation_method") in WITHOUT_INT:
        return {key: value for key, value in change.items() if key != CALCULATION[1]}
    return change
