"""What the templates see of a contract: its models and operations, from the generator's parser and the raw text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from openapi_python_client import strings
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties.enum_property import EnumProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.union import UnionProperty

from scripts.generate.contract_parts import (
    ENCODINGS,
    SCALARS,
    Field,
    Model,
    Operation,
    Parameter,
    Raw,
    error_name,
    in_order,
    limits,
    text,
    words,
)


class Unsupported(Exception):
    """The contract says something that the templates cannot put into code."""


class ContractView:
    """One parsed contract, shaped for the templates."""

    def __init__(self, raw: Raw, parsed: GeneratorData) -> None:
        self.raw = raw
        self.endpoints = [
            endpoint for group in parsed.endpoint_collections_by_tag.values() for endpoint in group.endpoints
        ]
        self._models: dict[str, Any] = {str(model.class_info.name): model for model in parsed.models}
        self._enums = {enum.class_info.name: enum for enum in parsed.enums}
        sent = [body.prop for endpoint in self.endpoints for body in self._bodies(endpoint)[:1]]
        answered = [answer.prop for endpoint in self.endpoints for answer in endpoint.responses]
        asked = [prop for endpoint in self.endpoints for _, prop in endpoint.iter_all_parameters()]
        self._sent = {prop.class_info.name for prop in self._reachable(sent) if isinstance(prop, ModelProperty)}
        named = list(self._reachable([*sent, *answered, *asked]))
        used = {prop.class_info.name for prop in named if isinstance(prop, ModelProperty | EnumProperty)}
        self.models = in_order(
            [self._model(m) for name, m in self._models.items() if name in used and not self._map(m)]
        )
        self.enums = [enum for name, enum in self._enums.items() if name in used and enum.value_type is str]
        self.model_names = {model.name for model in self.models}
        self.error_models = self._error_models()
        self.operations = [self._operation(endpoint) for endpoint in self.endpoints]

    @property
    def errors(self) -> dict[str, tuple[str, list[str]]]:
        """Every documented status above 299: the name of its error and what the contract says about it."""
        found: dict[str, list[str]] = {"429": [], "5XX": []}  # the runtime knows these, documented or not
        for endpoint in self.endpoints:
            for status, reason in self._failures(endpoint):
                found.setdefault(status, [])
                if reason not in found[status]:
                    found[status].append(reason)
        return {status: (error_name(status), found[status]) for status in sorted(found)}

    @property
    def encoders(self) -> set[str]:
        """What writes the parameters: names of functions of the module _encoding."""
        return {one.encode for each in self.operations for one in (*each.path_parameters, *each.query_parameters)}

    def resolve(self, node: Raw) -> Raw:
        while "$ref" in node:
            target: Any = self.raw
            for key in node["$ref"].removeprefix("#/").split("/"):
                target = target[key.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def type_of(self, prop: Any, *, sent: bool = False) -> str:
        """The annotation for a property; what is sent takes any sequence, what is answered is a list."""
        if type(prop) in SCALARS:
            return SCALARS[type(prop)]
        match prop:
            case ListProperty():
                return f"{'Sequence' if sent else 'list'}[{self.type_of(prop.inner_property, sent=sent)}]"
            case UnionProperty():
                members = list(dict.fromkeys(self.type_of(inner, sent=sent) for inner in prop.inner_properties))
                if sum(member in self._models for member in members) > 1:
                    raise Unsupported(
                        f"{prop.name.get_untrusted_value()} is one of several objects ({', '.join(members)})"
                    )
                return " | ".join(sorted(members, key=lambda member: member == "None"))
            case EnumProperty():
                return f"Any{prop.class_info.name}" if prop.value_type is str else "int"
            case ModelProperty():
                model = self._models[prop.class_info.name]
                values = self._map(model)
                return f"dict[str, {self.type_of(values, sent=sent)}]" if values else prop.class_info.name
        raise Unsupported(f"{prop.name.get_untrusted_value()} is a {type(prop).__name__}")

    def _map(self, model: Any) -> Any:
        """What the values of a pure map are, None for an object with properties."""
        return None if model.required_properties or model.optional_properties else model.additional_properties

    def _reachable(self, props: list[Any]) -> Iterator[Any]:
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
                model = self._models[prop.class_info.name]
                waiting.extend([*(model.required_properties or []), *(model.optional_properties or [])])
                waiting.extend([values] if (values := self._map(model)) else [])
                waiting.extend([self._models[parent]] if (parent := self._parent(model)) else [])

    def _parent(self, model: Any) -> str | None:
        """The model that a model inherits from: the one that its allOf begins with."""
        first = model.data.allOf[0] if model.data.allOf else None
        if first is None or not hasattr(first, "ref"):
            return None
        schema = self.resolve({"$ref": first.ref.get_untrusted_value()})
        key = first.ref.get_untrusted_value().rsplit("/", 1)[1]
        return str(strings.ClassName(schema.get("title", key), "field_"))

    def _model(self, model: Any) -> Model:
        name, parent = model.class_info.name, self._parent(model)
        fields = [self._field(prop, model) for prop in [*model.required_properties, *model.optional_properties]]
        inherited = self._model(self._models[parent]).fields if parent else []
        known = {(one.name, one.type, one.required) for one in inherited}
        loose = {one.name for one in inherited if not one.required}
        own = [
            replace(one, narrows=one.required and one.name in loose)
            for one in fields
            if (one.name, one.type, one.required) not in known
        ]
        containers = {"list", "Sequence", "dict", "Any", *self._models}
        scalar = containers.isdisjoint(words(fields))
        return Model(name, text(model.description), parent, own, scalar)

    def _field(self, prop: Any, model: Any) -> Field:
        schemas = [model.data, *(part for part in model.data.allOf if hasattr(part, "properties"))]
        wire = prop.name.get_untrusted_value()
        schema = next((s.properties[prop.name] for s in schemas if s.properties and prop.name in s.properties), None)
        said = text(prop.description)
        if isinstance(prop, EnumProperty) and prop.value_type is str:
            said = f"{said.splitlines()[0] if said else ''} One of {prop.class_info.name}."
        description = " ".join([said, *limits(schema)]).strip()
        sent = model.class_info.name in self._sent
        return Field(str(prop.python_name), wire, self.type_of(prop, sent=sent), prop.required, description)

    def _bodies(self, endpoint: Endpoint) -> list[Any]:
        """The bodies of an operation, JSON first: its schema is the public model, a form only words it differently."""
        return sorted(endpoint.bodies, key=lambda body: "json" not in body.content_type.get_untrusted_value())

    def _failures(self, endpoint: Endpoint) -> Iterator[tuple[str, str]]:
        for status, answer in self._raw(endpoint)["responses"].items():
            if status[0] in "345":
                yield status, text(self.resolve(answer).get("description"))

    def _error_models(self) -> list[str]:
        """The bodies of errors, those that require most first: a less demanding one would accept them too."""
        return self._ordered(
            [a.prop for e in self.endpoints for a in e.responses if a.status_code.pattern[0] not in "12"]
        )

    def _ordered(self, props: list[Any]) -> list[str]:
        flat = [inner for prop in props for inner in getattr(prop, "inner_properties", [prop])]
        names = dict.fromkeys(p.class_info.name for p in flat if isinstance(p, ModelProperty) and not self._map(p))
        return sorted(names, key=lambda name: -len(self._models[name].required_properties or []))

    def _raw(self, endpoint: Endpoint) -> Raw:
        operation: Raw = self.raw["paths"][endpoint.path.get_untrusted_value()][endpoint.method]
        return operation

    def _returns(self, endpoint: Endpoint) -> str:
        good = [answer for answer in endpoint.responses if answer.status_code.pattern[0] == "2"]
        types = {"None" if a.source["return_type"] == "None" else self.type_of(a.prop) for a in good}
        if len(types) != 1 or any(answer.source["return_type"] not in ("Any", "None") for answer in good):
            raise Unsupported(f"{endpoint.name} has not one JSON body for its 2XX answers")
        return types.pop()

    def _operation(self, endpoint: Endpoint) -> Operation:
        raw, path = self._raw(endpoint), endpoint.path.get_untrusted_value()
        if endpoint.header_parameters or endpoint.cookie_parameters:
            raise Unsupported(f"{endpoint.name} has parameters in headers or cookies")
        bodies = self._bodies(endpoint)
        content = self.resolve(raw.get("requestBody", {})).get("content", {})
        forms = [media["schema"] for kind, media in content.items() if ENCODINGS.get(kind) in ("form", "multipart")]
        unknown = [kind for kind in content if kind not in ENCODINGS]
        if unknown:
            raise Unsupported(f"{endpoint.name} has a body of the type {unknown[0]}")
        described = {
            p["name"]: text(p.get("description"))
            for p in map(self.resolve, [*raw.get("parameters", []), *self.raw["paths"][path].get("parameters", [])])
        }
        return Operation(
            name=str(endpoint.name),
            method=endpoint.method.upper(),
            path=path,
            summary=text(raw.get("summary")) or f"{endpoint.method.upper()} {path}",
            description=text(raw.get("description")),
            path_parameters=[self._parameter(prop, described, "segment") for prop in endpoint.path_parameters],
            query_parameters=[self._parameter(prop, described, "text") for prop in endpoint.query_parameters],
            body=self.type_of(bodies[0].prop, sent=True) if bodies else None,
            body_required=self.resolve(raw.get("requestBody", {})).get("required", False),
            body_description=text(self.resolve(raw.get("requestBody", {})).get("description")),
            encodings=[ENCODINGS[body.content_type.get_untrusted_value()] for body in bodies],
            form=self._form(forms[0]) if forms else None,
            returns=self._returns(endpoint),
            error_bodies={
                answer.status_code.pattern.removesuffix("XX"): names
                for answer in endpoint.responses
                if answer.status_code.pattern[0] in "345" and (names := self._ordered([answer.prop]))
            },
            errors=[(error_name(status), description) for status, description in self._failures(endpoint)],
            requires_one_of=[str(strings.PythonIdentifier(n, "field_")) for n in raw.get("x-requires-one-of", [])],
            scopes=sorted({scope for need in raw.get("security", []) for scopes in need.values() for scope in scopes}),
        )

    def _parameter(self, prop: Any, described: dict[str, str], of_text: str) -> Parameter:
        many = isinstance(prop, ListProperty)
        item = prop.inner_property if many else prop
        encoders = {"int": "integer", "bool": "boolean", "int | float": "number"}
        kind = self.type_of(item, sent=True)
        encode = encoders.get(kind, of_text)
        if encode == of_text and not (kind == "str" or isinstance(item, EnumProperty)):
            raise Unsupported(f"the parameter {prop.name.get_untrusted_value()} is {kind}")
        # An id read from a page or a file is text; digits are as good as a number.
        kind = "int | str" if kind == "int" else kind
        wire = prop.name.get_untrusted_value()
        name = f"{prop.python_name}_" if prop.python_name in ("body", "encoding", "timeout") else str(prop.python_name)
        wanted = f"Sequence[{kind}]" if many else kind
        return Parameter(name, wire, quote(wire, safe=""), wanted, encode, many, prop.required, described.get(wire, ""))

    def _form(self, schema: Raw) -> Raw:
        """The fields that a form can say; under a field with rows, the keys of a row."""
        fields: Raw = {}
        for name, value in self.resolve(schema).get("properties", {}).items():
            items = self.resolve(self.resolve(value).get("items", {}))
            fields[name] = list(items["properties"]) if "properties" in items else None
        return fields
