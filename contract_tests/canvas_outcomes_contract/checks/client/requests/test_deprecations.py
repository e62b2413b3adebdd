"""Deprecated operations and parameters are sent with a warning that names the line of the caller."""

import warnings
from typing import Any

import pytest

from canvas_outcomes_contract.checks.client import consumers
from canvas_outcomes_contract.checks.client.calls import argument, example, hints_of
from canvas_outcomes_contract.checks.client.consumers import NOT_FOUND, Consumer
from canvas_outcomes_contract.checks.client.documented import OPERATIONS, method_name, parameter_names, parameters_of
from canvas_outcomes_contract.checks.client.variants import drawn_once, request_variants
from canvas_outcomes_contract.contract.document import Operation

DEPRECATED = [one for one in OPERATIONS if one.definition.get("deprecated")]
PARAMETERS = {
    f"{operation.id}-{one['name']}": (operation, (one["in"], one["name"]))
    for operation in OPERATIONS
    for one in parameters_of(operation)
    if one.get("deprecated")
}


def warnings_of(consumer: Consumer, operation: Operation, **changes: Any) -> list[str]:
    """The deprecation warnings of a call, each of which has to name the line of the caller."""
    consumer.open()
    consumer.mock.replies(NOT_FOUND)
    with warnings.catch_warnings(record=True) as recorded:
        warnings.simplefilter("always")
        consumer.fail(operation, **changes)
    found = [one for one in recorded if issubclass(one.category, DeprecationWarning)]
    assert {one.filename for one in found} <= {consumers.__file__}
    return [str(one.message) for one in found]


@pytest.mark.parametrize("operation", DEPRECATED, ids=lambda one: one.id)
def test_warns_of_a_deprecated_operation(consumer: Consumer, operation: Operation) -> None:
    assert f"{method_name(operation)} is deprecated." in warnings_of(consumer, operation)


@pytest.mark.parametrize(("operation", "key"), PARAMETERS.values(), ids=PARAMETERS)
def test_warns_of_a_deprecated_parameter(consumer: Consumer, operation: Operation, key: tuple[str, str]) -> None:
    name, hints = parameter_names(operation)[key], hints_of(consumer.client_class, operation)
    variant = next(one for one in request_variants() if one.operation is operation)
    value = drawn_once(variant.cases.filter(lambda case: case.parameters.get(key) is not None)).parameters[key]

    found = warnings_of(consumer, operation, **{name: argument(hints[name], value)})

    assert f"the parameter {name} of {method_name(operation)} is deprecated." in found


def test_does_not_warn_of_other_operations(consumer: Consumer, operation: Operation) -> None:
    deprecated = {
        parameter_names(operation)[one["in"], one["name"]] for one in parameters_of(operation) if one.get("deprecated")
    }
    used = deprecated & example(consumer.client_class, operation).keys()

    assert bool(warnings_of(consumer, operation)) == bool(used or operation.definition.get("deprecated"))
