"""Faulty clients: one YAML file for each module of client checks."""

from contract_tests.mutants.client.source_edits import load_mutants

MUTANTS = tuple(load_mutants())
