"""Two contracts compared: their operations, and what they say as a whole."""

from collections.abc import Iterator
from typing import Any

from canvas_outcomes_contract.contract.nodes import Document
from scripts.diff.change import Change, Kind, told_once
from scripts.diff.keywords import came_or_went
from scripts.diff.operations import operation_changes
from scripts.diff.security import scheme_changes

# info.version is the answer to a change, not a change.
TEXTS = ("tags", "externalDocs", "openapi", "jsonSchemaDialect")
# Told in detail, or, as root security is, by the operations that it applies to.
IN_DETAIL = {"info", "paths", "components", "servers", *TEXTS}


def changes(base: Document, revision: Document) -> list[Change]:
    """Every change of the contract, breaking ones first, each told once with all its places."""
    found = [*operation_changes(base, revision), *scheme_changes(base, revision)]
    found += [*server_changes(base, revision), *text_changes(base, revision), *component_changes(base, revision)]
    found += other_changes(base, revision)
    return told_once(found)


def server_changes(base: Document, revision: Document) -> Iterator[Change]:
    old, new = _servers(base), _servers(revision)
    for url in old.keys() - new.keys():
        yield Change(Kind.CALLERS, f"server {url}", "it is removed", ())
    for url in new.keys() - old.keys():
        yield Change(Kind.COMPATIBLE, f"server {url}", "it is new", ())
    for url in old.keys() & new.keys():
        for key in sorted(old[url].keys() | new[url].keys()):
            if old[url].get(key) != new[url].get(key):
                yield Change(Kind.DOCUMENTATION, f"server {url}", f"its {key} changed", ())


def _servers(document: Document) -> dict[str, Any]:
    return {server["url"]: server for server in document.get("servers", [])}


def text_changes(base: Document, revision: Document) -> Iterator[Change]:
    for key in sorted((base["info"].keys() | revision["info"].keys()) - {"version"}):
        if base["info"].get(key) != revision["info"].get(key):
            yield Change(Kind.DOCUMENTATION, f"info.{key}", "it changed", ())
    for key in TEXTS:
        if base.get(key) != revision.get(key):
            yield Change(Kind.DOCUMENTATION, key, came_or_went(key, base.get(key), revision.get(key)), ())


def other_changes(base: Document, revision: Document) -> Iterator[Change]:
    for key in sorted((base.keys() | revision.keys()) - IN_DETAIL):
        if base.get(key) != revision.get(key):
            kind = Kind.BOTH if key == "webhooks" else Kind.DOCUMENTATION
            yield Change(kind, "the document", came_or_went(key, base.get(key), revision.get(key)), ())


def component_changes(base: Document, revision: Document) -> Iterator[Change]:
    """Names only: what a component says is told where operations use it."""
    old, new = base.get("components", {}), revision.get("components", {})
    for section in old.keys() | new.keys():
        before, after = old.get(section, {}), new.get(section, {})
        for name in before.keys() ^ after.keys():
            words = "the component is removed" if name in before else "the component is new"
            yield Change(Kind.DOCUMENTATION, f"{section}.{name}", words, ())
