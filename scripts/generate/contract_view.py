"""The contract as the templates use it: models and methods."""

import os
import re
from collections.abc import Iterator
from typing import Any

from openapi_python_client import strings
from openapi_python_client.config import Config
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.uuid import UuidProperty

from canvas_outcomes_contract.contract.document import Contract, Operation
from canvas_outcomes_contract.contract.yaml_source import Keys
from scripts.generate.contract_parts import MEMBERS, Method, error_name, python_name, text
from scripts.generate.parameters import Parameters
from scripts.generate.places import Places
from scripts.generate.schemas import MARK, SchemaTypes, Unsupported

ENCODINGS = {"application/x-www-form-urlencoded": "form", "multipart/form-data": "multipart"}
STATUS = re.compile(r"[1-5]([0-9]{2}|XX)|default")


class ContractView:
    """A contract, shaped for the templates. Raises Unsupported for what they cannot express."""

    def __init__(self, contract: Contract, config: Config) -> None:
        self.contract = contract
        self._at = Places(contract)
        self._schemas = SchemaTypes(contract, config)
        self._parameters = Parameters(self._at, self._schemas)
        operations = self._names(contract.operations.values())
        bodies = {one.id: self._bodies(one) for one in operations.values()}
        # JSON comes first: its schema is the public model, and a form is another encoding of it.
        sent = [body[0][2] for body in bodies.values() if body and body[0][2]]
        responses = [response for one in operations.values() for response in self._responses(one)]
        received = [prop for _, _, _, prop in responses if prop]
        failed = [prop for status, _, _, prop in responses if prop and status[0] != "2"]
        parameters = [prop for one in operations.values() for prop in self._parameters.props(one)]
        used = [*sent, *received, *parameters]
        self._schemas.sent, self._schemas.received = self._schemas.models_in(sent), self._schemas.models_in(received)
        self._schemas.uploaded = self._schemas.models_in(
            [prop for body in bodies.values() for kind, _, prop in body[:1] if kind == "multipart"]
        )
        self.operations = [self._method(name, one, bodies[one.id]) for name, one in operations.items()]
        self._schemas.models(used)  # finds the choices
        self.models = self._schemas.models(used)
        self.choices, self.enums = self._schemas.choices, self._schemas.enums(used)
        self.model_names = {model.name for model in self.models}
        self.error_models = self._ordered(failed)
        forms = [prop for body in bodies.values() for kind, _, prop in body if kind in ("form", "multipart")]
        self.form_values = set(self._form_values(forms))
        self.places: dict[str, Keys] = self._schemas.places
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
    def has_headers(self) -> bool:
        """Whether an operation has headers of its own."""
        return any(one.accept or one.of("header") for one in self.operations)

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
        needs = {"joined": ["quoted", "items"], "deep_object": ["scalar", "quoted"], "segment": ["quoted"]}
        needs["scalar"] = ["text", "date", "date_time", "uuid"]
        for name in ("joined", "deep_object", "segment", "scalar"):
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
        return [self._schemas.class_name(one) for one in sorted(found, key=lambda one: -self._schemas.required_of(one))]

    def _responses(self, operation: Operation) -> Iterator[tuple[str, Keys, str, Any]]:
        """Yield the responses: status, place, media type or none, and the property of a JSON body."""
        keys, responses = self._at.at(*operation.keys, "responses")
        for status in responses:
            if not STATUS.fullmatch(status):
                raise Unsupported((*keys, status), f"{status} is not a status, a range such as 4XX, or default")
            place, response = self._at.at(*keys, status)
            content = response.get("content") or {}
            kinds = {media_type: kind_of(media_type) for media_type in content}
            best = min(kinds, key=lambda one: ["json", "text", "bytes", "xml"].index(kinds[one]), default=None)
            if best is None or operation.method == "HEAD":
                yield status, place, "none", None
            elif kinds[best] == "json":
                here = (*place, "content", best, "schema")
                raw = content[best].get("schema", {})
                parent = str(strings.PythonIdentifier(operation.id, "field_"))
                yield status, here, best, self._schemas.parse(here, raw, f"response_{status}", parent)
            elif kinds[best] == "xml" and status[0] == "2":
                raise Unsupported((*place, "content", best), f"a body of the type {best} is not supported")
            else:
                yield status, place, best, None

    def _bodies(self, operation: Operation) -> list[tuple[str, Keys, Any]]:
        """Return the encodings of the body, JSON first, or the media type of a body that is sent as it is."""
        keys, body = self._at.at(*operation.keys, "requestBody")
        found: list[tuple[str, Keys, Any]] = []
        for media_type, media in (body or {}).get("content", {}).items():
            place = (*keys, "content", media_type)
            kind = ENCODINGS.get(media_type.partition(";")[0], kind_of(media_type))
            if kind in ("text", "bytes") and "*" not in media_type.removeprefix("*/*"):
                found.append((media_type.replace("*/*", "application/octet-stream"), place, None))
                continue
            if kind not in ("json", "form", "multipart"):
                raise Unsupported(place, f"a body of the type {media_type} is not supported")
            if "schema" not in media:
                raise Unsupported(place, "a body needs a schema")
            parent = str(strings.PythonIdentifier(operation.id, "field_"))
            parent = (
                f"{parent}_{ {'form': 'data', 'multipart': 'files'}.get(kind, kind) }"
                if len(body["content"]) > 1
                else parent
            )
            prop = self._schemas.parse((*place, "schema"), media["schema"], "body", parent)
            is_object = isinstance(prop, ModelProperty) and not self._schemas.is_map(prop)
            if kind != "json" and not is_object:
                raise Unsupported((*place, "schema"), "a form needs an object with properties")
            found.append((kind, (*place, "schema"), prop))
        if len(found) > 1 and any(prop is None for _, _, prop in found):
            raise Unsupported(found[-1][1], "a body is sent either as it is or encoded, not both")
        found.sort(key=lambda one: one[0] != "json")
        return list({one[0]: one for one in reversed(found)}.values())[::-1]

    def _form(self, bodies: list[tuple[str, Keys, Any]]) -> dict[str, list[str] | None] | None:
        """Return the fields of the form, each with the keys of its items if it is a list of objects."""
        fields: dict[str, list[str] | None] = {}
        forms = [prop for kind, _, prop in bodies if kind in ("form", "multipart")]
        for one in self._schemas.properties(forms[0]) if forms else []:
            lists = [each for each in getattr(one, "inner_properties", [one]) if isinstance(each, ListProperty)]
            rows = [each.inner_property for each in lists if isinstance(each.inner_property, ModelProperty)]
            keys = [key.name.get_untrusted_value() for row in rows for key in self._schemas.properties(row)]
            fields[one.name.get_untrusted_value()] = keys or None
        return fields or None

    def _method(self, name: str, operation: Operation, bodies: list[tuple[str, Keys, Any]]) -> Method:
        raw = operation.definition
        _, body = self._at.at(*operation.keys, "requestBody")
        responses = list(self._responses(operation))
        successes = [one for one in responses if one[0][0] == "2"] or [one for one in responses if one[0] == "default"]
        types = {status: self._returned(status, keys, kind, prop) for status, keys, kind, prop in successes}
        media_types = list(dict.fromkeys(kind for _, _, kind, _ in successes if kind != "none"))
        kinds = {kind_of(one) for one in media_types}
        if len(kinds) > 1:
            raise Unsupported((*operation.keys, "responses"), "the successes have bodies of several kinds")
        members = [*dict.fromkeys(sorted(types.values(), key=lambda one: one == "None"))]
        headers = [header for _, keys, _, _ in successes for header in self._headers(operation, keys)]
        returns = "_Any" if "_Any" in members else " | ".join(members) or "None"
        payload, parameters = self._payload(bodies), self._parameters.of(operation)
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
            if payload and payload.removeprefix("_models.").isidentifier() and self._is_model(bodies)
            else None,
            body_required=(body or {}).get("required", False),
            body_description=text((body or {}).get("description")),
            encodings=[kind for kind, _, _ in bodies],
            media_type=self._media_type(bodies),
            form=self._form(bodies),
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

    def _is_model(self, bodies: list[tuple[str, Keys, Any]]) -> bool:
        return bool(bodies) and isinstance(bodies[0][2], ModelProperty) and not self._schemas.is_map(bodies[0][2])

    def _payload(self, bodies: list[tuple[str, Keys, Any]]) -> str | None:
        if not bodies:
            return None
        kind, keys, prop = bodies[0]
        if prop is None:
            return "str" if kind_of(kind) == "text" else "bytes"
        return self._schemas.type_of(prop, keys, sent=True).replace(MARK, "_models.")

    def _media_type(self, bodies: list[tuple[str, Keys, Any]]) -> str | None:
        if not bodies:
            return None
        kind, keys, prop = bodies[0]
        media_type = kind if prop is None else str(keys[-2])
        return None if kind in ("form", "multipart") or media_type == "application/json" else media_type

    def _returned(self, status: str, keys: Keys, kind: str, prop: Any) -> str:
        if kind == "none":
            return "None"
        if prop is None:
            return "str" if kind_of(kind) == "text" else "bytes"
        return self._schemas.type_of(prop, keys).replace(MARK, "_models.")

    def _headers(self, operation: Operation, keys: Keys) -> list[str]:
        place = keys[: keys.index("content")] if "content" in keys else keys
        return list((self._at.at(*place)[1] or {}).get("headers", {}))

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


def kind_of(media_type: str) -> str:
    """Return json, text, bytes or xml."""
    name = media_type.partition(";")[0].strip().lower()
    if name.endswith(("/json", "+json")):
        return "json"
    if "xml" in name or name.startswith("multipart/") or name == "application/x-www-form-urlencoded":
        return "xml"
    return "text" if name.startswith("text/") else "bytes"
