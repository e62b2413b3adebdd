"""The users of a load run: each writer updates a property of its own, the readers expect constant responses."""

import os
import random
import uuid
from pathlib import Path
from typing import Any

import msgspec
from locust import User, events, task
from locust.env import Environment

from canvas_outcomes_contract.cases.response_schemas import ResponseSchemas
from canvas_outcomes_contract.connection.target import load_target
from canvas_outcomes_contract.contract.document import Contract, Operation, contract_path
from canvas_outcomes_contract.contract.judging import judging
from canvas_outcomes_contract.load import figures
from canvas_outcomes_contract.load.calls import Read, Write, reads, writes
from canvas_outcomes_contract.load.checked_client import Check, CheckedClient

CONTRACT = Contract(contract_path())
TARGET = load_target(Path(os.environ["LOAD_TARGET"]), CONTRACT)
SCHEMAS = ResponseSchemas(CONTRACT)
READS = reads(CONTRACT, TARGET)
events.quitting.add_listener(figures.write_figures)  # type: ignore[no-untyped-call]


def client_of(environment: Environment, role: str) -> CheckedClient:
    return CheckedClient(environment, TARGET, role, CONTRACT, SCHEMAS)


def violation(operation: Operation, clause: str, text: str) -> str:
    """The text, after the clause if the operation has it."""
    clause = f"{operation.prefix}-{clause}"
    return f"{clause if clause in CONTRACT.clauses else operation.id}: {text}"


class Writer(User):
    """The only user that updates one property, which therefore has to keep the value of its last update."""

    abstract = True
    fixed_count = 1  # in the whole run, on all machines
    write: Write

    def on_start(self) -> None:
        self.client = client_of(self.environment, judging(CONTRACT, self.write.access.write).role)

    def on_stop(self) -> None:
        self.client.close()

    @task
    def write_and_read(self) -> None:
        access, values, written = self.write.access, self.write.values, f"load {uuid.uuid4()}"

        stored = self._has_value(written, "answers-what-is-stored")
        kept = self._has_value(written, "loses-no-concurrent-update")
        if self.client.update(access.write.id, values, {self.write.field: written}, stored) is not None:
            self.client.call(access.read.id, values, kept)

    def _has_value(self, written: str, clause: str) -> Check:
        text = f"{self.write.field} does not have the last value that its only writer sent"
        found = violation(self.write.access.write, clause, text)
        return lambda record: "" if msgspec.to_builtins(record).get(self.write.field) == written else found


# Locust runs the classes that it finds in this module.
globals().update({one.user: type(one.user, (Writer,), {"write": one}) for one in writes(CONTRACT, TARGET)})


class Reader(User):
    """Repeats requests, and expects the same response each time, apart from the properties that writers change."""

    def on_start(self) -> None:
        self.first: dict[int, Any] = {}
        roles = {judging(CONTRACT, read.operation).role for read in READS}
        self.clients = {role: client_of(self.environment, role) for role in roles}

    def on_stop(self) -> None:
        for client in self.clients.values():
            client.close()

    @task
    def read(self) -> None:
        index = random.randrange(len(READS))
        read = READS[index]

        def check(result: Any) -> str:
            constant = _constant(read, result)
            is_same = self.first.setdefault(index, constant) == constant
            return "" if is_same else violation(read.operation, "keeps-its-order", "the response changed")

        self.clients[judging(CONTRACT, read.operation).role].call(read.operation.id, read.values, check)


def _constant(read: Read, result: Any) -> Any:
    """The part of a result that no user changes."""
    value = msgspec.to_builtins(result) if read.is_constant else None
    return {k: v for k, v in value.items() if k not in read.ignored} if isinstance(value, dict) else value
