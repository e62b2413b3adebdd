"""Changes that a run can undo: a PUT of properties that a GET with the same path returns."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from canvas_outcomes_contract.contract.document import PLACEHOLDER, Contract, Operation
from canvas_outcomes_contract.contract.judging import judging


@dataclass(frozen=True)
class Restorable:
    """A PUT, and the GET that reads the record before and after it."""

    write: Operation
    read: Operation
    schemas: dict[str, Any]  # of the properties that it can change
    resource: str | None  # the name of the record that the known request changes

    @property
    def properties(self) -> tuple[str, ...]:
        return tuple(self.schemas)


@cache
def restorable(contract: Contract) -> tuple[Restorable, ...]:
    """Return each PUT of the contract that can be undone."""
    return tuple(_restorable(contract))


def restorable_at(contract: Contract, path: str) -> Restorable | None:
    """Return how a PUT to a path can be undone; None if it cannot."""
    operation = contract.operation_at("PUT", path)
    return next((access for access in restorable(contract) if access.write is operation), None)


def _restorable(contract: Contract) -> Iterator[Restorable]:
    reads = {operation.path: operation for operation in contract.operations.values() if operation.method == "GET"}
    for operation in contract.operations.values():
        if operation.method == "PUT" and operation.path in reads:
            read = reads[operation.path]
            body = contract.resolve(operation.definition.get("requestBody", {}))
            options = {parameter["name"] for parameter in contract.parameters(operation)}
            properties = _properties(contract, _json_schema(body))
            changed = {name: schema for name, schema in properties.items() if name not in options}
            if changed and changed.keys() <= _shown(contract, read):
                yield Restorable(operation, read, changed, _resource(contract, operation))


def _shown(contract: Contract, read: Operation) -> set[str]:
    responses = (contract.resolve(read.definition["responses"][status]) for status in read.successes)
    return {name for response in responses for name in _properties(contract, _json_schema(response))}


def _json_schema(holder: dict[str, Any]) -> Any:
    return holder.get("content", {}).get("application/json", {}).get("schema", {})


def _properties(contract: Contract, schema: Any) -> dict[str, Any]:
    """The properties of a schema and of the schemas that it combines."""
    resolved = contract.resolve(schema)
    parts = (part for key in ("allOf", "anyOf", "oneOf") for part in resolved.get(key, ()) if "if" not in part)
    found = {name: one for part in parts for name, one in _properties(contract, part).items()}
    return {**resolved.get("properties", {}), **found}


def _resource(contract: Contract, operation: Operation) -> str | None:
    """The resource of the last placeholder in the path."""
    names = PLACEHOLDER.findall(operation.path)
    resources = judging(contract, operation).parameters.get(names[-1], ()) if names else ()
    return next(iter(resources), None)
