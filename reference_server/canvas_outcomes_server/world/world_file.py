"""Reads a world file strictly: each value is checked where it stands; an error names file, line, column and key."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from canvas_outcomes_server.http.ruby_values import MAX_ID

Kind = Callable[["Place"], Any]
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_EMPTY: Any = yaml.compose("{}")
_constructor = yaml.constructor.SafeConstructor()


class WorldError(Exception):
    """A world file that cannot be loaded; str() is the sentence to show."""


@dataclass
class Links:
    """The ids that are given, the references to them, and the places of both; and the tokens that are given."""

    given: dict[str, dict[int, "Place"]] = field(default_factory=dict)
    used: list[tuple[str, int, "Place"]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)

    def check(self) -> None:
        for section, number, place in self.used:
            if number not in self.given.get(section, {}):
                raise place.error(f"{section} has no id {number}. Add it there or name another")


@dataclass(frozen=True)
class Place:
    """A value in the file, under its key."""

    file: Path
    node: yaml.Node
    key: str
    links: Links

    def error(self, reason: str, node: yaml.Node | None = None) -> WorldError:
        mark = (node or self.node).start_mark
        where = f"{self.file}, line {mark.line + 1}, column {mark.column + 1}"
        return WorldError(f"Cannot load the world {where}, key {self.key}: {reason}.")

    def at(self, key: str, node: yaml.Node) -> "Place":
        return Place(self.file, node, key, self.links)

    @property
    def value(self) -> Any:
        """The scalar. Raises WorldError for what YAML itself cannot make a value of."""
        if not isinstance(self.node, yaml.ScalarNode):
            return self.node
        try:
            return _constructor.construct_object(self.node)
        except (yaml.YAMLError, ValueError) as problem:
            raise self.error(f"{self.node.value!r} cannot be read ({_first_line(problem)}). Correct it") from None

    @property
    def shown(self) -> str:
        if isinstance(self.node, yaml.CollectionNode):
            return "a mapping" if isinstance(self.node, yaml.MappingNode) else "a list"
        return "null" if self.value is None else repr(self.value)


def open_world(path: Path) -> Place:
    """The top of a world file. Raises WorldError when there is no such file or it is not YAML."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
    except OSError as problem:
        reason = str(problem.strerror).lower()
        raise WorldError(f"Cannot load the world {path}: {reason}. Name a file with --world.") from None
    except UnicodeDecodeError:
        raise WorldError(f"Cannot load the world {path}: it is not UTF-8. Save it as UTF-8.") from None
    except yaml.MarkedYAMLError as problem:
        raise WorldError(_malformed(path, problem)) from None
    except (yaml.YAMLError, RecursionError) as problem:
        raise WorldError(f"Cannot load the world {path}: {_first_line(problem)}. Correct the YAML.") from None
    return Place(path, node or _EMPTY, "(top)", Links())


def _malformed(path: Path, problem: yaml.MarkedYAMLError) -> str:
    mark = problem.problem_mark
    assert mark is not None
    where = f"{path}, line {mark.line + 1}, column {mark.column + 1}"
    return f"Cannot load the world {where}: {problem.problem}. Correct the YAML."


def _first_line(problem: Exception) -> str:
    return str(problem).partition("\n")[0]


def mapping(fields: dict[str, Kind], required: tuple[str, ...] = ()) -> Kind:
    """A mapping with these keys and no other; the result has the keys that were given."""

    def read(place: Place) -> dict[str, Any]:
        if not isinstance(place.node, yaml.MappingNode):
            raise place.error(f"{place.shown} is no mapping. Write keys and values")
        values: dict[str, Any] = {}
        for key_node, value_node in place.node.value:
            key = str(key_node.value)
            here = place.at(key, key_node)
            if key not in fields:
                raise here.error(f"the key is unknown. Known are {', '.join(fields)}")
            if key in values:
                raise here.error("the key is given twice. Remove one")
            values[key] = fields[key](place.at(key, value_node))
        for key in required:
            if key not in values:
                raise place.at(key, place.node).error("the key is missing. Add it")
        return values

    return read


def sequence(kind: Kind) -> Kind:
    def read(place: Place) -> list[Any]:
        if not isinstance(place.node, yaml.SequenceNode):
            raise place.error(f"{place.shown} is no list. Write a list")
        return [kind(place.at(place.key, node)) for node in place.node.value]

    return read


def nullable(kind: Kind) -> Kind:
    return lambda place: None if place.value is None else kind(place)


def either(word: str, kind: Kind) -> Kind:
    """A certain word, or a value of a kind."""
    return lambda place: word if place.value == word else kind(place)


def choice(*values: str) -> Kind:
    def read(place: Place) -> Any:
        if place.value not in values:
            raise place.error(f"{place.shown} is not one of {', '.join(values)}. Choose one")
        return place.value

    return read


def _scalar(types: tuple[type, ...], wanted: str) -> Kind:
    def read(place: Place) -> Any:
        if type(place.value) not in types:
            raise place.error(f"{place.shown} is no {wanted}. Write a {wanted}")
        return place.value

    return read


text = _scalar((str,), "text")
boolean = _scalar((bool,), "boolean (true or false)")
integer = _scalar((int,), "whole number")
_any_number = _scalar((int, float), "number")


def number(place: Place) -> int | float:
    value: int | float = _any_number(place)
    if not abs(value) < MAX_ID:  # NaN is less than nothing
        raise place.error(f"{place.shown} cannot be stored. Write a smaller number")
    return value


def storable_text(limit: int | None = None) -> Kind:
    """Text without NUL, of at most `limit` characters."""

    def read(place: Place) -> str:
        value: str = text(place)
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise place.error("the text has a character that cannot be stored. Remove it")
        if limit is not None and len(value) > limit:
            raise place.error(f"the text has {len(value)} characters, {limit} is the limit. Shorten it")
        return value

    return read


def _record_id(place: Place) -> int:
    value: int = integer(place)
    if not 0 < value < MAX_ID:
        raise place.error(f"{value} cannot be an id. Write a whole number from 1 to {MAX_ID - 1}")
    return value


def given_id(section: str) -> Kind:
    """The id of a record of a section."""

    def read(place: Place) -> int:
        value = _record_id(place)
        given = place.links.given.setdefault(section, {})
        if value in given:
            line = given[value].node.start_mark.line + 1
            raise place.error(f"the id {value} is given twice in {section}, first in line {line}. Choose another")
        given[value] = place
        return value

    return read


def reference(section: str) -> Kind:
    """The id of a record that has to be there once the whole file is read."""

    def read(place: Place) -> int:
        value = _record_id(place)
        place.links.used.append((section, value, place))
        return value

    return read


def moment(place: Place) -> str:
    """A point in time as ISO text in UTC; one without a zone is taken as UTC."""
    value = place.value
    if type(value) is date:
        value = value.isoformat()
    if isinstance(value, str):
        with suppress(ValueError):
            value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        zoned = value if value.tzinfo else value.replace(tzinfo=UTC)
        with suppress(OverflowError):
            return zoned.astimezone(UTC).isoformat().replace("+00:00", "Z")
    raise place.error(f"{place.shown} is no time. Write it like 2030-01-31T12:00:00Z")
