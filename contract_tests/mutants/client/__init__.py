"""Faulty clients, by what is wrong with them. Importing this registers them all."""

from contract_tests.mutants.client.connections import connections, logs, retries, servers
from contract_tests.mutants.client.requests import forms, options, refusals, requests, signatures, tokens
from contract_tests.mutants.client.responses import failures, models, responses
from contract_tests.mutants.client.source_edits import MUTANTS

__all__ = [
    "MUTANTS",
    "connections",
    "failures",
    "forms",
    "logs",
    "models",
    "options",
    "refusals",
    "requests",
    "responses",
    "retries",
    "servers",
    "signatures",
    "tokens",
]
