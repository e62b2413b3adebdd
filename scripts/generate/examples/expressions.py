"""Examples as Python expressions."""

from collections.abc import Iterable
from typing import Any

from msgspec import UNSET
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty

from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.judging import first_example
from scripts.generate.examples.values import ExampleValues
from scripts.generate.names import quoted
from scripts.generate.schema_types import SchemaTypes
from scripts.generate.schemas import Schemas

CONSTRUCTORS: dict[type, str] = {
    DateProperty: "datetime.date.fromisoformat",
    DateTimeProperty: "datetime.datetime.fromisoformat",
    UuidProperty: "uuid.UUID",
}
FILE = 'b"..."'  # a file in an example


class Examples:
    """Writes examples as Python expressions."""

    def __init__(self, contract: Contract, schemas: Schemas, types: SchemaTypes) -> None:
        self._contract, self._schemas, self._types = contract, schemas, types
        tags = {id(schemas.raw(schemas.classes[name])): tag for name, tag in schemas.tags.items()}
        self._values = ExampleValues(contract, tags)

    def of_models(self, names: Iterable[str]) -> dict[str, Any]:
        """Return the JSON value of an example for each model."""
        models = [one for one in self._schemas.classes.values() if isinstance(one, ModelProperty)]
        raw = {self._types.class_name(one): self._schemas.raw(one) for one in models}
        return {name: self._values.of(raw[name]) for name in names}

    def first(self, holder: Any, prop: Any) -> str:
        """Return the first example of a parameter or media type, or a value of its type."""
        value = first_example(self._contract, holder)
        if value is UNSET:
            content = next(iter(holder.get("content", {}).values()), holder)
            value = self._values.of(content.get("schema", {}))
        return self._code(prop, value)

    def all(self, media: Any, prop: Any) -> dict[str, str]:
        """Return the examples of a media type, the shortest first, each with its summary."""
        raw = [self._contract.resolve(one) for one in media.get("examples", {}).values()]
        found = {self._code(prop, one["value"]): one.get("summary", "") for one in raw if "value" in one}
        return {code: found[code] for code in sorted(found, key=len)} or {self.first(media, prop): ""}

    def _code(self, prop: Any, value: Any) -> str:
        match prop, value:
            case UnionProperty(), _:
                kinds: dict[type, type] = {dict: ModelProperty, list: ListProperty}
                members = [one for one in prop.inner_properties if isinstance(one, kinds.get(type(value), object))]
                return self._code(members[0] if members else None, value)
            case ListProperty(), list():
                return f"[{', '.join(self._code(prop.inner_property, one) for one in value)}]"
            case ModelProperty(), dict() if not self._schemas.is_map(prop):
                fields = {one.wire: one for one in self._types.fields(prop) if not one.read_only}
                props = {one.name.get_untrusted_value(): one for one in self._schemas.properties(prop)}
                parts = [f"{fields[key].name}={self._code(props[key], value[key])}" for key in value if key in fields]
                return f"{self._types.class_name(prop)}({', '.join(parts)})"
            case FileProperty(), _:
                return FILE
            case _, str():
                constructor = CONSTRUCTORS.get(type(prop))
                return f"{constructor}({quoted(value)})" if constructor else quoted(value)
        return repr(value)
