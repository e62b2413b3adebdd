"""Calls of the client: arguments made of the cases and examples of the contract."""

from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from canvas_outcomes_contract.checks.client.equality import BOOLEANS, named
from canvas_outcomes_contract.checks.client.variants import CONTRACT, Case, RequestVariant, request_variants

ENCODINGS = {
    "application/json": "json",
    "application/x-www-form-urlencoded": "form",
    "multipart/form-data": "multipart",
}


@cache
def hints_of(client_class: Any, method: str) -> dict[str, Any]:
    return get_type_hints(getattr(client_class, method))


def arguments(client: Any, variant: RequestVariant, case: Case) -> dict[str, Any]:
    """The arguments of the client's method for a case."""
    hints = hints_of(client.__class__, variant.operation.id)
    given = {**case.path_parameters, **case.query}
    values = {name: from_wire(hints[name], value) for name, value in given.items()}
    if variant.media_type is not None:
        values["body"] = model(hints["body"], named(CONTRACT, variant.schema, case.body))
    if "encoding" in hints:
        values["encoding"] = ENCODINGS[variant.media_type or ""]
    return values


@cache
def example(client_class: Any, operation: str) -> dict[str, Any]:
    """The arguments of the simplest valid call, from the examples of the contract."""
    variant = next(one for one in request_variants() if one.operation.id == operation)
    values = {one["name"]: one["example"] for one in variant.parameters}
    if variant.media_type is not None:
        hints = hints_of(client_class, operation)
        values["body"] = model(hints["body"], CONTRACT.resolve(variant.schema)["examples"][0])
    return values


def from_wire(hint: Any, value: Any) -> Any:
    """Convert the boolean of a query, which Schemathesis draws as a string."""
    return BOOLEANS.get(value, value) if bool in members(hint) else value


def model(hint: Any, value: Any) -> Any:
    """Convert JSON to the models that a type hint names."""
    types = members(hint)
    if isinstance(value, dict):
        struct = next(one for one in types if isinstance(one, type) and issubclass(one, Struct))
        names = dict(zip(struct.__struct_encode_fields__, struct.__struct_fields__, strict=True))
        hints = get_type_hints(struct)
        return struct(**{names[key]: model(hints[names[key]], item) for key, item in value.items()})
    if isinstance(value, list):
        items = next((get_args(one)[0] for one in types if get_args(one)), Any)
        return [model(items, item) for item in value]
    return value


def members(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
