"""Contracts that were changed and not regenerated, each with the file that has to show it.

Every change shows in _contract.py, which holds the sha256 of the contract: that is not enough where more has to follow.
"""

from dataclasses import dataclass

from canvas_outcomes_contract.contract.errors import CannotTell

CLIENT, OPERATIONS, MODELS, ERRORS = (
    f"canvas_outcomes/{name}.py" for name in ("_client", "_operations", "models", "errors")
)
SHA256, CLAUSES = "canvas_outcomes/_contract.py", "docs/clauses.md"


@dataclass(frozen=True)
class Mutant:
    """Words of openapi.yaml, at their first place, with others in their stead."""

    name: str
    words: str
    others: str
    shown_in: str

    def text(self, contract: str) -> str:
        """Raises CannotTell when the contract has no such words."""
        if self.words not in contract:
            raise CannotTell(f"Cannot make the contract mutant {self.name!r}: openapi.yaml has no {self.words!r}.")
        return contract.replace(self.words, self.others, 1)


MUTANTS = (
    Mutant("a comment", "openapi: ", "# Reviewed.\nopenapi: ", SHA256),
    Mutant("an operation has another summary", "summary: Show an outcome.", "summary: Fetch an outcome.", CLIENT),
    Mutant("an operation has another path", "/outcomes/{id}:", "/learning_outcomes/{id}:", OPERATIONS),
    Mutant("an operation has another method", "    put:\n", "    patch:\n", OPERATIONS),
    Mutant("a parameter has another name", "name: add_defaults", "name: with_defaults", OPERATIONS),
    Mutant(
        "a parameter is needed",
        "in: query\n      description: >-",
        "in: query\n      required: true\n      description: >-",
        CLIENT,
    ),
    Mutant(
        "a status is not documented any more",
        '        "404": {$ref: "#/components/responses/NotFound"}\n',
        "",
        OPERATIONS,
    ),
    Mutant(
        "a status is new",
        '        "404": {$ref',
        '        "409": {$ref: "#/components/responses/NotFound"}\n        "404": {$ref',
        OPERATIONS,
    ),
    Mutant(
        "an answer has one field more",
        "        assessed:\n",
        "        aged:\n          type: boolean\n          description: Whether it is old.\n        assessed:\n",
        MODELS,
    ),
    Mutant("a field is not always there any more", "        - assessed\n", "", MODELS),
    Mutant("a field has another name", "        can_unlink:\n", "        can_be_unlinked:\n", MODELS),
    Mutant(
        "a field has another type",
        "        assessed:\n          type: boolean",
        "        assessed:\n          type: string",
        MODELS,
    ),
    Mutant(
        "a field can be null",
        "        can_edit:\n          type: boolean",
        '        can_edit:\n          type: [boolean, "null"]',
        MODELS,
    ),
    Mutant("a field is explained otherwise", "The title of the outcome.", "What the outcome is called.", MODELS),
    Mutant(
        "a value of an enumeration is gone",
        "n_mastery, latest, highest, average]",
        "n_mastery, latest, highest]",
        MODELS,
    ),
    Mutant(
        "an update has one field less",
        "        add_defaults:\n          type: boolean\n          description: Same as add_defaults in the query.\n",
        "",
        MODELS,
    ),
    Mutant(
        "an error has one field less",
        "        error_code: {type: string, description: The error code.}\n",
        "",
        MODELS,
    ),
    Mutant("a clause says otherwise", "MUST return the same body.", "MUST return an equal body.", CLAUSES),
    Mutant(
        "a clause is not a MUST any more",
        "MUST NOT change any other outcome.\n          level: MUST",
        "SHOULD NOT change any other outcome.\n          level: SHOULD",
        CLAUSES,
    ),
)
