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
    "null-as-oneof": (OPTIONAL, {"oneOf": [NULL, STRING]}),
    "null-in-nested-anyof": (OPTIONAL, {"anyOf": [STRING_OR_NULL]}),
    "null-beside-a-limit": ({**OPTIONAL, "maxLength": 9}, {"anyOf": [{**STRING, "maxLength": 9}, NULL]}),
    "null-beside-a-limit-outside": ({**OPTIONAL, "maxLength": 9}, {"anyOf": [STRING, NULL], "maxLength": 9}),
    "null-as-const": (OPTIONAL, {"anyOf": [STRING, {"const": None}]}),
    "null-as-enum": (OPTIONAL, {"anyOf": [STRING, {"enum": [None]}]}),
    "null-in-enum": ({"type": ["string", "null"], "enum": ["a", None]}, {"anyOf": [{"enum": ["a"]}, NULL]}),
    "null-in-enum-without-type": ({"enum": ["a", None]}, {"oneOf": [{**STRING, "enum": ["a"]}, NULL]}),
    "null-in-enum-of-a-type-without-it": ({**STRING, "enum": ["a"]}, {**STRING, "enum": ["a", None]}),
    "null-of-a-reference": ({"anyOf": [RATING, NULL]}, {"oneOf": [NULL, {"allOf": [RATING]}]}),
    "null-of-an-integer": ({"anyOf": [{**INTEGER, "minimum": 1}, NULL]}, {"type": ["integer", "null"], "minimum": 1}),
    "null-among-alternatives": ({"anyOf": [RATING, ID, NULL]}, {"anyOf": [RATING, {"anyOf": [NULL, ID]}]}),
    "types-as-anyof": ({"type": ["string", "integer"]}, {"anyOf": [INTEGER, STRING]}),
    "types-in-another-order": (OPTIONAL, {"type": ["null", "string"]}),
    "every-type": ({}, {"type": ["null", "boolean", "integer", "number", "string", "array", "object"]}),
    "number-includes-integer": ({"type": "number"}, {"type": ["integer", "number"]}),
    "alternatives-in-another-order": ({"anyOf": [RATING, ID, STRING]}, {"anyOf": [STRING, ID, RATING]}),
    "oneof-of-disjoint-types": ({"anyOf": [RATING, {"enum": ["a"]}]}, {"oneOf": [{"const": "a"}, RATING]}),
    "alternative-written-differently": (
        {"anyOf": [ALIGNMENT, RATING, {"type": "integer", "minimum": 1}]},
        {"anyOf": [ALIGNMENT, {"allOf": [RATING]}, {"type": "integer", "exclusiveMinimum": 0}]},
    ),
    "integer-lower-bound": ({**INTEGER, "minimum": 1}, {**INTEGER, "exclusiveMinimum": 0}),
    "integer-upper-bound": ({**INTEGER, "maximum": 9}, {**INTEGER, "exclusiveMaximum": 10}),
    "integer-fraction": ({**INTEGER, "minimum": 1, "maximum": 9}, {**INTEGER, "minimum": 0.5, "exclusiveMaximum": 9.5}),
    "integer-or-null-bound": (
        {"type": ["integer", "null"], "minimum": 1},
        {"anyOf": [{**INTEGER, "exclusiveMinimum": 0}, NULL]},
    ),
    "two-bounds": ({"type": "number", "exclusiveMinimum": 0}, {"type": "number", "exclusiveMinimum": 0, "minimum": -1}),
    "two-bounds-of-one-value": ({"exclusiveMaximum": 3}, {"exclusiveMaximum": 3, "maximum": 3}),
    "bound-in-allof": ({**INTEGER, "minimum": 1}, {"allOf": [INTEGER, {"exclusiveMinimum": 0}]}),
    "bound-as-float": ({"minimum": 1}, {"minimum": 1.0}),
    "const": ({"const": "a"}, {**STRING, "enum": ["a"]}),
    "const-object": ({"const": {"a": 1, "b": 2}}, {"enum": [{"b": 2, "a": 1}]}),
    "enum-in-another-order": ({"enum": ["a", "b"]}, {"enum": ["b", "a"]}),
    "enum-as-anyof": ({"enum": ["a", "b"]}, {"anyOf": [{"const": "a"}, {"const": "b"}]}),
    "enum-of-booleans": ({"type": "boolean"}, {"enum": [True, False]}),
    "limits-of-nothing": ({}, {"minLength": 0, "minItems": 0, "minProperties": 0, "uniqueItems": False}),
    "flags-of-nothing": ({}, {"readOnly": False, "writeOnly": False, "deprecated": False}),
    "open-object": ({}, {"additionalProperties": True, "properties": {}, "required": [], "patternProperties": {}}),
    "open-object-as-schema": ({"additionalProperties": {}}, {"unevaluatedProperties": True, "propertyNames": True}),
    "open-array": ({"type": "array"}, {"type": "array", "items": {}, "unevaluatedItems": True}),
    "not-of-nothing": ({}, {"not": False, "allOf": [{}, True], "dependentRequired": {}, "dependentSchemas": {}}),
    "required-in-another-order": ({"required": ["a", "b"]}, {"required": ["b", "a"]}),
    "dependent-in-another-order": ({"dependentRequired": {"a": ["b", "c"]}}, {"dependentRequired": {"a": ["c", "b"]}}),
    "allof-of-one": (STRING, {"allOf": [{"allOf": [STRING]}]}),
    "allof-of-two": ({**STRING, "maxLength": 3}, {"allOf": [OPTIONAL, STRING, {"maxLength": 3}]}),
    "anyof-of-one": (RATING, {"anyOf": [RATING]}),
    "oneof-of-one": (RATING, {"oneOf": [RATING]}),
    "reference-and-content": (ID, content_of_id(exclusiveMinimum=0)),
    "in-a-property": ({"properties": {"a": OPTIONAL}}, {"properties": {"a": STRING_OR_NULL}}),
    "in-items": ({"items": OPTIONAL}, {"items": STRING_OR_NULL}),
    "in-additional-properties": ({"additionalProperties": OPTIONAL}, {"additionalProperties": STRING_OR_NULL}),
    "in-not": ({"not": {"const": 1}}, {"not": {"enum": [1]}}),
    "in-pattern-properties": ({"patternProperties": {"a": OPTIONAL}}, {"patternProperties": {"a": STRING_OR_NULL}}),
    "in-prefix-items": ({"prefixItems": [OPTIONAL, ID]}, {"prefixItems": [STRING_OR_NULL, {"allOf": [ID]}]}),
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
    "integer-bound-excluded": ({**INTEGER, "minimum": 1}, {**INTEGER, "exclusiveMinimum": 1}, Effect.NARROWER),
    "number-bound-excluded": ({"minimum": 0}, {"exclusiveMinimum": 0}, Effect.NARROWER),
    "number-bound-of-an-integer": ({"minimum": 1}, {"exclusiveMinimum": 0}, Effect.WIDER),
    "upper-bound-included": ({"exclusiveMaximum": 9}, {"maximum": 9}, Effect.WIDER),
    "looser-second-bound-removed": ({"minimum": 3}, {"exclusiveMinimum": 1}, Effect.WIDER),
    "const-widened": ({"const": "a"}, {"enum": ["a", "b"]}, Effect.WIDER),
    "enum-reordered-and-narrowed": ({"enum": ["a", "b", "c"]}, {"enum": ["c", "a"]}, Effect.NARROWER),
    "min-length-beside-defaults": ({}, {"minLength": 1, "minItems": 0}, Effect.NARROWER),
    "closed-beside-defaults": ({}, {"additionalProperties": False, "minProperties": 0}, Effect.NARROWER),
    "required-reordered-and-more": ({"required": ["a", "b"]}, {"required": ["b", "c", "a"]}, Effect.NARROWER),
    "reference-and-less-content": (ID, content_of_id(exclusiveMinimum=-1), Effect.WIDER),
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
