"""YAML files whose values know the line and column at which they were written."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import yaml

from canvas_outcomes_contract.contract.errors import CannotTell

DEEPEST, LONGEST_SCALAR, MOST_ALIASED = 100, 100, 1_000_000
_TAG = "tag:yaml.org,2002:"
_STRING = f"{_TAG}str"
Keys = tuple[str | int, ...]


class _Loader(yaml.CSafeLoader):
    """Reads plain scalars as YAML 1.2 does, like the other tools: a date, a time, `yes` and `off` are strings."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}  # type: ignore[misc]


for _type, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(0|[1-9][0-9]*)|0x[0-9a-fA-F]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+0123456789.")),
    ("float", r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", list("-+.")),
    ("merge", "<<", ["<"]),
):
    _Loader.add_implicit_resolver(_TAG + _type, re.compile(rf"(?:{_pattern})\Z"), _first)


class YamlSource:
    """A YAML file that holds a mapping: its `data`, and `where(*keys)` for messages.

    Raises CannotTell, with line and column, for a file that is missing, unreadable or malformed.
    """

    def __init__(self, path: Path, purpose: str) -> None:
        self.path, self.purpose = path, purpose
        try:
            self.text = path.read_bytes().decode("utf-8")
            nodes = _count_nodes(self.text)
            self._root: Any = yaml.compose(self.text, Loader=_Loader)
            for mark, reason in _problems(self._root, nodes + MOST_ALIASED):
                raise CannotTell(f"Cannot use the {purpose} {_place(path, mark)}: {reason}.")
            # Last, because it merges the values of `<<` into the nodes.
            self.data: Any = yaml.constructor.SafeConstructor().construct_document(self._root) if self._root else None
        except OSError as error:
            raise CannotTell(f"Cannot read the {purpose} {path}: {error.strerror}. Name an existing file.") from error
        except UnicodeDecodeError as error:
            raise CannotTell(f"Cannot read the {purpose} {path}: byte {error.start} is not UTF-8.") from error
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = _place(path, mark) if mark else path
            raise CannotTell(f"Cannot read the {purpose} {where}: {error.problem}.{self._advice(mark)}") from error
        except (yaml.YAMLError, ValueError) as error:
            raise CannotTell(f"Cannot read the {purpose} {path}: {error}.") from error
        if not isinstance(self.data, dict):
            raise CannotTell(f"Cannot use the {purpose} {path}: expected a mapping.")

    def where(self, *keys: str | int) -> str:
        """FILE:LINE:COLUMN of the value at `keys`, or of its nearest existing parent."""
        node = self._root
        for key in keys:
            child = _child(node, key)
            if child is None:
                break
            node = child
        return _place(self.path, node.start_mark)

    def _advice(self, mark: Any) -> str:
        """Return how to correct the character at which YAML cannot be parsed; empty if many mistakes lead there."""
        line = next(iter(self.text.splitlines()[mark.line :]), "") if mark else ""
        character = line[mark.column :][:1] if mark else ""
        advice = {"\t": " Write spaces, not a tab.", ":": " Put text that contains a colon in quotes."}
        return advice.get(
            character, f" Put text that begins with {character} in quotes." if character in ("@", "`", "%") else ""
        )

    def refuse(self, reason: str, *keys: str | int) -> CannotTell:
        return CannotTell(f"Cannot use the {self.purpose} {self.where(*keys)}: {reason}")


def walk(value: Any, keys: Keys = ()) -> Iterator[tuple[Keys, Any]]:
    """Yield the value and every value inside it, each with the keys that lead to it."""
    yield keys, value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from walk(child, (*keys, key))


def keys_of(path: str) -> tuple[str | int, ...]:
    """The keys in the path of a message of msgspec: `$.resources.further[0]` leads to resources, further and 0."""
    steps = re.findall(r"\.([^.\[\]]+)|\[(\d+)\]", path)
    return tuple(int(index) if index else name for name, index in steps)


def _place(path: Path, mark: Any) -> str:
    return f"{path}:{mark.line + 1}:{mark.column + 1}"


def _count_nodes(text: str) -> int:
    """Count the nodes of a YAML document. Raises yaml.YAMLError for one so deep that composing it ends the process."""
    depth = nodes = 0
    event: Any
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        nodes += isinstance(event, yaml.NodeEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            problem = f"it is nested deeper than {DEEPEST} levels"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
    return nodes


def _problems(root: Any, most: int) -> Iterator[tuple[Any, str]]:
    """Find keys that PyYAML would silently take the last value of, and values that would take it hours."""
    waiting = [root]
    for _ in range(most):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, yaml.SequenceNode):
            waiting += reversed(node.value)
        elif isinstance(node, yaml.MappingNode):
            seen = set()
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode) and key.value in seen:
                    yield key.start_mark, f"the key {key.value} is used twice"
                seen.add(key.value if isinstance(key, yaml.ScalarNode) else None)
                waiting.append(value)
        elif node is not None and node.tag != _STRING and len(node.value) > LONGEST_SCALAR:
            yield node.start_mark, f"the value is longer than {LONGEST_SCALAR} characters"
    yield root.start_mark, "the aliases repeat too many values"


def _child(node: Any, key: str | int) -> Any:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == str(key)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key]
    return None
