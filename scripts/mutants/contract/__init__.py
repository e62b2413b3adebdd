"""Edits of the contract that are not regenerated, each with the generated file that has to differ.

Every edit changes _contract.py, which has the sha256 of the contract. That alone does not kill most of these mutants.
"""

from contract_tests.mutants.verdicts import Mutant
from scripts.tests.diff.contract_edits import BOTH, CALLERS, COMPATIBLE, DOCUMENTATION, PROVIDERS, Edit

CLIENT, OPERATIONS, MODELS = (f"canvas_outcomes/{name}.py" for name in ("_client", "_operations", "models"))
SHA256, CLAUSES = "canvas_outcomes/_contract.py", "docs/clauses.md"

EDITS: dict[str, Edit] = {**BOTH, **CALLERS, **PROVIDERS, **COMPATIBLE, **DOCUMENTATION}
FILES = {
    SHA256: ("document-described",),
    CLIENT: ("operation-summary", "operation-removed", "query-parameter-required"),
    OPERATIONS: (
        "path-renamed",
        "method-changed",
        "query-parameter-renamed",
        "error-status-removed",
        "error-status-added",
    ),
    MODELS: (
        *("response-property-added", "response-property-no-longer-required", "response-property-renamed"),
        *("response-type-changed", "response-can-be-null", "response-property-description"),
        *("request-enum-value-removed", "request-property-removed", "error-property-removed"),
    ),
    CLAUSES: ("clause-worded-differently", "clause-weakened", "clause-of-every-operation-worded-differently"),
}
MUTANTS = tuple(Mutant(name, file, EDITS[name]) for file, names in FILES.items() for name in names)
