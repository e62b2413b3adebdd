"""Builders of faults that forward another request than the one received."""

from collections.abc import Callable
from typing import Any

from contract_tests.mutants.provider.conditions import always
from contract_tests.mutants.provider.faults import Fault, Request, Row, When


def change(edit: Callable[[Request], Request], when: When = always) -> Fault:
    """Forward another request than the one received."""
    return lambda request, provider: provider(edit(request) if when(request) else request)


def act_as(token: str, when: When = always) -> Fault:
    """Forward the request with another token."""
    return change(lambda request: request.with_token(token), when)


def as_admin(when: When = always) -> Fault:
    return change(lambda request: request.as_admin(), when)


def field(name: str, edit: Callable[[Any], Any]) -> Fault:
    """Store another value of a field than the one received."""
    return change(lambda request: request.change_field(name, edit))


def without(*names: str, when: When = always) -> Fault:
    """Ignore fields of the update."""
    return change(lambda request: request.without(*names), when)


def params(when: When = always, **params: str | None) -> Fault:
    return change(lambda request: request.with_params(**params), when)


def headers(when: When = always, **headers: str | None) -> Fault:
    return change(lambda request: request.with_headers(**headers), when)


def form(edit: Callable[[list[tuple[str, str]]], list[tuple[str, str]]], when: When = always) -> Fault:
    """Read other names and values of a form than those received."""
    return change(lambda request: request.with_form(edit(request.form)), when)


def id(id: int, when: When = always) -> Fault:
    """Use another outcome than the requested one."""
    return change(lambda request: request.with_id(id), when)


def ratings(edit: Callable[[list[Any]], Any]) -> Fault:
    """Store other ratings than those received."""
    return change(lambda request: request.change_ratings(edit))


def rating(edit: Callable[[Row], Row]) -> Fault:
    """Store another rating for each one received."""
    return ratings(lambda rows: [edit(row) if isinstance(row, dict) else row for row in rows])
