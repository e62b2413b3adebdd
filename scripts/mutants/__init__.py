"""Mutants of what the scripts read."""
