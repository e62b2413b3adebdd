"""Faults of a provider, each with the clause that it breaks. Importing this package registers all of them."""

from contract_tests.mutants.provider import get_outcome

__all__ = ["get_outcome"]
