"""The users of a load run: each writer updates a field of its own, the readers expect constant responses."""

import os
import random
import uuid
from pathlib import Path
from typing import Any

from locust import User, task
from locust.env import Environment

from canvas_outcomes.models import OutcomeUpdate
from canvas_outcomes_contract.connection.response_schemas import ResponseSchemas
from canvas_outcomes_contract.connection.target import load_target
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.load import figures
from canvas_outcomes_contract.load.checked_client import Check, CheckedClient

CONTRACT = Contract(contract_path())
TARGET = load_target(Path(os.environ["LOAD_TARGET"]), CONTRACT)
EDITABLE = TARGET.resource_id("editable_outcome")
SCHEMAS = ResponseSchemas(CONTRACT)
ROLES = ("editor", "teacher", "student")
figures.listen()

UNCHANGED = ("course_outcome", "account_outcome", "global_outcome")
PARAMETERS = {"student": "student_id", "aligned_assignment": "assignment_id"}
OTHER_CHANGED = "update-outcome-leaves-other-outcomes-alone: an outcome that no user updates has changed"
ORDER_CHANGED = "list-outcome-alignments-keeps-its-order: the same request has another response"


def client_of(environment: Environment, role: str) -> CheckedClient:
    return CheckedClient(environment, TARGET.token(role), CONTRACT, SCHEMAS)


class Writer(User):
    """The only user that updates one field, which therefore has to keep the value of its last update."""

    abstract = True
    fixed_count = 1  # in the whole run, on all machines
    field: str

    def on_start(self) -> None:
        self.client = client_of(self.environment, "editor")

    def on_stop(self) -> None:
        self.client.close()

    @task
    def write_and_read(self) -> None:
        written = f"load {uuid.uuid4()}"
        change: dict[str, Any] = {self.field: written}
        encoding = random.choice(("json", "form", "multipart"))

        stored = self._has_value(written, "update-outcome-answers-what-is-stored")
        kept = self._has_value(written, "update-outcome-loses-no-concurrent-update")
        update = OutcomeUpdate(**change)
        if self.client.call("update_outcome", EDITABLE, update, encoding=encoding, check=stored) is not None:
            self.client.call("get_outcome", EDITABLE, check=kept)

    def _has_value(self, written: str, clause: str) -> Check:
        violation = f"{clause}: {self.field} does not have the last value that its only writer sent"
        return lambda outcome: "" if getattr(outcome, self.field) == written else violation


class TitleWriter(Writer):
    field = "title"


class DisplayNameWriter(Writer):
    field = "display_name"


class DescriptionWriter(Writer):
    field = "description"


class VendorGuidWriter(Writer):
    field = "vendor_guid"


class Reader(User):
    """Reads resources that no user changes, and expects the same response each time."""

    def on_start(self) -> None:
        self.first: dict[Any, Any] = {}
        roles = [role for role in ROLES if role in TARGET.tokens]
        self.clients = {role: client_of(self.environment, role) for role in roles}

    def on_stop(self) -> None:
        for client in self.clients.values():
            client.close()

    @task(3)
    def read_the_editable_outcome(self) -> None:
        self.clients["editor"].call(
            "get_outcome", EDITABLE, add_defaults=random.choice((True, False)), check=has_its_id
        )

    @task(3)
    def read_an_outcome(self) -> None:
        known = [id for name, id in TARGET.resources.items() if name in UNCHANGED]
        self._read(
            "editor", "get_outcome", random.choice(known or [EDITABLE]), violation=OTHER_CHANGED if known else ""
        )

    @task(2)
    def list_alignments_of_a_student(self) -> None:
        self._list(random.choice(("teacher", "student")), "student")

    @task(1)
    def list_alignments_of_an_assignment(self) -> None:
        self._list("teacher", "aligned_assignment")

    def _list(self, role: str, resource: str) -> None:
        if role in self.clients and {"course", resource} <= TARGET.resources.keys():
            params = {PARAMETERS[resource]: TARGET.resource_id(resource)}
            self._read(role, "list_outcome_alignments", TARGET.resource_id("course"), violation=ORDER_CHANGED, **params)

    def _read(self, role: str, method: str, id: int, *, violation: str, **named: Any) -> None:
        """Call a method, and report the violation if the result differs from the first one."""
        call = (role, method, id, *named.items())
        first = self.first.get(call)

        def check(result: Any) -> str:
            return "" if first in (None, result) else violation

        result = self.clients[role].call(method, id, **named, check=check)
        if result is not None:
            self.first.setdefault(call, result)


def has_its_id(outcome: Any) -> str:
    return "" if outcome.id == EDITABLE else f"get-outcome-shows-the-requested-outcome: id {outcome.id}"
