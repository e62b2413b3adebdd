"""Faulty providers, each with the clause that it breaks."""

from collections.abc import Iterator

from canvas_outcomes_contract.contract.document import Contract, contract_path
from contract_tests.mutants.provider import outcomes, schema_statements
from contract_tests.mutants.provider.faults import Fault, Provider, Request, Response
from contract_tests.mutants.provider.outcomes.live_canvas import live_canvas
from contract_tests.mutants.provider.wrong_types import sends_null, sends_wrong_types
from contract_tests.mutants.verdicts import Mutant

WRONG_TYPES = 2


def mutants(contract: Contract) -> Iterator[Mutant[Fault]]:
    """All mutants; a clause that names {operation} stands for a clause of each operation."""
    for clause, faults in [*outcomes.FAULTS, *schema_statements.FAULTS.items()]:
        for name, fault in faults.items():
            if "{operation}" not in clause:
                yield Mutant(name, clause, fault)
                continue
            for operation in contract.operations.values():
                yield Mutant(name, clause.format(operation=operation.prefix), _only(operation.id, fault))
    yield Mutant("(control: live Canvas)", "", live_canvas, "deviates")
    yield Mutant("(control: null where it may be)", "", sends_null, "any")
    for salt in range(WRONG_TYPES):
        yield Mutant(f"(control: wrong types {salt})", "", sends_wrong_types(salt, one_in=3), "any")
    yield Mutant("(control: changing wrong types)", "", sends_wrong_types(0, one_in=3, changes=True), "any")
    for one in contract.clauses.values():
        if one.deviation:
            yield Mutant("behaves like live Canvas", one.id, live_canvas, "deviates")


def _only(operation: str, fault: Fault) -> Fault:
    """Limit a fault to one operation."""

    def limited(request: Request, provider: Provider) -> Response:
        return fault(request, provider) if request.operation == operation else provider(request)

    return limited


MUTANTS = tuple(mutants(Contract(contract_path())))


def fault_named(name: str) -> Fault:
    """The fault of the first mutant of this name, for tests that need a faulty provider."""
    return next(mutant.fault for mutant in MUTANTS if mutant.name == name)
