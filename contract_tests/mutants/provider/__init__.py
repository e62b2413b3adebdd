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
    update_outcome_calculation,
    update_outcome_encodings,
    update_outcome_failures,
    update_outcome_limits,
    update_outcome_ratings,
    update_outcome_rights,
    update_outcome_stores,
    update_outcome_texts,
)

__all__ = [
    "every_operation",
    "get_outcome",
    "get_outcome_defaults",
    "list_outcome_alignments",
    "list_outcome_alignments_rights",
    "outcome_states",
    "schema",
    "schema_statements",
    "update_outcome_calculation",
    "update_outcome_encodings",
    "update_outcome_failures",
    "update_outcome_limits",
    "update_outcome_ratings",
    "update_outcome_rights",
    "update_outcome_stores",
    "update_outcome_texts",
]
