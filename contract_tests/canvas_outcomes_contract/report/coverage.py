"""The part of the contract that the recorded traffic covers."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from canvas_outcomes_contract.cases.readable import unreadable
from canvas_outcomes_contract.connection.traffic import Exchange
from canvas_outcomes_contract.contract.document import Contract, Operation

KINDS = ("operations", "parameters", "properties", "responses")
REASONS = {
    "429": "A run keeps to the pace that the provider requests, so it is not throttled.",
    "5XX": "No request makes a correct provider fail.",
    "413": "The provider accepts bodies of any length that a run sends.",
    "400": "The provider rejects none of the requests of a run as malformed.",
}


class Coverage:
    """The documented and the seen operations, parameters, properties and responses, as sets of names."""

    def __init__(self, contract: Contract, exchanges: Iterable[Exchange]) -> None:
        self.contract = contract
        self.documented: dict[str, set[str]] = {kind: set() for kind in KINDS}
        self.seen: dict[str, set[str]] = {kind: set() for kind in KINDS}
        for operation in contract.operations.values():
            self._add_documented(operation)
        for exchange in exchanges:
            if exchange.operation in contract.operations:
                self._add_seen(contract.operations[exchange.operation], exchange)

    def fractions(self) -> dict[str, str]:
        return {kind: f"{len(self.seen[kind] & names)}/{len(names)}" for kind, names in self.documented.items()}

    def missing(self) -> dict[str, dict[str, str]]:
        """The names that were not seen, each with the reason as far as it is known."""
        return {
            kind: {
                name: REASONS.get(name.rpartition(".")[2], "No response of this run had it.")
                for name in sorted(names - self.seen[kind])
            }
            for kind, names in self.documented.items()
        }

    def _add_documented(self, operation: Operation) -> None:
        responses = operation.definition["responses"]
        successes = [self.contract.resolve(responses[status]).get("content", {}) for status in operation.successes]
        schemas = [body.get("schema", {}) for contents in successes for body in contents.values()]
        self.documented["operations"].add(operation.id)
        for kind, names in (
            ("parameters", [parameter["name"] for parameter in self.contract.parameters(operation)]),
            ("properties", {name for schema in schemas for name in self._properties(schema, "")}),
            ("responses", responses),
        ):
            self.documented[kind] |= {f"{operation.id}.{name}" for name in names}

    def _add_seen(self, operation: Operation, exchange: Exchange) -> None:
        status = operation.documented(exchange.status)
        self.seen["responses"].add(f"{operation.id}.{status}")
        if status not in operation.successes:
            return
        self.seen["operations"].add(operation.id)
        query = parse_qs(urlsplit(exchange.url).query)
        self.seen["parameters"] |= {
            f"{operation.id}.{parameter['name']}"
            for parameter in self.contract.parameters(operation)
            if parameter["in"] == "path" or any(_is_of(parameter, name) for name in (*query, *exchange.request_headers))
        }
        self.seen["properties"] |= {f"{operation.id}.{path}" for path in _paths(_parsed(exchange.body))}

    def _properties(self, schema: Any, prefix: str, within: tuple[int, ...] = ()) -> Iterator[str]:
        schema = self.contract.resolve(schema)
        if not isinstance(schema, dict) or id(schema) in within:  # a schema may contain itself
            return
        within += (id(schema),)
        for part in (part for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key, [])):
            yield from self._properties(part, prefix, within)
        if "items" in schema:
            yield from self._properties(schema["items"], prefix, within)
        for name, child in schema.get("properties", {}).items():
            yield prefix + name
            yield from self._properties(child, f"{prefix}{name}.", within)


def _is_of(parameter: dict[str, Any], name: str) -> bool:
    """Whether a name in a query or a header is that of the parameter or, in a deepObject, of a part of it."""
    if parameter["in"] == "header":
        return bool(name.lower() == parameter["name"].lower())
    return bool(name == parameter["name"]) or name.startswith(f"{parameter['name']}[")


def _parsed(body: str) -> Any:
    if unreadable(body.encode(errors="replace")):
        return None
    try:
        return json.loads(body)
    except ValueError:
        return None


def _paths(value: Any, prefix: str = "") -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        for name, child in item.items() if isinstance(item, dict) else ():
            yield prefix + name
            yield from _paths(child, f"{prefix}{name}.")
