"""The parts of a client that the templates render: models with fields, and methods with parameters."""

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

# The names of errors by status, and Status418Error for others. The phrases of http.HTTPStatus vary between Pythons.
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
    late: bool = False  # its type is the model itself or a later one
    narrows: bool = False  # required here, but not in the parent


@dataclass(frozen=True)
class Model:
    name: str
    description: str
    parent: str | None
    fields: list[Field]
    scalar: bool  # no field is a container, so that instances cannot be in a reference cycle


@dataclass(frozen=True)
class Parameter:
    name: str
    wire: str  # the name in the contract
    key: str  # the name, percent-encoded for a query
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
class Method:
    """The method of the client for an operation."""

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
        """Return the parameters for a definition. The path parameters and the body can be passed by position."""
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
        """The required arguments, with example values."""
        named = [f"{one.name}={one.example}" for one in self.query_parameters if one.required]
        return ", ".join([*(one.example for one in self.path_parameters), *named])

    def arguments(self) -> str:
        """Return the parameters as arguments of a call."""
        first = [one.name for one in self.path_parameters] + (["body"] if self.body else [])
        named = [one.name for one in self.query_parameters] + (["encoding"] if len(self.encodings) > 1 else [])
        return ", ".join([*first, *(f"{name}={name}" for name in named)])


def in_order(models: list[Model]) -> list[Model]:
    """Place a model after its parent and the models in its fields, as Python needs it."""
    waiting, placed = {model.name: model for model in models}, list[Model]()

    def place(name: str) -> None:
        model = waiting.pop(name, None)
        if model:
            for used in [model.parent or "", *words(model.fields)]:
                place(used)
            later = {name, *waiting} - {one.name for one in placed}
            fields = [replace(one, late=not later.isdisjoint(words([one]))) for one in model.fields]
            placed.append(replace(model, fields=fields))

    for name in list(waiting):
        place(name)
    return placed


def words(fields: list[Field]) -> list[str]:
    """Return the names in the annotations."""
    return re.findall(r"\w+", " ".join(one.type for one in fields))


def error_name(status: str) -> str:
    return ERRORS.get(status, f"Status{status}Error")


def quoted(value: str) -> str:
    return f'"{strings.in_double_quote_literal(value)}"'


def text(value: Any) -> str:
    raw = value.get_untrusted_value() if hasattr(value, "get_untrusted_value") else value
    return raw.strip() if raw else ""


def limits(schema: Any) -> Iterator[str]:
    """Yield the limits of a schema as sentences."""
    longest, most, least = (getattr(schema, name, None) for name in ("maxLength", "maximum", "minimum"))
    if longest is not None:
        yield f"At most {longest} characters."
    if least is not None and most is not None:
        yield f"{least:g} to {most:g}."
