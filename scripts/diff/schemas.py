"""Two schemas compared, with all schemas inside them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import eq
from typing import Any

from canvas_outcomes_contract.contract.document import Contract
from scripts.diff.change import brief
from scripts.diff.flat_schemas import ALTERNATIVES, TEXTS, flat, folded, name_of, split
from scripts.diff.keywords import RULES, Effect
from scripts.diff.normal_form import Schema, as_json, types_of

Paired = tuple[list[tuple[Any, Any]], list[Any], list[Any]]
# Keywords whose subschemas are equal or not, without more detail: how to write their value as one schema.
SUBSCHEMAS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("not", "contains", "propertyNames", "contentSchema"), lambda value: value),
    **dict.fromkeys(("unevaluatedProperties", "unevaluatedItems"), lambda value: value),
    **dict.fromkeys(("patternProperties", "dependentSchemas"), lambda value: {"properties": value}),
    "prefixItems": lambda value: {"properties": dict(enumerate(value))},
}


@dataclass(frozen=True)
class Finding:
    effect: Effect
    subject: str
    what: str


class SchemaComparison:
    """Compares schemas of two contracts."""

    def __init__(self, base: Contract, revision: Contract) -> None:
        self._base, self._revision = base, revision
        self._open: set[tuple[str, str]] = set()  # the pairs that contain the current one
        self._seen: set[tuple[str, str, str]] = set()
        self._verdicts: dict[tuple[str, str], bool] = {}
        self._found: dict[tuple[str, str, str], list[Finding]] = {}  # operations and statuses share schemas

    def compare(self, old: Any, new: Any, subject: str) -> list[Finding]:
        """Return every difference once. `subject` names a schema that is not a component."""
        outer, key = (self._open, self._seen), (as_json(old), as_json(new), subject)
        if not self._open and key in self._found:
            return self._found[key]
        self._open, self._seen = set(), set()
        found = list(self._visit(old, new, subject))
        self._open, self._seen = outer
        if not self._open:
            self._found[key] = found
        return found

    def _visit(self, old: Any, new: Any, otherwise: str) -> Iterator[Finding]:
        pair, subject = (as_json(old), as_json(new)), name_of(old, name_of(new, otherwise))
        if pair in self._open or (*pair, subject) in self._seen:
            return
        self._open.add(pair)
        self._seen.add((*pair, subject))
        yield from self._flat(*self._comparable(old, new), subject)
        self._open.discard(pair)

    def has_parts(self, old: Any, new: Any) -> bool:
        """Return whether a value can be an array or an object."""
        return any({"array", "object"} & types_of(one) for one in self._comparable(old or {}, new or {}))

    def _equal(self, old: Any, new: Any) -> bool:
        pair = (as_json(old), as_json(new))
        if pair not in self._verdicts:
            self._verdicts[pair] = True  # for a schema that contains itself
            self._verdicts[pair] = all(finding.effect is Effect.TEXT for finding in self.compare(old, new, ""))
        return self._verdicts[pair]

    def _comparable(self, old: Any, new: Any) -> tuple[Schema, Schema]:
        """Flatten the two. If only one has alternatives, write X as anyOf [X]: one was added or removed."""
        flattened = flat(old, self._base), flat(new, self._revision)
        before, after = folded(flattened[0], self._base), folded(flattened[1], self._revision)
        if alternatives(before) == alternatives(after):
            return before, after
        return as_alternatives(old, flattened[0], after), as_alternatives(new, flattened[1], before)

    def _flat(self, old: Schema, new: Schema, subject: str) -> Iterator[Finding]:
        both = [(key, as_schema) for key, as_schema in SUBSCHEMAS.items() if key in old and key in new]
        equal = {key for key, as_schema in both if self._equal(as_schema(old[key]), as_schema(new[key]))}
        old, new = ({key: value for key, value in one.items() if key not in equal} for one in (old, new))
        for rule in RULES:
            yield from (Finding(effect, subject, what) for effect, what in rule(old, new))
        yield from self._object(old, new, subject)
        if "items" in old or "items" in new:
            yield from self._visit(old.get("items", {}), new.get("items", {}), f"{subject}[]")
        for keyword in ALTERNATIVES:
            yield from self._alternatives(old.get(keyword, []), new.get(keyword, []), subject)
        yield from self._conditions(old, new, subject)
        yield from self._branches(old.get("allOf", []), new.get("allOf", []), subject)

    def _object(self, old: Schema, new: Schema, subject: str) -> Iterator[Finding]:
        before, after = old.get("properties", {}), new.get("properties", {})
        had, has = set(old.get("required", [])), set(new.get("required", []))
        for name in {**before, **after, **dict.fromkeys(sorted(had | has))}:
            place = f"{subject}.{name}"
            if name in before and name not in after:
                yield Finding(Effect.LOST, place, "the property is removed")
            elif name in after and name not in before:
                closed = old.get("additionalProperties") is False
                effect = Effect.NARROWER if name in has else Effect.WIDER if closed else Effect.GAINED
                yield Finding(effect, place, "the property is new" + ", and required" * (name in has))
            elif (name in had) != (name in has):
                effect, word = (Effect.NARROWER, "became") if name in has else (Effect.WIDER, "is no longer")
                yield Finding(effect, place, f"it {word} required")
            if name in before and name in after:
                yield from self._visit(before[name], after[name], place)
        yield from self._unnamed(old, new, subject)

    def _unnamed(self, old: Schema, new: Schema, subject: str) -> Iterator[Finding]:
        before, after = (schema.get("additionalProperties", True) for schema in (old, new))
        if before is not False and after is not False:
            yield from self._visit(before, after, f"{subject}.*")
        elif before is not after:
            effect = Effect.NARROWER if after is False else Effect.WIDER
            words = "no longer allowed" if after is False else "allowed now"
            yield Finding(effect, subject, f"additional properties are {words}")

    def _alternatives(self, before: list[Any], after: list[Any], subject: str) -> Iterator[Finding]:
        if not before or not after:
            if before or after:
                effect, word = (Effect.WIDER, "removed") if before else (Effect.NARROWER, "added")
                yield Finding(effect, subject, f"a choice of alternatives is {word}")
            return
        old = [alternative for one in before for alternative in split(one, self._base)]
        new = [alternative for one in after for alternative in split(one, self._revision)]
        pairs, gone, fresh = paired(old, new, lambda one, other: label(one) == label(other), self._equal)
        yield from (Finding(Effect.NARROWER, subject, f"it can no longer be {label(one)}") for one in gone)
        yield from (Finding(Effect.WIDER, subject, f"it can also be {label(one)}") for one in fresh)
        for one, other in pairs:
            yield from self._visit(one, other, subject)

    def _conditions(self, old: Schema, new: Schema, subject: str) -> Iterator[Finding]:
        if ("if" in old) != ("if" in new):
            effect = Effect.NARROWER if "if" in new else Effect.WIDER
            yield Finding(effect, subject, f"a condition is {'added' if 'if' in new else 'removed'}")
        elif "if" in old and not self._equal(old["if"], new["if"]):
            yield Finding(Effect.OTHER, subject, "a condition applies to other values")
        elif "if" in old:
            for branch in ("then", "else"):
                yield from self._visit(old.get(branch, {}), new.get(branch, {}), subject)

    def _branches(self, before: list[Any], after: list[Any], subject: str) -> Iterator[Finding]:
        """Pair the branches of allOf by their condition, or else by their position."""
        pairs, gone, fresh = paired(before, after, eq, self._equal, self._same_condition, lambda _, __: True)
        for one, other in pairs:
            yield from self._visit(one, other, subject)
        yield from (Finding(Effect.WIDER, subject, f"a constraint is removed: {brief(one)}") for one in gone)
        yield from (Finding(Effect.NARROWER, subject, f"a constraint is added: {brief(one)}") for one in fresh)

    def _same_condition(self, old: Any, new: Any) -> bool:
        return "if" in old and "if" in new and self._equal(old["if"], new["if"])


def paired(before: list[Any], after: list[Any], *tests: Callable[[Any, Any], bool]) -> Paired:
    """Pair schemas by the first test that a pair passes. Return the pairs, and those of each side that are left."""
    pairs, old, new = [], list(before), list(after)
    for test in tests:
        for one in list(old):
            matches = [other for other in new if test(one, other)]
            if matches:
                pairs.append((one, matches[0]))
                old.remove(one)
                new.remove(matches[0])
    return pairs, old, new


def alternatives(schema: Schema) -> bool:
    return any(keyword in schema for keyword in ALTERNATIVES)


def as_alternatives(schema: Any, flattened: Schema, other: Schema) -> Schema:
    keyword = next((one for one in ALTERNATIVES if one in other), "anyOf")
    if alternatives(flattened) or other.keys() - {*TEXTS, keyword}:
        return flattened
    return {keyword: [schema], **{key: other[key] for key in TEXTS if key in other}}


def label(schema: Any) -> str:
    """Return the name of the component, the title, or the JSON of an alternative."""
    return name_of(schema, schema.get("title") or brief(schema)) if isinstance(schema, dict) else str(schema)
