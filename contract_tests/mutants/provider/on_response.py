"""Builders of faults that change the response of the correct provider."""

from collections.abc import Callable
from typing import Any

from contract_tests.mutants.provider.conditions import always
from contract_tests.mutants.provider.faults import Fault, Provider, Request, Response, Row, When, error


def change(edit: Callable[[Response], Response], when: When = always, status: int | None = None) -> Fault:
    """Respond other than the correct provider; `status` limits it to responses of that status."""

    def fault(request: Request, provider: Provider) -> Response:
        response = provider(request)
        return edit(response) if when(request) and status in (None, response.status) else response

    return fault


def instead_of(status: int, response: Response, when: When = always) -> Fault:
    """Send this response where the correct provider responds with the status."""
    return change(lambda _: response, when, status)


def status(old: int, new: int, when: When = always) -> Fault:
    """Send an error of another status."""
    return instead_of(old, error(new), when)


def field(name: str, edit: Callable[[Any], Any], when: When = always) -> Fault:
    return change(lambda response: response.change_field(name, edit), when)


def without(*names: str, when: When = always) -> Fault:
    return change(lambda response: response.without(*names), when)


def headers(when: When = always, **headers: str | None) -> Fault:
    return change(lambda response: response.with_headers(**headers), when)


def ratings(edit: Callable[[list[Row]], Any], when: When = always) -> Fault:
    return change(lambda response: response.change_ratings(edit), when)


def rating(edit: Callable[[Row], Row], when: When = always) -> Fault:
    """Change each rating in the response."""
    return ratings(lambda rows: list(map(edit, rows)), when)


def rows(edit: Callable[[list[Row]], Any], when: When = always) -> Fault:
    return change(lambda response: response.change_rows(edit), when)


def row(edit: Callable[[Row], Row], when: When = always) -> Fault:
    """Change each item of the list in the response."""
    return rows(lambda found: list(map(edit, found)), when)
