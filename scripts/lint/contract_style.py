"""The style rules of a contract: names, sentences, titles, tokens, sources of clauses."""

import re
from collections.abc import Iterator
from typing import Any

from canvas_outcomes_contract.contract.document import Contract, Operation
from canvas_outcomes_contract.contract.yaml_source import Keys, walk

Complaint = tuple[Keys, str]

# The first word of an operationId.
VERBS = set(
    """
    add archive assign cancel change check close complete copy count create delete download enroll export get import
    link list merge move open publish query register remove rename replace reset resolve restore retry revoke run search
    send set show start stop submit sync unlink unpublish update upload validate verify
    """.split()  # noqa: SIM905
)
PROSE = frozenset({"summary", "description", "title", "text", "source", "deviation"})
# The values of these keys are data of the API, not sentences of the contract.
DATA = frozenset({"example", "examples", "value", "default", "enum", "const"})
OPTIONAL = re.compile(r"\boptional(ly)?\b", re.IGNORECASE)
SUMMARY = re.compile(r"[A-Z][^\n]*[^.\s]\.")
SENTENCE = re.compile(r".*[^.]\.", re.DOTALL)
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
SOURCE = re.compile(rf"this document|RFC \d+ section \d+(\.\d+)*|.+ \d+\.\d+\.\d+|.+, ({MONTHS}) \d{{4}}")


def complaints(contract: Contract) -> Iterator[Complaint]:
    """Yield each breach of the style with its keys. Raises CannotTell, after the others, for a malformed clause."""
    for operation in contract.operations.values():
        yield from _in_operation(contract, operation)
    yield from _in_prose(contract.document)
    yield from _in_schemas(contract.document)
    if contract.clauses:
        yield from _in_clauses(contract.document, ())
        for operation in contract.operations.values():
            yield from _in_clauses(operation.definition, operation.keys)


def _in_operation(contract: Contract, operation: Operation) -> Iterator[Complaint]:
    definition, keys = operation.definition, operation.keys
    schemes = contract.document.get("components", {}).get("securitySchemes", {})
    name = f"the operationId {operation.id!r}"
    if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", operation.id):
        yield (*keys, "operationId"), f"{name} is not a verb and a noun in snake_case."
    elif operation.id.partition("_")[0] not in VERBS:
        yield (*keys, "operationId"), f"{name} does not begin with a verb, such as get, list or update."
    if not definition.get("security"):
        yield keys, f"{operation.id} has no security: name the tokens and scopes that it accepts."
    elif {scheme for one in definition["security"] for scheme in one} - schemes.keys():
        yield (*keys, "security"), f"{operation.id} accepts a token that components.securitySchemes does not describe."
    if not SUMMARY.fullmatch(definition.get("summary", "")):
        yield (*keys, "summary"), f"the summary of {operation.id} is not a phrase with a capital and a full stop."


def _in_clauses(holder: dict[str, Any], keys: Keys) -> Iterator[Complaint]:
    for index, clause in enumerate(holder.get("x-clauses", [])):
        for key in ("text", "deviation"):
            if key in clause and not SENTENCE.fullmatch(clause[key].strip()):
                reason = f"the {key} of {clause['id']} is not a sentence with a full stop."
                yield (*keys, "x-clauses", index, key), reason
        if not SOURCE.fullmatch(clause["source"].strip()):
            reason = "End it with the month or version that was read, such as `, February 2026`."
            yield (*keys, "x-clauses", index, "source"), f"{clause['id']} has no dated source. {reason}"


def _in_prose(document: dict[str, Any]) -> Iterator[Complaint]:
    for keys, value in walk(document):
        is_prose = keys and keys[-1] in PROSE and isinstance(value, str) and DATA.isdisjoint(keys[:-1])
        if is_prose and OPTIONAL.search(value):
            yield keys, f'the {keys[-1]} has the word "optional". Leave it out: `required` has that meaning.'


def _in_schemas(document: dict[str, Any]) -> Iterator[Complaint]:
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        for key in ("title", "description"):
            if not (isinstance(schema, dict) and schema.get(key)):
                yield ("components", "schemas", name), f"the schema {name} has no {key}."
        for keys, child in walk(schema, ("components", "schemas", name)):
            of_schema = keys[-2] == "properties" and keys[-3] not in ("if", "then", "else", "properties")
            if of_schema and isinstance(child, dict) and "$ref" not in child and not child.get("description"):
                yield keys, f"the property {keys[-1]} has no description."
