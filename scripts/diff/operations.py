"""Two lists of operations compared: what a caller may send, and what a provider may answer."""

import re
from collections.abc import Iterator
from typing import Any

from canvas_outcomes_contract.contract.document import METHODS
from canvas_outcomes_contract.contract.nodes import Document, resolved
from scripts.diff.change import Change, Kind
from scripts.diff.clauses import clause_changes
from scripts.diff.keywords import Effect, came_or_went
from scripts.diff.schemas import SchemaComparison
from scripts.diff.security import security_changes

REQUEST = {
    Effect.NARROWER: Kind.CALLERS,
    Effect.WIDER: Kind.COMPATIBLE,
    Effect.OTHER: Kind.CALLERS,
    Effect.LOST: Kind.CALLERS,
    Effect.GAINED: Kind.COMPATIBLE,
    Effect.DEFAULT: Kind.CALLERS,
    Effect.TEXT: Kind.DOCUMENTATION,
    Effect.UNSENT: Kind.CALLERS,
    Effect.UNSHOWN: Kind.DOCUMENTATION,
}
ANSWER = {
    **REQUEST,
    Effect.NARROWER: Kind.PROVIDERS,
    Effect.WIDER: Kind.CALLERS,
    Effect.OTHER: Kind.BOTH,
    Effect.DEFAULT: Kind.DOCUMENTATION,
    Effect.UNSENT: Kind.DOCUMENTATION,
    Effect.UNSHOWN: Kind.CALLERS,
}
TEXTS = ("summary", "description", "tags", "externalDocs", "example", "examples")
# How the value of a parameter or a part of a form is written.
# What an operation says elsewhere than under its parts; extensions and links promise nothing.
ELSEWHERE = {"servers": Kind.CALLERS, "callbacks": Kind.BOTH, "links": Kind.DOCUMENTATION}
OF_PATH = ("summary", "description")
WRITING = ("style", "explode", "allowReserved", "allowEmptyValue", "encoding")


def operation_changes(base: Document, revision: Document) -> Iterator[Change]:
    old, new = operations(base), operations(revision)
    pairs = dict(_pairs(old, new))
    for key in old.keys() - pairs.keys():
        yield Change(Kind.CALLERS, key, "the operation is removed", ())
    for key in new.keys() - set(pairs.values()):
        yield Change(Kind.COMPATIBLE, key, "the operation is new", ())
    comparison = OperationComparison(base, revision)
    for before, after in pairs.items():
        yield from comparison.compare(before, old[before], new[after])


def operations(document: Document) -> dict[str, dict[str, Any]]:
    """Every operation by its operationId, with its method, its path and the parameters of its path."""
    found = {}
    for path, item in document["paths"].items():
        for method in (method for method in METHODS if method in item):
            parameters = [*item.get("parameters", []), *item[method].get("parameters", [])]
            definition = {**item[method], "method": method.upper(), "path": path, "parameters": parameters}
            definition |= {f"x-path-{key}": item[key] for key in OF_PATH if key in item}
            definition.setdefault("servers", item.get("servers"))
            found[definition.get("operationId", f"{method.upper()} {path}")] = definition
    return found


def _pairs(old: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Operations with the same id, and of the others those with the same method and path."""
    yield from ((key, key) for key in old if key in new)
    places = {_route(new[key]): key for key in new if key not in old}
    yield from ((key, places[_route(old[key])]) for key in old if key not in new and _route(old[key]) in places)


def _route(operation: dict[str, Any]) -> tuple[str, str]:
    return operation["method"], re.sub(r"\{[^}]*\}", "{}", operation["path"])


class OperationComparison:
    """Compares operations of two documents."""

    def __init__(self, base: Document, revision: Document) -> None:
        self._base, self._revision = base, revision
        self._schemas = SchemaComparison(base, revision)

    def compare(self, name: str, old: Any, new: Any) -> Iterator[Change]:
        yield from self._identity(name, old, new)
        yield from self._texts(name, old, new, ())
        yield from self._parameters(name, old, new)
        yield from self._one_of(name, old, new)
        yield from security_changes(
            name,
            old.get("security", self._base.get("security", [])),
            new.get("security", self._revision.get("security", [])),
        )
        yield from self._body(name, old, new)
        yield from self._answers(name, old, new)
        yield from clause_changes(name, old, new)
        yield from _elsewhere(name, old, new, ())

    def _identity(self, name: str, old: Any, new: Any) -> Iterator[Change]:
        for key, kind in (("operationId", Kind.CALLERS), ("method", Kind.BOTH), ("path", Kind.BOTH)):
            # What the parameters of a path are called is told with them.
            if old.get(key) != new.get(key) and not (key == "path" and _route(old)[1] == _route(new)[1]):
                yield Change(kind, name, came_or_went(key, old.get(key), new.get(key)), ())
        if bool(old.get("deprecated")) != bool(new.get("deprecated")):
            words = "deprecated now" if new.get("deprecated") else "no longer deprecated"
            yield Change(Kind.COMPATIBLE, name, f"the operation is {words}", ())

    def _texts(self, subject: str, old: Any, new: Any, places: tuple[str, ...]) -> Iterator[Change]:
        for key in TEXTS:
            if old.get(key) != new.get(key):
                yield Change(Kind.DOCUMENTATION, subject, f"its {key} changed", places)

    def _schema(self, subject: str, old: Any, new: Any, place: str, kinds: dict[Effect, Kind]) -> Iterator[Change]:
        for finding in self._schemas.compare(old.get("schema", {}), new.get("schema", {}), subject):
            yield Change(kinds[finding.effect], finding.subject, finding.what, (place,))

    def _parameters(self, name: str, old: Any, new: Any) -> Iterator[Change]:
        before, after = self._by_place(self._base, old), self._by_place(self._revision, new)
        for key in before.keys() - after.keys():
            yield Change(Kind.CALLERS, f"{key[0]} parameter {key[1]}", "the parameter is removed", (name,))
        for key in after.keys() - before.keys():
            required = after[key].get("required", False)
            kind = Kind.CALLERS if required else Kind.COMPATIBLE
            yield Change(
                kind, f"{key[0]} parameter {key[1]}", "the parameter is new" + ", and required" * required, (name,)
            )
        for key in (key for key in before if key in after):
            yield from self._parameter(f"{key[0]} parameter {key[1]}", before[key], after[key], name)

    def _by_place(self, document: Document, operation: Any) -> dict[tuple[str, str], Any]:
        found = [resolved(document, parameter) for parameter in operation["parameters"]]
        return {(parameter["in"], parameter["name"]): parameter for parameter in found}

    def _parameter(self, subject: str, old: Any, new: Any, name: str) -> Iterator[Change]:
        if bool(old.get("required")) != bool(new.get("required")):
            kind = Kind.CALLERS if new.get("required") else Kind.COMPATIBLE
            yield Change(
                kind, subject, "it became required" if new.get("required") else "it is no longer required", (name,)
            )
        if bool(old.get("deprecated")) != bool(new.get("deprecated")):
            yield Change(Kind.COMPATIBLE, subject, "its deprecation changed", (name,))
        yield from self._writing(subject, old, new, (name,))
        yield from self._texts(subject, old, new, (name,))
        if ("content" in old) != ("content" in new):
            words = " and ".join(new.get("content", ["as its style says"]))
            yield Change(Kind.CALLERS, subject, f"it is written in another way, {words}", (name,))
            return
        yield from self._schema(subject, old, new, f"{subject} of {name}", REQUEST)
        yield from self._content(old, new, f"{subject} of {name}", REQUEST)

    def _writing(self, subject: str, old: Any, new: Any, places: tuple[str, ...]) -> Iterator[Change]:
        for key in WRITING:
            if old.get(key) != new.get(key):
                yield Change(Kind.CALLERS, subject, came_or_went(key, old.get(key), new.get(key)), places)

    def _one_of(self, name: str, old: Any, new: Any) -> Iterator[Change]:
        before, after = old.get("x-requires-one-of"), new.get("x-requires-one-of")
        if before == after:
            return
        looser = after is None or (before is not None and set(before) <= set(after))
        kind = Kind.COMPATIBLE if looser else Kind.CALLERS
        yield Change(kind, name, came_or_went("x-requires-one-of", before, after), ())

    def _body(self, name: str, old: Any, new: Any) -> Iterator[Change]:
        before = resolved(self._base, old.get("requestBody", {}))
        after = resolved(self._revision, new.get("requestBody", {}))
        if before and not after:
            yield Change(Kind.CALLERS, name, "the request body is removed", ())
            return
        if bool(before.get("required")) != bool(after.get("required")):
            kind = Kind.CALLERS if after.get("required") else Kind.COMPATIBLE
            yield Change(
                kind,
                name,
                f"the request body is {'required now' if after.get('required') else 'no longer required'}",
                (),
            )
        yield from self._texts(f"request of {name}", before, after, ())
        yield from self._content(before, after, f"request of {name}", REQUEST)

    def _content(self, old: Any, new: Any, place: str, kinds: dict[Effect, Kind]) -> Iterator[Change]:
        before, after = old.get("content", {}), new.get("content", {})
        for media in before.keys() - after.keys():
            kind = Kind.BOTH if kinds is ANSWER else Kind.CALLERS
            yield Change(kind, f"media type {media}", "it is removed", (place,))
        for media in after.keys() - before.keys():
            kind = Kind.CALLERS if kinds is ANSWER and before else Kind.COMPATIBLE
            yield Change(kind, f"media type {media}", "it is new", (place,))
        for media in (media for media in before if media in after):
            yield from self._writing(f"media type {media}", before[media], after[media], (place,))
            yield from self._texts(f"media type {media}", before[media], after[media], (place,))
            yield from self._schema(f"media type {media}", before[media], after[media], place, kinds)

    def _answers(self, name: str, old: Any, new: Any) -> Iterator[Change]:
        before, after = old.get("responses", {}), new.get("responses", {})
        for status in before.keys() - after.keys():
            kind = Kind.BOTH if _success(status) else Kind.PROVIDERS
            yield Change(kind, f"answer {status}", "the status is removed", (name,))
        for status in after.keys() - before.keys():
            # A caller who knows any status of a class treats the others of the class like it.
            known = not _success(status) and any(one[0] == status[0] or one == "default" for one in before)
            kind = Kind.COMPATIBLE if known else Kind.CALLERS
            yield Change(kind, f"answer {status}", "the status is new", (name,))
        for status in (status for status in before if status in after):
            yield from self._answer(f"answer {status} of {name}", before[status], after[status])

    def _answer(self, place: str, raw_old: Any, raw_new: Any) -> Iterator[Change]:
        old, new = resolved(self._base, raw_old), resolved(self._revision, raw_new)
        yield from self._texts("description of an answer", old, new, (place,))
        yield from self._headers(old.get("headers", {}), new.get("headers", {}), place)
        yield from self._content(old, new, place, ANSWER)
        yield from _elsewhere("answer", old, new, (place,))

    def _headers(self, before: Any, after: Any, place: str) -> Iterator[Change]:
        old = {name.lower(): (name, resolved(self._base, header)) for name, header in before.items()}
        new = {name.lower(): (name, resolved(self._revision, header)) for name, header in after.items()}
        for key in old.keys() - new.keys():
            yield Change(Kind.CALLERS, f"header {old[key][0]}", "the header is removed", (place,))
        for key in new.keys() - old.keys():
            required = new[key][1].get("required", False)
            kind = Kind.PROVIDERS if required else Kind.COMPATIBLE
            yield Change(kind, f"header {new[key][0]}", "the header is new" + ", and required" * required, (place,))
        for key in (key for key in old if key in new):
            yield from self._header(f"header {old[key][0]}", old[key][1], new[key][1], place)

    def _header(self, subject: str, old: Any, new: Any, place: str) -> Iterator[Change]:
        if bool(old.get("required")) != bool(new.get("required")):
            kind = Kind.PROVIDERS if new.get("required") else Kind.CALLERS
            yield Change(
                kind, subject, "it became required" if new.get("required") else "it is no longer required", (place,)
            )
        yield from self._texts(subject, old, new, (place,))
        yield from self._schema(subject, old, new, place, ANSWER)


def _elsewhere(subject: str, old: Any, new: Any, places: tuple[str, ...]) -> Iterator[Change]:
    told = {"x-clauses", "x-requires-one-of"}
    extensions = {key for key in old.keys() | new.keys() if key.startswith("x-")} - told
    for key in sorted({*ELSEWHERE, *extensions}):
        if old.get(key) != new.get(key):
            kind = ELSEWHERE.get(key, Kind.DOCUMENTATION)
            yield Change(kind, subject, came_or_went(key, old.get(key), new.get(key)), places)


def _success(status: str) -> bool:
    return status[0] in "23"
