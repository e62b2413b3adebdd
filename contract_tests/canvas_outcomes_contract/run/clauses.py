"""Marks that tie a check to the clause that it judges."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest

Check = TypeVar("Check", bound=Callable[..., object])


def clause(*ids: str) -> Callable[[Check], Check]:
    """The check judges these clauses: it fails when the provider breaks any of them."""

    def mark(check: Check) -> Check:
        marked: Check = pytest.mark.clause(*ids)(check)
        return marked

    return mark


def parametrize_clauses(names: str, values: dict[str, Any]) -> pytest.MarkDecorator:
    """The check runs once for each clause, with the arguments that stand beside its id."""
    several = "," in names
    return pytest.mark.parametrize(
        names,
        [
            pytest.param(*(value if several else (value,)), marks=pytest.mark.clause(id), id=id)
            for id, value in values.items()
        ],
    )


def clause_of_each_operation(suffix: str) -> Callable[[Check], Check]:
    """The check runs once per `operation` of the contract and judges the clause OPERATION-suffix."""

    def mark(check: Check) -> Check:
        marked: Check = pytest.mark.clause_of_each_operation(suffix)(check)
        return marked

    return mark


@contextmanager
def attribute_failures_to(suffix: str) -> Iterator[None]:
    """In a check of several clauses: what fails inside breaks only the clause OPERATION-suffix."""
    try:
        yield
    except BaseException as error:
        error.broken_clause = suffix  # type: ignore[attr-defined]
        raise


def is_broken_by(clause: str, error: BaseException | None) -> bool:
    """Whether an error of a check says anything of this clause."""
    if isinstance(error, BaseExceptionGroup) and not hasattr(error, "broken_clause"):
        return any(is_broken_by(clause, part) for part in error.exceptions)
    return clause.endswith(getattr(error, "broken_clause", ""))
