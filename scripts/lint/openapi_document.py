"""Read a contract and check that it is a valid OpenAPI document, so that other tools can rely on its shape."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openapi_spec_validator.shortcuts import get_validator_cls
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError, ValidatorDetectError

from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.references import broken_references
from canvas_outcomes_contract.contract.yaml_source import Keys, walk

# The keys of schemas and of mappings of them, and those of data that may look alike.
SCHEMAS = {"additionalProperties", "else", "if", "items", "not", "properties", "schema", "then"}
DATA = {"const", "default", "enum", "example", "examples"}


def read(path: Path) -> Contract:
    """Return the contract at `path`. Raises CannotTell, with its place, if it or one of its clauses is invalid."""
    contract = Contract(path)
    for keys, reason in invalid(contract):
        raise contract.source.refuse(f"it is not an OpenAPI document: {reason}.", *keys)
    _ = contract.clauses  # raises CannotTell for a malformed clause
    return contract


def invalid(contract: Contract) -> Iterator[tuple[Keys, str]]:
    """Yield every place at which the contract is not an OpenAPI document, with the reason.

    Raises CannotTell for an operation that cannot be read.
    """
    broken = [*broken_references(contract), *_without_a_schema(contract.document)]
    yield from broken
    if broken:  # the validator would stop at the first one, without its place, or pass over it
        return
    _ = contract.operations  # raises CannotTell, with the place, where the validator has none
    try:
        validator = get_validator_cls(contract.document)(contract.document)
    except ValidatorDetectError:
        yield ("openapi",), "the version of OpenAPI is unknown"
        return
    yield from _validator_errors(contract.document, validator)


def _without_a_schema(document: dict[str, Any]) -> Iterator[tuple[Keys, str]]:
    for keys, value in walk(document):
        is_branch = keys[-2:-1] in {("allOf",), ("anyOf",), ("oneOf",)} and isinstance(keys[-1], int)
        is_schema = keys[-1:] and keys[-1] in SCHEMAS and keys[-2:-1] != ("properties",)
        if (is_branch or is_schema) and not isinstance(value, dict | bool) and DATA.isdisjoint(keys):
            yield keys, f"expected a mapping, got {value!r:.40}"


def _validator_errors(document: dict[str, Any], validator: Any) -> Iterator[tuple[Keys, str]]:
    found = False
    try:
        for error in validator.iter_errors():
            found = True
            yield _place(document, error), " ".join(error.message.partition("\n")[0].split())[:200]
    except (AssertionError, AttributeError, LookupError, TypeError, ValueError) as reason:
        # The validator descends into values that it has reported as invalid, and may crash there.
        if not found:
            yield (), f"openapi-spec-validator crashed: {reason!r}"


def _place(document: dict[str, Any], error: OpenAPIValidationError) -> Keys:
    """Return the keys of the first equal value: an error in a schema has only the keys inside that schema."""
    if operation := re.search(r"for '(\w+)' operation in '([^']+)'", error.message):
        return "paths", operation[2], operation[1]
    tail = tuple(error.absolute_path)
    ends = (keys for keys, value in walk(document) if keys[len(keys) - len(tail) :] == tail and value == error.instance)
    return next(ends, tail)
