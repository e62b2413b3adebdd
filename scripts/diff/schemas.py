"""Two schemas compared, with all schemas inside them. jsonschema-rs decides which values each of them allows."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import jsonschema_rs
from jsonschema_rs import CanonicalSchema, canonical, canonicalize

from canvas_outcomes_contract.contract.document import Contract
from scripts.diff.change import difference
from scripts.diff.flat_schemas import FLAGS, TEXTS, Flat, Schema, as_json, both, flat, label, name_of, split


class Effect(Enum):
    NARROWER = auto()  # some valid values became invalid
    WIDER = auto()  # some invalid values became valid
    OTHER = auto()  # both, or undecidable
    LOST = auto()  # a field is removed, which breaks whoever relied on it, in requests and in responses
    GAINED = auto()  # an addition that can be ignored
    DEFAULT = auto()
    TEXT = auto()
    READ_ONLY = auto()
    WRITE_ONLY = auto()


FLAG_EFFECTS = {"readOnly": Effect.READ_ONLY, "writeOnly": Effect.WRITE_ONLY, "deprecated": Effect.GAINED}
REFERENCE = re.compile(r'"\$ref": "([^"]+)"')
WIDER_FORMATS = {("int32", "int64"), ("float", "double"), ("uri", "uri-reference"), ("email", "idn-email")}


@dataclass(frozen=True)
class Finding:
    effect: Effect
    subject: str
    what: str


def unchanged_components(base: Contract, revision: Contract) -> set[str]:
    """Return the references to components that are the same in both contracts, with all that they refer to."""
    old, new = (
        {
            f"#/components/{section}/{name}": as_json(one)
            for section, named in contract.document.get("components", {}).items()
            for name, one in named.items()
        }
        for contract in (base, revision)
    )
    found = {reference for reference, one in old.items() if new.get(reference) == one}
    while changed := {reference for reference in found if not found.issuperset(REFERENCE.findall(old[reference]))}:
        found -= changed
    return found


class SchemaComparison:
    """Compares schemas of two contracts."""

    def __init__(self, base: Contract, revision: Contract) -> None:
        self._base, self._revision = base, revision
        self._components = {
            contract: json.loads(as_json(contract.document.get("components", {}))) for contract in (base, revision)
        }
        self._unchanged = unchanged_components(base, revision)
        self._open: set[tuple[str, str]] = set()  # the pairs that contain the current one
        self._found: dict[tuple[str, str, str], list[Finding]] = {}  # operations and statuses share schemas
        self._canonical: dict[tuple[Contract, str], CanonicalSchema] = {}

    def compare(self, old: Any, new: Any, subject: str) -> list[Finding]:
        """Return every difference once. `subject` names a schema that is not a component."""
        key = (as_json(old), as_json(new), subject)
        if key not in self._found:
            self._found[key] = list(dict.fromkeys(self._visit(old, new, subject)))
        return self._found[key]

    def has_parts(self, old: Any, new: Any) -> bool:
        """Return whether a value can be an array or an object."""
        scalars = {"type": ["null", "boolean", "number", "string"]}
        return any(self._effect(one, both(one, scalars)) for one in (old or {}, new or {}))

    def _visit(self, old: Any, new: Any, otherwise: str, with_notes: bool = True) -> Iterator[Finding]:
        pair, subject = (as_json(old), as_json(new)), name_of(old, name_of(new, otherwise))
        if pair in self._open or self._are_same(*pair):
            return
        self._open.add(pair)
        before, after = flat(old, self._base), flat(new, self._revision)
        if with_notes and before.is_choice == after.is_choice:
            yield from (Finding(effect, subject, what) for effect, what in notes(before.notes, after.notes))
        if max(len(split(old, self._base)), len(split(new, self._revision))) > 1:
            yield from self._alternatives(old, new, subject, before.is_choice and after.is_choice)
        else:
            yield from self._parts(before, after, subject)
        self._open.discard(pair)

    def _are_same(self, old: str, new: str) -> bool:
        return old == new and self._unchanged.issuperset(REFERENCE.findall(old))

    def _effect(self, old: Any, new: Any) -> Effect | None:
        """Return the effect of a change on the valid values, or None if they are the same."""
        if self._are_same(as_json(old), as_json(new)):
            return None
        try:
            before, after = self._as_canonical(old, self._base), self._as_canonical(new, self._revision)
            keeps = after.covers(before) == canonical.Containment.YES
            adds = before.covers(after) != canonical.Containment.YES
        except ValueError:  # a schema without a canonical form, or two forms that cannot be compared
            return Effect.OTHER
        if keeps:
            return Effect.WIDER if adds else None
        return Effect.OTHER if adds else Effect.NARROWER

    def _as_canonical(self, schema: Any, contract: Contract) -> CanonicalSchema:
        """Return the schema in the form that can be compared. Raises ValueError if it has none."""
        key = (contract, as_json(schema))
        if key not in self._canonical:
            document = {"allOf": [json.loads(key[1])], "components": self._components[contract]}
            self._canonical[key] = canonicalize(document, draft=jsonschema_rs.Draft202012, validate_formats=True)
        return self._canonical[key]

    def _parts(self, old: Flat, new: Flat, subject: str) -> Iterator[Finding]:
        before, after = old.rest, new.rest
        if len(old.choices) == len(new.choices) == 1:
            yield from self._alternatives({"anyOf": old.choices[0]}, {"anyOf": new.choices[0]}, subject, True)
        else:
            before, after = ([*found.rest, *({"anyOf": one} for one in found.choices)] for found in (old, new))
        conditions, others = ([one for one in listed if "if" in one] for listed in (before, after))
        if [one["if"] for one in conditions] == [other["if"] for other in others]:
            before, after = ([one for one in listed if "if" not in one] for listed in (before, after))
            for one, other in zip(conditions, others, strict=True):
                for branch in ("then", "else"):
                    yield from self._visit(one.get(branch, {}), other.get(branch, {}), subject)
        if effect := self._effect({"allOf": [{}, *before]}, {"allOf": [{}, *after]}):
            yield Finding(effect, subject, "; ".join(keyword_differences(before, after)))
        yield from self._properties(old, new, subject)
        if "items" in old.parts or "items" in new.parts:
            yield from self._visit(old.parts.get("items", {}), new.parts.get("items", {}), f"{subject}[]")

    def _properties(self, old: Flat, new: Flat, subject: str) -> Iterator[Finding]:
        additional, additional_now = (one.parts.get("additionalProperties", True) for one in (old, new))
        for name in {**old.properties, **new.properties, **dict.fromkeys(sorted(old.required | new.required))}:
            place, required = f"{subject}.{name}", name in new.required
            if name in old.properties and name not in new.properties:
                yield Finding(Effect.LOST, place, "the property is removed")
            elif name in new.properties and name not in old.properties:
                effect = Effect.NARROWER if required else Effect.WIDER if additional is False else Effect.GAINED
                yield Finding(effect, place, "the property is new" + ", and required" * required)
            elif (name in old.required) != required:
                effect, word = (Effect.NARROWER, "became") if required else (Effect.WIDER, "is no longer")
                yield Finding(effect, place, f"it {word} required")
            if name in old.properties and name in new.properties:
                yield from self._visit(old.properties[name], new.properties[name], place)
        if additional is not False and additional_now is not False:
            yield from self._visit(additional, additional_now, f"{subject}.*")
        elif additional is not additional_now:
            words = "no longer allowed" if additional_now is False else "allowed now"
            effect = Effect.NARROWER if additional_now is False else Effect.WIDER
            yield Finding(effect, subject, f"additional properties are {words}")

    def _alternatives(self, old: Any, new: Any, subject: str, with_notes: bool) -> Iterator[Finding]:
        """Pair the alternatives that allow the same values, then those of the same name, and then the last two.

        Equal alternatives allow other values if oneOf, which refuses what two of them allow, replaces anyOf.
        """
        gone, fresh = split(old, self._base), split(new, self._revision)
        tests: tuple[Callable[[Any, Any], bool], ...] = (
            lambda one, other: self._effect(one, other) is None,
            lambda one, other: label(one) == label(other),
        )
        changed = False
        for test in tests:
            for one in list(gone):
                matches = [other for other in fresh if test(one, other)]
                if matches:
                    gone.remove(one)
                    fresh.remove(matches[0])
                    yield from self._visit(one, matches[0], subject, with_notes)
            changed |= bool(gone or fresh)
        if not changed and (effect := self._effect(old, new)):
            yield Finding(effect, subject, "the values that several alternatives allow changed")
        if len(gone) == len(fresh) == 1:
            yield from self._visit(gone[0], fresh[0], subject, with_notes)
        elif (gone or fresh) and self._effect(old, new):
            yield from (Finding(Effect.NARROWER, subject, f"it can no longer be {label(one)}") for one in gone)
            yield from (Finding(Effect.WIDER, subject, f"it can also be {label(one)}") for one in fresh)


def notes(old: Schema, new: Schema) -> Iterator[tuple[Effect, str]]:
    """Yield the differences between keywords that allow every value. A flag that is false is the same as none."""
    for key in sorted(old.keys() | new.keys()):
        before, after = ((one.get(key) or None) if key in FLAGS else one.get(key) for one in (old, new))
        if before == after:
            continue
        if key in TEXTS:
            yield Effect.TEXT, f"its {key} changed"
        elif key in FLAGS:
            yield FLAG_EFFECTS[key] if after else Effect.GAINED, f"it is {key} now" if after else f"it is not {key} now"
        elif key == "format":
            narrower, wider = before is None or (after, before) in WIDER_FORMATS, (before, after) in WIDER_FORMATS
            effect = Effect.NARROWER if narrower else Effect.WIDER if wider or after is None else Effect.OTHER
            yield effect, difference(key, before, after)
        else:
            yield Effect.DEFAULT if key == "default" else Effect.GAINED, difference(key, before, after)


def keyword_differences(before: list[Schema], after: list[Schema]) -> list[str]:
    """Return what differs between the keywords of two lists of schemas, which have to be valid together."""
    old, new = ([(key, value) for one in listed for key, value in one.items()] for listed in (before, after))
    gone, fresh = [one for one in old if one not in new], dict(one for one in new if one not in old)
    words = [change for key, value in gone for change in value_differences(key, value, fresh.pop(key, None))]
    return [*words, *(difference(key, None, value) for key, value in fresh.items())]


def value_differences(key: str, before: Any, after: Any) -> list[str]:
    if key != "enum" or after is None:
        return [difference(key, before, after)]
    lost, gained = ([value for value in one if value not in other] for one, other in ((before, after), (after, before)))
    return [
        *(f"the value {as_json(value)} is removed" for value in lost),
        *(f"the value {as_json(value)} is new" for value in gained),
    ]
