"""The parameters of an operation: their Python names, types and the way they are encoded."""

from collections.abc import Iterator
from typing import Any

from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.enum_property import EnumProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty

from canvas_outcomes_contract.contract.document import Operation
from canvas_outcomes_contract.contract.yaml_source import Keys
from scripts.generate.contract_parts import ENCODERS, Parameter, Raw
from scripts.generate.examples.expressions import Examples
from scripts.generate.names import ARGUMENTS, python_name, text
from scripts.generate.places import Places
from scripts.generate.schema_types import MARK, SchemaTypes
from scripts.generate.schemas import Schemas, Unsupported

STYLES = {
    "path": ["simple"],
    "query": ["form", "spaceDelimited", "pipeDelimited", "deepObject"],
    "header": ["simple"],
}
# HTTP headers that a contract describes elsewhere; OpenAPI ignores parameters of these names.
IGNORED_HEADERS = {"accept", "content-type", "authorization"}


class Parameters:
    """Reads the parameters of operations."""

    def __init__(self, places: Places, schemas: Schemas, types: SchemaTypes, examples: Examples) -> None:
        self._places, self._schemas, self._types, self._examples = places, schemas, types, examples

    def of(self, operation: Operation) -> list[Parameter]:
        """Return the parameters of an operation, those of the path in its order."""
        raw = list(self._raw(operation))
        in_path = {one["name"]: operation.path.find(f"{{{one['name']}}}") for _, one in raw if one["in"] == "path"}
        if operation.path.count("{") != len(in_path) or -1 in in_path.values():
            raise Unsupported(operation.keys, "the variables of the path are not its parameters")
        places = list(STYLES)
        raw.sort(key=lambda one: (places.index(one[1]["in"]), in_path.get(one[1]["name"], 0)))
        found: dict[str, Parameter] = {}
        for keys, one in raw:
            name = python_name(one["name"], ARGUMENTS | found.keys())
            found[name] = self._parameter(name, keys, one, operation)
        return list(found.values())

    def props(self, operation: Operation) -> list[Any]:
        """Return the properties of openapi-python-client for the parameters."""
        return [self._parse(keys, one, operation)[1] for keys, one in self._raw(operation)]

    def _raw(self, operation: Operation) -> Iterator[tuple[Keys, Raw]]:
        """Yield the parameters of the operation and those of its path that it does not override."""
        found: dict[tuple[str, str], tuple[Keys, Raw]] = {}
        for base in (operation.keys[:-1], operation.keys):
            for keys, raw in self._places.items(*base, "parameters"):
                if raw["in"] not in STYLES:
                    raise Unsupported((*keys, "in"), f"parameters in a {raw['in']} are not supported")
                if not (raw["in"] == "header" and raw["name"].lower() in IGNORED_HEADERS):
                    found[raw["in"], raw["name"]] = keys, raw
        yield from found.values()

    def _parse(self, keys: Keys, raw: Raw, operation: Operation) -> tuple[str, Any]:
        """Return the style of a parameter and its property."""
        place = raw["in"]
        style = raw.get("style", STYLES[place][0])
        if style not in STYLES[place]:
            raise Unsupported((*keys, "style"), f"the style {style} is not supported in a {place}")
        if "content" in raw:
            media_type = next(iter(raw["content"]), "")
            if media_type != "application/json" or place == "path":
                raise Unsupported((*keys, "content"), f"a {place} parameter of the type {media_type} is not supported")
            keys, raw = (*keys, "content", media_type), {**raw["content"][media_type], "name": raw["name"]}
            style = "json"
        if "schema" not in raw:
            raise Unsupported(keys, "a parameter needs a schema")
        name = python_name(operation.id)
        return style, self._schemas.parse((*keys, "schema"), raw["schema"], raw["name"], name)

    def _parameter(self, name: str, keys: Keys, raw: Raw, operation: Operation) -> Parameter:
        style, prop = self._parse(keys, raw, operation)
        values = [one for one in getattr(prop, "inner_properties", ()) if not isinstance(one, NoneProperty)]
        if isinstance(prop, UnionProperty) and len(values) == 1:
            prop = values[0]  # None leaves the parameter out
        many = style != "json" and isinstance(prop, ListProperty)
        is_exploded = style == "form" and raw.get("explode", True)
        if many and is_exploded:
            style = "explode"
        item = prop.inner_property if many else prop
        if style == "json":
            annotation, encode = self._types.type_of(item, keys, sent=True), "json_value"
        elif style == "deepObject" or (
            style == "form" and raw.get("explode", True) and isinstance(item, ModelProperty)
        ):
            annotation, encode = self._object(item, keys), "properties"
        else:
            annotation, encode = self._scalar(item, (*keys, "schema"))
        pattern = "" if many or encode != "scalar" else self._pattern(keys, item)
        annotation = annotation.replace(MARK, "_models.")
        return Parameter(
            name=name,
            place=raw["in"],
            wire=raw["name"],
            type=f"_Sequence[{annotation}]" if many else annotation,
            encode="integer_or_match" if pattern else encode,
            style=style,
            many=many,
            required=raw.get("required", False),
            deprecated=raw.get("deprecated", False),
            description=text(raw.get("description")),
            example=self._examples.first(raw, prop),
            pattern=pattern,
        )

    def _pattern(self, keys: Keys, prop: Any) -> str:
        """Return the pattern of the strings that a parameter allows beside integers; empty if there is none."""
        if {type(one) for one in getattr(prop, "inner_properties", ())} != {IntProperty, StringProperty}:
            return ""
        whole = (*keys, "schema")
        members = [one for key in ("anyOf", "oneOf") for _, one in self._places.items(*whole, key)]
        patterns = [one["pattern"] for one in (*members, self._places.at(*whole)[1]) if "pattern" in one]
        # Before Python 3.12, an expression in an f-string has neither a backslash nor the quotes of the f-string.
        return patterns[0] if len(patterns) == 1 and not set(patterns[0]) & set("\\'\"") else ""

    def _scalar(self, prop: Any, keys: Keys) -> tuple[str, str]:
        """Return the type and the encoder of a value without parts. None is never sent: it leaves the parameter out."""
        members = [prop] if not isinstance(prop, UnionProperty) else prop.inner_properties
        types: dict[str, str] = {}
        for one in members:
            annotation = self._types.type_of(one, keys, sent=True)
            if isinstance(one, EnumProperty | ConstProperty) and annotation not in ENCODERS:
                types[annotation] = (
                    "integer" if annotation.startswith("_Literal[") and '"' not in annotation else "text"
                )
            elif annotation in ENCODERS:
                types[annotation] = ENCODERS[annotation]
            elif not isinstance(one, NoneProperty):
                raise Unsupported(keys, "a parameter of this type has no encoding in this style")
        if not types:
            raise Unsupported(keys, "a parameter that is always null cannot be sent")
        # An id that comes from a page or a file is a string of digits.
        annotations = ["int | str" if one == "int" and len(types) == 1 else one for one in types]
        return " | ".join(annotations), next(iter(types.values())) if len(set(types.values())) == 1 else "scalar"

    def _object(self, prop: Any, keys: Keys) -> str:
        if not isinstance(prop, ModelProperty):
            raise Unsupported(keys, "the style deepObject is for objects")
        if not self._schemas.is_map(prop):
            for one in self._schemas.properties(prop):
                self._scalar(one, (*keys, "schema"))
        return self._types.type_of(prop, keys, sent=True)
