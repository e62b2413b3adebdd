"""Two lists of clauses compared: what a provider has to do, and what a caller may rely on."""

from collections.abc import Iterator
from typing import Any

from scripts.diff.change import Change, Kind


def clause_changes(operation: str, old: Any, new: Any) -> Iterator[Change]:
    """A clause keeps its identity when its operation is renamed, because ids begin with the operation."""
    before, after = _by_name(old), _by_name(new)
    for name in (name for name in before if name not in after):
        kind = Kind.CALLERS if before[name]["level"] == "MUST" else Kind.COMPATIBLE
        yield _change(kind, before[name], f"the clause is removed; it was a {before[name]['level']}", operation)
    for name in (name for name in after if name not in before):
        kind = Kind.PROVIDERS if after[name]["level"] == "MUST" else Kind.COMPATIBLE
        yield _change(kind, after[name], f"the clause is new, a {after[name]['level']}", operation)
    for name in (name for name in before if name in after):
        yield from _clause(operation, before[name], after[name])


def _by_name(operation: Any) -> dict[str, Any]:
    prefix = operation.get("operationId", "").replace("_", "-")
    return {clause["id"].removeprefix(prefix): clause for clause in operation.get("x-clauses", [])}


def _clause(operation: str, old: Any, new: Any) -> Iterator[Change]:
    if old["level"] != new["level"]:
        kind = Kind.PROVIDERS if new["level"] == "MUST" else Kind.CALLERS
        yield _change(kind, old, f"its level went from {old['level']} to {new['level']}", operation)
    for key in ("text", "source"):
        # A text that says its new level has not changed beyond it.
        if old[key] != new[key].replace(new["level"], old["level"]):
            yield _change(Kind.DOCUMENTATION, old, f"its {key} changed", operation)
    yield from _deviation(operation, old, new)


def _deviation(operation: str, old: Any, new: Any) -> Iterator[Change]:
    """A deviation excuses a provider that does what live Canvas does."""
    had, has = "deviation" in old, "deviation" in new
    if had and not has:
        yield _change(Kind.PROVIDERS, old, "its deviation is removed", operation)
    elif has and not had:
        yield _change(Kind.COMPATIBLE, old, "a deviation is known now", operation)
    elif old.get("deviation") != new.get("deviation"):
        yield _change(Kind.DOCUMENTATION, old, "its deviation is worded in another way", operation)


def _change(kind: Kind, clause: Any, what: str, operation: str) -> Change:
    return Change(kind, f"clause {clause['id']}", what, (operation,))
