"""Edits of the contract that are not regenerated, each with the generated file that has to differ.

Every edit changes _contract.py, which has the sha256 of the contract. That alone does not kill most of these mutants.
"""

from scripts.tests.diff.contract_edits import BOTH, CALLERS, COMPATIBLE, DOCUMENTATION, PROVIDERS, Edit

CLIENT, OPERATIONS, MODELS = (f"canvas_outcomes/{name}.py" for name in ("_client", "_operations", "models"))
SHA256, CLAUSES = "canvas_outcomes/_contract.py", "docs/clauses.md"

EDITS: dict[str, Edit] = {**BOTH, **CALLERS, **PROVIDERS, **COMPATIBLE, **DOCUMENTATION}
MUTANTS = {
    "document-described": SHA256,
    "operation-summary": CLIENT,
    "operation-removed": CLIENT,
    "path-renamed": OPERATIONS,
    "method-changed": OPERATIONS,
    "query-parameter-renamed": OPERATIONS,
    "query-parameter-required": CLIENT,
    "error-status-removed": OPERATIONS,
    "error-status-added": OPERATIONS,
    "response-property-added": MODELS,
    "response-property-no-longer-required": MODELS,
    "response-property-renamed": MODELS,
    "response-type-changed": MODELS,
    "response-can-be-null": MODELS,
    "response-property-description": MODELS,
    "request-enum-value-removed": MODELS,
    "request-property-removed": MODELS,
    "error-property-removed": MODELS,
    "clause-worded-differently": CLAUSES,
    "clause-weakened": CLAUSES,
    "clause-of-every-operation-worded-differently": CLAUSES,
}
