"""The calls of the users: those that the contract and the target describe, in the names of the client."""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, get_args, get_type_hints

import msgspec

from canvas_outcomes_contract.cases.response_schemas import validator
from canvas_outcomes_contract.cases.verdicts import NotApplicable
from canvas_outcomes_contract.connection.known_requests import KnownRequests
from canvas_outcomes_contract.connection.target import Target
from canvas_outcomes_contract.contract.document import Contract, Operation
from canvas_outcomes_contract.contract.judging import judging, known_parameters
from canvas_outcomes_contract.contract.resources import resources
from canvas_outcomes_contract.contract.restoring import Restorable, restorable

Values = dict[str, Any]  # of parameters, by their name in the contract


@dataclass(frozen=True)
class Read:
    """A GET that succeeds each time."""

    operation: Operation
    values: Values
    ignored: tuple[str, ...] = ()  # properties that users change
    is_constant: bool = True  # apart from these properties


@dataclass(frozen=True)
class Write:
    """A string that one user updates and reads back."""

    access: Restorable
    field: str
    values: Values

    @property
    def user(self) -> str:
        """The name of the class of that user."""
        return "".join(map(str.capitalize, f"{self.access.write.id}_{self.field}_writer".split("_")))


def writes(contract: Contract, target: Target) -> list[Write]:
    """Each property that takes any string, of each record that a run changes and restores."""
    if not target.writes:
        return []
    return [
        Write(access, name, values)
        for access in restorable(contract)
        for values in _known(contract, target, access.write)
        for name in access.properties
        if validator(contract, access.schemas[name]).is_valid("any string")
    ]


def reads(contract: Contract, target: Target) -> list[Read]:
    """Each GET with its known parameters, and with each other resource of the target that it can read."""
    changed = {access.read.id: access for access in restorable(contract)}
    described = resources(contract)
    found = []
    for operation in (one for one in contract.operations.values() if one.method == "GET"):
        lists_changes = any(access.write.path.startswith(f"{operation.path}/") for access in changed.values())
        for known in _known(contract, target, operation):
            for parameter, names in [("", ()), *judging(contract, operation).parameters.items()]:
                readable = [name for name in names[1:] if name in target.resources and described[name].is_readable]
                for values in [known | {parameter: target.resources[name]} for name in readable] or [known]:
                    access = changed.get(operation.id)
                    ignored = access.properties if access is not None and values == known else ()
                    found.append(Read(operation, values, ignored, not lists_changes))
    return [one for index, one in enumerate(found) if one not in found[:index]]


def _known(contract: Contract, target: Target, operation: Operation) -> Iterator[Values]:
    """Yield the known parameters of an operation if the target has its token and resources."""
    known = KnownRequests(contract, target)
    try:
        target.token(judging(contract, operation).role)
        yield {one["name"]: known.value(operation, one) for one in known_parameters(contract, operation)}
    except NotApplicable:
        return


def arguments(method: Callable[..., Any], values: Values) -> dict[str, Any]:
    """The values by the names that the client gives to the parameters."""
    names = {_plain(name): name for name in inspect.signature(method).parameters}
    return {names[_plain(wire)]: value for wire, value in values.items()}


def body_of(method: Callable[..., Any], change: dict[str, Any]) -> Any:
    return msgspec.convert(change, get_type_hints(method)["body"])


def encodings_of(method: Callable[..., Any]) -> tuple[str, ...]:
    return get_args(get_type_hints(method).get("encoding", str))


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())
