"""Faults of a provider, each with the clause that it breaks. Importing this package registers all of them."""

from contract_tests.mutants.provider import (
    every_operation,
    get_outcome,
    get_outcome_defaults,
    list_outcome_alignments,
    list_outcome_alignments_rights,
    outcome_states,
    schema,
    schema_statements,
)
from contract_tests.mutants.provider.update_outcome import (
    calculation,
    encodings,
    failures,
    limits,
    ratings,
    rights,
    stores,
    texts,
)

__all__ = [
    "calculation",
    "encodings",
    "every_operation",
    "failures",
    "get_outcome",
    "get_outcome_defaults",
    "limits",
    "list_outcome_alignments",
    "list_outcome_alignments_rights",
    "outcome_states",
    "ratings",
    "rights",
    "schema",
    "schema_statements",
    "stores",
    "texts",
]
