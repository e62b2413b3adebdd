"""Two security requirements compared: which tokens a request may carry, and which scopes they need."""

from collections.abc import Iterator
from typing import Any

from canvas_outcomes_contract.contract.nodes import Document
from scripts.diff.change import Change, Kind
from scripts.diff.keywords import came_or_went

Requirement = dict[str, list[str]]


def security_changes(operation: str, old: list[Requirement], new: list[Requirement]) -> Iterator[Change]:
    before, after = _alternatives(old), _alternatives(new)
    for key in before.keys() - after.keys():
        yield Change(Kind.CALLERS, operation, f"{_words(key)} is no longer accepted", ())
    for key in after.keys() - before.keys():
        yield Change(Kind.COMPATIBLE, operation, f"{_words(key)} is accepted now", ())
    for key in before.keys() & after.keys():
        yield from _scopes(operation, before[key], after[key])


def _alternatives(requirements: list[Requirement]) -> dict[tuple[str, ...], Requirement]:
    """By the schemes that they take together; no requirement at all is a request without a token."""
    return {tuple(sorted(one)): one for one in requirements or [{}]}


def _words(schemes: tuple[str, ...]) -> str:
    return " with ".join(schemes) if schemes else "a request without a token"


def _scopes(operation: str, old: Requirement, new: Requirement) -> Iterator[Change]:
    for scheme in old:
        for scope in sorted(set(new[scheme]) - set(old[scheme])):
            yield Change(Kind.CALLERS, operation, f"{scheme} needs the scope {scope} now", ())
        for scope in sorted(set(old[scheme]) - set(new[scheme])):
            yield Change(Kind.COMPATIBLE, operation, f"{scheme} no longer needs the scope {scope}", ())


def scheme_changes(base: Document, revision: Document) -> Iterator[Change]:
    """Schemes that come or go are told where operations use them."""
    old, new = _schemes(base), _schemes(revision)
    for name in (name for name in old if name in new):
        for key in sorted(old[name].keys() | new[name].keys()):
            before, after = old[name].get(key), new[name].get(key)
            if before != after:
                kind = Kind.DOCUMENTATION if key in ("description", "bearerFormat") else Kind.BOTH
                yield Change(kind, f"security scheme {name}", came_or_went(key, before, after), ())


def _schemes(document: Document) -> dict[str, Any]:
    found: dict[str, Any] = document.get("components", {}).get("securitySchemes", {})
    return found
