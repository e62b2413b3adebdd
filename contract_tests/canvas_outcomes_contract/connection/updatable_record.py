"""A record of the provider that a run may change, because the contract describes how to read and restore it."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any
from urllib.parse import unquote

import httpx2

from canvas_outcomes_contract.cases.responses import Differences, changed_fields, parse_json, request_line, shown_body
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.contract.document import Operation
from canvas_outcomes_contract.contract.judging import judging
from canvas_outcomes_contract.contract.restoring import Restorable

# Match leading digits only: a lenient provider may accept 1.5.
NUMBER = re.compile(r"\d{1,18}(?!\d)", re.ASCII)
WORD = re.compile(r"\w[\w.~-]{0,63}", re.ASCII)


@dataclass(frozen=True)
class UpdatableRecord:
    """The record at one path."""

    provider: Provider
    access: Restorable
    values: dict[str, str]  # of the placeholders in the path

    @property
    def path(self) -> str:
        return self.access.write.fill(self.values.__getitem__)

    def get(self) -> httpx2.Response:
        return self._send(self.access.read)

    def read(self) -> dict[str, Any]:
        return self.parse(self.get())

    @staticmethod
    def parse(response: httpx2.Response) -> dict[str, Any]:
        """The record in a response. Raises AssertionError if there is none."""
        record = parse_json(response) if response.is_success else None
        assert isinstance(record, dict), (
            f"status={response.status_code}, but {request_line(response)} should return a record: "
            f"{shown_body(response)}"
        )
        return record

    def send_and_undo(self, send: Callable[[], httpx2.Response]) -> httpx2.Response:
        """Send a request that should be rejected, and restore the record if it was accepted.

        A provider may store what makes later responses wrong: infinity, for example, which is null in JSON.
        """
        before = self.get()
        response = send()
        if before.is_success and response.is_success:
            recorder = self.provider.recorder
            sent = list(recorder.example)
            self.restore(self.parse(before))
            recorder.example = sent  # a report ends with the request itself
        return response

    def restore(self, original: dict[str, Any]) -> Differences:
        """Update the record to its original state. Returns the properties that still differ.

        A property may be ignored or reset when it is sent together with others, so those that differ after an update
        of all are sent again, each alone. A provider may reverse a list that it stores, as Canvas does with ratings of
        equal points, so all are sent once more with their lists reversed.
        """
        differences = self._differences(original)
        if differences:
            self._update(original, *differences)
            for name in self._differences(original):
                self._update(original, name)
            differences = self._differences(original)
        if differences:
            names = self.access.properties
            self._update(
                {key: value[::-1] if isinstance(value, list) else value for key, value in original.items()}, *names
            )
            differences = self._differences(original)
        return differences

    def _differences(self, original: dict[str, Any]) -> Differences:
        names, record = self.access.properties, self.read()
        return changed_fields(*({name: one[name] for name in names if name in one} for one in (original, record)))

    def _update(self, original: dict[str, Any], *names: str) -> None:
        change = {name: original[name] for name in names if name in original}
        if change:
            headers = {"Content-Type": "application/json"}
            self._send(self.access.write, content=json.dumps(change).encode(), headers=headers)

    def _send(self, operation: Operation, **changes: Any) -> httpx2.Response:
        """Send a request for this record with the token of the role that may change it."""
        role = judging(self.provider.contract, self.access.write).role
        address = self.provider.known.address(operation, self.values)
        return self.provider.send(operation.id, operation.method, **address | {"role": role} | changes)


def records_at(provider: Provider, access: Restorable, path: str) -> Iterator[UpdatableRecord]:
    """Yield every record that a PUT to the path may change."""
    given = access.write.path_values(path)
    for ids in product(*map(_ids, given.values())):
        yield UpdatableRecord(provider, access, dict(zip(given, ids, strict=True)))


def known_record(provider: Provider, access: Restorable) -> UpdatableRecord:
    """The record that the known request changes. Raises NotApplicable if the target does not name it."""
    path = provider.known.address(access.write, {})["path"]
    return UpdatableRecord(provider, access, access.write.path_values(path))


def _ids(segment: str) -> list[str]:
    """The ids for which a lenient provider may take a segment of a path."""
    value = unquote(segment)
    number = NUMBER.match(value)
    ids = [str(int(number[0]))] if number else []
    return [*ids, value] if WORD.fullmatch(value) and value not in ids else ids
