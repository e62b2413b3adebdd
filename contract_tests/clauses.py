"""Marks that tie a check to the clause that it judges."""

from collections.abc import Callable
from typing import TypeVar

import pytest

Check = TypeVar("Check", bound=Callable[..., object])


def clause(*ids: str) -> Callable[[Check], Check]:
    """The check judges these clauses: it fails when the provider breaks any of them."""

    def mark(check: Check) -> Check:
        marked: Check = pytest.mark.clause(*ids)(check)
        return marked

    return mark


def clause_of_each_operation(suffix: str) -> Callable[[Check], Check]:
    """The check runs once per `operation` of the contract and judges the clause OPERATION-suffix."""

    def mark(check: Check) -> Check:
        marked: Check = pytest.mark.clause_of_each_operation(suffix)(check)
        return marked

    return mark
