"""The locustfile of a load run: four writers, each of one field, and readers of what nobody changes."""

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
from canvas_outcomes_contract.load.judged_client import CheckedClient, Judge

CONTRACT = Contract(contract_path())
TARGET = load_target(Path(os.environ["LOAD_TARGET"]), CONTRACT)
EDITABLE = TARGET.resource_id("editable_outcome")
SCHEMAS = ResponseSchemas(CONTRACT)
ROLES = ("editor", "teacher", "student")
figures.listen()

UNCHANGED = ("course_outcome", "account_outcome", "global_outcome")
PARAMETERS = {"student": "student_id", "aligned_assignment": "assignment_id"}
LEFT_ALONE = "update-outcome-leaves-other-outcomes-alone: an outcome that nobody updates changed"
ORDER = "list-outcome-alignments-keeps-its-order: the same request has another response"


def client_of(environment: Environment, role: str) -> CheckedClient:
    return CheckedClient(environment, TARGET.token(role), CONTRACT, SCHEMAS)


class Writer(User):
    """The only writer of one field: the field keeps its value, whatever others write."""

    abstract = True
    fixed_count = 1  # in the whole run, on all machines together
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

        stored = self._shows(written, "update-outcome-answers-what-is-stored")
        kept = self._shows(written, "update-outcome-loses-no-concurrent-update")
        update = OutcomeUpdate(**change)
        if self.client.call("update_outcome", EDITABLE, update, encoding=encoding, judge=stored) is not None:
            self.client.call("get_outcome", EDITABLE, judge=kept)

    def _shows(self, written: str, clause: str) -> Judge:
        older = f"{clause}: {self.field} is not what its only writer wrote last"
        return lambda outcome: "" if getattr(outcome, self.field) == written else older


class TitleWriter(Writer):
    field = "title"


class DisplayNameWriter(Writer):
    field = "display_name"


class DescriptionWriter(Writer):
    field = "description"


class VendorGuidWriter(Writer):
    field = "vendor_guid"


class Reader(User):
    """Sends requests whose responses do not change during a run."""

    def on_start(self) -> None:
        self.first: dict[Any, Any] = {}
        roles = [role for role in ROLES if role in TARGET.tokens]
        self.clients = {role: client_of(self.environment, role) for role in roles}

    def on_stop(self) -> None:
        for client in self.clients.values():
            client.close()

    @task(3)
    def read_what_others_write(self) -> None:
        self.clients["editor"].call("get_outcome", EDITABLE, add_defaults=random.choice((True, False)), judge=is_itself)

    @task(3)
    def read_an_outcome(self) -> None:
        known = [id for name, id in TARGET.resources.items() if name in UNCHANGED]
        self._call("editor", "get_outcome", random.choice(known or [EDITABLE]), broken=LEFT_ALONE if known else "")

    @task(2)
    def list_alignments_of_a_student(self) -> None:
        self._list(random.choice(("teacher", "student")), "student")

    @task(1)
    def list_alignments_of_an_assignment(self) -> None:
        self._list("teacher", "aligned_assignment")

    def _list(self, role: str, resource: str) -> None:
        if role in self.clients and {"course", resource} <= TARGET.resources.keys():
            params = {PARAMETERS[resource]: TARGET.resource_id(resource)}
            self._call(role, "list_outcome_alignments", TARGET.resource_id("course"), broken=ORDER, **params)

    def _call(self, role: str, method: str, id: int, *, broken: str, **named: Any) -> None:
        call = (role, method, id, *named.items())
        first = self.first.get(call)

        result = self.clients[role].call(
            method, id, **named, judge=lambda result: broken if first is not None and result != first else ""
        )
        if result is not None:
            self.first.setdefault(call, result)


def is_itself(outcome: Any) -> str:
    return "" if outcome.id == EDITABLE else "get-outcome-shows-the-requested-outcome: got another outcome"
