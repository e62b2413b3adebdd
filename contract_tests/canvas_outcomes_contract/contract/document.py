"""openapi.yaml as the suite reads it: operations and clauses."""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from canvas_outcomes_contract.contract.nodes import Keys
from canvas_outcomes_contract.contract.yaml_source import YamlSource

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
SENTENCE = re.compile(r"\b(MUST|SHOULD)\b")


@dataclass(frozen=True)
class Clause:
    """One sentence of the contract that a schema cannot say."""

    id: str
    operation: str
    text: str
    level: str
    source: str
    deviation: str | None = None


@dataclass(frozen=True)
class Operation:
    """One operationId with its method, path and definition."""

    id: str
    method: str
    path: str
    definition: dict[str, Any]

    @property
    def prefix(self) -> str:
        """What the ids of its clauses begin with."""
        return self.id.replace("_", "-")


class Contract:
    """A contract file. Raises CannotTell, with line and column, for one that cannot be used."""

    def __init__(self, path: Path) -> None:
        self.source = YamlSource(path, "contract")
        self.path = path
        self.document: dict[str, Any] = self.source.data
        self.sha256 = hashlib.sha256(self.source.text.encode()).hexdigest()
        self.version: str = self._required("info", "version")
        self._required("paths")

    def _required(self, *keys: str) -> Any:
        value: Any = self.document
        for key in keys:
            if not isinstance(value, dict) or key not in value:
                raise self.source.refuse(f"it has no {'.'.join(keys)}.", *keys)
            value = value[key]
        return value

    def resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        """What a $ref stands for."""
        while "$ref" in node:
            found: Any = self.document
            for key in node["$ref"].removeprefix("#/").split("/"):
                found = found[key]
            node = found
        return node

    @cached_property
    def operations(self) -> dict[str, Operation]:
        """Every operation by its operationId, in the order of the file."""
        found = {}
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    operation = self._operation(path, method, item[method])
                    found[operation.id] = operation
        return found

    def _operation(self, path: str, method: str, definition: dict[str, Any]) -> Operation:
        if "operationId" not in definition:
            raise self.source.refuse(f"{method.upper()} {path} has no operationId.", "paths", path, method)
        return Operation(definition["operationId"], method.upper(), path, definition)

    @cached_property
    def clauses(self) -> dict[str, Clause]:
        """Every clause by its id, in the order of the file: of each operation first those of every operation."""
        found: dict[str, Clause] = {}
        for operation in self.operations.values():
            for raw, place in self._raw_clauses(operation):
                clause = self._clause(operation, raw, found, place)
                found[clause.id] = clause
        return found

    def clauses_of(self, operation: Operation) -> list[Clause]:
        """The clauses of one operation, in the order of `clauses`."""
        return [clause for clause in self.clauses.values() if clause.operation == operation.id]

    def _raw_clauses(self, operation: Operation) -> Iterator[tuple[Any, Keys]]:
        """What the file says of the clauses of an operation, with the keys that lead there."""
        for index, raw in enumerate(self.document.get("x-clauses", [])):
            if isinstance(raw, dict) and isinstance(raw.get("id"), str):
                raw = raw | {"id": raw["id"].replace("{operation}", operation.prefix)}  # noqa: PLW2901
            yield raw, ("x-clauses", index)
        at = ("paths", operation.path, operation.method.lower(), "x-clauses")
        yield from ((raw, (*at, index)) for index, raw in enumerate(operation.definition.get("x-clauses", [])))

    def _clause(self, operation: Operation, raw: Any, found: dict[str, Clause], at: Keys) -> Clause:
        try:
            clause = Clause(operation=operation.id, **raw)
        except TypeError:
            raise self.source.refuse(
                "a clause has id, text, level, source and, where live Canvas differs, deviation.", *at
            ) from None
        if not re.fullmatch(rf"{operation.prefix}(-[a-z0-9]+)+", clause.id):
            raise self.source.refuse(f"the id {clause.id!r} is not {operation.prefix}-… in kebab case.", *at)
        if clause.id in found:
            raise self.source.refuse(f"the id {clause.id!r} is used twice.", *at)
        if SENTENCE.findall(clause.text) != [clause.level]:
            raise self.source.refuse(f"{clause.id} does not say its level, {clause.level}, exactly once.", *at)
        return clause


def contract_path() -> Path:
    """The file that CONTRACT_FILE names, openapi.yaml of the checkout, or the copy in an installed suite."""
    if "CONTRACT_FILE" in os.environ:
        return Path(os.environ["CONTRACT_FILE"])
    package = Path(__file__).resolve().parent.parent
    installed = package / "openapi.yaml"
    return installed if installed.exists() else package.parents[1] / "openapi.yaml"
