"""Faults of every statement in the schemas of answers, broken one by one: they are made from openapi.yaml itself.

The examples of the contract say where a value can be. A fault is registered for each place and each way to break it
that no example with that place survives; a change that the schema allows is no fault.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from canvas_outcomes_contract.connection.response_schemas import validator
from canvas_outcomes_contract.contract.document import Contract, Operation, contract_path
from contract_tests.mutants.faults import Provider, Request, Response, breaks

Place = tuple[str, ...]  # the keys that lead to a value; ITEM stands for each item of a list
ITEM = "[]"
LEFT_OUT = object()
# The reference server, which stands behind the faults, never answers these on its own.
NEVER_ANSWERED = ("413", "429", "5XX")
BREAKS: dict[str, Callable[[Any], Any]] = {
    "left_out": lambda value: LEFT_OUT,
    "null": lambda value: None,
    "of_another_type": lambda value: 7 if isinstance(value, str) else "seven",
    "a_fraction": lambda value: value + 0.5 if type(value) is int else value,
    "empty": lambda value: type(value)() if isinstance(value, str | list | dict) else value,
    "too_long": lambda value: "x" * 256 if isinstance(value, str) else value,
}


def broken(value: Any, place: Place, change: Callable[[Any], Any]) -> Any:
    """The same value with what is at the place changed; without the place, nothing is."""
    if not place:
        return change(value)
    key, rest = place[0], place[1:]
    if key == ITEM and isinstance(value, list):
        items = [broken(item, rest, change) for item in value]
        return [item for item in items if item is not LEFT_OUT]
    if key == ITEM or not isinstance(value, dict) or key not in value:
        return value
    members = value | {key: broken(value[key], rest, change)}
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
    """Each place in the answers of a status, with each way to break a statement about it."""
    answer = contract.resolve(operation.definition["responses"][status])["content"]["application/json"]
    is_valid = validator(contract, answer["schema"]).is_valid
    examples = [example["value"] for example in answer["examples"].values()]
    for place in dict.fromkeys(place for example in examples for place in places(example)):
        for kind, change in BREAKS.items():
            changed = [(example, broken(copy.deepcopy(example), place, change)) for example in examples]
            differ = [after for before, after in changed if after != before]
            if differ and not any(map(is_valid, differ)):
                yield place, kind


@dataclass(frozen=True)
class BrokenStatement:
    """A provider whose answers of one status break one statement."""

    operation: str
    status: int
    place: Place
    kind: str

    @property
    def __name__(self) -> str:
        where = ".".join(self.place).replace(".[]", "[]")
        return f"{self.operation}_answers_{self.status}_with_{where}_{self.kind}"

    def __call__(self, request: Request, provider: Provider) -> Response:
        answer = provider(request)
        if (request.operation, answer.status) != (self.operation, self.status):
            return answer
        return answer.with_json(broken(answer.json, self.place, BREAKS[self.kind]))


def register(contract: Contract) -> None:
    for operation in contract.operations.values():
        for status in operation.definition["responses"]:
            for place, kind in statements(contract, operation, status) if status not in NEVER_ANSWERED else ():
                fault = BrokenStatement(operation.id, int(status), place, kind)
                breaks(f"{operation.prefix}-answers-as-documented")(fault)


register(Contract(contract_path()))
