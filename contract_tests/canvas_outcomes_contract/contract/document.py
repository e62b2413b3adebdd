"""The reader of openapi.yaml: operations, clauses and references, each with its place in the file."""

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from canvas_outcomes_contract.contract.clauses import Clause, ClauseReader
from canvas_outcomes_contract.contract.yaml_source import Keys, YamlSource

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
# The keys of a path besides the methods.
OF_PATHS = ("parameters", "summary", "description", "servers")
PLACEHOLDER = re.compile(r"\{([^}]+)\}")
PATH = re.compile(r"(?:[^{}]|\{[^{}]+\})*")


@dataclass(frozen=True)
class Operation:
    """An operationId with its method, path and definition."""

    id: str
    method: str
    path: str
    definition: dict[str, Any]

    @property
    def prefix(self) -> str:
        """The operationId in kebab case; every id of its clauses starts with it."""
        return self.id.replace("_", "-")

    @property
    def keys(self) -> Keys:
        """The keys that lead to the definition."""
        return "paths", self.path, self.method.lower()

    @property
    def successes(self) -> list[str]:
        """The documented statuses of success, such as 201 or 2XX."""
        return [status for status in self.definition.get("responses", {}) if status.startswith("2")]

    def documented(self, status: int) -> str:
        """Return the key of the response that documents a status, such as 404, 4XX or default; empty if none does."""
        keys = (str(status), f"{status // 100}XX", "default")
        return next((key for key in keys if key in self.definition.get("responses", {})), "")

    @property
    def placeholders(self) -> set[str]:
        """The names in braces in the path."""
        return set(PLACEHOLDER.findall(self.path))

    def fill(self, value: Callable[[str], str]) -> str:
        """Return the path with a value for the name of each placeholder."""
        return PLACEHOLDER.sub(lambda placeholder: value(placeholder[1]), self.path)

    def path_values(self, path: str) -> dict[str, str]:
        """Return the values of the placeholders in a path that was filled."""
        found = self._pattern.search(path)
        return dict(zip(PLACEHOLDER.findall(self.path), found.groups() if found else (), strict=False))

    def matches(self, path: str) -> bool:
        """Whether a path, perhaps with a prefix and the suffix .json, is this one with values in it."""
        return self._pattern.search(path) is not None

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        literals = map(re.escape, PLACEHOLDER.split(self.path)[::2])
        return re.compile("([^/]+?)".join(literals) + r"(?:\.json)?/?$")


class Contract:
    """A contract file. Raises CannotTell, with line and column, if the file is unusable."""

    def __init__(self, path: Path) -> None:
        self.source = YamlSource(path, "contract")
        self.path = path
        self.document: dict[str, Any] = self.source.data
        self.sha256 = hashlib.sha256(self.source.text.encode()).hexdigest()
        if not re.fullmatch(r"3\.1\.\d+", openapi := str(self.document.get("openapi", "3.1.0"))):
            reason = f"OpenAPI {openapi} is not supported. Write 3.1.0, where `nullable: true` is a type `null`."
            raise self.source.refuse(reason, "openapi")
        self.version: str = self._required("info", "version")
        self._required("paths")

    def _required(self, *keys: str) -> Any:
        value: Any = self.document
        for key in keys:
            if not isinstance(value, dict) or key not in value:
                raise self.source.refuse(f"{'.'.join(keys)} is missing.", *keys)
            value = value[key]
        return value

    def follow(self, ref: str) -> Any:
        """Return the value that a $ref points to, or None if this file does not have it."""
        node = self.document if ref.startswith("#/") else None
        for key in ref.removeprefix("#/").split("/"):
            node = node.get(key.replace("~1", "/").replace("~0", "~")) if isinstance(node, dict) else None
        return node

    def resolve(self, node: Any) -> Any:
        """Return the node, or the value that its $ref leads to. None if the file has no such value."""
        followed = set[str]()
        while isinstance(node, dict) and isinstance(ref := node.get("$ref"), str):
            node = None if ref in followed else self.follow(ref)
            followed.add(ref)
        return node

    @cached_property
    def operations(self) -> dict[str, Operation]:
        """The operations by their operationId, in the order of the file."""
        found: dict[str, Operation] = {}
        for path, item in self._mapping("paths").items():
            for method in self._methods(path):
                keys = ("paths", path, method)
                if "operationId" not in self._mapping(*keys):
                    raise self.source.refuse(f"{method.upper()} {path} has no operationId.", *keys)
                for status in self._mapping(*keys, "responses") if "responses" in item[method] else ():
                    if not isinstance(status, str):
                        reason = f"the status {status} is not a string. Write it in quotes."
                        raise self.source.refuse(reason, *keys, "responses", status)
                operation = Operation(str(item[method]["operationId"]), method.upper(), path, item[method])
                if operation.id in found:
                    raise self.source.refuse(
                        f"the operationId {operation.id} is not unique.", *operation.keys, "operationId"
                    )
                found[operation.id] = operation
        return found

    def _mapping(self, *keys: str) -> dict[Any, Any]:
        value: Any = self.document
        for key in keys:
            value = value[key]
        if not isinstance(value, dict):
            raise self.source.refuse(f"{keys[-1]} is not a mapping.", *keys)
        return value

    def _methods(self, path: Any) -> list[str]:
        """Return the methods of a path. Raises CannotTell for a path or a key that other tools would pass over."""
        item = self._mapping("paths", path)
        if not str(path).startswith("/"):
            raise self.source.refuse(f"the path {path} does not begin with a slash.", "paths", path)
        if not PATH.fullmatch(path):
            raise self.source.refuse(f"the path {path} has a brace without its pair.", "paths", path)
        if "$ref" in item:
            raise self.source.refuse("a path cannot be a $ref. Write its operations here.", "paths", path, "$ref")
        for key in item:
            if key not in (*METHODS, *OF_PATHS) and not str(key).startswith("x-"):
                known = ", ".join((*METHODS, *OF_PATHS))
                raise self.source.refuse(f"the key {key} of a path is unknown. Use one of {known}.", "paths", path, key)
        return [key for key in item if key in METHODS]

    def operation_at(self, method: str, path: str) -> Operation | None:
        """Return the operation of a request; of several, the one with the most literal path."""
        found = [one for one in self.operations.values() if one.method == method and one.matches(path)]
        return min(found, key=lambda one: len(one.placeholders), default=None)

    def parameters(self, operation: Operation) -> list[dict[str, Any]]:
        """Return the parameters of the path, then those of the operation, with references resolved."""
        shared = self.document["paths"][operation.path].get("parameters", [])
        return [self.resolve(parameter) for parameter in [*shared, *operation.definition.get("parameters", [])]]

    @cached_property
    def clauses(self) -> dict[str, Clause]:
        """The clauses by their id: for each operation those at the root of the contract, then its own."""
        return ClauseReader(self.source, self.document).read(self.operations.values())

    def clauses_of(self, operation: Operation) -> list[Clause]:
        """Return the clauses of one operation, in the order of `clauses`."""
        return [clause for clause in self.clauses.values() if clause.operation == operation.id]


def contract_path() -> Path:
    """Return the file that CONTRACT_FILE names, openapi.yaml of the checkout, or the copy in the installed suite."""
    if "CONTRACT_FILE" in os.environ:
        return Path(os.environ["CONTRACT_FILE"])
    package = Path(__file__).resolve().parent.parent
    installed = package / "openapi.yaml"
    return installed if installed.exists() else package.parents[1] / "openapi.yaml"
