"""Faults generated from the response schemas of openapi.yaml: each breaks one statement about one value.

The examples of the contract show where a value can be. There is a fault for each place and each kind of change that
makes all examples with that place invalid.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any

from canvas_outcomes_contract.cases.response_schemas import validator
from canvas_outcomes_contract.contract.document import Contract, Operation, contract_path
from contract_tests.mutants.provider.faults import Fault, Faults, Provider, Request, Response

Place = tuple[str, ...]  # the keys that lead to a value; ITEM stands for each item of a list
ITEM = "[]"
LEFT_OUT = object()
NEVER_SENT = ("413", "429")  # by the reference server, which stands behind the faults
KINDS: dict[str, Callable[[Any], Any]] = {
    "left out": lambda value: LEFT_OUT,
    "null": lambda value: None,
    "of another type": lambda value: 7 if isinstance(value, str) else "seven",
    "a fraction": lambda value: value + 0.5 if type(value) is int else value,
    "empty": lambda value: type(value)() if isinstance(value, str | list | dict) else value,
    "too long": lambda value: "x" * 256 if isinstance(value, str) else value,
}


def changed(value: Any, place: Place, change: Callable[[Any], Any]) -> Any:
    """Change the value at a place, if the place is there."""
    if not place:
        return change(value)
    key, rest = place[0], place[1:]
    if key == ITEM and isinstance(value, list):
        items = [changed(item, rest, change) for item in value]
        return [item for item in items if item is not LEFT_OUT]
    if key == ITEM or not isinstance(value, dict) or key not in value:
        return value
    members = value | {key: changed(value[key], rest, change)}
    return {name: member for name, member in members.items() if member is not LEFT_OUT}


def places(value: Any, above: Place = ()) -> Iterator[Place]:
    """Every place below a value."""
    for item in value if isinstance(value, list) else ():
        yield (*above, ITEM)
        yield from places(item, (*above, ITEM))
    for key, member in value.items() if isinstance(value, dict) else ():
        yield (*above, key)
        yield from places(member, (*above, key))


def statements(contract: Contract, operation: Operation, status: str) -> Iterator[tuple[Place, str]]:
    """Each place in the responses of a status, with each kind of change that breaks a statement about it."""
    response = contract.resolve(operation.definition["responses"][status])
    content = response.get("content", {}).get("application/json", {})
    is_valid = validator(contract, content.get("schema", {})).is_valid
    examples = [contract.resolve(example)["value"] for example in content.get("examples", {}).values()]
    examples += [content["example"]] if "example" in content else []
    for place in dict.fromkeys(place for example in examples for place in places(example)):
        for kind, change in KINDS.items():
            pairs = [(example, changed(copy.deepcopy(example), place, change)) for example in examples]
            different = [after for before, after in pairs if after != before]
            if different and not any(map(is_valid, different)):
                yield place, kind


def breaks_statement(operation: str, status: int, place: Place, kind: str) -> Fault:
    def fault(request: Request, provider: Provider) -> Response:
        response = provider(request)
        if (request.operation, response.status) != (operation, status):
            return response
        return response.with_json(changed(response.json, place, KINDS[kind]))

    return fault


def faults_of(contract: Contract, operation: Operation) -> dict[str, Fault]:
    return {
        f"responds with {status} and {'.'.join(place).replace('.[]', '[]')} {kind}": breaks_statement(
            operation.id, int(status), place, kind
        )
        for status in operation.definition["responses"]
        if status.isdecimal() and status not in NEVER_SENT
        for place, kind in statements(contract, operation, status)
    }


CONTRACT = Contract(contract_path())
FAULTS: Faults = {
    f"{operation.prefix}-answers-as-documented": faults_of(CONTRACT, operation)
    for operation in CONTRACT.operations.values()
}
