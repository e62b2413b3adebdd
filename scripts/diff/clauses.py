"""The clauses of two versions of an operation compared: obligations of a provider, guarantees to a caller."""

from collections.abc import Iterator

from canvas_outcomes_contract.contract.clauses import Clause
from canvas_outcomes_contract.contract.document import Contract, Operation
from scripts.diff.change import Change, Kind


def clause_changes(base: Contract, revision: Contract, old: Operation, new: Operation) -> Iterator[Change]:
    """Compare clauses by their id without the operation: renaming an operation keeps its clauses.

    The subject of a clause of every operation is `{operation}-…`, so that its change is reported once.
    """
    before, after = _by_suffix(base, old), _by_suffix(revision, new)
    shared = {raw["id"] for contract in (base, revision) for raw in contract.document.get("x-clauses", [])}
    for suffix in {**before, **after}:
        template = f"{{operation}}{suffix}"
        for kind, what in _differences(before.get(suffix), after.get(suffix)):
            clause = before.get(suffix) or after[suffix]
            yield Change(kind, f"clause {template if template in shared else clause.id}", what, (old.id,))


def _by_suffix(contract: Contract, operation: Operation) -> dict[str, Clause]:
    return {clause.id.removeprefix(operation.prefix): clause for clause in contract.clauses_of(operation)}


def _differences(old: Clause | None, new: Clause | None) -> Iterator[tuple[Kind, str]]:
    if old and new:
        yield from _edits(old, new)
    elif old:
        kind = Kind.CALLERS if old.level == "MUST" else Kind.COMPATIBLE
        yield kind, f"the clause is removed; it was a {old.level}"
    elif new:
        kind = Kind.PROVIDERS if new.level == "MUST" else Kind.COMPATIBLE
        yield kind, f"the clause is new, a {new.level}"


def _edits(old: Clause, new: Clause) -> Iterator[tuple[Kind, str]]:
    if old.level != new.level:
        kind = Kind.PROVIDERS if new.level == "MUST" else Kind.CALLERS
        yield kind, f"its level went from {old.level} to {new.level}"
    if old.text != new.text.replace(new.level, old.level):
        yield Kind.DOCUMENTATION, "its text changed"
    if old.source != new.source:
        yield Kind.DOCUMENTATION, "its source changed"
    # A deviation excuses a provider that behaves as live Canvas does.
    if old.deviation and not new.deviation:
        yield Kind.PROVIDERS, "its deviation is removed"
    elif new.deviation and not old.deviation:
        yield Kind.COMPATIBLE, "its deviation is new"
    elif old.deviating != new.deviating:
        yield Kind.PROVIDERS, "its deviation applies to other exchanges"
    elif old.deviation != new.deviation:
        yield Kind.DOCUMENTATION, "the text of its deviation changed"
