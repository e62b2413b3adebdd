"""The values of a contract with the keys that lead to them, $ref followed."""

from collections.abc import Iterator
from typing import Any

from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.yaml_source import Keys


class Places:
    """Looks up values by their keys."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    def at(self, *keys: str | int) -> tuple[Keys, Any]:
        """Return the value at the keys, or the one that its $ref leads to; None if there is none."""
        node: Any = self._contract.document
        for number, key in enumerate(keys):
            if isinstance(node, dict) and isinstance(node.get("$ref"), str):
                path, node = self._referenced(node["$ref"])
                return self.at(*path, *keys[number:])
            inside = key in node if isinstance(node, dict) else isinstance(node, list) and int(key) < len(node)
            node = node[key] if inside else None
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            return self.at(*self._referenced(node["$ref"])[0])
        return keys, node

    def _referenced(self, ref: str) -> tuple[Keys, Any]:
        path = [key.replace("~1", "/").replace("~0", "~") for key in ref.removeprefix("#/").split("/")]
        return tuple(path), self._contract.follow(ref)

    def items(self, *keys: str | int) -> Iterator[tuple[Keys, Any]]:
        """Yield the items of a list or the values of a mapping; none if there is no such value."""
        base, node = self.at(*keys)
        for key in node if isinstance(node, dict) else range(len(node or ())):
            yield self.at(*base, key)
