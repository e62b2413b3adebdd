"""Find the resources of a target with the GET requests that `x-resources` describes and the given tokens."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2

from canvas_outcomes_contract.cases.encodings import plain_text
from canvas_outcomes_contract.connection.created_records import at_pointer
from canvas_outcomes_contract.connection.known_requests import path_segment
from canvas_outcomes_contract.connection.provider import NOT_FOUND, Provider
from canvas_outcomes_contract.connection.response_schemas import validator
from canvas_outcomes_contract.connection.target import MADE_UP_ID
from canvas_outcomes_contract.contract.document import Operation
from canvas_outcomes_contract.contract.judging import judging
from canvas_outcomes_contract.contract.resources import Find, reading_request, resources, similar_resources

Found = tuple[int, httpx2.Response | None]  # an id, and the response that shows the record
DEFAULT_IDS = range(1, 61)


@dataclass
class Finder:
    """Tries ids. Those that it finds become resources of the provider's target."""

    provider: Provider
    ids: dict[str, list[int]]  # to try, by the name of a parameter; DEFAULT_IDS if left out
    shown: dict[str, httpx2.Response | None] = field(default_factory=dict)  # by resource
    _sent: dict[Any, httpx2.Response] = field(default_factory=dict)

    @property
    def found(self) -> dict[str, int]:
        return self.provider.target.resources

    def find(self) -> None:
        """Find all resources that responses can identify."""
        for name, resource in resources(self.provider.contract).items():
            if request := reading_request(self.provider.contract, name):
                candidates = (one for find in resource.find for one in self._candidates(name, *request, find))
                for self.found[name], self.shown[name] in candidates:
                    break

    def _candidates(self, name: str, operation: Operation, parameter: str, find: Find) -> Iterator[Found]:
        if find.source:
            yield from ((id, None) for id in self._linked(parameter, find))
            return
        used = {self.found[one] for one in similar_resources(self.provider.contract, name) if one in self.found}
        is_missing = find.status == NOT_FOUND and not find.elsewhere
        for id in [MADE_UP_ID] if is_missing else self.ids.get(parameter, DEFAULT_IDS):
            response = self._identifying(operation, {parameter: id}, find)
            if response is not None and id not in used:
                yield id, response

    def _linked(self, parameter: str, find: Find) -> list[int]:
        """The id in the response of another resource, before or among the ids to try."""
        response = self.shown.get(find.source)
        is_shown = response is not None and self._fits(response, find)
        linked = at_pointer(response.content, find.pointer) if response is not None and is_shown else None
        return sorted(self.ids.get(parameter, [linked] if linked else []), key=lambda id: id != linked)

    def _identifying(self, operation: Operation, given: dict[str, Any], find: Find) -> httpx2.Response | None:
        """The response to the first of the roles, if those to all of them identify the resource."""
        roles = find.roles or (judging(self.provider.contract, operation).role,)
        known = [role for role in roles if role in self.provider.target.tokens]
        if not known or not self._add_resources(operation, given, find.with_):
            return None
        responses = [self._get(operation, given, role) for role in known]
        others = [given | {find.elsewhere: id} for id in self.ids.get(find.elsewhere, ())]
        is_elsewhere = not find.elsewhere or any(self._get(operation, one, known[0]).is_success for one in others)
        return responses[0] if is_elsewhere and all(self._fits(one, find) for one in responses) else None

    def _add_resources(self, operation: Operation, given: dict[str, Any], names: tuple[str, ...]) -> bool:
        """Add the parameters that the request requires, and those for resources; False if one is not known."""
        contract = self.provider.contract
        required = {one["name"] for one in contract.parameters(operation) if one.get("required")} - given.keys()
        for parameter, listed in judging(contract, operation).parameters.items():
            name = next((name for name in listed if name in names), listed[0] if parameter in required else None)
            if name is not None and name not in self.found:
                return False
            given |= {} if name is None else {parameter: self.found[name]}
        return True

    def _get(self, operation: Operation, given: dict[str, Any], role: str) -> httpx2.Response:
        path = operation.fill(lambda name: path_segment(plain_text(given[name])))
        params = {name: value for name, value in given.items() if name not in operation.placeholders}
        key = (path, *params.items(), role)
        if key not in self._sent:
            self._sent[key] = self.provider.send(operation.id, "GET", path, role=role, params=params)
        return self._sent[key]

    def _fits(self, response: httpx2.Response, find: Find) -> bool:
        if find.status is not None or not response.is_success:
            return response.status_code == find.status
        try:
            return validator(self.provider.contract, find.schema).is_valid(response.json())
        except ValueError:
            return False


def title_of(response: httpx2.Response | None) -> str:
    """The title of the record in a response."""
    try:
        record = response.json() if response is not None else None
    except ValueError:
        return ""
    return str(record.get("title", "")) if isinstance(record, dict) else ""
