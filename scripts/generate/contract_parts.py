"""What the templates write: models with fields, operations with parameters, and texts about them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from openapi_python_client import strings
from openapi_python_client.parser.properties.any import AnyProperty
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.uuid import UuidProperty

Raw = dict[str, Any]

SCALARS: dict[type, str] = {
    NoneProperty: "None",
    BooleanProperty: "bool",
    IntProperty: "int",
    FloatProperty: "int | float",  # float alone would lose the digits of a large integer
    StringProperty: "str",
    AnyProperty: "Any",
    DateProperty: "datetime.date",
    DateTimeProperty: "datetime.datetime",
    UuidProperty: "uuid.UUID",
}
ENCODINGS = {
    "application/json": "json",
    "application/x-www-form-urlencoded": "form",
    "multipart/form-data": "multipart",
}

# Names of errors by status; any other status gives Status418Error. http.HTTPStatus changes its phrases between Pythons.
ERRORS = {
    "400": "BadRequestError",
    "401": "UnauthorizedError",
    "402": "PaymentRequiredError",
    "403": "ForbiddenError",
    "404": "NotFoundError",
    "405": "MethodNotAllowedError",
    "406": "NotAcceptableError",
    "409": "ConflictError",
    "410": "GoneError",
    "412": "PreconditionFailedError",
    "413": "ContentTooLargeError",
    "415": "UnsupportedMediaTypeError",
    "422": "UnprocessableContentError",
    "429": "RateLimitedError",
    "5XX": "ServerError",
}


@dataclass(frozen=True)
class Field:
    name: str
    wire: str
    type: str
    required: bool
    description: str
    late: bool = False  # made of a model that follows, its own perhaps
    narrows: bool = False  # the parent has it too, but not as something required


@dataclass(frozen=True)
class Model:
    name: str
    description: str
    parent: str | None
    fields: list[Field]
    scalar: bool  # no field holds a container, so instances cannot be part of a reference cycle


@dataclass(frozen=True)
class Parameter:
    name: str
    wire: str  # as it stands in a path
    key: str  # as it stands in a query
    type: str
    encode: str
    many: bool
    required: bool
    description: str

    @property
    def example(self) -> str:
        value = {"integer": "1", "number": "1", "boolean": "True"}.get(self.encode, '"a"')
        return f"[{value}]" if self.many else value


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str
    summary: str
    description: str
    path_parameters: list[Parameter]
    query_parameters: list[Parameter]
    body: str | None
    body_required: bool
    body_description: str
    encodings: list[str]
    form: Raw | None
    returns: str
    error_bodies: dict[str, list[str]]  # models by status, or by its first digit
    errors: list[tuple[str, str]]
    requires_one_of: list[str]
    scopes: list[str]

    def signature(self, *more: str) -> str:
        """The parameters in a definition; those in the path and the body may be given by position."""
        first = [f"{one.name}: {one.type}" for one in self.path_parameters]
        first += [f"body: {self.body}{'' if self.body_required else ' | None = None'}"] if self.body else []
        named = [f"{one.name}: {one.type}" for one in self.query_parameters if one.required]
        named += [f"{one.name}: {one.type} | None = None" for one in self.query_parameters if not one.required]
        if len(self.encodings) > 1:
            named.append(f"encoding: Literal[{', '.join(map(quoted, self.encodings))}] = {quoted(self.encodings[0])}")
        named += more
        return ", ".join([*first, *(["*", *named] if named else [])])

    @property
    def example(self) -> str:
        """Arguments for an example: those that are required, by position or name."""
        named = [f"{one.name}={one.example}" for one in self.query_parameters if one.required]
        return ", ".join([*(one.example for one in self.path_parameters), *named])

    def arguments(self) -> str:
        """The same parameters in a call."""
        first = [one.name for one in self.path_parameters] + (["body"] if self.body else [])
        named = [one.name for one in self.query_parameters] + (["encoding"] if len(self.encodings) > 1 else [])
        return ", ".join([*first, *(f"{name}={name}" for name in named)])


def in_order(models: list[Model]) -> list[Model]:
    """What a model inherits from and is made of before itself, as in any Python module."""
    waiting, placed = {model.name: model for model in models}, list[Model]()

    def place(name: str) -> None:
        model = waiting.pop(name, None)
        if model:
            for word in [model.parent or "", *words(model.fields)]:
                place(word)
            later = {name, *waiting} - {one.name for one in placed}
            fields = [replace(one, late=not later.isdisjoint(words([one]))) for one in model.fields]
            placed.append(replace(model, fields=fields))

    for name in list(waiting):
        place(name)
    return placed


def words(fields: list[Field]) -> list[str]:
    """The names in annotations."""
    return re.findall(r"\w+", " ".join(one.type for one in fields))


def error_name(status: str) -> str:
    return ERRORS.get(status, f"Status{status}Error")


def quoted(value: str) -> str:
    return f'"{strings.in_double_quote_literal(value)}"'


def text(value: Any) -> str:
    raw = value.get_untrusted_value() if hasattr(value, "get_untrusted_value") else value
    return raw.strip() if raw else ""


def limits(schema: Any) -> Iterator[str]:
    """What a schema limits, in words."""
    longest, most, least = (getattr(schema, name, None) for name in ("maxLength", "maximum", "minimum"))
    if longest is not None:
        yield f"At most {longest} characters."
    if least is not None and most is not None:
        yield f"{least:g} to {most:g}."
