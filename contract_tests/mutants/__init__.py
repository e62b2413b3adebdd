"""Faulty providers, clients and contracts, which prove that every check can fail."""
