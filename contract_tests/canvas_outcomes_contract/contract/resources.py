"""The resources of a target file, from `x-resources`: known records that `x-judging` and the checks name."""

from typing import Any

import msgspec

from canvas_outcomes_contract.contract.clauses import schema_mistake
from canvas_outcomes_contract.contract.document import Contract, Operation
from canvas_outcomes_contract.contract.judging import judging
from canvas_outcomes_contract.contract.restoring import restorable
from canvas_outcomes_contract.contract.yaml_source import keys_of


class Find(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"with_": "with", "source": "from"}):
    """The response that identifies a resource. Without a status, it has to be a success."""

    roles: tuple[str, ...] = ()  # each gets that response; the role of the operation if left out
    with_: tuple[str, ...] = ()  # resources that the request names, too
    status: int | None = None
    schema: dict[str, Any] = {}
    elsewhere: str = ""  # a parameter; with another value of it the response is a success
    source: str = ""  # the resource whose response contains the id
    pointer: str = ""  # to the id in that response


class Resource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A resource, and the ways to find it, in order of preference."""

    description: str
    find: tuple[Find, ...] = ()

    @property
    def is_readable(self) -> bool:
        return bool(self.find) and all(find.status is None for find in self.find)


def resources(contract: Contract) -> dict[str, Resource]:
    """Return all resources of the contract by name. Raises CannotTell, with its place, for a malformed one."""
    try:
        described = msgspec.convert(contract.document.get("x-resources", {}), dict[str, Resource])
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$")
        keys = keys_of(path.removesuffix("`").replace("[...]", ""))
        raise contract.source.refuse(f"a resource has description and find: {message}.", "x-resources", *keys) from None
    for name, resource in described.items():
        for index, find in enumerate(resource.find):
            if mistake := schema_mistake(find.schema):
                place = ("x-resources", name, "find", index, "schema")
                raise contract.source.refuse(f"this is not a JSON Schema: {mistake}.", *place)
    named = {name: Resource(f"the {name} of x-judging") for _, _, name in _named(contract)}
    return described | {name: resource for name, resource in named.items() if name not in described}


def _named(contract: Contract) -> list[tuple[Operation, str, str]]:
    """Each operation, parameter and resource that `x-judging` relates."""
    return [
        (operation, parameter, name)
        for operation in contract.operations.values()
        for parameter, names in judging(contract, operation).parameters.items()
        for name in names
    ]


def reading_request(contract: Contract, resource: str) -> tuple[Operation, str] | None:
    """Return the first GET with a parameter for a resource, and the name of the parameter."""
    found = (
        (operation, parameter)
        for operation, parameter, name in _named(contract)
        if operation.method == "GET" and name == resource
    )
    return next(found, None)


def similar_resources(contract: Contract, resource: str) -> set[str]:
    """Return the resources that may stand in the same parameter, this one included."""
    lists = [
        set(names)
        for operation in contract.operations.values()
        for names in judging(contract, operation).parameters.values()
    ]
    return {resource}.union(*(names for names in lists if resource in names))


def changed_resources(contract: Contract) -> list[str]:
    """Return the resources that a run changes and restores."""
    return list(dict.fromkeys(access.resource for access in restorable(contract) if access.resource is not None))
