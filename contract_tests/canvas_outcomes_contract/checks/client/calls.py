"""Calls of the client: arguments made of the cases and examples of the contract."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct

from canvas_outcomes_contract.checks.client.documented import (
    CONTRACT,
    method_name,
    parameter_names,
    parameters_of,
    schema_of,
)
from canvas_outcomes_contract.checks.client.equality import named
from canvas_outcomes_contract.checks.client.variants import NO_BODY, Case, RequestVariant, request_variants, simple_case
from canvas_outcomes_contract.contract.document import Operation
from canvas_outcomes_contract.contract.judging import first_example

STRINGS: dict[type[Any], Any] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    UUID: UUID,
    bytes: lambda text: text.encode("latin-1"),
}


def hints_of(client_class: Any, operation: Operation) -> dict[str, Any]:
    return _hints_of(getattr(client_class, method_name(operation)))


_hints_of = cache(get_type_hints)


def arguments(client: Any, variant: RequestVariant, case: Case) -> dict[str, Any]:
    """The arguments of the client's method for a case."""
    hints = hints_of(client.__class__, variant.operation)
    names = parameter_names(variant.operation)
    schemas = {(one["in"], one["name"]): schema_of(one) for one in parameters_of(variant.operation)}
    documented = {key: named(CONTRACT, schemas[key], value) for key, value in case.parameters.items()}
    values = {names[key]: argument(hints[names[key]], value) for key, value in documented.items()}
    if case.body is not NO_BODY:
        values["body"] = argument(hints["body"], named(CONTRACT, variant.schema, case.body))
    if "encoding" in hints:
        values["encoding"] = variant.kind
    return values


def example(client_class: Any, operation: Operation) -> dict[str, Any]:
    """The arguments of a simple valid call, from the examples of the contract where it has them."""
    return _example(client_class, next(one.id for one in request_variants() if one.operation is operation))


@cache
def _example(client_class: Any, id: str) -> dict[str, Any]:
    variant = next(one for one in request_variants() if one.id == id)
    operation = variant.operation
    names, hints = parameter_names(operation), hints_of(client_class, operation)
    given = {(one["in"], one["name"]): first_example(CONTRACT, one) for one in parameters_of(operation)}
    values = {key: value for key, value in given.items() if value is not UNSET}
    body = first_example(CONTRACT, variant.content) if variant.media_type else UNSET
    required = {(one["in"], one["name"]) for one in parameters_of(operation) if one.get("required")}
    if required - values.keys() or (variant.media_type and body is UNSET):
        drawn = simple_case(id)
        values, body = drawn.parameters | values, drawn.body if body is UNSET else body
    found = {names[key]: argument(hints[names[key]], value) for key, value in values.items()}
    has_body = body is not UNSET and body is not NO_BODY
    return found | ({"body": argument(hints["body"], named(CONTRACT, variant.schema, body))} if has_body else {})


def argument(hint: Any, value: Any) -> Any:
    """Convert JSON to the models, dates, UUIDs and bytes that a type hint names."""
    types = members(hint)
    if isinstance(value, dict):
        structs = [one for one in types if isinstance(one, type) and issubclass(one, Struct)]
        if not structs:
            values = next((get_args(one)[1] for one in types if get_origin(one) in (dict, Mapping)), Any)
            return {key: argument(values, item) for key, item in value.items()}
        struct = next((one for one in structs if fits(one, value)), structs[0])
        names = dict(zip(struct.__struct_encode_fields__, struct.__struct_fields__, strict=True))
        hints = get_type_hints(struct)
        fields = {key: item for key, item in value.items() if key != struct.__struct_config__.tag_field}
        return struct(**{names[key]: argument(hints[names[key]], item) for key, item in fields.items()})
    if isinstance(value, list):
        items = next((get_args(one)[0] for one in types if get_args(one) and get_origin(one) is not Literal), Any)
        return [argument(items, item) for item in value]
    if isinstance(value, str):
        return next((converted for one in types if (converted := from_string(one, value)) is not None), value)
    return value


class Text(str):
    """A string whose conversions show something else, as those of a member of an enumeration."""

    def __str__(self) -> str:
        return "converted"

    __repr__ = __str__

    def __format__(self, _: str) -> str:
        return "converted"


class Integer(int):
    __str__ = __repr__ = Text.__str__
    __format__ = Text.__format__


class Float(float):
    __str__ = __repr__ = Text.__str__
    __format__ = Text.__format__


SUBCLASSES: dict[type[Any], type[Any]] = {str: Text, int: Integer, float: Float}


def of_subclasses(value: Any) -> Any:
    """Convert the strings and numbers of an argument to those of subclasses."""
    if isinstance(value, Struct):
        fields = {name: of_subclasses(getattr(value, name)) for name in value.__struct_fields__}
        return msgspec.structs.replace(value, **fields)
    if isinstance(value, dict):
        return {key: of_subclasses(item) for key, item in value.items()}
    if isinstance(value, list):
        return [of_subclasses(item) for item in value]
    return SUBCLASSES.get(type(value), lambda same: same)(value)


def from_string(kind: Any, value: str) -> Any:
    """The date, UUID or bytes in a string; None if it has none of this type."""
    try:
        return STRINGS[kind](value) if kind in STRINGS else None
    except ValueError:
        return None


def fits(struct: Any, value: dict[str, Any]) -> bool:
    """Whether an object has the tag, the constants and the fields of a model."""
    hints, config = get_type_hints(struct), struct.__struct_config__
    fields = {one.encode_name: one for one in msgspec.structs.fields(struct)}
    constants = {
        key: get_args(hints[one.name]) for key, one in fields.items() if get_origin(hints[one.name]) is Literal
    }
    return (
        (config.tag is None or value.get(config.tag_field) == config.tag)
        and {key for key, one in fields.items() if one.required} <= value.keys()
        and value.keys() <= {*fields, config.tag_field}
        and all(value[key] in values for key, values in constants.items() if key in value)
    )


def members(hint: Any) -> tuple[Any, ...]:
    """The types of a union, also of one that the client decodes itself."""
    if hasattr(hint, "members"):
        return tuple(one for kind in hint.members for one in members(kind))
    if get_origin(hint) in (Union, UnionType):
        return tuple(one for kind in get_args(hint) for one in members(kind))
    return (hint,)
