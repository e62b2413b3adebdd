"""Errors of checks that met a value of a wrong type: the response that violates its schema is to blame for them."""

from collections.abc import Iterable

import httpx2

from canvas_outcomes_contract.cases.response_schemas import ResponseSchemas
from canvas_outcomes_contract.connection.traffic import Exchange

OF_TYPES = (AttributeError, LookupError, TypeError, ValueError, ArithmeticError, RecursionError)


def is_of_types(error: BaseException | None) -> bool:
    """Whether an error, or each one of a group, is one that Python raises for a value of a wrong type."""
    if isinstance(error, BaseExceptionGroup):
        return all(is_of_types(part) or isinstance(part, AssertionError) for part in error.exceptions)
    return isinstance(error, OF_TYPES)


def wrong_response(schemas: ResponseSchemas, exchanges: Iterable[Exchange]) -> str:
    """How the last response that violates its schema does so; empty if none does."""
    for exchange in reversed(list(exchanges)):
        operation = schemas.contract.operations.get(exchange.operation or "")
        headers = {"Content-Type": exchange.media_type}
        response = httpx2.Response(exchange.status, headers=headers, content=exchange.body.encode())
        if operation is not None and (violation := schemas.violation(operation, response)):
            return f"{exchange.method} {exchange.url} returned {violation}"
    return ""
