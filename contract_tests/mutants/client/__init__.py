"""Faulty clients, each with the check that has to detect it."""

from contract_tests.mutants.client.connections import connections, logging, real_servers, retries
from contract_tests.mutants.client.requests import forms, options, refusals, requests, signatures, tokens
from contract_tests.mutants.client.responses import errors, models, responses
from contract_tests.mutants.verdicts import Mutant

MODULES = (
    *(connections, logging, real_servers, retries),
    *(forms, options, refusals, requests, signatures, tokens),
    *(errors, models, responses),
)
MUTANTS = tuple(
    Mutant(name, check, edit)
    for module in MODULES
    for check, faults in module.FAULTS.items()
    for name, edit in faults.items()
)
