"""Providers, clients and contracts that each break exactly one thing: what proves that the checks can fail."""
