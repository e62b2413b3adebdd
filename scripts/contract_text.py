"""A contract as the generator takes it: its text, its document, and where in the text a mistake is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from scripts.contract_nodes import Document, Keys, dangling_references, nodes

METHOD = re.compile("get|put|post|delete|patch|head|options|trace")


class CannotGenerate(Exception):
    """The contract, the generator or the formatter failed."""


class ContractText:
    """Raises CannotGenerate, with FILE:LINE:COLUMN, for a file that is no YAML or refers to what it has not."""

    def __init__(self, path: Path) -> None:
        self.path, self._data = path, path.read_bytes()
        self.sha256 = hashlib.sha256(self._data).hexdigest()
        self.document: Document = self._read()
        for keys, ref in dangling_references(self.document):
            raise self.refuse(f"{ref} is not in the document", *keys)
        first: dict[str, Keys] = {}
        for name, keys in self._operation_ids():
            if first.setdefault(name, keys) != keys:
                raise self.refuse(f"the operationId {name} is used twice", *keys, "operationId")

    def _read(self) -> Document:
        try:
            document = YAML(typ="safe").load(self._data)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = f"{self.path}:{mark.line + 1}:{mark.column + 1}" if mark else str(self.path)
            reason = (error.problem or error.context or "not YAML").splitlines()[0]
            raise CannotGenerate(f"{where}: {reason}") from error
        except (YAMLError, UnicodeDecodeError) as error:
            raise CannotGenerate(f"{self.path}: not YAML: {' '.join(str(error).split())}") from error
        if not isinstance(document, dict):
            raise CannotGenerate(f"{self.path}:1:1: an OpenAPI document is a map, not a {type(document).__name__}")
        return document

    def _operation_ids(self) -> Iterator[tuple[str, Keys]]:
        for keys, node in nodes(self.document):
            if len(keys) == 3 and keys[0] == "paths" and METHOD.fullmatch(str(keys[2])) and isinstance(node, dict):
                yield str(node.get("operationId")), keys

    def refuse(self, reason: str, *keys: str | int) -> CannotGenerate:
        """A refusal that names the place of the keys, as far as the document has it."""
        node, mark, found = YAML().load(self._data), (0, 0), []
        for key in keys:
            try:
                mark = node.lc.item(key) if isinstance(key, int) else node.lc.key(key)
                node = node[key]
            except (AttributeError, LookupError, TypeError):
                continue  # the parser names its own classes among the keys
            found.append(str(key))
        where = f"{self.path}:{mark[0] + 1}:{mark[1] + 1}"
        return CannotGenerate(": ".join([where, *([" > ".join(found)] if found else []), reason]))

    def refuse_what_it_names(self, reason: str) -> CannotGenerate:
        """A refusal at the place that the reason names: the generator says what it drops by name, not by place."""
        named = {name: keys for name, keys in self._names() if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", reason)}
        return self.refuse(reason, *named.get(max(named, key=len, default=""), ()))

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
