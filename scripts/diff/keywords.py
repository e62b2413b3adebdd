"""Two flat schemas compared keyword by keyword: which values are no longer valid, and which are valid now."""

from collections.abc import Callable, Iterator
from enum import Enum, auto
from typing import Any

from scripts.diff.change import difference, toggled
from scripts.diff.flat_schemas import ALTERNATIVES, TEXTS
from scripts.diff.normal_form import Schema, as_json, type_list, types_of


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


# Keywords of a limit, an excluded one last; a limit with 1 is a lower one.
LIMITS: dict[tuple[str, ...], int] = {
    ("maximum", "exclusiveMaximum"): -1,
    ("minimum", "exclusiveMinimum"): 1,
    **{(keyword,): -1 for keyword in ("maxLength", "maxItems", "maxProperties")},
    **{(keyword,): 1 for keyword in ("minLength", "minItems", "minProperties")},
}
WIDER_FORMATS = {("int32", "int64"), ("float", "double"), ("uri", "uri-reference"), ("email", "idn-email")}
# These have rules of their own; `others` compares the rest.
KNOWN = frozenset(
    """
    type enum format multipleOf required properties readOnly writeOnly additionalProperties items allOf if then
    else deprecated uniqueItems
    """.split()  # noqa: SIM905
).union(*LIMITS, ALTERNATIVES)

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


def type_words(schema: Schema) -> str:
    return " or ".join(type_list(schema)) if "type" in schema else "anything"


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
    return [as_json(one) for one in schema["enum"]] if "enum" in schema else None


def bounds(old: Schema, new: Schema) -> Found:
    for names, sign in LIMITS.items():
        # Without a limit the list is empty, hence lower than any other.
        before, after = (
            [
                (sign * one[name], index, f"{one[name]}{' (excluded)' * index}")
                for index, name in enumerate(names)
                if name in one
            ]
            for one in (old, new)
        )
        if before != after:
            limits = (found[0][2] if found else None for found in (before, after))
            yield Effect.NARROWER if before < after else Effect.WIDER, difference(names[0], *limits)


def formats(old: Schema, new: Schema) -> Found:
    before, after = old.get("format"), new.get("format")
    yield from _ordered("format", before, after, (after, before) in WIDER_FORMATS, (before, after) in WIDER_FORMATS)


def steps(old: Schema, new: Schema) -> Found:
    before, after = old.get("multipleOf"), new.get("multipleOf")
    narrower, wider = (after % before == 0, before % after == 0) if before and after else (False, False)
    yield from _ordered("multipleOf", before, after, narrower, wider)


def _ordered(keyword: str, before: Any, after: Any, narrower: bool, wider: bool) -> Found:
    if before != after:
        narrower, wider = narrower or before is None, wider or after is None
        effect = Effect.NARROWER if narrower else Effect.WIDER if wider else Effect.OTHER
        yield effect, difference(keyword, before, after)


def flags(old: Schema, new: Schema) -> Found:
    for keyword, if_set, if_unset in (
        ("uniqueItems", Effect.NARROWER, Effect.WIDER),
        ("readOnly", Effect.READ_ONLY, Effect.GAINED),
        ("writeOnly", Effect.WRITE_ONLY, Effect.GAINED),
        ("deprecated", Effect.GAINED, Effect.GAINED),
    ):
        if (value := toggled(old, new, keyword)) is not None:
            yield if_set if value else if_unset, f"it is {keyword} now" if value else f"it is no longer {keyword}"


def others(old: Schema, new: Schema) -> Found:
    for keyword in sorted((old.keys() | new.keys()) - KNOWN):
        before, after = old.get(keyword), new.get(keyword)
        if before == after:
            continue
        if keyword in TEXTS:
            yield Effect.TEXT, f"its {keyword} changed"
            continue
        effect = Effect.NARROWER if keyword not in old else Effect.WIDER if keyword not in new else Effect.OTHER
        effect = Effect.DEFAULT if keyword == "default" else Effect.GAINED if keyword.startswith("x-") else effect
        yield effect, difference(keyword, before, after)


RULES: tuple[Rule, ...] = (types, values, bounds, formats, steps, flags, others)
