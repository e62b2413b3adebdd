"""Conditions under which a fault applies, and values to which it applies."""

from collections.abc import Callable
from typing import Any

from contract_tests.mutants.provider.faults import Request, When

MISSING = "999999999"  # an id that no record of the demo world has


def always(_: Request) -> bool:
    return True


def is_multipart(request: Request) -> bool:
    return request.media_type == "multipart/form-data"


def has_token_of(*roles: str) -> When:
    return lambda request: request.has_token_of(*roles)


def has_param(name: str) -> When:
    return lambda request: name in request.params


def sends(field: str, *values: Any) -> When:
    """Whether the update has the field, with one of the values if there are any."""
    return lambda request: field in request.fields and (not values or request.fields[field] in values)


def on_string(change: Callable[[str], Any]) -> Callable[[Any], Any]:
    """Limit a change to strings."""
    return lambda value: change(value) if isinstance(value, str) else value


def on_number(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Limit a change to numbers."""
    return lambda value: change(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
