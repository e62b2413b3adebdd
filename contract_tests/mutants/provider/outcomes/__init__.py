"""Faults of the operations of the Outcomes API."""

from contract_tests.mutants.provider.outcomes import (
    every_operation,
    get_outcome,
    list_outcome_alignments,
    masquerade,
    schema,
)
from contract_tests.mutants.provider.outcomes.update_outcome import (
    calculation,
    encodings,
    ratings,
    rights,
    stores,
    strings,
)

MODULES = (
    *(every_operation, get_outcome, list_outcome_alignments, masquerade, schema),
    *(calculation, encodings, ratings, rights, stores, strings),
)
FAULTS = [item for module in MODULES for item in module.FAULTS.items()]  # a clause may be in several modules
