"""Faulty clients, by what is wrong with them. Importing this registers them all."""

from contract_tests.mutants.client import (
    answers,
    connections,
    failures,
    forms,
    logs,
    models,
    options,
    refusals,
    requests,
    retries,
    servers,
    signatures,
    tokens,
)
from contract_tests.mutants.client.source_edits import MUTANTS

__all__ = [
    "MUTANTS",
    "answers",
    "connections",
    "failures",
    "forms",
    "logs",
    "models",
    "options",
    "refusals",
    "requests",
    "retries",
    "servers",
    "signatures",
    "tokens",
]
