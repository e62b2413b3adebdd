"""Two lists of operations compared: valid requests and possible responses."""

import re
from collections.abc import Iterator
from typing import Any

from canvas_outcomes_contract.contract.document import Contract, Operation
from scripts.diff.change import (
    Change,
    Kind,
    Places,
    Raw,
    difference,
    presence_changes,
    text_changes,
    toggled,
    value_changes,
)
from scripts.diff.clauses import clause_changes
from scripts.diff.schemas import Effect, SchemaComparison
from scripts.diff.serialization import encoding, serialization

REQUEST = {
    Effect.NARROWER: Kind.CALLERS,
    Effect.WIDER: Kind.COMPATIBLE,
    Effect.OTHER: Kind.CALLERS,
    Effect.LOST: Kind.CALLERS,
    Effect.GAINED: Kind.COMPATIBLE,
    Effect.DEFAULT: Kind.CALLERS,
    Effect.TEXT: Kind.DOCUMENTATION,
    Effect.READ_ONLY: Kind.CALLERS,
    Effect.WRITE_ONLY: Kind.DOCUMENTATION,
}
RESPONSE = {
    **REQUEST,
    Effect.NARROWER: Kind.PROVIDERS,
    Effect.WIDER: Kind.CALLERS,
    Effect.OTHER: Kind.BOTH,
    Effect.DEFAULT: Kind.DOCUMENTATION,
    Effect.READ_ONLY: Kind.DOCUMENTATION,
    Effect.WRITE_ONLY: Kind.CALLERS,
}
TEXTS = ("summary", "description", "tags", "externalDocs", "example", "examples")
# Other members of an operation or a response. Links and extensions guarantee nothing.
OTHERS = {"servers": Kind.CALLERS, "callbacks": Kind.BOTH, "links": Kind.DOCUMENTATION}
COMPARED_EXTENSIONS = {"x-clauses", "x-deviations", "x-requires-one-of"}


def operation_changes(base: Contract, revision: Contract) -> Iterator[Change]:
    old, new = base.operations, revision.operations
    pairs = dict(_pairs(old, new))
    for name in old.keys() - pairs.keys():
        yield Change(Kind.CALLERS, name, "the operation is removed")
    for name in new.keys() - set(pairs.values()):
        yield Change(Kind.COMPATIBLE, name, "the operation is new")
    comparison = OperationComparison(base, revision)
    for before, after in pairs.items():
        yield from comparison.compare(old[before], new[after])


def _pairs(old: dict[str, Operation], new: dict[str, Operation]) -> Iterator[tuple[str, str]]:
    """Pair the operations with the same id, and of the others those with the same method and path."""
    yield from ((name, name) for name in old if name in new)
    routes = {_route(new[name]): name for name in new if name not in old}
    yield from ((name, routes[_route(old[name])]) for name in old if name not in new and _route(old[name]) in routes)


def _route(operation: Operation) -> tuple[str, str]:
    return operation.method, re.sub(r"\{[^}]*\}", "{}", operation.path)


class OperationComparison:
    """Compares operations of two contracts."""

    def __init__(self, base: Contract, revision: Contract) -> None:
        self._base, self._revision = base, revision
        self._schemas = SchemaComparison(base, revision)

    def compare(self, old: Operation, new: Operation) -> Iterator[Change]:
        name, before, after = old.id, self._definition(self._base, old), self._definition(self._revision, new)
        yield from self._identity(old, new)
        if (deprecated := toggled(before, after, "deprecated")) is not None:
            what = "the operation is deprecated now" if deprecated else "the operation is no longer deprecated"
            yield Change(Kind.COMPATIBLE, name, what)
        yield from text_changes(name, before, after, TEXTS)
        yield from self._parameters(old, new)
        yield from _requires_one_of(name, before.get("x-requires-one-of"), after.get("x-requires-one-of"))
        yield from _security(name, before["security"], after["security"])
        yield from self._body(name, before, after)
        yield from self._responses(name, before["responses"], after["responses"])
        yield from clause_changes(self._base, self._revision, old, new)
        yield from _others(name, before, after, ())

    @staticmethod
    def _definition(contract: Contract, operation: Operation) -> Raw:
        """Return the definition with what it inherits from its path and the document."""
        item = contract.document["paths"][operation.path]
        root = contract.document.get("servers") or [{"url": "/"}]
        servers = operation.definition.get("servers") or item.get("servers") or root
        texts = {f"x-path-{key}": item[key] for key in ("summary", "description") if key in item}
        inherited = {"responses": {}, "security": contract.document.get("security", []), **texts}
        # The servers of the document are compared once.
        return {**inherited, **operation.definition, "servers": None if servers == root else servers}

    def _identity(self, old: Operation, new: Operation) -> Iterator[Change]:
        if old.id != new.id:
            yield Change(Kind.CALLERS, old.id, difference("operationId", old.id, new.id))
        if old.method != new.method:
            yield Change(Kind.BOTH, old.id, difference("method", old.method, new.method))
        if _route(old)[1] != _route(new)[1]:  # the names of path parameters are reported as parameters
            yield Change(Kind.BOTH, old.id, difference("path", old.path, new.path))

    def _schema(self, subject: str, old: Raw, new: Raw, place: str, kinds: dict[Effect, Kind]) -> Iterator[Change]:
        for finding in self._schemas.compare(old.get("schema", {}), new.get("schema", {}), subject):
            yield Change(kinds[finding.effect], finding.subject, finding.what, (place,))

    def _parameters(self, old: Operation, new: Operation) -> Iterator[Change]:
        before, after = (
            {_parameter_key(one): one for one in contract.parameters(operation)}
            for contract, operation in ((self._base, old), (self._revision, new))
        )
        yield from self._fields(before, after, old.id, REQUEST)

    def _headers(self, old: Raw, new: Raw, place: str) -> Iterator[Change]:
        before, after = (
            {f"header {name}".lower(): contract.resolve(one) for name, one in raw.get("headers", {}).items()}
            for contract, raw in ((self._base, old), (self._revision, new))
        )
        yield from self._fields(before, after, place, RESPONSE)

    def _fields(self, before: Raw, after: Raw, place: str, kinds: dict[Effect, Kind]) -> Iterator[Change]:
        """Compare parameters, or the headers of a response."""
        narrower, wider = kinds[Effect.NARROWER], kinds[Effect.WIDER]
        for key in before.keys() - after.keys():
            yield Change(Kind.CALLERS, key, "it is removed", (place,))
        for key in after.keys() - before.keys():
            yield Change(narrower if after[key].get("required") else Kind.COMPATIBLE, key, "it is new", (place,))
        for key in (key for key in before if key in after):
            yield from _required(key, before[key], after[key], (place,), narrower, wider)
            yield from self._field(key, before[key], after[key], place, kinds)

    def _field(self, key: str, old: Raw, new: Raw, place: str, kinds: dict[Effect, Kind]) -> Iterator[Change]:
        inside = f"{key} of {place}" if kinds is REQUEST else place
        if toggled(old, new, "deprecated") is not None:
            yield Change(Kind.COMPATIBLE, key, "its deprecation changed", (place,))
        yield from text_changes(key, old, new, TEXTS, (place,))
        if ("content" in old) != ("content" in new):
            form = " and ".join(new.get("content", ["its style"]))
            yield Change(kinds[Effect.OTHER], key, f"its serialization changed to {form}", (place,))
        else:
            before, after = (serialization(one, one.get("in", "header")) for one in (old, new))
            keys = (
                before if self._schemas.has_parts(old.get("schema"), new.get("schema")) else before.keys() - {"explode"}
            )
            yield from value_changes(kinds[Effect.OTHER], key, before, after, keys, (place,))
            yield from self._schema(key, old, new, inside, kinds)
            yield from self._content(old, new, inside, kinds)

    def _body(self, name: str, old: Raw, new: Raw) -> Iterator[Change]:
        before = self._base.resolve(old.get("requestBody", {}))
        after = self._revision.resolve(new.get("requestBody", {}))
        if before and not after:
            yield Change(Kind.CALLERS, name, "the request body is removed")
            return
        yield from _required(f"request body of {name}", before, after, (), Kind.CALLERS, Kind.COMPATIBLE)
        yield from text_changes(f"request of {name}", before, after, TEXTS)
        yield from self._content(before, after, f"request of {name}", REQUEST)

    def _content(self, old: Raw, new: Raw, place: str, kinds: dict[Effect, Kind]) -> Iterator[Change]:
        before, after = (
            {f"media type {media_type}": content for media_type, content in one.get("content", {}).items()}
            for one in (old, new)
        )
        removed = Kind.BOTH if kinds is RESPONSE else Kind.CALLERS
        added = Kind.CALLERS if kinds is RESPONSE and before else Kind.COMPATIBLE
        yield from presence_changes(before, after, removed, added, (place,))
        for key in (key for key in before if key in after):
            old_forms, new_forms = ({"encoding": encoding(one[key])} for one in (before, after))
            yield from value_changes(Kind.CALLERS, key, old_forms, new_forms, ["encoding"], (place,))
            yield from text_changes(key, before[key], after[key], TEXTS, (place,))
            yield from self._schema(key, before[key], after[key], place, kinds)

    def _responses(self, name: str, before: Raw, after: Raw) -> Iterator[Change]:
        for status in before.keys() - after.keys():
            kind = Kind.BOTH if _is_success(status) else Kind.PROVIDERS
            yield Change(kind, f"response {status}", "the status is removed", (name,))
        for status in after.keys() - before.keys():
            # A caller that handles one status of a class handles the others of the class alike.
            handled = not _is_success(status) and any(one[0] == status[0] or one == "default" for one in before)
            kind = Kind.COMPATIBLE if handled else Kind.CALLERS
            yield Change(kind, f"response {status}", "the status is new", (name,))
        for status in (status for status in before if status in after):
            yield from self._response(f"response {status} of {name}", before[status], after[status])

    def _response(self, place: str, raw_old: Any, raw_new: Any) -> Iterator[Change]:
        old, new = self._base.resolve(raw_old), self._revision.resolve(raw_new)
        yield from text_changes("response", old, new, TEXTS, (place,))
        yield from self._headers(old, new, place)
        yield from self._content(old, new, place, RESPONSE)
        yield from _others("response", old, new, (place,))


def _parameter_key(parameter: Raw) -> str:
    name = parameter["name"].lower() if parameter["in"] == "header" else parameter["name"]
    return f"{parameter['in']} parameter {name}"


def _required(subject: str, old: Raw, new: Raw, places: Places, if_set: Kind, if_unset: Kind) -> Iterator[Change]:
    if (required := toggled(old, new, "required")) is not None:
        what = "it became required" if required else "it is no longer required"
        yield Change(if_set if required else if_unset, subject, what, places)


def _requires_one_of(name: str, before: list[str] | None, after: list[str] | None) -> Iterator[Change]:
    old, new = set(before or ()), set(after or ())
    if old != new:
        kind = Kind.COMPATIBLE if not new or (old and old <= new) else Kind.CALLERS
        yield Change(kind, name, difference("x-requires-one-of", before, after))


def _security(name: str, old: list[Raw], new: list[Raw]) -> Iterator[Change]:
    """Compare the security requirements by the schemes that each combines. None at all is a request without a token."""
    before, after = ({" with ".join(sorted(one)): one for one in requirements or [{}]} for requirements in (old, new))
    for key in before.keys() - after.keys():
        yield Change(Kind.CALLERS, name, f"{key or 'a request without a token'} is no longer accepted")
    for key in after.keys() - before.keys():
        yield Change(Kind.COMPATIBLE, name, f"{key or 'a request without a token'} is accepted now")
    for key in before.keys() & after.keys():
        for scheme, scopes in before[key].items():
            for scope in set(after[key][scheme]) - set(scopes):
                yield Change(Kind.CALLERS, name, f"{scheme} needs the scope {scope} now")
            for scope in set(scopes) - set(after[key][scheme]):
                yield Change(Kind.COMPATIBLE, name, f"{scheme} no longer needs the scope {scope}")


def _others(subject: str, old: Raw, new: Raw, places: Places) -> Iterator[Change]:
    extensions = {key for key in old.keys() | new.keys() if key.startswith("x-")} - COMPARED_EXTENSIONS
    for key in (*OTHERS, *extensions):
        yield from value_changes(OTHERS.get(key, Kind.DOCUMENTATION), subject, old, new, [key], places)


def _is_success(status: str) -> bool:
    return status[0] in "23"
