"""The bodies of requests and responses: media types, encodings and schemas."""

import re
from collections.abc import Iterator
from typing import Any

from openapi_python_client import strings
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty

from canvas_outcomes_contract.contract.document import Operation
from canvas_outcomes_contract.contract.yaml_source import Keys
from scripts.generate.places import Places
from scripts.generate.schema_types import MARK, SchemaTypes
from scripts.generate.schemas import Schemas, Unsupported

ENCODINGS = {"application/x-www-form-urlencoded": "form", "multipart/form-data": "multipart"}
STATUS = re.compile(r"[1-5]([0-9]{2}|XX)|default")


class Bodies:
    """Reads the bodies of operations."""

    def __init__(self, places: Places, schemas: Schemas, types: SchemaTypes) -> None:
        self._at, self._schemas, self._types = places, schemas, types

    def responses(self, operation: Operation) -> Iterator[tuple[str, Keys, str, Any]]:
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

    def requests(self, operation: Operation) -> list[tuple[str, Keys, Any]]:
        """Return the encodings of the body, JSON first, or the media type of a body that is sent as it is."""
        keys, body = self._at.at(*operation.keys, "requestBody")
        found: list[tuple[str, Keys, Any]] = []
        content = (body or {}).get("content", {})
        has_json = "json" in map(kind_of, content)
        for media_type, media in content.items():
            place = (*keys, "content", media_type)
            kind = ENCODINGS.get(media_type.partition(";")[0], kind_of(media_type))
            if kind in ("text", "bytes") and "*" not in media_type.removeprefix("*/*"):
                found.append((media_type.replace("*/*", "application/octet-stream"), place, None))
                continue
            if kind == "xml" and has_json:
                continue  # the same body in another notation
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

    def form_fields(self, bodies: list[tuple[str, Keys, Any]]) -> dict[str, list[str] | None] | None:
        """Return the fields of the form, each with the keys of its items if it is a list of objects."""
        fields: dict[str, list[str] | None] = {}
        forms = [prop for kind, _, prop in bodies if kind in ("form", "multipart")]
        for one in self._schemas.properties(forms[0]) if forms else []:
            lists = [each for each in getattr(one, "inner_properties", [one]) if isinstance(each, ListProperty)]
            rows = [each.inner_property for each in lists if isinstance(each.inner_property, ModelProperty)]
            keys = [key.name.get_untrusted_value() for row in rows for key in self._schemas.properties(row)]
            fields[one.name.get_untrusted_value()] = keys or None
        return fields or None

    def is_model(self, bodies: list[tuple[str, Keys, Any]]) -> bool:
        return bool(bodies) and isinstance(bodies[0][2], ModelProperty) and not self._schemas.is_map(bodies[0][2])

    def payload(self, bodies: list[tuple[str, Keys, Any]]) -> str | None:
        if not bodies:
            return None
        kind, keys, prop = bodies[0]
        if prop is None:
            return "str" if kind_of(kind) == "text" else "bytes"
        return self._types.type_of(prop, keys, sent=True).replace(MARK, "_models.")

    def media_type(self, bodies: list[tuple[str, Keys, Any]]) -> str | None:
        if not bodies:
            return None
        kind, keys, prop = bodies[0]
        media_type = kind if prop is None else str(keys[-2])
        return None if kind in ("form", "multipart") or media_type == "application/json" else media_type

    def returned(self, status: str, keys: Keys, kind: str, prop: Any) -> str:
        if kind == "none":
            return "None"
        if prop is None:
            return "str" if kind_of(kind) == "text" else "bytes"
        return self._types.type_of(prop, keys).replace(MARK, "_models.")

    def headers(self, operation: Operation, keys: Keys) -> list[str]:
        place = keys[: keys.index("content")] if "content" in keys else keys
        return list((self._at.at(*place)[1] or {}).get("headers", {}))


def kind_of(media_type: str) -> str:
    """Return json, text, bytes or xml."""
    name = media_type.partition(";")[0].strip().lower()
    if name.endswith(("/json", "+json")):
        return "json"
    if "xml" in name or name.startswith("multipart/") or name == "application/x-www-form-urlencoded":
        return "xml"
    return "text" if name.startswith("text/") else "bytes"
