"""How much of the contract the recorded traffic reached."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from canvas_outcomes_contract.connection.traffic import Exchange
from canvas_outcomes_contract.contract.document import Contract, Operation

NOT_ASKED_FOR = {
    "429": "A run keeps to the pace that the provider asks for, so that it is not throttled.",
    "5XX": "No request makes a provider fail that keeps the contract.",
    "413": "The provider reads bodies of any length that a run sends.",
    "400": "The provider refuses none of the requests of a run as malformed.",
}


def reason(name: str) -> str:
    """Why a run did not see an answer, by its status."""
    return NOT_ASKED_FOR.get(name.rpartition(".")[2], "No answer of this run had it.")


class Coverage:
    """What of operations, parameters, properties and responses was seen, each as a set of names."""

    def __init__(self, contract: Contract, exchanges: Iterable[Exchange]) -> None:
        self.contract = contract
        self.wanted: dict[str, set[str]] = {
            "operations": set(),
            "parameters": set(),
            "properties": set(),
            "responses": set(),
        }
        self.seen: dict[str, set[str]] = {kind: set() for kind in self.wanted}
        for operation in contract.operations.values():
            self._want(operation)
        for exchange in exchanges:
            if exchange.operation in contract.operations:
                self._see(contract.operations[exchange.operation], exchange)

    def fractions(self) -> dict[str, str]:
        return {kind: f"{len(self.seen[kind] & wanted)}/{len(wanted)}" for kind, wanted in self.wanted.items()}

    def missing(self) -> dict[str, dict[str, str]]:
        """What was not seen, each with the reason as far as it is known."""
        return {
            kind: {name: reason(name) for name in sorted(wanted - self.seen[kind])}
            for kind, wanted in self.wanted.items()
        }

    def _want(self, operation: Operation) -> None:
        self.wanted["operations"].add(operation.id)
        self.wanted["parameters"] |= {f"{operation.id}.{name}" for name, _ in self._parameters(operation)}
        self.wanted["properties"] |= {f"{operation.id}.{name}" for name in self._answer_properties(operation)}
        self.wanted["responses"] |= {f"{operation.id}.{status}" for status in operation.definition["responses"]}

    def _see(self, operation: Operation, exchange: Exchange) -> None:
        status = str(exchange.status)
        known = operation.definition["responses"]
        self.seen["responses"].add(f"{operation.id}.{status if status in known else status[0] + 'XX'}")
        if exchange.status != 200:
            return
        self.seen["operations"].add(operation.id)
        query = parse_qs(urlsplit(exchange.url).query)
        self.seen["parameters"] |= {
            f"{operation.id}.{name}" for name, place in self._parameters(operation) if place == "path" or name in query
        }
        self.seen["properties"] |= {f"{operation.id}.{path}" for path in _paths(_parsed(exchange.body))}

    def _parameters(self, operation: Operation) -> Iterator[tuple[str, str]]:
        shared = self.contract.document["paths"][operation.path].get("parameters", [])
        for parameter in [*shared, *operation.definition.get("parameters", [])]:
            resolved = self.contract.resolve(parameter)
            yield resolved["name"], resolved["in"]

    def _answer_properties(self, operation: Operation) -> set[str]:
        answer = self.contract.resolve(operation.definition["responses"]["200"])
        return set(self._properties(answer["content"]["application/json"]["schema"], ""))

    def _properties(self, schema: dict[str, Any], prefix: str) -> Iterator[str]:
        schema = self.contract.resolve(schema)
        for part in schema.get("allOf", []):
            yield from self._properties(part, prefix)
        if "items" in schema:
            yield from self._properties(schema["items"], prefix)
        for name, child in schema.get("properties", {}).items():
            yield prefix + name
            yield from self._properties(child, f"{prefix}{name}.")


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _paths(value: Any, prefix: str = "") -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        for name, child in item.items() if isinstance(item, dict) else ():
            yield prefix + name
            yield from _paths(child, f"{prefix}{name}.")
