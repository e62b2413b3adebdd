"""The schemas of a contract, parsed by openapi-python-client. Each keeps its place."""

import re
from collections.abc import Iterator
from typing import Any

from openapi_python_client import schema as oai
from openapi_python_client import strings
from openapi_python_client.config import Config
from openapi_python_client.parser.errors import ParseError
from openapi_python_client.parser.properties import Schemas as ParserSchemas
from openapi_python_client.parser.properties import build_schemas, property_from_data
from openapi_python_client.parser.properties.enum_property import EnumProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.schemas import Class
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.schema.ref import Ref
from openapi_python_client.schema.untrusted_string import UntrustedString
from pydantic import BaseModel

from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.yaml_source import Keys, walk
from scripts.generate.places import Places

ANY_CLASS = Class(strings.ClassName("Any", ""), strings.PythonIdentifier("any", ""))


class Unsupported(Exception):
    """The client cannot express this part of the contract."""

    def __init__(self, keys: Keys, reason: str) -> None:
        super().__init__(reason)
        self.keys = keys


class Schemas:
    """Parses schemas, and finds the models in them."""

    def __init__(self, contract: Contract, config: Config) -> None:
        self._contract, self._config, self._at = contract, config, Places(contract)
        self._places: dict[int, Keys] = {}
        self._read_objects: list[Any] = []  # kept, so that no id is used twice
        self._props: dict[Keys, Any] = {}
        keys: Keys = ("components", "schemas")
        raw = contract.document.get("components", {}).get("schemas", {})
        aliases = {name for name, value in raw.items() if "$ref" in value}
        self._aliases = {f"#/components/schemas/{name}": self._final(raw[name]["$ref"]) for name in aliases}
        components = {
            UntrustedString(name): self._read(raw[name], (*keys, name)) for name in raw if name not in aliases
        }
        self.tags = dict(self._read_tags())
        self._parsed = build_schemas(components=components, schemas=ParserSchemas(), config=config)
        for error in self._parsed.errors:
            raise self._refusal(error, keys)

    def parse(self, keys: Keys, raw: Any, name: str, parent: str) -> Any:
        """Return the property of openapi-python-client for the schema at the keys."""
        if keys not in self._props:
            prop, self._parsed = property_from_data(
                name=UntrustedString(name),
                required=True,
                data=self._read(raw, keys),
                schemas=self._parsed,
                parent_name=parent,
                config=self._config,
            )
            for error in [prop] if isinstance(prop, ParseError) else self._parsed.errors:
                raise self._refusal(error, keys)
            self._props[keys] = prop
        return self._props[keys]

    def _read(self, raw: Any, keys: Keys) -> Any:
        kind: type[BaseModel] = oai.Reference if isinstance(raw, dict) and "$ref" in raw else oai.Schema
        value = kind.model_validate(raw)
        self._read_objects.append(value)
        self._remember(value, keys)
        return value

    def _final(self, ref: str) -> str:
        """Return the last reference of a chain. openapi-python-client would make a class for each."""
        target = self._contract.follow(ref)
        return self._final(target["$ref"]) if isinstance(target, dict) and "$ref" in target else ref

    def _remember(self, value: Any, keys: Keys) -> None:
        if isinstance(value, oai.Reference):
            ref = value.ref.get_untrusted_value()
            value.ref = Ref(self._aliases.get(ref, ref))
        if isinstance(value, BaseModel):
            self._places[id(value)] = keys
            self._check_enum(value, keys)
            if isinstance(value, oai.Schema) and isinstance(value.type, list) and None in (value.enum or []):
                # openapi-python-client makes an enum for each type, and one more for null.
                types = [one for one in value.type if one != oai.DataType.NULL]
                value.type = types[0] if len(types) == 1 else value.type
            for name, info in type(value).model_fields.items():
                self._remember(getattr(value, name), (*keys, info.alias or name))
        elif isinstance(value, dict | list):
            for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
                self._remember(inner, (*keys, getattr(key, "get_untrusted_value", lambda key=key: key)()))

    @staticmethod
    def _check_enum(schema: BaseModel, keys: Keys) -> None:
        """Refuse values without a Python name of their own: openapi-python-client drops them or crashes."""
        values = [one for one in getattr(schema, "enum", None) or [] if isinstance(one, str)]
        varnames = (schema.model_extra or {}).get("x-enum-varnames", [])
        try:
            names = EnumProperty.values_from_list(
                values, Class(strings.ClassName("enum", ""), strings.PythonIdentifier("enum", "")), varnames
            )
        except ValueError:
            names = {}
        if len(names) < len(set(values)):
            raise Unsupported((*keys, "enum"), "two values have one name in Python. Name each in x-enum-varnames")

    def _refusal(self, error: ParseError, keys: Keys) -> Unsupported:
        """Refuse what openapi-python-client refuses, at the place of the object that it names."""
        schema = re.search(r"/components/schemas/(\S+?):?(?=\s|$)", f"{error.header} {error.detail or ''}")
        place = self._places.get(id(error.data)) or ((*keys, schema[1]) if schema else keys)
        while "Invalid property in union" in (error.detail or "") and (inner := self._error_in(error.data)):
            error, place = inner, self._places.get(id(inner.data), place)
        reason = f"{error.header} {error.detail or ''}".partition("Failure to process")[0]
        if found := re.search(r'duplicate models with name "(\w+)"', reason):
            return Unsupported(
                (*place, "title"), f"two models would be called {found[1]}. Give one of them another title"
            )
        if "the same python_name" in reason:
            return Unsupported(
                place, f"two properties have one name in Python: {self._namesakes(place) or 'rename one'}"
            )
        reason = re.sub(r"(Unable to parse|Problem creating) [^:]*: ?:?", "", reason)
        reason = re.sub(r"<\S+ object at \w+>", "…", " ".join(reason.split()))
        return Unsupported(place, f"openapi-python-client cannot parse this: {reason}")

    def _error_in(self, schema: Any) -> ParseError | None:
        """Return the error of one member of a union; the error of the union does not name it."""
        name = UntrustedString("member")
        prop, _ = property_from_data(name, True, schema, self._parsed, parent_name="", config=self._config)
        return prop if isinstance(prop, ParseError) else None

    def _namesakes(self, keys: Keys) -> str:
        names: dict[str, list[str]] = {}
        for name in self._at.at(*keys)[1].get("properties", {}):
            names.setdefault(strings.PythonIdentifier(name, "field_", skip_snake_case=True), []).append(name)
        return ", ".join(" and ".join(same) for same in names.values() if len(same) > 1)

    def _read_tags(self) -> Iterator[tuple[str, tuple[str, str]]]:
        """Yield the models that a discriminator distinguishes, each with the property and its value."""
        found: dict[str, tuple[str, str]] = {}
        for keys, node in walk(self._contract.document):
            if keys[-1:] != ("discriminator",) or not isinstance(node, dict) or "propertyName" not in node:
                continue
            _, schema = self._at.at(*keys[:-1])
            members = schema.get("oneOf") or schema.get("anyOf") or []
            refs = [one["$ref"] for one in members if "$ref" in one]
            if not refs or len(refs) < sum(one != {"type": "null"} for one in members):
                raise Unsupported(keys, "a discriminator needs oneOf with a $ref for each schema")
            values = {
                ref if "/" in ref else f"#/components/schemas/{ref}": v for v, ref in node.get("mapping", {}).items()
            }
            if len(values) < len(node.get("mapping", {})):
                raise Unsupported((*keys, "mapping"), "two values of the discriminator lead to one schema")
            for ref in refs:
                name, tag = self._class_of(ref), (node["propertyName"], values.get(ref, ref.rpartition("/")[2]))
                if found.setdefault(name, tag) != tag:
                    raise Unsupported(keys, f"{name} has another value in another discriminator")
                yield name, tag

    def _class_of(self, ref: str) -> str:
        title = self._contract.resolve({"$ref": ref}).get("title", self._final(ref).rpartition("/")[2])
        return str(strings.ClassName(title, "field_"))

    @property
    def classes(self) -> dict[str, Any]:
        return {str(name): one for name, one in self._parsed.classes_by_name.items()}

    def properties(self, model: Any) -> list[Any]:
        whole = self.classes[model.class_info.name]
        return [*(whole.required_properties or []), *(whole.optional_properties or [])]

    def map_values(self, model: Any) -> Any:
        """Return the schema of the values if the model has no properties of its own, None otherwise."""
        return None if model.required_properties or model.optional_properties else model.additional_properties

    def is_map(self, prop: Any) -> bool:
        return self.map_values(self.classes[prop.class_info.name]) is not None

    def required_of(self, prop: Any) -> int:
        return len(self.classes[prop.class_info.name].required_properties or [])

    def reachable(self, props: list[Any]) -> Iterator[Any]:
        waiting, seen = list(props), set[str]()
        while waiting:
            prop = waiting.pop(0)
            yield prop
            if isinstance(prop, ListProperty):
                waiting.append(prop.inner_property)
            elif isinstance(prop, UnionProperty):
                waiting.extend(prop.inner_properties)
            elif isinstance(prop, ModelProperty) and prop.class_info.name not in seen:
                seen.add(prop.class_info.name)
                model = self.classes[prop.class_info.name]
                waiting.extend(self.properties(model))
                waiting.extend([values] if (values := self.map_values(model)) else [])
                waiting.extend([self.classes[parent]] if (parent := self.parent_of(model)) else [])

    def models_in(self, props: list[Any]) -> set[str]:
        return {str(one.class_info.name) for one in self.reachable(props) if isinstance(one, ModelProperty)}

    def parent_of(self, model: Any) -> str | None:
        """Return the base class of a model: the first reference in its allOf. A model with a tag has none."""
        first = model.data.allOf[0] if model.data.allOf else None
        if first is None or not hasattr(first, "ref") or model.class_info.name in self.tags:
            return None
        parent = self._class_of(first.ref.get_untrusted_value())
        return None if parent in self.tags or self.map_values(self.classes[parent]) else parent

    def place_of(self, model: Any) -> Keys:
        return self._places.get(id(model.data), ())

    def raw(self, model: Any) -> Any:
        """Return a model as the contract defines it."""
        return self._at.at(*self.place_of(model))[1]

    def definition(self, model: Any, name: str) -> Any:
        """Return a property as the contract defines it, in the model or in a part of its allOf."""
        waiting = [self.raw(model)]
        for raw in waiting:
            if name in raw.get("properties", {}):
                return raw["properties"][name]
            waiting += map(self._contract.resolve, raw.get("allOf", []))
        return {}

    def has_flag(self, schema: Any, name: str) -> bool:
        """Return whether a schema, or one that it refers to, has a flag such as readOnly."""
        resolved = self._contract.resolve(schema)
        parts = [schema, resolved, *resolved.get("allOf", [])]
        return any(one.get(name) or (one is not schema and "$ref" in one and self.has_flag(one, name)) for one in parts)
