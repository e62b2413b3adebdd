"""The right provider that stands behind the faults, put back into its first state between two of them."""

from contextlib import ExitStack
from typing import Any

import httpx
import yaml

from canvas_outcomes_contract.cases.outcome_model import CALCULATION_FIELDS, TEXT_FIELDS
from canvas_outcomes_contract.connection.embedded_server import reference_server
from canvas_outcomes_contract.connection.target import EMBEDDED_TARGET
from contract_tests.mutants.faults import SITE_ADMIN

CHANGEABLE = (*TEXT_FIELDS, "mastery_points", "ratings", *CALCULATION_FIELDS)


class RightServer:
    """A reference server of its own, and what its outcomes were when it started."""

    def __init__(self) -> None:
        self.target: dict[str, Any] = yaml.safe_load(EMBEDDED_TARGET.read_text())
        named = self.target["resources"]
        self._ids = [id for name, id in named.items() if name.endswith("_outcome") and name != "missing_outcome"]
        self._server = ExitStack()
        self._http = httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {SITE_ADMIN}"})
        self._start()

    def _start(self) -> None:
        self.base_url = self._server.enter_context(reference_server("--no-access-log"))
        self._first = self._outcomes()

    def _outcomes(self) -> dict[int, dict[str, Any]]:
        return {id: self._http.get(self._url(id)).json() for id in self._ids}

    def _url(self, id: int) -> str:
        return f"{self.base_url}/api/v1/outcomes/{id}"

    def put_back(self) -> None:
        """Undo what a mutant has done: by updates if they are enough, else by a new server."""
        for id, now in self._outcomes().items():
            if now != self._first[id]:
                self._http.put(self._url(id), json={k: v for k, v in self._first[id].items() if k in CHANGEABLE})
        if self._outcomes() != self._first:
            self._server.close()
            self._start()

    def close(self) -> None:
        self._http.close()
        self._server.close()
