"""Edits of the contract that are not regenerated, each with the generated file that has to differ.

Every edit changes _contract.py, which has the sha256 of the contract. That alone does not kill most of these mutants.
"""

from typing import NamedTuple

CLIENT, OPERATIONS, MODELS = (f"canvas_outcomes/{name}.py" for name in ("_client", "_operations", "models"))
SHA256, CLAUSES = "canvas_outcomes/_contract.py", "docs/clauses.md"


class ContractMutant(NamedTuple):
    """A replacement of the first occurrence of `old` in openapi.yaml."""

    name: str
    old: str
    new: str
    differing_file: str


MUTANTS = (
    ContractMutant("comment-added", "openapi: ", "# Reviewed.\nopenapi: ", SHA256),
    ContractMutant("operation-summary-changed", "summary: Show an outcome.", "summary: Fetch an outcome.", CLIENT),
    ContractMutant("path-changed", "/outcomes/{id}:", "/learning_outcomes/{id}:", OPERATIONS),
    ContractMutant("method-changed", "    put:\n", "    patch:\n", OPERATIONS),
    ContractMutant("parameter-renamed", "name: add_defaults", "name: with_defaults", OPERATIONS),
    ContractMutant(
        "parameter-required",
        "in: query\n      description: >-",
        "in: query\n      required: true\n      description: >-",
        CLIENT,
    ),
    ContractMutant(
        "status-removed",
        '        "404": {$ref: "#/components/responses/NotFound"}\n',
        "",
        OPERATIONS,
    ),
    ContractMutant(
        "status-added",
        '        "404": {$ref',
        '        "409": {$ref: "#/components/responses/NotFound"}\n        "404": {$ref',
        OPERATIONS,
    ),
    ContractMutant(
        "response-field-added",
        "        assessed:\n",
        "        aged:\n          type: boolean\n          description: Whether it is old.\n        assessed:\n",
        MODELS,
    ),
    ContractMutant("response-field-no-longer-required", "        - assessed\n", "", MODELS),
    ContractMutant("field-renamed", "        can_unlink:\n", "        can_be_unlinked:\n", MODELS),
    ContractMutant(
        "field-type-changed",
        "        assessed:\n          type: boolean",
        "        assessed:\n          type: string",
        MODELS,
    ),
    ContractMutant(
        "field-nullable",
        "        can_edit:\n          type: boolean",
        '        can_edit:\n          type: [boolean, "null"]',
        MODELS,
    ),
    ContractMutant("field-description-changed", "The title of the outcome.", "What the outcome is called.", MODELS),
    ContractMutant(
        "enum-value-removed",
        "n_mastery, latest, highest, average]",
        "n_mastery, latest, highest]",
        MODELS,
    ),
    ContractMutant(
        "request-field-removed",
        "        add_defaults:\n          type: boolean\n          description: Same as add_defaults in the query.\n",
        "",
        MODELS,
    ),
    ContractMutant(
        "error-field-removed",
        "        error_code: {type: string, description: The error code.}\n",
        "",
        MODELS,
    ),
    ContractMutant("clause-text-changed", "MUST return the same body.", "MUST return an equal body.", CLAUSES),
    ContractMutant(
        "clause-level-lowered",
        "MUST NOT change any other outcome.\n          level: MUST",
        "SHOULD NOT change any other outcome.\n          level: SHOULD",
        CLAUSES,
    ),
)
