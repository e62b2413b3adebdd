"""Coverage of the contract by the recorded traffic."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from canvas_outcomes_contract.connection.traffic import Exchange
from canvas_outcomes_contract.contract.document import Contract, Operation

KINDS = ("operations", "parameters", "properties", "responses")
REASONS = {
    "429": "A run keeps the pace that the provider asks for, so it is not throttled.",
    "5XX": "No request makes a provider fail that keeps the contract.",
    "413": "The provider accepts bodies of every length that a run sends.",
    "400": "The provider rejects none of the requests of a run as malformed.",
}


class Coverage:
    """The names of all operations, parameters, properties and responses, and of those that were seen."""

    def __init__(self, contract: Contract, exchanges: Iterable[Exchange]) -> None:
        self.contract = contract
        self.all: dict[str, set[str]] = {kind: set() for kind in KINDS}
        self.seen: dict[str, set[str]] = {kind: set() for kind in KINDS}
        for operation in contract.operations.values():
            self._add(operation)
        for exchange in exchanges:
            if exchange.operation in contract.operations:
                self._see(contract.operations[exchange.operation], exchange)

    def fractions(self) -> dict[str, str]:
        return {kind: f"{len(self.seen[kind] & names)}/{len(names)}" for kind, names in self.all.items()}

    def missing(self) -> dict[str, dict[str, str]]:
        """The names that were not seen, with the reason where it is known."""
        return {
            kind: {
                name: REASONS.get(name.rpartition(".")[2], "No response of this run had it.")
                for name in sorted(names - self.seen[kind])
            }
            for kind, names in self.all.items()
        }

    def _add(self, operation: Operation) -> None:
        success = self.contract.resolve(operation.definition["responses"]["200"])
        schema = success["content"]["application/json"]["schema"]
        names = {
            "parameters": (name for name, _ in self._parameters(operation)),
            "properties": self._properties(schema, ""),
            "responses": operation.definition["responses"],
        }
        self.all["operations"].add(operation.id)
        for kind, found in names.items():
            self.all[kind] |= {f"{operation.id}.{name}" for name in found}

    def _see(self, operation: Operation, exchange: Exchange) -> None:
        status = str(exchange.status)
        documented = operation.definition["responses"]
        self.seen["responses"].add(f"{operation.id}.{status if status in documented else status[0] + 'XX'}")
        if exchange.status != 200:
            return
        self.seen["operations"].add(operation.id)
        query = parse_qs(urlsplit(exchange.url).query)
        self.seen["parameters"] |= {
            f"{operation.id}.{name}" for name, place in self._parameters(operation) if place == "path" or name in query
        }
        self.seen["properties"] |= {f"{operation.id}.{path}" for path in _paths(_parse(exchange.body))}

    def _parameters(self, operation: Operation) -> Iterator[tuple[str, str]]:
        shared = self.contract.document["paths"][operation.path].get("parameters", [])
        for parameter in [*shared, *operation.definition.get("parameters", [])]:
            resolved = self.contract.resolve(parameter)
            yield resolved["name"], resolved["in"]

    def _properties(self, schema: dict[str, Any], prefix: str) -> Iterator[str]:
        schema = self.contract.resolve(schema)
        for part in schema.get("allOf", []):
            yield from self._properties(part, prefix)
        if "items" in schema:
            yield from self._properties(schema["items"], prefix)
        for name, child in schema.get("properties", {}).items():
            yield prefix + name
            yield from self._properties(child, f"{prefix}{name}.")


def _parse(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _paths(value: Any, prefix: str = "") -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        for name, child in item.items() if isinstance(item, dict) else ():
            yield prefix + name
            yield from _paths(child, f"{prefix}{name}.")
