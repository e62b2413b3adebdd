"""Faulty providers of operations that are added to the contract: CONTRIBUTING's three, and three more."""

from contract_tests.mutants.verdicts import Mutant
from scripts.mutants.operations.faults import FAULTS, for_operation

MUTANTS = tuple(
    Mutant(name, f"{operation.replace('_', '-')}-{clause}", for_operation(operation, fault))
    for operation, by_clause in FAULTS.items()
    for clause, faults in by_clause.items()
    for name, fault in faults.items()
)
