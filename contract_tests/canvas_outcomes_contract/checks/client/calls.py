"""A case of the contract as a developer would type it: a method, arguments by name, a body made of models."""

from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from canvas_outcomes_contract.checks.client.equality import BOOLEANS, named
from canvas_outcomes_contract.checks.client.variants import CONTRACT, Case, RequestVariant, request_variants
from canvas_outcomes_contract.contract.document import Operation

ENCODINGS = {
    "application/json": "json",
    "application/x-www-form-urlencoded": "form",
    "multipart/form-data": "multipart",
}


def arguments(client: Any, variant: RequestVariant, case: Case) -> dict[str, Any]:
    """The arguments of the method that the operation is named after."""
    hints = get_type_hints(getattr(type(client), variant.operation.id))
    given = {**case.path_parameters, **case.query}
    values = {name: from_wire(hints[name], value) for name, value in given.items()}
    if variant.media_type is not None:
        values["body"] = model(hints["body"], named(CONTRACT, variant.schema, case.body))
    if "encoding" in hints:
        values["encoding"] = ENCODINGS[variant.media_type or ""]
    return values


def example(client: Any, operation: Operation) -> dict[str, Any]:
    """The arguments of the simplest valid call: the examples of the contract."""
    variant = next(one for one in request_variants() if one.operation == operation)
    values = {one["name"]: one["example"] for one in variant.parameters}
    if variant.media_type is not None:
        hints = get_type_hints(getattr(type(client), operation.id))
        values["body"] = model(hints["body"], variant.schema_example)
    return values


def from_wire(hint: Any, value: Any) -> Any:
    """Schemathesis gives the booleans of a query as text."""
    return BOOLEANS.get(value, value) if bool in members(hint) else value


def model(hint: Any, value: Any) -> Any:
    """The value made of the models that the type hint names."""
    wanted = members(hint)
    if isinstance(value, dict):
        kind = next(one for one in wanted if isinstance(one, type) and issubclass(one, Struct))
        names = dict(zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True))
        hints = get_type_hints(kind)
        return kind(**{names[key]: model(hints[names[key]], item) for key, item in value.items()})
    if isinstance(value, list):
        items = next((get_args(one)[0] for one in wanted if get_args(one)), Any)
        return [model(items, item) for item in value]
    return value


def members(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
