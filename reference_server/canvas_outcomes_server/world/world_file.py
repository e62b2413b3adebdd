"""Read a world file: YAML becomes a World, and an error names the file, line, column and key."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import yaml

from canvas_outcomes_server.outcomes.outcome_rules import unstorable
from canvas_outcomes_server.world.checks import problems
from canvas_outcomes_server.world.messages import MISSING, UNKNOWN, Steps, read_message
from canvas_outcomes_server.world.world import World, world_schema

# Composing YAML and reading a number take time and memory out of proportion to their length.
DEEPEST, LONGEST_SCALAR, MOST_ALIASED = 50, 100, 1_000_000
_STRING = "tag:yaml.org,2002:str"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Escapes that JSON has and YAML has not: pairs of surrogates, and the slash.
_ESCAPE = re.compile(r"\\(?:u([dD][89abAB]..)\\u([dD][c-fC-F]..)|(.))", re.DOTALL)


class WorldError(Exception):
    """A world file that cannot be loaded; str() is the message for the user."""


def read_world(path: Path) -> World:
    """Read and check a world file. Raises WorldError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        reason = str(error.strerror).lower()
        raise WorldError(f"Cannot load the world {path}: {reason}. Name a file with --world.") from None
    except UnicodeDecodeError:
        raise WorldError(f"Cannot load the world {path}: it is not UTF-8. Save it as UTF-8.") from None
    return parse_world(text, str(path))


def parse_world(text: str, name: str) -> World:
    """Parse and check a world in YAML or JSON, which error messages call by `name`. Raises WorldError."""
    try:
        text = _as_yaml(text)
        nodes = _count_nodes(text)
        node = yaml.compose(text, Loader=_Loader)
        file = _WorldFile(name, node or yaml.MappingNode("tag:yaml.org,2002:map", []), nodes + MOST_ALIASED)
        values = file.values()
    except (yaml.YAMLError, RecursionError) as error:
        place, reason = _place(getattr(error, "problem_mark", None)), getattr(error, "problem", _first_line(error))
        raise WorldError(f"Cannot load the world {name}{place}: {reason}. Correct the YAML.") from None
    try:
        world = msgspec.convert(values, World, strict=True, dec_hook=_custom)
    except msgspec.ValidationError as error:
        raise file.invalid(str(error)) from None
    for steps, reason in problems(world):
        raise file.error(steps, reason)
    return world


def _count_nodes(text: str) -> int:
    """Count the nodes of a YAML document. Raises yaml.YAMLError for one so deep that composing it ends the process."""
    depth = nodes = 0
    event: Any
    for event in yaml.parse(text, Loader=_Loader):
        nodes += isinstance(event, yaml.NodeEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            problem = f"it is nested deeper than {DEEPEST} levels"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
    return nodes


def _as_yaml(text: str) -> str:
    if not text.lstrip().startswith("{"):
        return text
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return text
    return _ESCAPE.sub(_unescaped, text)


def _unescaped(escape: re.Match[str]) -> str:
    high, low, other = escape.groups()
    if other:
        return "/" if other == "/" else escape[0]
    return bytes.fromhex(high + low).decode("utf-16-be")


def _custom(kind: Callable[[Any], Any], value: Any) -> Any:
    try:
        return kind(value)
    except OverflowError as error:
        raise ValueError(str(error)) from None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _place(mark: Any) -> str:
    return f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""


@dataclass(frozen=True)
class _WorldFile:
    """The YAML nodes of a world file, with their positions in it."""

    name: str
    top: yaml.Node
    most_values: int
    _seen: Iterator[int] = field(default_factory=count)
    # One for each file, because it keeps the nodes that it has constructed.
    _constructor: Any = field(default_factory=yaml.constructor.SafeConstructor)

    def values(self) -> Any:
        """The values of the nodes. Raises WorldError for a repeated key and an unusable scalar."""
        return self._value(self.top, "(top)")

    def _value(self, node: yaml.Node, key: str) -> Any:
        if next(self._seen) > self.most_values:
            raise self._error_at(node, key, "the aliases repeat too many values. Write fewer aliases")
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, key) for item in node.value]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        try:
            if node.tag != _STRING and len(node.value) > LONGEST_SCALAR:
                raise ValueError(f"longer than {LONGEST_SCALAR} characters")
            # Deep, or the scalar of !!seq would be an empty list.
            value = self._constructor.construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError) as error:
            raise self._unreadable(node, key, _first_line(error)) from None
        except (LookupError, AttributeError):  # from PyYAML, for a scalar that does not have the form of its tag
            raise self._unreadable(node, key, f"it does not have the form of {_shown(node.tag)}") from None
        if isinstance(value, str) and (unusable := unstorable(value)):
            raise self._error_at(node, key, f"the string {unusable}. Remove it")
        return value

    def _unreadable(self, node: yaml.Node, key: str, reason: str) -> WorldError:
        return self._error_at(node, key, f"{_shown(node.value)!r} cannot be read ({reason}). Correct it")

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self._error_at(key_node, "(key)", "the key is not a string. Correct it")
            key: str = key_node.value
            if key in values:
                raise self._error_at(key_node, key, "the key is given twice. Remove one")
            values[key] = self._value(value_node, key)
        return values

    def invalid(self, message: str) -> WorldError:
        """The error for a message of msgspec."""
        steps, reason = read_message(message)
        if reason == UNKNOWN:
            return self.error(steps, f"{reason}. {_advice(steps[:-1])}", at_key=True)
        return self.error(steps, f"{reason}. {_advice(steps, 'Add it' if reason == MISSING else 'Correct it')}")

    def error(self, steps: Steps, reason: str, *, at_key: bool = False) -> WorldError:
        """The error at the value of a path, at its key, or at the mapping that has no such key."""
        key, node, key_node = "(top)", self.top, self.top
        for step in steps:
            if isinstance(step, int):
                node = node.value[step]
                continue
            key = step
            pair = next((pair for pair in node.value if pair[0].value == step), None)
            key_node, node = pair or (node, node)
        return self._error_at(key_node if at_key else node, key, reason)

    def _error_at(self, node: yaml.Node, key: str, reason: str) -> WorldError:
        return WorldError(f"Cannot load the world {self.name}{_place(node.start_mark)}, key {_shown(key)}: {reason}.")


def _shown(text: str) -> str:
    return text if len(text) <= LONGEST_SCALAR else f"{text[:LONGEST_SCALAR]}…"


def _advice(steps: Steps, verb: str = "Correct it") -> str:
    """Describe the expected value at the end of a path, from the JSON Schema of a world."""
    schema, description = _schema_at(steps)
    if "properties" in schema:
        return f"Write a mapping with the keys {', '.join(schema['properties'])}"
    if "enum" in schema and "items" not in schema:
        return f"Choose one of {', '.join(value or 'null' for value in schema['enum'])}"
    return f"{verb}: {description.rstrip('.')}"


def _schema_at(steps: Steps) -> tuple[dict[str, Any], str]:
    """The schema at the end of a path, and the last description on the way to it."""
    document = world_schema()
    schema, description = _resolved(document, document["$defs"]), ""
    for step in steps:
        schema = schema["items"] if isinstance(step, int) else schema["properties"][step]
        schema = _resolved(schema, document["$defs"])
        description = schema.get("description", description)
    return schema, description


def _resolved(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A schema merged with those that it refers to and those of its alternatives."""
    parts = [definitions[schema["$ref"].rpartition("/")[2]]] if "$ref" in schema else schema.get("anyOf", [])
    merged: dict[str, Any] = {}
    for part in parts:
        merged |= _resolved(part, definitions)
    return merged | schema
