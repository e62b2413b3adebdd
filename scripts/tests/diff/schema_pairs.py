"""Pairs of schemas: those that allow the same values, and those in which one rewriting hides a real change."""

from typing import Any

from scripts.diff.schemas import Effect
from scripts.tests.diff.contract_edits import CONTRACT

ID = {"$ref": "#/components/schemas/Id"}
RATING = {"$ref": "#/components/schemas/Rating"}
ALIGNMENT = {"$ref": "#/components/schemas/OutcomeAlignment"}
NULL = {"type": "null"}
STRING = {"type": "string"}
INTEGER = {"type": "integer"}
DATE, URI = {**STRING, "format": "date"}, {**STRING, "format": "uri"}
OPTIONAL = {"type": ["string", "null"]}
STRING_OR_NULL = {"anyOf": [STRING, NULL]}
NAMED = {**STRING, "title": "Name"}
CONDITION = {"if": {"properties": {"a": {"const": 1}}}, "then": {"required": ["b"]}}
INCOMPARABLE = {"oneOf": [{"minimum": 1}, {"minProperties": 3}, {"const": {"b": 1}}]}


def content_of_id(**bound: int) -> dict[str, Any]:
    """The schema Id with another bound of its integers."""
    schema = CONTRACT.document["components"]["schemas"]["Id"]
    integer, *others = schema["anyOf"]
    unbound = {key: value for key, value in integer.items() if key != "minimum"}
    return {**schema, "anyOf": [unbound | bound, *others]}


EQUAL: dict[str, tuple[Any, Any]] = {
    "null-as-anyof": (OPTIONAL, STRING_OR_NULL),
    "null-in-nested-anyof": (OPTIONAL, {"anyOf": [STRING_OR_NULL]}),
    "null-beside-a-limit": ({**OPTIONAL, "maxLength": 9}, {"anyOf": [{**STRING, "maxLength": 9}, NULL]}),
    "null-beside-a-limit-outside": ({**OPTIONAL, "maxLength": 9}, {"anyOf": [STRING, NULL], "maxLength": 9}),
    "null-in-enum": ({"type": ["string", "null"], "enum": ["a", None]}, {"anyOf": [{"enum": ["a"]}, NULL]}),
    "null-of-a-reference": ({"anyOf": [RATING, NULL]}, {"oneOf": [NULL, {"allOf": [RATING]}]}),
    "null-among-alternatives": ({"anyOf": [RATING, ID, NULL]}, {"anyOf": [RATING, {"anyOf": [NULL, ID]}]}),
    "types-as-anyof": ({"type": ["string", "integer"]}, {"anyOf": [INTEGER, STRING]}),
    "alternatives-in-another-order": ({"anyOf": [RATING, ID, STRING]}, {"anyOf": [STRING, ID, RATING]}),
    "alternative-written-differently": (
        {"anyOf": [ALIGNMENT, RATING, {"type": "integer", "minimum": 1}]},
        {"anyOf": [ALIGNMENT, {"allOf": [RATING]}, {"type": "integer", "exclusiveMinimum": 0}]},
    ),
    "integer-or-null-bound": (
        {"type": ["integer", "null"], "minimum": 1},
        {"anyOf": [{**INTEGER, "exclusiveMinimum": 0}, NULL]},
    ),
    "const": ({"const": "a"}, {**STRING, "enum": ["a"]}),
    "enum-in-another-order": ({"enum": ["a", "b"]}, {"enum": ["b", "a"]}),
    "limits-of-nothing": ({}, {"minLength": 0, "minItems": 0, "minProperties": 0, "uniqueItems": False}),
    "flags-of-nothing": ({}, {"readOnly": False, "writeOnly": False, "deprecated": False}),
    "open-object": ({}, {"additionalProperties": True, "properties": {}, "required": [], "patternProperties": {}}),
    "open-array": ({"type": "array"}, {"type": "array", "items": {}, "unevaluatedItems": True}),
    "required-in-another-order": ({"required": ["a", "b"]}, {"required": ["b", "a"]}),
    "allof-of-one": (STRING, {"allOf": [{"allOf": [STRING]}]}),
    "allof-of-two": ({**STRING, "maxLength": 3}, {"allOf": [OPTIONAL, STRING, {"maxLength": 3}]}),
    "anyof-of-one": (RATING, {"anyOf": [RATING]}),
    "reference-and-content": (ID, content_of_id(exclusiveMinimum=0)),
    "in-a-property": ({"properties": {"a": OPTIONAL}}, {"properties": {"a": STRING_OR_NULL}}),
    "in-items": ({"items": OPTIONAL}, {"items": STRING_OR_NULL}),
    "in-additional-properties": ({"additionalProperties": OPTIONAL}, {"additionalProperties": STRING_OR_NULL}),
    "branches-in-another-order": (
        {"allOf": [{"anyOf": [RATING, ALIGNMENT]}, {"anyOf": [ID, RATING]}, {"anyOf": [ALIGNMENT, ID]}]},
        {"allOf": [{"anyOf": [RATING, ALIGNMENT]}, {"anyOf": [{"allOf": [ID]}, ALIGNMENT]}, {"anyOf": [RATING, ID]}]},
    ),
    "in-a-condition": (
        {"allOf": [CONDITION, {"not": RATING}]},
        {"allOf": [{"not": {"allOf": [RATING]}}, {**CONDITION, "if": {"properties": {"a": {"enum": [1]}}}}]},
    ),
}

# The last column is what the real change does to the set of valid values.
CHANGED: dict[str, tuple[Any, Any, Effect]] = {
    "null-added-as-anyof": (STRING, STRING_OR_NULL, Effect.WIDER),
    "null-removed-from-anyof": (STRING_OR_NULL, STRING, Effect.NARROWER),
    "null-added-to-a-reference": (RATING, {"oneOf": [RATING, NULL]}, Effect.WIDER),
    "null-removed-from-alternatives": ({"anyOf": [RATING, ID, NULL]}, {"anyOf": [RATING, ID]}, Effect.NARROWER),
    "alternative-added-beside-null": ({"anyOf": [RATING, NULL]}, {"anyOf": [NULL, RATING, ALIGNMENT]}, Effect.WIDER),
    "alternative-added-to-types": (OPTIONAL, {"anyOf": [STRING, NULL, RATING, ALIGNMENT]}, Effect.WIDER),
    "null-not-in-enum": ({"enum": ["a", None]}, {"type": ["string", "null"], "enum": ["a"]}, Effect.NARROWER),
    "limit-inside-anyof": (OPTIONAL, {"anyOf": [{**STRING, "maxLength": 9}, NULL]}, Effect.NARROWER),
    "limit-inside-alternatives": (
        {"anyOf": [RATING, ALIGNMENT, NAMED]},
        {"anyOf": [RATING, ALIGNMENT, {**NAMED, "maxLength": 9}]},
        Effect.NARROWER,
    ),
    "number-bound-of-an-integer": ({"minimum": 1}, {"exclusiveMinimum": 0}, Effect.WIDER),
    "const-widened": ({"const": "a"}, {"enum": ["a", "b"]}, Effect.WIDER),
    "enum-reordered-and-narrowed": ({"enum": ["a", "b", "c"]}, {"enum": ["c", "a"]}, Effect.NARROWER),
    "min-length-beside-defaults": ({}, {"minLength": 1, "minItems": 0}, Effect.NARROWER),
    "closed-beside-defaults": ({}, {"additionalProperties": False, "minProperties": 0}, Effect.NARROWER),
    "required-reordered-and-more": ({"required": ["a", "b"]}, {"required": ["b", "c", "a"]}, Effect.NARROWER),
    "other-not": ({"not": {"const": 1}}, {"not": {"enum": [1, 2]}}, Effect.NARROWER),
    "condition-narrowed": (
        {"allOf": [CONDITION]},
        {"allOf": [{**CONDITION, "then": {"required": ["c", "b"]}}]},
        Effect.NARROWER,
    ),
    # Their canonical forms exist, but cannot be compared.
    "condition-of-incomparable-alternatives": (
        {"not": INCOMPARABLE},
        {"not": {"allOf": [INCOMPARABLE, {"required": ["c"]}]}},
        Effect.OTHER,
    ),
    "oneof-of-overlapping-alternatives": (
        {"oneOf": [{"type": "number"}, INTEGER]},
        {"anyOf": [{"type": "number"}, INTEGER]},
        Effect.WIDER,
    ),
    "format-of-an-alternative-removed": ({"anyOf": [DATE, URI]}, {"anyOf": [DATE]}, Effect.NARROWER),
    "format-inside-contains": ({"contains": DATE}, {"contains": STRING}, Effect.WIDER),
    "format-inside-not": ({"not": DATE}, {"not": STRING}, Effect.NARROWER),
    "format-inside-pattern-properties": (
        {"patternProperties": {"^a": STRING}},
        {"patternProperties": {"^a": DATE}},
        Effect.NARROWER,
    ),
    "format-inside-prefix-items": ({"prefixItems": [DATE]}, {"prefixItems": [STRING]}, Effect.WIDER),
    "format-inside-property-names": ({"propertyNames": DATE}, {"propertyNames": {}}, Effect.WIDER),
}
