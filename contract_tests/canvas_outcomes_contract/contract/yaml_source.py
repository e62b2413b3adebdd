"""YAML files whose values know the line and column that they were written at."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from canvas_outcomes_contract.contract.errors import CannotTell


class YamlSource:
    """A YAML file: its `data`, and `where(*keys)` for a message that points into it.

    Raises CannotTell, with line and column, for a file that is missing, unreadable or malformed.
    """

    def __init__(self, path: Path, purpose: str) -> None:
        self.path, self.purpose = path, purpose
        try:
            self.text = path.read_bytes().decode("utf-8")
            self._root = yaml.compose(self.text, Loader=yaml.CSafeLoader)
            self.data: Any = yaml.load(self.text, Loader=yaml.CSafeLoader)
        except OSError as error:
            raise CannotTell(f"Cannot read the {purpose} {path}: {error.strerror}. Name an existing file.") from error
        except UnicodeDecodeError as error:
            raise CannotTell(f"Cannot read the {purpose} {path}: byte {error.start} is not UTF-8.") from error
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            at = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
            raise CannotTell(f"Cannot read the {purpose} {at}: {error.problem}.") from error
        except yaml.YAMLError as error:
            raise CannotTell(f"Cannot read the {purpose} {path}: {error}.") from error
        for key in _keys_used_twice(self._root):
            at = f"{path}:{key.start_mark.line + 1}:{key.start_mark.column + 1}"
            raise CannotTell(f"Cannot use the {purpose} {at}: the key {key.value} is there twice.")
        if not isinstance(self.data, dict):
            raise CannotTell(f"Cannot use the {purpose} {path}: it holds no mapping of keys to values.")

    def where(self, *keys: str | int) -> str:
        """FILE:LINE:COLUMN of the value at `keys`, or of its nearest parent that exists."""
        node: Any = self._root
        for key in keys:
            child = _child(node, key)
            if child is None:
                break
            node = child
        return f"{self.path}:{node.start_mark.line + 1}:{node.start_mark.column + 1}"

    def refuse(self, reason: str, *keys: str | int) -> CannotTell:
        return CannotTell(f"Cannot use the {self.purpose} {self.where(*keys)}: {reason}")


def keys_of(path: str) -> tuple[str | int, ...]:
    """The keys in the path of a message of msgspec: `$.resources.further[0]` leads to resources, further and 0."""
    steps = re.findall(r"\.([^.\[\]]+)|\[(\d+)\]", path)
    return tuple(int(index) if index else name for name, index in steps)


def _keys_used_twice(node: Any) -> Iterator[yaml.ScalarNode]:
    """PyYAML would take the last one, without a word."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _keys_used_twice(item)
    elif isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                yield key
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else None)
            yield from _keys_used_twice(value)


def _child(node: Any, key: str | int) -> Any:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == str(key)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key]
    return None
