"""A contract as the generator takes it: its document, and where in its text a mistake is."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from canvas_outcomes_contract.contract.document import METHODS
from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.contract.nodes import Document, Keys, dangling_references, nodes
from canvas_outcomes_contract.contract.yaml_source import YamlSource


class ContractText:
    """Raises CannotTell, with FILE:LINE:COLUMN, for a file that is no YAML, or refers to what it has not."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._source = YamlSource(path, "contract")
        self.sha256 = hashlib.sha256(self._source.text.encode()).hexdigest()
        self.document: Document = self._source.data
        for keys, ref in dangling_references(self.document):
            raise self.refuse(f"{ref} is not in the document", *keys)
        first: dict[str, Keys] = {}
        for name, keys in self._operation_ids():
            if first.setdefault(name, keys) != keys:
                raise self.refuse(f"the operationId {name} is used twice", *keys, "operationId")

    def refuse(self, reason: str, *keys: str | int) -> CannotTell:
        """A refusal that names the place of the keys. Keys that the document has not are names of the parser's own."""
        node, found = self._source.data, list[str | int]()
        for key in keys:
            if key in node if isinstance(node, dict) else isinstance(node, list) and key in range(len(node)):
                node = node[key]
                found.append(key)
        return self._source.refuse(f"{' > '.join(map(str, found))}: {reason}." if found else f"{reason}.", *found)

    def refuse_what_it_names(self, reason: str) -> CannotTell:
        """A refusal at the place that the reason names: the generator says what it drops by name, not by place."""
        named = {name: keys for name, keys in self._names() if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", reason)}
        return self.refuse(reason, *named.get(max(named, key=len, default=""), ()))

    def _operation_ids(self) -> Iterator[tuple[str, Keys]]:
        for keys, node in nodes(self.document):
            if len(keys) == 3 and keys[0] == "paths" and keys[2] in METHODS and isinstance(node, dict):
                yield from ((name, keys) for name in [node.get("operationId")] if isinstance(name, str))

    def _names(self) -> Iterator[tuple[str, Keys]]:
        yield from self._operation_ids()
        for keys, node in nodes(self.document):
            if keys[:1] == ("paths",) and len(keys) == 3:
                yield f"{str(keys[2]).upper()} {keys[1]}", keys
            elif keys[:2] == ("components", "schemas") and len(keys) == 3:
                yield f"/components/schemas/{keys[2]}", keys
            elif keys[-2:-1] == ("properties",):
                yield str(keys[-1]), keys
            elif isinstance(node, dict) and "in" in node and isinstance(node.get("name"), str):
                yield node["name"], (*keys, "name")
