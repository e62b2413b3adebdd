"""Two schemas compared, with all schemas inside them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from canvas_outcomes_contract.contract.document import Contract
from scripts.diff.change import brief
from scripts.diff.flat_schemas import TEXTS, Schema, flat, name_of
from scripts.diff.keywords import ALTERNATIVES, RULES, Effect


@dataclass(frozen=True)
class Finding:
    effect: Effect
    subject: str
    what: str


class SchemaComparison:
    """Compares schemas of two contracts."""

    def __init__(self, base: Contract, revision: Contract) -> None:
        self._base, self._revision = base, revision
        self._open: set[tuple[str, str]] = set()

    def compare(self, old: Any, new: Any, subject: str) -> Iterator[Finding]:
        """Yield every difference. `subject` names a schema that is not a component."""
        pair = (json.dumps(old, sort_keys=True, default=str), json.dumps(new, sort_keys=True, default=str))
        if pair in self._open:  # a schema that contains itself
            return
        self._open.add(pair)
        before, after = flat(old, self._base), flat(new, self._revision)
        if alternatives(before) != alternatives(after):
            before, after = as_alternatives(old, before, after), as_alternatives(new, after, before)
        yield from self._flat(before, after, name_of(old, subject))
        self._open.discard(pair)

    def _flat(self, old: Schema, new: Schema, subject: str) -> Iterator[Finding]:
        for rule in RULES:
            yield from (Finding(effect, subject, what) for effect, what in rule(old, new))
        yield from self._object(old, new, subject)
        if "items" in old or "items" in new:
            yield from self.compare(old.get("items", {}), new.get("items", {}), f"{subject}[]")
        for keyword in ALTERNATIVES:
            yield from self._alternatives(old.get(keyword, []), new.get(keyword, []), subject)
        yield from self._conditions(old, new, subject)
        yield from self._branches(old.get("allOf", []), new.get("allOf", []), subject)

    def _object(self, old: Schema, new: Schema, subject: str) -> Iterator[Finding]:
        before, after = old.get("properties", {}), new.get("properties", {})
        had, has = set(old.get("required", [])), set(new.get("required", []))
        gone, fresh = before.keys() - after.keys(), after.keys() - before.keys()
        for name in sorted(gone):
            yield Finding(Effect.LOST, f"{subject}.{name}", "the property is removed")
        for name in (name for name in after if name in fresh):
            closed = old.get("additionalProperties") is False
            effect = Effect.NARROWER if name in has else Effect.WIDER if closed else Effect.GAINED
            yield Finding(effect, f"{subject}.{name}", "the property is new" + ", and required" * (name in has))
        for name in sorted(has - had - fresh):
            yield Finding(Effect.NARROWER, f"{subject}.{name}", "it became required")
        for name in sorted(had - has - gone):
            yield Finding(Effect.WIDER, f"{subject}.{name}", "it is no longer required")
        for name in (name for name in before if name in after):
            yield from self.compare(before[name], after[name], f"{subject}.{name}")
        yield from self._unnamed(old, new, subject)

    def _unnamed(self, old: Schema, new: Schema, subject: str) -> Iterator[Finding]:
        before, after = (schema.get("additionalProperties", True) for schema in (old, new))
        if before is not False and after is not False:
            yield from self.compare(before, after, f"{subject}.*")
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
        old, new = keyed(before), keyed(after)
        for key in old.keys() - new.keys():
            yield Finding(Effect.NARROWER, subject, f"it can no longer be {key}")
        for key in new.keys() - old.keys():
            yield Finding(Effect.WIDER, subject, f"it can also be {key}")
        for key in (key for key in old if key in new):
            yield from self.compare(old[key], new[key], subject)

    def _conditions(self, old: Schema, new: Schema, subject: str) -> Iterator[Finding]:
        if ("if" in old) != ("if" in new):
            effect = Effect.NARROWER if "if" in new else Effect.WIDER
            yield Finding(effect, subject, f"a condition is {'added' if 'if' in new else 'removed'}")
        elif "if" in old and any(self.compare(old["if"], new["if"], subject)):
            yield Finding(Effect.OTHER, subject, "a condition applies to other values")
        elif "if" in old:
            for branch in ("then", "else"):
                yield from self.compare(old.get(branch, {}), new.get(branch, {}), subject)

    def _branches(self, before: list[Any], after: list[Any], subject: str) -> Iterator[Finding]:
        """Pair the branches of allOf by their condition, or else by their position."""
        old, new = [one for one in before if one not in after], [one for one in after if one not in before]
        for one in list(old):
            match = next((other for other in new if "if" in one and other.get("if") == one["if"]), None)
            if match is not None:
                old.remove(one)
                new.remove(match)
                yield from self.compare(one, match, subject)
        pairs = min(len(old), len(new))
        for one, other in zip(old, new, strict=False):
            yield from self.compare(one, other, subject)
        for one in old[pairs:]:
            yield Finding(Effect.WIDER, subject, f"a constraint is removed: {brief(one)}")
        for one in new[pairs:]:
            yield Finding(Effect.NARROWER, subject, f"a constraint is added: {brief(one)}")


def alternatives(schema: Schema) -> bool:
    return any(keyword in schema for keyword in ALTERNATIVES)


def as_alternatives(schema: Any, flattened: Schema, other: Schema) -> Schema:
    """Write X as anyOf [X] if the other schema is anyOf [X, Y]: an alternative was added or removed."""
    keyword = next((one for one in ALTERNATIVES if one in other), "anyOf")
    if alternatives(flattened) or other.keys() - {*TEXTS, keyword}:
        return flattened
    return {keyword: [schema], **{key: other[key] for key in TEXTS if key in other}}


def keyed(branches: list[Any]) -> dict[str, Any]:
    """Return the alternatives by the name of their component, their title, or their JSON."""
    return {
        name_of(one, one.get("title") or brief(one)) if isinstance(one, dict) else str(one): one for one in branches
    }
