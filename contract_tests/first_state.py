"""Remembers, on disk, how an outcome was before a run, until the run has put it back."""

import hashlib
import json
from pathlib import Path
from typing import Any

import platformdirs


class FirstState:
    """The file that outlives a run which was killed; the next run puts the outcome back from it."""

    def __init__(self, base_url: str, outcome_id: int, folder: Path | None = None) -> None:
        folder = folder or platformdirs.user_state_path("canvas-outcomes-contract", ensure_exists=True)
        name = hashlib.sha256(f"{base_url} {outcome_id}".encode()).hexdigest()[:32]
        self.path = folder / f"{name}.json"

    def left_behind(self) -> dict[str, Any] | None:
        """What a run that was killed has left, if there was one."""
        return json.loads(self.path.read_text(encoding="utf-8")) if self.path.exists() else None

    def keep(self, outcome: dict[str, Any]) -> None:
        """Written whole or not at all: a kill between two bytes would lose the state for good."""
        whole = self.path.with_suffix(".new")
        whole.write_text(json.dumps(outcome), encoding="utf-8")
        whole.replace(self.path)

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)
