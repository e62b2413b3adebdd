"""The contract as the templates use it: models and methods."""

import os
import re
from collections.abc import Iterator
from typing import Any

from openapi_python_client.config import Config
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.uuid import UuidProperty

from canvas_outcomes_contract.contract.document import Contract, Operation
from canvas_outcomes_contract.contract.yaml_source import Keys
from scripts.generate.bodies import Bodies, kind_of
from scripts.generate.contract_parts import Method
from scripts.generate.examples.expressions import Examples
from scripts.generate.examples.readme import Readme
from scripts.generate.names import MEMBERS, error_name, python_name, text
from scripts.generate.parameters import Parameters
from scripts.generate.places import Places
from scripts.generate.schema_types import SchemaTypes
from scripts.generate.schemas import Schemas, Unsupported


class ContractView:
    """A contract, shaped for the templates. Raises Unsupported for what they cannot express."""

    def __init__(self, contract: Contract, config: Config) -> None:
        self.contract = contract
        self._at = Places(contract)
        self._schemas = Schemas(contract, config)
        self._types = SchemaTypes(self._schemas)
        self._examples = Examples(contract, self._schemas, self._types)
        self._bodies = Bodies(self._at, self._schemas, self._types)
        self._parameters = Parameters(self._at, self._schemas, self._types, self._examples)
        operations = self._names(contract.operations.values())
        bodies = {one.id: self._bodies.requests(one) for one in operations.values()}
        # JSON comes first: its schema is the public model, and a form is another encoding of it.
        sent = [body[0][2] for body in bodies.values() if body and body[0][2]]
        responses = [response for one in operations.values() for response in self._bodies.responses(one)]
        received = [prop for _, _, _, prop in responses if prop]
        failed = [prop for status, _, _, prop in responses if prop and status[0] != "2"]
        parameters = [prop for one in operations.values() for prop in self._parameters.props(one)]
        used = [*sent, *received, *parameters]
        self._types.sent = self._schemas.models_in([*sent, *parameters])
        self._types.received = self._schemas.models_in(received)
        uploads = [prop for body in bodies.values() for kind, _, prop in body[:1] if kind == "multipart"]
        self._types.uploaded = self._schemas.models_in(uploads)
        self.operations = [self._method(name, one, bodies[one.id]) for name, one in operations.items()]
        self._types.models(used)  # finds the choices
        self.models = self._types.models(used)
        self.choices, self.enums = self._types.choices, self._types.enums(used)
        self.readme = Readme(contract, self.operations)
        self.example_values = self._examples.of_models([model.name for model in self.models])
        self.model_names = {model.name for model in self.models}
        self.error_models = self._ordered(failed)
        forms = [prop for body in bodies.values() for kind, _, prop in body if kind in ("form", "multipart")]
        self.form_values = set(self._form_values(forms))
        self.places: dict[str, Keys] = self._types.places
        for name, one in operations.items():
            self.places |= {name: one.keys, name.upper(): one.keys, f"{name}_pages": one.keys}

    @property
    def common_path(self) -> str:
        """The segments that every path begins with, such as /api/v1."""
        folders = [one.path.partition("{")[0].rpartition("/")[0] or "/" for one in self.operations]
        return os.path.commonpath(folders).rstrip("/")

    @property
    def has_pages(self) -> bool:
        return any(one.is_paginated for one in self.operations)

    @property
    def has_public(self) -> bool:
        """Whether an operation sends no token."""
        return any(one.auth is None for one in self.operations)

    @property
    def has_other_auth(self) -> bool:
        """Whether the token is not always in the Authorization header."""
        return any(one.auth != "Authorization" for one in self.operations)

    @property
    def token_headers(self) -> list[str]:
        """The other headers that carry the token, in lower case."""
        found = {one.auth.lower() for one in self.operations if one.auth is not None and not one.auth.startswith("?")}
        return sorted(found - {"authorization"})

    @property
    def has_headers(self) -> bool:
        """Whether an operation has headers of its own."""
        return any(one.accept or one.of("header") for one in self.operations)

    @property
    def has_read_only(self) -> bool:
        """Whether a field of a model that is sent is read-only."""
        return any(field.read_only for model in self.models for field in model.fields)

    @property
    def media(self) -> set[str]:
        """The kinds of bodies other than JSON."""
        return {one.media for one in self.operations} - {"json"}

    @property
    def has_successes(self) -> bool:
        return any(one.successes for one in self.operations)

    @property
    def has_default_errors(self) -> bool:
        return any("0" in one.error_bodies for one in self.operations)

    @property
    def has_forms(self) -> bool:
        return any(one.form for one in self.operations)

    @property
    def raw_bodies(self) -> bool:
        return any(one.media_type and one.encodings != ["json"] for one in self.operations)

    def _form_values(self, forms: list[Any]) -> Iterator[str]:
        """Yield the kinds of values in forms that need code of their own."""
        if any(isinstance(one, FileProperty) for one in self._schemas.reachable(forms)):
            yield "file"
        for form in forms:
            for one in self._schemas.reachable(self._schemas.properties(form)):
                if isinstance(one, DateProperty | DateTimeProperty | UuidProperty):
                    yield "date"
            for prop in self._schemas.properties(form):
                if any(isinstance(one, ModelProperty) for one in getattr(prop, "inner_properties", [prop])):
                    yield "object"

    def _names(self, operations: Any) -> dict[str, Operation]:
        found: dict[str, Operation] = {}
        for one in operations:
            name = python_name(one.id, MEMBERS)
            if other := found.get(name):
                reason = f"{one.id} is {name} in Python, like the one of {other.method} {other.path}"
                raise Unsupported((*one.keys, "operationId"), reason)
            found[name] = one
        if not found:
            raise Unsupported(("paths",), "there are no operations")
        return found

    @property
    def errors(self) -> dict[str, tuple[str, list[str]]]:
        """The documented statuses from 300 on: the name of the error, and its descriptions in the contract."""
        found: dict[str, list[str]] = {"429": [], "5XX": []}  # the runtime needs these even if undocumented
        for operation in self.contract.operations.values():
            for status, description in self._failures(operation):
                found.setdefault(status, [])
                if description not in found[status]:
                    found[status].append(description)
        return {status: (error_name(status), found[status]) for status in sorted(found)}

    @property
    def encoders(self) -> set[str]:
        """The functions of the module _encoding that the parameters need."""
        parameters = [one for each in self.operations for one in each.parameters]
        found = {name for one in parameters for name in re.findall(r"_encoding\.(\w+)", one.encoded())}
        found |= {"items"} if any(one.style == "explode" for one in parameters) else set()
        needs = {"joined": ["quoted", "items"], "properties": ["scalar", "quoted"], "segment": ["quoted"]}
        needs["scalar"] = ["text", "date", "date_time", "uuid"]
        for name in ("joined", "properties", "segment", "scalar"):
            found |= set(needs[name]) if name in found else set()
        return found

    def _failures(self, operation: Operation) -> Iterator[tuple[str, str]]:
        for status, response in operation.definition["responses"].items():
            if status[0] in "345":
                yield status, text(self.contract.resolve(response).get("description"))

    def _ordered(self, props: list[Any]) -> list[str]:
        """Return the models with the most required fields first: one with fewer would decode their bodies too."""
        flat = [inner for prop in props for inner in getattr(prop, "inner_properties", [prop])]
        models = {str(one.class_info.name): one for one in flat if isinstance(one, ModelProperty)}
        found = [one for one in models.values() if not self._schemas.is_map(one)]
        return [self._types.class_name(one) for one in sorted(found, key=lambda one: -self._schemas.required_of(one))]

    def _method(self, name: str, operation: Operation, bodies: list[tuple[str, Keys, Any]]) -> Method:
        raw = operation.definition
        _, body = self._at.at(*operation.keys, "requestBody")
        responses = list(self._bodies.responses(operation))
        successes = [one for one in responses if one[0][0] == "2"] or [one for one in responses if one[0] == "default"]
        types = {status: self._bodies.returned(status, keys, kind, prop) for status, keys, kind, prop in successes}
        media_types = list(dict.fromkeys(kind for _, _, kind, _ in successes if kind != "none"))
        kinds = {kind_of(one) for one in media_types}
        if len(kinds) > 1:
            raise Unsupported((*operation.keys, "responses"), "the successes have bodies of several kinds")
        members = [*dict.fromkeys(sorted(types.values(), key=lambda one: one == "None"))]
        headers = [header for _, keys, _, _ in successes for header in self._bodies.headers(operation, keys)]
        returns = "_Any" if "_Any" in members else " | ".join(members) or "None"
        payload, parameters = self._bodies.payload(bodies), self._parameters.of(operation)
        plain = media_types[0] if media_types else "application/json"
        return Method(
            name=name,
            method=operation.method,
            path=operation.path,
            summary=text(raw.get("summary")) or f"{operation.method} {operation.path}",
            description=text(raw.get("description")),
            deprecated=raw.get("deprecated", False),
            parameters=parameters,
            body=payload,
            body_class=payload
            if payload and payload.removeprefix("_models.").isidentifier() and self._bodies.is_model(bodies)
            else None,
            body_required=(body or {}).get("required", False),
            body_description=text((body or {}).get("description")),
            body_examples=self._body_examples(bodies, (body or {}).get("required", False)),
            encodings=[kind for kind, _, _ in bodies],
            media_type=self._bodies.media_type(bodies),
            form=self._bodies.form_fields(bodies),
            returns=returns,
            successes={one.removesuffix("XX"): kind for one, kind in types.items()} if len(members) > 1 else {},
            media=next(iter(kinds), "json"),
            accept=None if plain.startswith("application/json") else plain,
            auth=self._auth(operation),
            headers=list(dict.fromkeys(headers)),
            is_paginated=returns.startswith("list[") and "link" in map(str.lower, headers),
            error_bodies={
                {"default": "0"}.get(status, status.removesuffix("XX")): names
                for status, _, _, prop in responses
                if status[0] in "345d" and types.get(status) is None and prop and (names := self._ordered([prop]))
            },
            errors=[(error_name(status), description) for status, description in self._failures(operation)],
            requires_one_of=[one.name for one in parameters if one.wire in raw.get("x-requires-one-of", [])],
            scopes=sorted({scope for need in raw.get("security", []) for scopes in need.values() for scope in scopes}),
        )

    def _body_examples(self, bodies: list[tuple[str, Keys, Any]], required: bool) -> dict[str, str]:
        if not bodies:
            return {}
        kind, keys, prop = bodies[0]
        if prop is None:
            return {'"..."' if kind_of(kind) == "text" else 'b"..."': ""}
        found = self._examples.all(self._at.at(*keys[:-1])[1], prop)
        return found if required or any(found.values()) else {}

    def _auth(self, operation: Operation) -> str | None:
        """Return the header or the query parameter that carries the token; None for an operation without one."""
        raw = operation.definition
        keys: Keys = (*operation.keys, "security") if "security" in raw else ("security",)
        alternatives = raw.get("security", self.contract.document.get("security", []))
        found: list[str] = []
        for needs in alternatives:
            schemes = [self._at.at("components", "securitySchemes", name) for name in needs]
            carriers = [carrier_of(scheme or {}) for _, scheme in schemes]
            found += [one for one in carriers if one and len(carriers) == 1]
        if any(alternatives) and not found and {} not in alternatives:
            raise Unsupported(
                keys, "a single token does not satisfy any of these: bearer, oauth2, or an apiKey is needed"
            )
        return min(found, key=lambda one: one.startswith("?"), default=None)


def carrier_of(scheme: dict[str, Any]) -> str | None:
    """Return the header of a security scheme, ?name for a query parameter, None for one that has no token."""
    if scheme.get("type") in ("oauth2", "openIdConnect") or str(scheme.get("scheme", "")).lower() == "bearer":
        return "Authorization"
    if scheme.get("type") == "apiKey" and scheme.get("in") in ("header", "query"):
        return f"{'?' if scheme['in'] == 'query' else ''}{scheme['name']}"
    return None
