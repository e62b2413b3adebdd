"""The keywords of two schemas compared one by one: which values are allowed no longer, and which are allowed now."""

import json
from collections.abc import Callable, Iterator
from enum import Enum, auto
from typing import Any

from scripts.diff.flat_schemas import TEXTS, Schema


class Effect(Enum):
    NARROWER = auto()  # a value that was allowed is not
    WIDER = auto()  # a value that was not allowed is
    OTHER = auto()  # both, or not decidable
    LOST = auto()  # a field is gone: whoever relied on it is let down, in both directions
    GAINED = auto()  # something new that nobody has to know
    DEFAULT = auto()  # what leaving out means
    TEXT = auto()
    UNSENT = auto()  # a field is for answers only now
    UNSHOWN = auto()  # a field is for requests only now


TYPES = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
IDLE = {"minLength": 0, "minItems": 0, "minProperties": 0}
WIDER_FORMATS = {("int32", "int64"), ("float", "double"), ("uri", "uri-reference"), ("email", "idn-email")}
ALTERNATIVES = ("anyOf", "oneOf")
# Compared by a method of their own; every other keyword is only seen to come, go or differ.
KNOWN = {
    *UPPER,
    *LOWER,
    *TEXTS,
    *ALTERNATIVES,
    "type",
    "enum",
    "const",
    "format",
    "multipleOf",
    "required",
    "properties",
}
KNOWN |= {"readOnly", "writeOnly", "additionalProperties", "items", "allOf", "if", "then", "else", "default"}
KNOWN |= {"deprecated", "uniqueItems"}

Found = Iterator[tuple[Effect, str]]
Rule = Callable[[Schema, Schema], Found]


def types(old: Schema, new: Schema) -> Found:
    before, after = types_of(old), types_of(new)
    lost, gained = before - after, after - before
    if lost and gained:
        yield Effect.OTHER, f"its type went from {type_words(old)} to {type_words(new)}"
    elif {"null"} in (lost, gained):
        yield (Effect.NARROWER, "it can no longer be null") if lost else (Effect.WIDER, "it can be null now")
    elif lost or gained:
        effect = Effect.NARROWER if lost else Effect.WIDER
        yield effect, f"its type went from {type_words(old)} to {type_words(new)}"


def types_of(schema: Schema) -> frozenset[str]:
    named = schema.get("type", TYPES)
    found = frozenset([named] if isinstance(named, str) else named)
    return found | {"integer"} if "number" in found else found


def type_words(schema: Schema) -> str:
    named = schema.get("type", "anything")
    return named if isinstance(named, str) else " or ".join(named)


def values(old: Schema, new: Schema) -> Found:
    before, after = values_of(old), values_of(new)
    if before is None and after is not None:
        yield Effect.NARROWER, f"only {', '.join(after)} {'is' if len(after) == 1 else 'are'} allowed now"
    elif after is None and before is not None:
        yield Effect.WIDER, "values that are not listed are allowed now"
    elif before is not None and after is not None:
        lost, gained = [one for one in before if one not in after], [one for one in after if one not in before]
        yield from ((Effect.NARROWER, f"the value {one} is removed") for one in lost)
        yield from ((Effect.WIDER, f"the value {one} is new") for one in gained)


def values_of(schema: Schema) -> list[str] | None:
    named = schema.get("enum", [schema["const"]] if "const" in schema else None)
    return named if named is None else [json.dumps(one, default=str) for one in named]


def bounds(old: Schema, new: Schema) -> Found:
    for keyword in (*UPPER, *LOWER):
        before, after = old.get(keyword, IDLE.get(keyword)), new.get(keyword, IDLE.get(keyword))
        if before == after:
            continue
        sign = 1 if keyword in UPPER else -1
        narrower = before is None or (after is not None and sign * after < sign * before)
        yield Effect.NARROWER if narrower else Effect.WIDER, came_or_went(keyword, before, after)


def formats(old: Schema, new: Schema) -> Found:
    before, after = old.get("format"), new.get("format")
    if before == after:
        return
    narrower = before is None or (after, before) in WIDER_FORMATS
    wider = after is None or (before, after) in WIDER_FORMATS
    effect = Effect.NARROWER if narrower else Effect.WIDER if wider else Effect.OTHER
    yield effect, came_or_went("format", before, after)


def steps(old: Schema, new: Schema) -> Found:
    before, after = old.get("multipleOf"), new.get("multipleOf")
    if before == after:
        return
    narrower = before is None or (after is not None and after % before == 0)
    wider = after is None or (before is not None and before % after == 0)
    effect = Effect.NARROWER if narrower else Effect.WIDER if wider else Effect.OTHER
    yield effect, came_or_went("multipleOf", before, after)


def singles(old: Schema, new: Schema) -> Found:
    if bool(old.get("uniqueItems")) != bool(new.get("uniqueItems")):
        effect = Effect.NARROWER if new.get("uniqueItems") else Effect.WIDER
        yield effect, "equal items are " + ("no longer allowed" if new.get("uniqueItems") else "allowed now")
    for keyword, effect in (("readOnly", Effect.UNSENT), ("writeOnly", Effect.UNSHOWN)):
        if bool(old.get(keyword)) != bool(new.get(keyword)):
            words = f"{keyword} now" if new.get(keyword) else f"no longer {keyword}"
            yield (effect if new.get(keyword) else Effect.GAINED), f"it is {words}"
    if bool(old.get("deprecated")) != bool(new.get("deprecated")):
        yield Effect.GAINED, "it is " + ("deprecated now" if new.get("deprecated") else "no longer deprecated")
    if old.get("default") != new.get("default"):
        yield Effect.DEFAULT, came_or_went("default", old.get("default"), new.get("default"))


def texts(old: Schema, new: Schema) -> Found:
    for keyword in TEXTS:
        if old.get(keyword) != new.get(keyword):
            yield Effect.TEXT, f"its {keyword} changed"


def others(old: Schema, new: Schema) -> Found:
    for keyword in sorted((old.keys() | new.keys()) - KNOWN):
        before, after = old.get(keyword), new.get(keyword)
        if before == after:
            continue
        effect = Effect.NARROWER if keyword not in old else Effect.WIDER if keyword not in new else Effect.OTHER
        yield Effect.GAINED if keyword.startswith("x-") else effect, came_or_went(keyword, before, after)


def came_or_went(keyword: str, before: Any, after: Any) -> str:
    if before is None:
        return f"{keyword} {brief(after)} is new"
    return (
        f"{keyword} {brief(before)} is removed"
        if after is None
        else f"{keyword} went from {brief(before)} to {brief(after)}"
    )


def brief(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= 80 else f"{text[:77]}..."


RULES: tuple[Rule, ...] = (types, values, bounds, formats, steps, singles, texts, others)
