"""Marks that tie a check to the clauses that it judges, and the clauses of each collected check."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx2
import pytest

from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.run.judge import CLIENT_CHECKS

Check = TypeVar("Check", bound=Callable[..., object])


def clause(*ids: str) -> Callable[[Check], Check]:
    """Mark a check that judges these clauses: it fails when the provider breaks any of them."""

    def mark(check: Check) -> Check:
        marked: Check = pytest.mark.clause(*ids)(check)
        return marked

    return mark


def parametrize_clauses(names: str, values: dict[str, Any]) -> pytest.MarkDecorator:
    """Run the check once for each clause, with the arguments beside its id."""
    several = "," in names
    return pytest.mark.parametrize(
        names,
        [
            pytest.param(*(value if several else (value,)), marks=pytest.mark.clause(id), id=id)
            for id, value in values.items()
        ],
    )


def clause_of_each_operation(suffix: str) -> Callable[[Check], Check]:
    """Mark a check that runs for each `operation` of the contract and judges the clause OPERATION-suffix."""

    def mark(check: Check) -> Check:
        marked: Check = pytest.mark.clause_of_each_operation(suffix)(check)
        return marked

    return mark


@contextmanager
def attribute_failures_to(suffix: str, response: httpx2.Response) -> Iterator[None]:
    """In a check of several clauses: attribute a failure to one clause, OPERATION-suffix, and to a response."""
    try:
        yield
    except BaseException as error:
        # pytest receives the parts of a group of failures in another group, which Schemathesis makes.
        for part in (error, *getattr(error, "exceptions", ())):
            part.broken_clause, part.response = suffix, response
        raise


def is_broken_by(clause: str, error: BaseException | None) -> bool:
    """Whether the result of a check counts for this clause."""
    if isinstance(error, BaseExceptionGroup) and not hasattr(error, "broken_clause"):
        return any(is_broken_by(clause, part) for part in error.exceptions)
    return clause.endswith(getattr(error, "broken_clause", ""))


def clauses_of(item: pytest.Item, contract: Contract) -> list[str]:
    """The clauses that a collected check judges."""
    clauses = [clause for mark in item.iter_markers("clause") for clause in mark.args]
    # Schemathesis generates a test for each operation; its name ends in [METHOD path].
    label = item.name.partition("[")[2].rpartition("]")[0]
    operations = [one for one in contract.operations.values() if f"{one.method} {one.path}" == label]
    for mark in item.iter_markers("clause_of_each_operation"):
        clauses += [id for one in operations if (id := f"{one.prefix}-{mark.args[0]}") in contract.clauses]
    return clauses


def parametrize_by_operation(metafunc: pytest.Metafunc, contract: Contract) -> None:
    """Run a check that is marked with `clause_of_each_operation` for each operation with that clause."""
    mark = metafunc.definition.get_closest_marker("clause_of_each_operation")
    if mark is None or "operation" not in metafunc.fixturenames:
        return
    clauses = {f"{operation.prefix}-{mark.args[0]}": operation for operation in contract.operations.values()}
    parameters = [
        pytest.param(operation, id=operation.id, marks=pytest.mark.clause(clause))
        for clause, operation in clauses.items()
        if clause in contract.clauses
    ]
    metafunc.parametrize("operation", parameters)


def is_client_check(item: pytest.Item) -> bool:
    return CLIENT_CHECKS in item.path.parents
