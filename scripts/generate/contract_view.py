"""The contract as the templates use it: models and methods, from openapi-python-client's parser and the contract."""

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

from canvas_outcomes_contract.contract.document import Contract, Operation
from scripts.generate.contract_parts import (
    ENCODINGS,
    SCALARS,
    Field,
    Method,
    Model,
    Parameter,
    Raw,
    error_name,
    in_order,
    limits,
    text,
    words,
)


class Unsupported(Exception):
    """The templates cannot express this part of the contract."""


class ContractView:
    """A parsed contract, shaped for the templates."""

    def __init__(self, contract: Contract, parsed: GeneratorData) -> None:
        self.contract = contract
        self._by_route = {(one.path, one.method.lower()): one for one in contract.operations.values()}
        self.endpoints = [
            endpoint for group in parsed.endpoint_collections_by_tag.values() for endpoint in group.endpoints
        ]
        self._models: dict[str, Any] = {str(model.class_info.name): model for model in parsed.models}
        sent = [body.prop for endpoint in self.endpoints for body in self._bodies(endpoint)[:1]]
        received = [response.prop for endpoint in self.endpoints for response in endpoint.responses]
        parameters = [prop for endpoint in self.endpoints for _, prop in endpoint.iter_all_parameters()]
        self._sent = {prop.class_info.name for prop in self._reachable(sent) if isinstance(prop, ModelProperty)}
        reachable = list(self._reachable([*sent, *received, *parameters]))
        used = {prop.class_info.name for prop in reachable if isinstance(prop, ModelProperty | EnumProperty)}
        self.models = in_order(
            [self._model(m) for name, m in self._models.items() if name in used and not self._map(m)]
        )
        self.enums = [enum for enum in parsed.enums if enum.class_info.name in used and enum.value_type is str]
        self.model_names = {model.name for model in self.models}
        self.error_models = self._error_models()
        self.operations = [self._method(endpoint) for endpoint in self.endpoints]

    @property
    def errors(self) -> dict[str, tuple[str, list[str]]]:
        """The documented statuses from 300 on: the name of the error, and its descriptions in the contract."""
        found: dict[str, list[str]] = {"429": [], "5XX": []}  # the runtime needs these even if undocumented
        for endpoint in self.endpoints:
            for status, description in self._failures(endpoint):
                found.setdefault(status, [])
                if description not in found[status]:
                    found[status].append(description)
        return {status: (error_name(status), found[status]) for status in sorted(found)}

    @property
    def encoders(self) -> set[str]:
        """The functions of the module _encoding that the parameters need."""
        return {one.encode for each in self.operations for one in (*each.path_parameters, *each.query_parameters)}

    def type_of(self, prop: Any, *, sent: bool = False) -> str:
        """Return the annotation of a property. An array is a Sequence if it is sent, and a list if it is received."""
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
                values = self._map(self._models[prop.class_info.name])
                return f"dict[str, {self.type_of(values, sent=sent)}]" if values else prop.class_info.name
        raise Unsupported(f"{prop.name.get_untrusted_value()} is a {type(prop).__name__}")

    def _map(self, model: Any) -> Any:
        """Return the schema of the values if the model has no properties of its own, None otherwise."""
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
        """Return the base class of a model: the first reference in its allOf."""
        first = model.data.allOf[0] if model.data.allOf else None
        if first is None or not hasattr(first, "ref"):
            return None
        ref = first.ref.get_untrusted_value()
        title = self.contract.resolve({"$ref": ref}).get("title", ref.rpartition("/")[2])
        return str(strings.ClassName(title, "field_"))

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
        return Model(name, text(model.description), parent, own, scalar=containers.isdisjoint(words(fields)))

    def _field(self, prop: Any, model: Any) -> Field:
        schemas = [model.data, *(part for part in model.data.allOf if hasattr(part, "properties"))]
        schema = next((s.properties[prop.name] for s in schemas if s.properties and prop.name in s.properties), None)
        description = text(prop.description)
        if isinstance(prop, EnumProperty) and prop.value_type is str:
            description = f"{description.splitlines()[0] if description else ''} One of {prop.class_info.name}."
        return Field(
            name=str(prop.python_name),
            wire=prop.name.get_untrusted_value(),
            type=self.type_of(prop, sent=model.class_info.name in self._sent),
            required=prop.required,
            description=" ".join([description, *limits(schema)]).strip(),
        )

    def _bodies(self, endpoint: Endpoint) -> list[Any]:
        """Return the bodies, JSON first: its schema is the public model, and a form is another encoding of it."""
        return sorted(endpoint.bodies, key=lambda body: "json" not in body.content_type.get_untrusted_value())

    def _operation(self, endpoint: Endpoint) -> Operation:
        return self._by_route[endpoint.path.get_untrusted_value(), endpoint.method]

    def _failures(self, endpoint: Endpoint) -> Iterator[tuple[str, str]]:
        for status, response in self._operation(endpoint).definition["responses"].items():
            if status[0] in "345":
                yield status, text(self.contract.resolve(response).get("description"))

    def _error_models(self) -> list[str]:
        return self._ordered(
            [a.prop for e in self.endpoints for a in e.responses if a.status_code.pattern[0] not in "12"]
        )

    def _ordered(self, props: list[Any]) -> list[str]:
        """Return the models with the most required fields first: one with fewer would decode their bodies too."""
        flat = [inner for prop in props for inner in getattr(prop, "inner_properties", [prop])]
        names = dict.fromkeys(p.class_info.name for p in flat if isinstance(p, ModelProperty) and not self._map(p))
        return sorted(names, key=lambda name: -len(self._models[name].required_properties or []))

    def _returns(self, endpoint: Endpoint) -> str:
        successes = [response for response in endpoint.responses if response.status_code.pattern[0] == "2"]
        types = {"None" if one.source["return_type"] == "None" else self.type_of(one.prop) for one in successes}
        if len(types) != 1 or any(one.source["return_type"] not in ("Any", "None") for one in successes):
            raise Unsupported(f"{endpoint.name} has not one JSON body for its 2XX responses")
        return types.pop()

    def _method(self, endpoint: Endpoint) -> Method:
        operation, bodies = self._operation(endpoint), self._bodies(endpoint)
        raw, request_body = operation.definition, self.contract.resolve(operation.definition.get("requestBody", {}))
        content = request_body.get("content", {})
        if endpoint.header_parameters or endpoint.cookie_parameters:
            raise Unsupported(f"{endpoint.name} has parameters in headers or cookies")
        if unknown := [media_type for media_type in content if media_type not in ENCODINGS]:
            raise Unsupported(f"{endpoint.name} has a body of the type {unknown[0]}")
        forms = [media["schema"] for media_type, media in content.items() if ENCODINGS[media_type] != "json"]
        descriptions = {one["name"]: text(one.get("description")) for one in self.contract.parameters(operation)}
        return Method(
            name=str(endpoint.name),
            method=operation.method,
            path=operation.path,
            summary=text(raw.get("summary")) or f"{operation.method} {operation.path}",
            description=text(raw.get("description")),
            path_parameters=[self._parameter(prop, descriptions, "segment") for prop in endpoint.path_parameters],
            query_parameters=[self._parameter(prop, descriptions, "text") for prop in endpoint.query_parameters],
            body=self.type_of(bodies[0].prop, sent=True) if bodies else None,
            body_required=request_body.get("required", False),
            body_description=text(request_body.get("description")),
            encodings=[ENCODINGS[body.content_type.get_untrusted_value()] for body in bodies],
            form=self._form(forms[0]) if forms else None,
            returns=self._returns(endpoint),
            error_bodies={
                response.status_code.pattern.removesuffix("XX"): names
                for response in endpoint.responses
                if response.status_code.pattern[0] in "345" and (names := self._ordered([response.prop]))
            },
            errors=[(error_name(status), description) for status, description in self._failures(endpoint)],
            requires_one_of=[str(strings.PythonIdentifier(n, "field_")) for n in raw.get("x-requires-one-of", [])],
            scopes=sorted({scope for need in raw.get("security", []) for scopes in need.values() for scope in scopes}),
        )

    def _parameter(self, prop: Any, descriptions: dict[str, str], encode_text: str) -> Parameter:
        many = isinstance(prop, ListProperty)
        item = prop.inner_property if many else prop
        item_type = self.type_of(item, sent=True)
        encode = {"int": "integer", "bool": "boolean", "int | float": "number"}.get(item_type, encode_text)
        wire = prop.name.get_untrusted_value()
        if encode == encode_text and not (item_type == "str" or isinstance(item, EnumProperty)):
            raise Unsupported(f"the parameter {wire} is {item_type}")
        # An id that comes from a page or a file is a string of digits.
        item_type = "int | str" if item_type == "int" else item_type
        return Parameter(
            name=f"{prop.python_name}_"
            if prop.python_name in ("body", "encoding", "timeout")
            else str(prop.python_name),
            wire=wire,
            key=quote(wire, safe=""),
            type=f"Sequence[{item_type}]" if many else item_type,
            encode=encode,
            many=many,
            required=prop.required,
            description=descriptions.get(wire, ""),
        )

    def _form(self, schema: Raw) -> Raw:
        """Return the fields of a form, each with the keys of its items if it is a list of objects."""
        resolve, fields = self.contract.resolve, {}
        for name, value in resolve(schema).get("properties", {}).items():
            items = resolve(resolve(value).get("items", {}))
            fields[name] = list(items["properties"]) if "properties" in items else None
        return fields
