"""What STYLE asks of a contract beyond a valid document: names, sentences, titles, tokens."""

import re
from collections.abc import Iterator
from typing import Any

from canvas_outcomes_contract.contract.document import Contract, Operation
from canvas_outcomes_contract.contract.nodes import Document, Keys, nodes

Complaint = tuple[Keys, str]

# What an operationId begins with; the rest of it is the noun.
VERBS = set(
    """
    add archive assign cancel change check close complete copy count create delete download enroll export get import
    link list merge move open publish query register remove rename replace reset resolve restore retry revoke run search
    send set show start stop submit sync unlink unpublish update upload validate verify
    """.split()  # noqa: SIM905
)
TEXTS = frozenset({"summary", "description", "title", "text", "source", "deviation"})
# Their values are data of the API, not sentences of the contract.
DATA = frozenset({"example", "examples", "value", "default", "enum", "const"})
OPTIONAL = re.compile(r"\boptional(ly)?\b", re.IGNORECASE)
SUMMARY = re.compile(r"[A-Z][^\n]*[^.\s]\.")


def complaints(contract: Contract) -> Iterator[Complaint]:
    """Everything that the contract should say in another way, with the keys that lead to it."""
    for operation in contract.operations.values():
        at = ("paths", operation.path, operation.method.lower())
        yield from of_operation(operation, at, contract.document)
        yield from of_clauses(operation, (*at, "x-clauses"))
    yield from of_texts(contract.document)
    yield from of_schemas(contract.document)


def of_operation(operation: Operation, at: Keys, document: Document) -> Iterator[Complaint]:
    definition = operation.definition
    if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", operation.id):
        yield (*at, "operationId"), f"the operationId {operation.id!r} is not a verb and a noun in snake_case."
    elif operation.id.partition("_")[0] not in VERBS:
        yield (
            (*at, "operationId"),
            f"the operationId {operation.id!r} does not begin with a verb, such as get, list or update.",
        )
    if not definition.get("security"):
        yield at, f"{operation.id} does not say under security which tokens and scopes it takes."
    elif any(
        scheme not in document["components"]["securitySchemes"] for one in definition["security"] for scheme in one
    ):
        yield (*at, "security"), f"{operation.id} takes a token that components.securitySchemes does not describe."
    if not SUMMARY.fullmatch(definition.get("summary", "")):
        yield (*at, "summary"), f"the summary of {operation.id} is not a phrase with a capital and a full stop."


def of_clauses(operation: Operation, at: Keys) -> Iterator[Complaint]:
    """Ids and levels are checked wherever a contract is read."""
    for index, clause in enumerate(operation.definition.get("x-clauses", [])):
        name = clause.get("id", "a clause")
        for key in ("text", "deviation"):
            if key in clause and not re.fullmatch(r".*[^.]\.", clause[key].strip(), re.DOTALL):
                yield (*at, index, key), f"the {key} of {name} is not a sentence with a full stop."
        if not clause.get("source", "").strip():
            yield (*at, index, "source"), f"{name} has no source."


def of_texts(document: Document) -> Iterator[Complaint]:
    for keys, text in nodes(document):
        if not keys or keys[-1] not in TEXTS or not isinstance(text, str) or DATA & set(map(str, keys[:-1])):
            continue
        if OPTIONAL.search(text):
            yield keys, f"a {keys[-1]} says optional; required says it."


def of_schemas(document: Document) -> Iterator[Complaint]:
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        at = ("components", "schemas", name)
        for key in (key for key in ("title", "description") if not (isinstance(schema, dict) and schema.get(key))):
            yield at, f"the schema {name} has no {key}."
        for keys, child in nodes(schema, at):
            if keys[-2] == "properties" and keys[-3] not in ("if", "then", "else", "properties"):
                yield from of_property(keys, child)


def of_property(at: Keys, schema: Any) -> Iterator[Complaint]:
    if isinstance(schema, dict) and "$ref" not in schema and not schema.get("description"):
        yield at, f"the property {at[-1]} has no description."
