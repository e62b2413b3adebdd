"""Schemas as Python types: annotations, models, enums and unions."""

import re
from dataclasses import replace
from typing import Any

from openapi_python_client import strings
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.enum_property import EnumProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty
from pydantic import BaseModel

from canvas_outcomes_contract.contract.yaml_source import Keys
from scripts.generate.contract_parts import SCALARS, Choice, Field, Model, in_order, words
from scripts.generate.names import MODEL_MEMBERS, limits, python_name, quoted, text
from scripts.generate.schemas import Schemas, Unsupported

MARK = "\0"  # before the name of a class of models.py: replaced by _models. in other modules


class SchemaTypes:
    """Returns the types of parsed schemas."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._choices: dict[tuple[str, ...], str] = {}
        self.sent: set[str] = set()
        self.received: set[str] = set()
        self.uploaded: set[str] = set()  # models that only a multipart body uses: their files are bytes

    def enums(self, used: list[Any]) -> list[Any]:
        names = {one.class_info.name for one in self._schemas.reachable(used) if isinstance(one, EnumProperty)}
        return [one for one in self._schemas.classes.values() if one.class_info.name in names and one.value_type is str]

    def models(self, used: list[Any]) -> list[Model]:
        names = self._schemas.models_in(used)
        found = [one for name, one in self._schemas.classes.items() if name in names]
        models = [self._model(one) for one in found if not self._schemas.map_values(one)]
        return in_order(models, set(self._choices.values()))

    @property
    def choices(self) -> list[Choice]:
        return [Choice(name, list(members)) for members, name in self._choices.items()]

    @property
    def places(self) -> dict[str, Keys]:
        """The places of the models by their class."""
        models = [one for one in self._schemas.classes.values() if isinstance(one, ModelProperty)]
        return {self.class_name(one): self._schemas.place_of(one) for one in models}

    def class_name(self, prop: Any) -> str:
        """Return the name of a class, with an underscore if models.py has one of that name already."""
        name = str(prop.class_info.name)
        aliases = {
            f"Any{one.class_info.name}" for one in self._schemas.classes.values() if isinstance(one, EnumProperty)
        }
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
                values = self._schemas.map_values(self._schemas.classes[prop.class_info.name])
                inner = self.type_of(values, keys, sent=sent, within=within) if values else ""
                annotation = f"dict[str, {inner}]" if values else f"{MARK}{self.class_name(prop)}"
        if annotation is None:
            raise Unsupported(keys, f"{type(prop).__name__} is not supported")
        return annotation

    def _union(self, prop: Any, keys: Keys, *, sent: bool, within: str) -> str:
        types = {self.type_of(one, keys, sent=sent, within=within): one for one in prop.inner_properties}
        if not types:
            raise Unsupported(keys, "there is no type")
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
        taken = {*map(self.class_name, self._schemas.classes.values()), *self._choices.values()}
        if plain not in self._choices:
            name = "Or".join(strings.ClassName(" ".join(re.findall(r"[A-Za-z0-9]+", one)), "") for one in plain)
            self._choices[plain] = f"{name}_" if name in taken else name
        return f"{MARK}{self._choices[plain]}{' | None' if 'None' in types else ''}"

    def _group(self, prop: Any, annotation: str) -> str:
        """Return the group of a type; msgspec cannot decode a union of two types of one group."""
        match prop:
            case ModelProperty():
                return annotation if prop.class_info.name in self._schemas.tags else "object"
            case ListProperty():
                return "array"
            case EnumProperty() | ConstProperty():
                raw = prop.value_type if isinstance(prop, EnumProperty) else type(prop.value.raw_value)
                return {str: "text", float: "int | float"}.get(raw, raw.__name__)
        return annotation if annotation in ("None", "bool", "int", "int | float") else "text"

    def _rank(self, prop: Any) -> tuple[int, int]:
        """Return the order in which the members of a choice are tried: the most specific ones first."""
        if isinstance(prop, ModelProperty):
            model = self._schemas.classes[prop.class_info.name]
            return 0, -len(model.required_properties or [])
        return (2 if isinstance(prop, StringProperty | EnumProperty) else 1), 0

    def _distinguish(self, models: list[Any], keys: Keys) -> None:
        """Refuse models whose values look alike. An earlier one needs a required property that a later one lacks."""
        whole = [self._schemas.classes[one.class_info.name] for one in models]
        for number, first in enumerate(whole):
            for second in whole[number + 1 :]:
                known = {str(one.name.get_untrusted_value()): one for one in self._schemas.properties(second)}
                for one in first.required_properties or []:
                    other = known.get(one.name.get_untrusted_value())
                    constants = [each.value.raw_value for each in (one, other) if isinstance(each, ConstProperty)]
                    if other is None or len(set(constants)) == 2:
                        break
                else:
                    names = f"{first.class_info.name} and {second.class_info.name}"
                    raise Unsupported(keys, f"{names} cannot be told apart by a required property. Add a discriminator")

    def fields(self, prop: Any) -> list[Field]:
        """Return the fields of a model, with those that it inherits and without its tag."""
        model, fields = self._schemas.classes[prop.class_info.name], list[Field]()
        keys, tag = self._schemas.place_of(model), self._schemas.tags.get(str(model.class_info.name))
        for one in self._schemas.properties(model):
            if tag is None or one.name.get_untrusted_value() != tag[0]:
                fields.append(self._field(one, model, keys, MODEL_MEMBERS | {field.name for field in fields}))
        return fields

    def _model(self, model: Any) -> Model:
        name, keys = str(model.class_info.name), self._schemas.place_of(model)
        if isinstance(model.data.additionalProperties, BaseModel) and self._schemas.properties(model):
            raise Unsupported(
                (*keys, "additionalProperties"), "a model has properties or a type for all others, not both"
            )
        tag, parent, fields = self._schemas.tags.get(name), self._schemas.parent_of(model), self.fields(model)
        inherited = {one.name: one for one in self._model(self._schemas.classes[parent]).fields} if parent else {}
        if any(one.type != inherited[one.name].type for one in fields if one.name in inherited):
            parent, inherited = None, {}  # a field of another type would not be a subclass's
        own = [
            replace(one, narrows=one.name in inherited and one.required and not inherited[one.name].required)
            for one in fields
            if one.name not in inherited
            or (inherited[one.name].required, inherited[one.name].read_only) != (one.required, one.read_only)
        ]
        containers = {"list", "_Sequence", "dict", "_Any", *self._schemas.classes, *self._choices.values()}
        return Model(
            name=self.class_name(model),
            description=text(model.description),
            parent=self.class_name(self._schemas.classes[parent]) if parent else None,
            fields=own,
            all_fields=fields,
            scalar=containers.isdisjoint(words(fields)),
            tag=tag,
        )

    def _field(self, prop: Any, model: Any, keys: Keys, taken: set[str]) -> Field:
        wire, name = prop.name.get_untrusted_value(), str(model.class_info.name)
        description = text(prop.description)
        if isinstance(prop, EnumProperty) and prop.value_type is str:
            description = f"{description.splitlines()[0] if description else ''} One of {prop.class_info.name}."
        definition = self._schemas.definition(model, wire)
        read_only = name in self.sent and self._schemas.has_flag(definition, "readOnly")
        write_only = name in self.received and self._schemas.has_flag(definition, "writeOnly")
        return Field(
            name=python_name(wire, taken),
            wire=wire,
            type=self.type_of(prop, (*keys, "properties", wire), sent=name in self.sent, within=name).replace(MARK, ""),
            required=prop.required and not write_only,
            description=" ".join([description, *limits(definition), "Never sent." if read_only else ""]).strip(),
            read_only=read_only,
        )
