"""The style rules of a contract: names, sentences, titles, tokens, sources of clauses."""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from canvas_outcomes_contract.contract.document import METHODS, Contract, Operation
from canvas_outcomes_contract.contract.judging import ROLES, first_example, judging, known_parameters, links
from canvas_outcomes_contract.contract.resources import reading_request, resources
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
# The extensions by where they stand. Schemas, and all other objects, may have those of other tools besides.
EXTENSIONS = {
    "document": ("x-resources", "x-clauses"),
    "operation": ("x-judging", "x-clauses", "x-clauses-except", "x-deviations", "x-requires-one-of"),
    "parameter": ("x-left-out-of-cases",),
    "schema": ("x-enum-varnames",),
}
# Mappings whose keys are names.
NAMED = frozenset({"properties", "patternProperties", "headers"})
PROSE = frozenset({"summary", "description", "title", "text", "source", "deviation"})
# The values of these keys are data of the API, not sentences of the contract.
DATA = frozenset({"example", "examples", "value", "default", "enum", "const"})
OPTIONAL = re.compile(r"\boptional(ly)?\b", re.IGNORECASE)
SUMMARY = re.compile(r"[A-Z][^\n]*[^.\s]\.")
SENTENCE = re.compile(r".*[^.]\.", re.DOTALL)
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
SOURCE = re.compile(rf"this document|RFC \d+ section \d+(\.\d+)*|.+ \d+\.\d+\.\d+|.+, ({MONTHS}) \d{{4}}")


def complaints(contract: Contract) -> Iterator[Complaint]:
    """Yield each breach of the style with its keys. Raises CannotTell, after the others, for a malformed extension."""
    for operation in contract.operations.values():
        yield from _in_operation(contract, operation)
        yield from _in_judging(contract, operation)
    yield from _in_resources(contract)
    yield from _in_extensions(contract.document)
    yield from _in_prose(contract.document)
    yield from _in_schemas(contract.document)
    for operation in contract.operations.values():
        list(links(contract, operation))  # raises CannotTell
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


def _in_judging(contract: Contract, operation: Operation) -> Iterator[Complaint]:
    keys, judged = (*operation.keys, "x-judging"), judging(contract, operation)
    if not operation.successes:
        yield (*operation.keys, "responses"), f"{operation.id} documents no response with a status of success."
    if judged.role not in ROLES:
        yield (*keys, "role"), f"the role {judged.role!r} is unknown. Use one of {', '.join(ROLES)}."
    names = [parameter["name"] for parameter in contract.parameters(operation)]
    one_of = operation.definition.get("x-requires-one-of", names)
    if not isinstance(one_of, list) or set(map(str, one_of)) - set(names) or not (one_of or not names):
        reason = f"x-requires-one-of is not a list of parameters. Use one or more of {', '.join(names)}."
        yield (*operation.keys, "x-requires-one-of"), reason
    for name, listed in judged.parameters.items():
        for index, resource in enumerate(listed):
            if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", resource):
                yield (*keys, "parameters", name, index), f"the name of the resource {resource!r} is not in snake_case."
    for parameter in known_parameters(contract, operation):
        if parameter["name"] not in judged.parameters and first_example(contract, parameter) is UNSET:
            reason = f"no request is known: {parameter['name']} has neither an example nor an entry in x-judging."
            yield operation.keys, reason
    body = contract.resolve(operation.definition.get("requestBody", {}))
    for content in list(body.get("content", {}).values())[:1]:
        if first_example(contract, content) is UNSET:
            yield (*operation.keys, "requestBody"), "no request is known: the first media type has no example."


def _in_resources(contract: Contract) -> Iterator[Complaint]:
    described = resources(contract)
    for name, resource in described.items():
        request = reading_request(contract, name)
        if resource.find and request is None:
            yield ("x-resources", name, "find"), f"no GET has {name} in the parameters of its x-judging."
        for index, find in enumerate(resource.find):
            parameters = judging(contract, request[0]).parameters if request else {}
            for key, names, known in (
                ("roles", find.roles, ROLES),
                ("with", find.with_, described),
                ("from", (find.source,) if find.source else (), described),
                ("elsewhere", (find.elsewhere,) if find.elsewhere else (), parameters),
            ):
                for one in sorted(set(names) - known.keys()):
                    yield (
                        ("x-resources", name, "find", index, key),
                        f"{one!r} is unknown. Use one of {', '.join(known)}.",
                    )


def _in_extensions(document: dict[str, Any]) -> Iterator[Complaint]:
    for keys, value in walk(document):
        *holder, key = keys or ("",)
        if not str(key).startswith("x-") or not DATA.isdisjoint(holder) or not NAMED.isdisjoint(holder[-1:]):
            continue
        if any(str(one).startswith("x-") for one in holder):
            continue
        kind = _kind(tuple(holder))
        is_foreign = kind == "schema" and not any(key in known for known in EXTENSIONS.values())
        if key not in EXTENSIONS[kind] and not is_foreign:
            yield keys, f"the key {key} is unknown here. Use one of {', '.join(EXTENSIONS[kind])}."
        elif key == "x-left-out-of-cases" and not isinstance(value, bool):
            yield keys, f"{key} is neither true nor false."


def _kind(holder: Keys) -> str:
    """Return the kind of object that stands at the keys, by the extensions it may have."""
    if not holder:
        return "document"
    if holder[0] == "paths" and len(holder) == 3 and holder[2] in METHODS:
        return "operation"
    return "parameter" if "parameters" in holder[-2:-1] else "schema"


def _in_clauses(holder: dict[str, Any], keys: Keys) -> Iterator[Complaint]:
    for name, one in holder.get("x-deviations", {}).items():
        if not SENTENCE.fullmatch(one["deviation"].strip()):
            yield (*keys, "x-deviations", name, "deviation"), "the deviation is not a sentence with a full stop."
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
