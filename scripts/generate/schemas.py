"""The schemas of a contract as Python types. openapi-python-client parses them, and each keeps its place."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from openapi_python_client import schema as oai
from openapi_python_client import strings
from openapi_python_client.config import Config
from openapi_python_client.parser.errors import ParseError
from openapi_python_client.parser.properties import Schemas, build_schemas, property_from_data
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.enum_property import EnumProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.schema.ref import Ref
from openapi_python_client.schema.untrusted_string import UntrustedString
from pydantic import BaseModel

from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.yaml_source import Keys, walk
from scripts.generate.contract_parts import (
    SCALARS,
    Choice,
    Field,
    Model,
    in_order,
    limits,
    python_name,
    quoted,
    text,
    words,
)
from scripts.generate.places import Places

MARK = "\0"  # before the name of a class of models.py: replaced by _models. in other modules


class Unsupported(Exception):
    """The client cannot express this part of the contract."""

    def __init__(self, keys: Keys, reason: str) -> None:
        super().__init__(reason)
        self.keys = keys


class SchemaTypes:
    """Parses schemas and returns their types, models and enums."""

    def __init__(self, contract: Contract, config: Config) -> None:
        self._contract, self._config = contract, config
        self._places: dict[int, Keys] = {}
        self._read_objects: list[Any] = []  # kept, so that no id is used twice
        self._props: dict[Keys, Any] = {}
        self._choices: dict[tuple[str, ...], str] = {}
        self.sent: set[str] = set()
        self.received: set[str] = set()
        self.uploaded: set[str] = set()  # models that only a multipart body uses: their files are bytes
        keys: Keys = ("components", "schemas")
        raw = contract.document.get("components", {}).get("schemas", {})
        aliases = {name for name, value in raw.items() if "$ref" in value}
        self._aliases = {f"#/components/schemas/{name}": self._final(raw[name]["$ref"]) for name in aliases}
        components = {
            UntrustedString(name): self._read(raw[name], (*keys, name)) for name in raw if name not in aliases
        }
        self._tags = dict(self._read_tags())
        self._parsed = build_schemas(components=components, schemas=Schemas(), config=config)
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
            for name, info in type(value).model_fields.items():
                self._remember(getattr(value, name), (*keys, info.alias or name))
        elif isinstance(value, dict | list):
            for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
                self._remember(inner, (*keys, getattr(key, "get_untrusted_value", lambda key=key: key)()))

    def _refusal(self, error: ParseError, keys: Keys) -> Unsupported:
        """Refuse what openapi-python-client refuses, at the place of the object that it names."""
        reason = f"{error.header} {error.detail or ''}".partition("Failure to process")[0]
        if found := re.search(r'duplicate models with name "(\w+)"', reason):
            reason = f"two models would be called {found[1]}. Give one of them another title"
        schema = re.search(r"/components/schemas/(\S+?):?(?=\s|$)", reason)
        place = self._places.get(id(error.data)) or ((*keys, schema[1]) if schema else keys)
        if found:
            place = (*place, "title")
        reason = re.sub(r"(Unable to parse|Problem creating) [^:]*: ?:?", "", reason)
        reason = re.sub(r"<\S+ object at \w+>", "…", " ".join(reason.split()))
        return Unsupported(place, f"openapi-python-client cannot parse this: {reason}" if not found else reason)

    def _read_tags(self) -> Iterator[tuple[str, tuple[str, str]]]:
        """Yield the models that a discriminator distinguishes, each with the property and its value."""
        found: dict[str, tuple[str, str]] = {}
        for keys, node in walk(self._contract.document):
            if keys[-1:] != ("discriminator",) or not isinstance(node, dict) or "propertyName" not in node:
                continue
            _, schema = Places(self._contract).at(*keys[:-1])
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
    def _all(self) -> dict[str, Any]:
        return {str(name): one for name, one in self._parsed.classes_by_name.items()}

    def enums(self, used: list[Any]) -> list[Any]:
        names = {one.class_info.name for one in self.reachable(used) if isinstance(one, EnumProperty)}
        return [one for one in self._all.values() if one.class_info.name in names and one.value_type is str]

    def models(self, used: list[Any]) -> list[Model]:
        names = self.models_in(used)
        found = [self._model(one) for name, one in self._all.items() if name in names and not self._map(one)]
        return in_order(found, set(self._choices.values()))

    @property
    def choices(self) -> list[Choice]:
        return [Choice(name, list(members)) for members, name in self._choices.items()]

    @property
    def places(self) -> dict[str, Keys]:
        """The places of the models by their class."""
        models = [one for one in self._all.values() if isinstance(one, ModelProperty)]
        return {self.class_name(one): self._places.get(id(one.data), ()) for one in models}

    def class_name(self, prop: Any) -> str:
        """Return the name of a class, with an underscore if models.py has one of that name already."""
        name = str(prop.class_info.name)
        aliases = {f"Any{one.class_info.name}" for one in self._all.values() if isinstance(one, EnumProperty)}
        return f"{name}_" if name in {"UNSET", "UnsetType", "ErrorBody", *aliases} else name

    def type_of(self, prop: Any, keys: Keys, *, sent: bool = False, within: str = "") -> str:
        """Return the annotation of a property. An array is a Sequence if it is sent, and a list if it is received."""
        annotation = SCALARS.get(type(prop))
        match prop:
            case ListProperty():
                inner = self.type_of(prop.inner_property, keys, sent=sent, within=within)
                annotation = f"{'_Sequence' if sent else 'list'}[{inner}]"
            case UnionProperty():
                annotation = self._union(prop, keys, sent=sent, within=within)
            case EnumProperty():
                annotation = f"{MARK}Any{self.class_name(prop)}" if prop.value_type is str else "int"
            case ConstProperty(value=constant):
                value = constant.raw_value
                literal = f"_Literal[{quoted(value) if isinstance(value, str) else value}]"
                annotation = {bool: "bool", float: "int | float"}.get(type(value), literal)
            case FileProperty():
                annotation = "bytes | tuple[str, bytes]" if within in self.uploaded else "str"
            case ModelProperty():
                values = self._map(self._all[prop.class_info.name])
                inner = self.type_of(values, keys, sent=sent, within=within) if values else ""
                annotation = f"dict[str, {inner}]" if values else f"{MARK}{self.class_name(prop)}"
        if annotation is None:
            raise Unsupported(keys, f"{type(prop).__name__} is not supported")
        return annotation

    def _union(self, prop: Any, keys: Keys, *, sent: bool, within: str) -> str:
        types = {self.type_of(one, keys, sent=sent, within=within): one for one in prop.inner_properties}
        members = sorted(types, key=lambda one: one == "None")
        groups = [self._group(one, name) for name, one in types.items()]
        mixed = "object" in groups and any(group.startswith(MARK) for group in groups)
        if "_Any" in types:
            return "_Any"
        if len(set(groups)) == len(groups) and not mixed:
            return " | ".join(members)
        options = sorted((one for one in members if one != "None"), key=lambda one: self._rank(types[one]))
        self._distinguish([one for name in options if isinstance(one := types[name], ModelProperty)], keys)
        plain = tuple(one.replace(MARK, "") for one in options)
        taken = {*map(self.class_name, self._all.values()), *self._choices.values()}
        if plain not in self._choices:
            name = "Or".join(strings.ClassName(" ".join(re.findall(r"[A-Za-z0-9]+", one)), "") for one in plain)
            self._choices[plain] = f"{name}_" if name in taken else name
        return f"{MARK}{self._choices[plain]}{' | None' if 'None' in types else ''}"

    def _group(self, prop: Any, annotation: str) -> str:
        """Return the group of a type; msgspec cannot decode a union of two types of one group."""
        match prop:
            case ModelProperty():
                return annotation if prop.class_info.name in self._tags else "object"
            case ListProperty():
                return "array"
            case EnumProperty() | ConstProperty():
                raw = prop.value_type if isinstance(prop, EnumProperty) else type(prop.value.raw_value)
                return {str: "text", float: "int | float"}.get(raw, raw.__name__)
        return annotation if annotation in ("None", "bool", "int", "int | float") else "text"

    def _rank(self, prop: Any) -> tuple[int, int]:
        """Return the order in which the members of a choice are tried: the most specific ones first."""
        if isinstance(prop, ModelProperty):
            model = self._all[prop.class_info.name]
            return 0, -len(model.required_properties or [])
        return (2 if isinstance(prop, StringProperty | EnumProperty) else 1), 0

    def _distinguish(self, models: list[Any], keys: Keys) -> None:
        """Refuse models whose values look alike. An earlier one needs a required property that a later one lacks."""
        whole = [self._all[one.class_info.name] for one in models]
        for number, first in enumerate(whole):
            for second in whole[number + 1 :]:
                known = {str(one.name.get_untrusted_value()): one for one in self.properties(second)}
                for one in first.required_properties or []:
                    other = known.get(one.name.get_untrusted_value())
                    constants = [each.value.raw_value for each in (one, other) if isinstance(each, ConstProperty)]
                    if other is None or len(set(constants)) == 2:
                        break
                else:
                    names = f"{first.class_info.name} and {second.class_info.name}"
                    raise Unsupported(keys, f"{names} cannot be told apart by a required property. Add a discriminator")

    def properties(self, model: Any) -> list[Any]:
        whole = self._all[model.class_info.name]
        return [*(whole.required_properties or []), *(whole.optional_properties or [])]

    def _map(self, model: Any) -> Any:
        """Return the schema of the values if the model has no properties of its own, None otherwise."""
        return None if model.required_properties or model.optional_properties else model.additional_properties

    def is_map(self, prop: Any) -> bool:
        return self._map(self._all[prop.class_info.name]) is not None

    def required_of(self, prop: Any) -> int:
        return len(self._all[prop.class_info.name].required_properties or [])

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
                model = self._all[prop.class_info.name]
                waiting.extend(self.properties(model))
                waiting.extend([values] if (values := self._map(model)) else [])
                waiting.extend([self._all[parent]] if (parent := self._parent(model)) else [])

    def models_in(self, props: list[Any]) -> set[str]:
        return {str(one.class_info.name) for one in self.reachable(props) if isinstance(one, ModelProperty)}

    def _parent(self, model: Any) -> str | None:
        """Return the base class of a model: the first reference in its allOf. A model with a tag has none."""
        first = model.data.allOf[0] if model.data.allOf else None
        if first is None or not hasattr(first, "ref") or model.class_info.name in self._tags:
            return None
        parent = self._class_of(first.ref.get_untrusted_value())
        return None if parent in self._tags or self._map(self._all[parent]) else parent

    def _model(self, model: Any) -> Model:
        name, keys = str(model.class_info.name), self._places.get(id(model.data), ())
        if isinstance(model.data.additionalProperties, BaseModel) and self.properties(model):
            raise Unsupported(
                (*keys, "additionalProperties"), "a model has properties or a type for all others, not both"
            )
        tag, parent = self._tags.get(name), self._parent(model)
        fields: list[Field] = []
        for prop in self.properties(model):
            if tag is None or prop.name.get_untrusted_value() != tag[0]:
                fields.append(self._field(prop, model, keys, {one.name for one in fields}))
        inherited = {one.name: one for one in self._model(self._all[parent]).fields} if parent else {}
        if any(one.type != inherited[one.name].type for one in fields if one.name in inherited):
            parent, inherited = None, {}  # a field of another type would not be a subclass's
        own = [
            replace(one, narrows=one.name in inherited and one.required and not inherited[one.name].required)
            for one in fields
            if one.name not in inherited or inherited[one.name].required != one.required
        ]
        containers = {"list", "_Sequence", "dict", "_Any", *self._all, *self._choices.values()}
        return Model(
            name=self.class_name(model),
            description=text(model.description),
            parent=self.class_name(self._all[parent]) if parent else None,
            fields=own,
            scalar=containers.isdisjoint(words(fields)),
            tag=tag,
        )

    def _field(self, prop: Any, model: Any, keys: Keys, taken: set[str]) -> Field:
        schemas = [model.data, *(part for part in model.data.allOf if hasattr(part, "properties"))]
        schema = next((s.properties[prop.name] for s in schemas if s.properties and prop.name in s.properties), None)
        wire, name = prop.name.get_untrusted_value(), str(model.class_info.name)
        description = text(prop.description)
        if isinstance(prop, EnumProperty) and prop.value_type is str:
            description = f"{description.splitlines()[0] if description else ''} One of {prop.class_info.name}."
        # A model is sent and received with the same class, so a property of one direction is optional in the other.
        one_way = (getattr(schema, "readOnly", None) and name in self.sent) or (
            getattr(schema, "writeOnly", None) and name in self.received
        )
        return Field(
            name=python_name(wire, taken),
            wire=wire,
            type=self.type_of(prop, (*keys, "properties", wire), sent=name in self.sent, within=name).replace(MARK, ""),
            required=prop.required and not one_way,
            description=" ".join([description, *limits(schema)]).strip(),
        )
