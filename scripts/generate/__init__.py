"""Generates the client and the catalogue of clauses from the contract."""
