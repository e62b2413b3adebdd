"""Two contracts compared as a whole: operations, servers, security schemes, texts and components."""

from collections.abc import Iterator

from canvas_outcomes_contract.contract.document import Contract
from scripts.diff.change import Change, Kind, Raw, merged, presence_changes, text_changes, value_changes
from scripts.diff.operations import operation_changes

# info.version is left out: it follows the changes.
TEXTS = ("tags", "externalDocs", "openapi", "jsonSchemaDialect")
# These are compared in detail; root security and root clauses as part of each operation.
IN_DETAIL = {"info", "paths", "components", "servers", "x-clauses"}


def changes(base: Contract, revision: Contract) -> list[Change]:
    """Return every change of the contract once, with all its places; breaking changes come first."""
    old, new = base.document, revision.document
    found = [*operation_changes(base, revision), *_servers(old, new), *_security_schemes(old, new)]
    found += [*_components(old, new), *_root(old, new)]
    return merged(found)


def _servers(base: Raw, revision: Raw) -> Iterator[Change]:
    old, new = ({f"server {one['url']}": one for one in document.get("servers", [])} for document in (base, revision))
    yield from presence_changes(old, new, Kind.CALLERS, Kind.COMPATIBLE)
    for key in old.keys() & new.keys():
        yield from text_changes(key, old[key], new[key], old[key].keys() | new[key].keys())


def _security_schemes(base: Raw, revision: Raw) -> Iterator[Change]:
    """Compare the schemes that both contracts have; the operations report the others."""
    old, new = (one.get("components", {}).get("securitySchemes", {}) for one in (base, revision))
    for name in old.keys() & new.keys():
        for key in old[name].keys() | new[name].keys():
            kind = Kind.DOCUMENTATION if key in ("description", "bearerFormat") else Kind.BOTH
            yield from value_changes(kind, f"security scheme {name}", old[name], new[name], [key])


def _components(base: Raw, revision: Raw) -> Iterator[Change]:
    """Compare the names only: the operations that use a component report its content."""
    old, new = (
        {f"component {section}.{name}": one for section, named in components.items() for name, one in named.items()}
        for components in (base.get("components", {}), revision.get("components", {}))
    )
    yield from presence_changes(old, new, Kind.DOCUMENTATION, Kind.DOCUMENTATION)


def _root(base: Raw, revision: Raw) -> Iterator[Change]:
    for key in (base["info"].keys() | revision["info"].keys()) - {"version"}:
        if base["info"].get(key) != revision["info"].get(key):
            yield Change(Kind.DOCUMENTATION, f"info.{key}", "it changed")
    for key in (base.keys() | revision.keys()) - IN_DETAIL:
        kind = Kind.BOTH if key == "webhooks" else Kind.DOCUMENTATION
        yield from value_changes(kind, key if key in TEXTS else "the document", base, revision, [key])
