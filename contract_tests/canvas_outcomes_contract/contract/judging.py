"""Facts about an operation that a run needs beside its schemas: `x-judging`, `x-clauses-except`, links, examples."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from canvas_outcomes_contract.contract.document import Contract, Operation
from canvas_outcomes_contract.contract.yaml_source import keys_of

ROLES = {
    "editor": "a user who may update editable_outcome",
    "reader": "a user who may read editable_outcome, but not update it",
    "teacher": "a teacher of the course",
    "student": "a student of the course",
    "other_student": "another student of the course",
    "observer": "an observer of the student",
    "outsider": "a user who is tied to neither the course nor its account",
    "admin": "an admin with permission to act as the teacher, the student and the other_student",
    "expired": "a token that has expired",
    "revoked": "a token that was revoked",
    "unscoped": "a valid token that has the scope of no operation of the contract",
}
# A runtime expression of OpenAPI.
EXPRESSION = re.compile(
    r"\$(?:url|method|statusCode|(?:request|response)\.(?:body(?:#(?:/.*)?)?|header\.\S+|query\..+|path\..+))"
)


class Judging(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `x-judging` of an operation."""

    role: str = "editor"  # whose token makes the known request right
    # Names of target resources: the first makes the request right.
    parameters: dict[str, Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]] = {}
    valid_but_refused: tuple[int, ...] = ()


@dataclass(frozen=True)
class Link:
    """A link of a successful response: the linked operation, and expressions for its parameters."""

    status: str
    operation: str
    parameters: dict[str, Any]


def judging(contract: Contract, operation: Operation) -> Judging:
    """Return the `x-judging` of an operation. Raises CannotTell, with its place, if it is malformed."""
    keys = (*operation.keys, "x-judging")
    try:
        found = msgspec.convert(operation.definition.get("x-judging", {}), Judging)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$")
        place = (*keys, *keys_of(path.removesuffix("`").replace("[...]", "")))
        raise contract.source.refuse(
            f"x-judging has role, parameters and valid_but_refused: {message}.", *place
        ) from None
    names = {parameter["name"] for parameter in contract.parameters(operation)}
    for name in found.parameters.keys() - names:
        raise contract.source.refuse(f"{operation.id} has no parameter {name!r}.", *keys, "parameters", name)
    for index, status in enumerate(found.valid_but_refused):
        if str(status) not in operation.definition["responses"]:
            reason = f"{operation.id} documents no response with status {status}."
            raise contract.source.refuse(reason, *keys, "valid_but_refused", index)
    return found


def links(contract: Contract, operation: Operation) -> Iterator[Link]:
    """Yield the links of the successful responses. Raises CannotTell for an unusable one."""
    for status in operation.successes:
        response = contract.resolve(operation.definition["responses"][status])
        for name, link in response.get("links", {}).items():
            found = contract.resolve(link)
            one = Link(status, found.get("operationId", ""), found.get("parameters", {}))
            if reason := _mistake(contract, one):
                keys = (*operation.keys, "responses", status, "links", name)
                raise contract.source.refuse(f"the link {name} of {operation.id} {reason}.", *keys)
            yield one


def _mistake(contract: Contract, link: Link) -> str:
    if not link.operation:
        return "has no operationId. Name the operation by it"
    target = contract.operations.get(link.operation)
    if target is None:
        return f"leads to {link.operation!r}, which is not an operation"
    known = {parameter["name"] for parameter in contract.parameters(target)}
    if unknown := sorted(link.parameters.keys() - known):
        return f"has {unknown[0]!r}, which is not a parameter of {target.id}"
    for value in link.parameters.values():
        if str(value).startswith("$") and not EXPRESSION.fullmatch(value):
            return f"has {value!r}, which is not a runtime expression such as $response.body#/id"
    missing = sorted(target.placeholders - link.parameters.keys())
    return f"does not have {missing[0]!r}, a parameter of {target.id}" if missing else ""


def known_parameters(contract: Contract, operation: Operation) -> list[dict[str, Any]]:
    """Return the parameters of the known request: those that the contract requires."""
    one = operation.definition.get("x-requires-one-of", [])[:1]
    return [found for found in contract.parameters(operation) if found.get("required") or found["name"] in one]


def first_example(contract: Contract, holder: dict[str, Any]) -> Any:
    """Return the first example of a parameter or media type, else of its schema; UNSET if there is none."""
    if "example" in holder:
        return holder["example"]
    for example in map(contract.resolve, holder.get("examples", {}).values()):
        if "value" in example:
            return example["value"]
    schema = contract.resolve(holder.get("schema", {}))
    return next(iter(schema.get("examples", ())), schema.get("example", msgspec.UNSET))
