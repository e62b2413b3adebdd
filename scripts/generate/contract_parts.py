"""The parts of a client that the templates render: models with fields, and methods with parameters."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from openapi_python_client.parser.properties.any import AnyProperty
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.uuid import UuidProperty

from scripts.generate.names import python_name, quoted

Raw = dict[str, Any]

SCALARS: dict[type, str] = {
    NoneProperty: "None",
    BooleanProperty: "bool",
    IntProperty: "int",
    FloatProperty: "int | float",  # float alone would lose the digits of a large integer
    StringProperty: "str",
    AnyProperty: "_Any",
    DateProperty: "_datetime.date",
    DateTimeProperty: "_datetime.datetime",
    UuidProperty: "_uuid.UUID",
}
# The functions of the module _encoding by the type of a parameter.
ENCODERS = {
    "bool": "boolean",
    "int": "integer",
    "int | float": "number",
    "str": "text",
    "_datetime.date": "date",
    "_datetime.datetime": "date_time",
    "_uuid.UUID": "uuid",
}


@dataclass(frozen=True)
class Field:
    name: str
    wire: str
    type: str
    required: bool
    description: str
    read_only: bool  # in a model that is sent: it may be omitted, and is never sent
    late: bool = False  # its type is the model itself or a later one
    narrows: bool = False  # required here, but not in the parent

    @property
    def annotation(self) -> str:
        whole = self.type if self.required else f"{self.type} | UnsetType"
        return repr(whole) if self.late else whole


@dataclass(frozen=True)
class Model:
    name: str
    description: str
    parent: str | None
    fields: list[Field]  # those that the class defines
    all_fields: list[Field]  # with the inherited ones
    scalar: bool  # no field is a container, so that instances cannot be in a reference cycle
    tag: tuple[str, str] | None  # the property that distinguishes it from other models, and its value


@dataclass(frozen=True)
class Choice:
    """A union that msgspec cannot decode: its members are tried in this order."""

    name: str
    members: list[str]


@dataclass(frozen=True)
class Parameter:
    name: str
    place: str  # path, query or header
    wire: str  # the name in the contract
    type: str
    encode: str
    style: str  # one of the contract's styles, explode for one pair per item, json for JSON content
    many: bool
    required: bool
    deprecated: bool
    description: str
    example: str  # Python code
    pattern: str = ""  # of the strings, if integers are allowed, too

    @property
    def key(self) -> str:
        """The name, percent-encoded for a query."""
        return quote(self.wire, safe="")

    @property
    def annotation(self) -> str:
        return f"{self.name}: {self.type}{'' if self.required else ' | None = None'}"

    @property
    def documentation(self) -> str:
        return f"{self.description} Deprecated.".strip() if self.deprecated else self.description

    def encoded(self, name: str = "") -> str:
        """Return the expression that encodes the value of a variable, by default of the parameter itself."""
        variable = name or self.name
        if self.style in DELIMITERS and self.many:
            joined = f"_encoding.joined('{self.name}', {variable}, _encoding.{self.encode}, '{DELIMITERS[self.style]}')"
            return f"_encoding.header('{self.name}', {joined})" if self.place == "header" else joined
        if self.encode == "properties":
            key = f"{self.key}%5B{{}}%5D" if self.style == "deepObject" else "{}"
            return f"_encoding.properties('{self.name}', {variable}, '{key}')"
        pattern = f", {self.pattern!r}" if self.pattern else ""
        value = f"_encoding.{self.encode}('{self.name}', {variable}{pattern})"
        if self.place == "header":
            return f"_encoding.header('{self.name}', {value})"
        if self.encode in ("integer", "boolean", "number"):
            return value
        return f"_encoding.{'segment' if self.place == 'path' else 'quoted'}('{self.name}', {value})"


# Between the items of an array in one value; the contract's names of styles.
DELIMITERS = {"simple": ",", "form": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C"}


@dataclass(frozen=True)
class Method:
    """The method of the client for an operation."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    deprecated: bool
    parameters: list[Parameter]
    body: str | None
    body_class: str | None  # the model, if the body is one
    body_required: bool
    body_description: str
    body_examples: dict[str, str]  # Python code, the shortest first, each with its summary
    encodings: list[str]  # json, form, multipart; or the media type of a body that is sent as it is
    media_type: str | None  # of the body, if it is not the one of the encoding
    form: Raw | None
    returns: str
    successes: dict[str, str]  # the type by status, or by its first digit, if there are several types
    media: str  # json, text or bytes
    accept: str | None
    auth: str | None  # the header that carries the token, or ?name for a query parameter
    headers: list[str]  # of the successful responses
    is_paginated: bool
    error_bodies: dict[str, list[str]]  # models by status, or by its first digit, or 0 for any other
    errors: list[tuple[str, str]]
    requires_one_of: list[str]
    scopes: list[str]

    @property
    def result(self) -> str:
        """The name of a variable for the result in examples; empty without a result."""
        name = re.fullmatch(r"(list\[)?_models\.(\w+)\]?", self.returns)
        if name is None:
            return "" if self.returns == "None" else "result"
        return f"{python_name(name[2])}{'s' if name[1] else ''}"

    def of(self, place: str) -> list[Parameter]:
        return [one for one in self.parameters if one.place == place]

    @property
    def named(self) -> list[Parameter]:
        """The parameters that are passed by name, the required ones first."""
        return sorted((one for one in self.parameters if one.place != "path"), key=lambda one: not one.required)

    def signature(self, *more: str) -> str:
        """Return the parameters for a definition. The path parameters and the body can be passed by position."""
        first = [one.annotation for one in self.of("path")]
        first += [f"body: {self.body}{'' if self.body_required else ' | None = None'}"] if self.body else []
        named = [one.annotation for one in self.named]
        if len(self.encodings) > 1:
            named.append(f"encoding: Literal[{', '.join(map(quoted, self.encodings))}] = {quoted(self.encodings[0])}")
        named += more
        return ", ".join([*first, *(["*", *named] if named else [])])

    @property
    def example(self) -> str:
        """The arguments of a call with the first example of each."""
        return self.call(self.body_examples)

    def call(self, bodies: Iterable[str]) -> str:
        """Return the required arguments, with the first of the bodies if there is one."""
        named = [
            f"{one.name}={one.example}" for one in self.named if one.required or [one.name] == self.requires_one_of[:1]
        ]
        return ", ".join([*(one.example for one in self.of("path")), *list(bodies)[:1], *named])

    def arguments(self) -> str:
        """Return the parameters as arguments of a call."""
        first = [one.name for one in self.of("path")] + (["body"] if self.body else [])
        named = [one.name for one in self.named] + (["encoding"] if len(self.encodings) > 1 else [])
        return ", ".join([*first, *(f"{name}={name}" for name in named)])


def in_order(models: list[Model], choices: set[str]) -> list[Model]:
    """Place a model after its parent and the models in its fields, as far as they do not refer to one another."""
    waiting, placed = {model.name: model for model in models}, dict[str, Model]()
    later = choices | set(waiting)

    def place(name: str) -> None:
        model = waiting.pop(name, None)
        if model:
            for used in [model.parent or "", *words(model.fields)]:
                place(used)
            unplaced = later - set(placed)
            fields, all_fields = (
                [replace(one, late=not unplaced.isdisjoint(words([one]))) for one in listed]
                for listed in (model.fields, model.all_fields)
            )
            placed[name] = replace(model, fields=fields, all_fields=all_fields)

    for name in list(waiting):
        place(name)
    return list(placed.values())


def words(fields: list[Field]) -> list[str]:
    """Return the names in the annotations."""
    return re.findall(r"\w+", " ".join(one.type for one in fields))
