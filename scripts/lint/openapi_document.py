"""A contract that is known to be an OpenAPI document, so that whoever walks it need not guard every step."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openapi_spec_validator.shortcuts import get_validator_cls
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError, ValidatorDetectError

from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.nodes import Document, Keys, dangling_references, nodes


def read(path: Path) -> Contract:
    """The contract at `path`. Raises CannotTell, with line and column, for one that is no OpenAPI document."""
    contract = Contract(path)
    for keys, reason in invalid(contract.document):
        raise contract.source.refuse(f"it is not an OpenAPI document: {reason}.", *keys)
    assert contract.clauses is not None  # reads them all; a malformed one raises CannotTell
    return contract


def invalid(document: Document) -> Iterator[tuple[Keys, str]]:
    """Where the document is not OpenAPI, and why."""
    dangling = [(keys, f"$ref {ref!r} points nowhere in this file") for keys, ref in dangling_references(document)]
    yield from dangling
    if dangling:  # the validator stops at the first of them, without its place
        return
    try:
        validator = get_validator_cls(document)(document)
    except ValidatorDetectError:
        yield ("openapi",), "openapi is not a version that is known"
        return
    yield from validator_errors(document, validator)
    yield from malformed_clauses(document)


def validator_errors(document: Document, validator: Any) -> Iterator[tuple[Keys, str]]:
    found = False
    try:
        for error in validator.iter_errors():
            found = True
            yield place(document, error), " ".join(error.message.partition("\n")[0].split())[:200]
    except (AssertionError, AttributeError, LookupError, TypeError, ValueError) as reason:
        # It walks on into what it has just called wrong, and trips there.
        if not found:
            yield (), f"openapi-spec-validator trips over it: {reason!r}"


def place(document: Document, error: OpenAPIValidationError) -> Keys:
    """What is wrong with a schema comes with keys inside that schema only: the first value like it is meant."""
    tail = tuple(error.absolute_path)
    ends = (
        keys for keys, value in nodes(document) if keys[len(keys) - len(tail) :] == tail and value == error.instance
    )
    return next(ends, tail)


def malformed_clauses(document: Document) -> Iterator[tuple[Keys, str]]:
    for keys, clauses in nodes(document):
        if not keys or keys[-1] != "x-clauses":
            continue
        if not isinstance(clauses, list):
            yield keys, "x-clauses is not a list of clauses"
            continue
        for index, clause in enumerate(clauses):
            if not isinstance(clause, dict) or not all(isinstance(value, str) for value in clause.values()):
                yield (*keys, index), "a clause is not a mapping of keys to texts"
