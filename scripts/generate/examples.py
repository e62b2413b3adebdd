"""The examples of a contract as Python code, for the README and the docstrings of the client."""

import re
from typing import Any

from msgspec import UNSET
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.enum_property import EnumProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty

from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.judging import first_example
from scripts.generate.contract_parts import Method
from scripts.generate.names import quoted
from scripts.generate.schema_types import SchemaTypes
from scripts.generate.schemas import Schemas

DEFAULTS: dict[type, str] = {
    StringProperty: '"a"',
    BooleanProperty: "True",
    NoneProperty: "None",
    FileProperty: 'b"..."',
    DateProperty: "datetime.date(2026, 1, 2)",
    DateTimeProperty: "datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)",
    UuidProperty: "uuid.UUID(int=1)",
}
LINE = 100  # the characters of a short call
CONSTRUCTORS: dict[type, str] = {
    DateProperty: "datetime.date.fromisoformat",
    DateTimeProperty: "datetime.datetime.fromisoformat",
    UuidProperty: "uuid.UUID",
}


class Examples:
    """Writes examples as Python expressions."""

    def __init__(self, contract: Contract, schemas: Schemas, types: SchemaTypes) -> None:
        self._contract, self._schemas, self._types = contract, schemas, types

    def first(self, holder: Any, prop: Any) -> str:
        """Return the first example of a parameter or media type, or a value of its type."""
        value = first_example(self._contract, holder)
        return self._default(prop) if value is UNSET else self._code(prop, value)

    def all(self, media: Any, prop: Any) -> dict[str, str]:
        """Return the examples of a media type, the shortest first, each with its summary."""
        raw = [self._contract.resolve(one) for one in media.get("examples", {}).values()]
        found = {self._code(prop, one["value"]): one.get("summary", "") for one in raw if "value" in one}
        return {code: found[code] for code in sorted(found, key=len)} or {self.first(media, prop): ""}

    def _default(self, prop: Any) -> str:
        code = DEFAULTS.get(type(prop), "1")
        match prop:
            case ListProperty():
                code = f"[{self._default(prop.inner_property)}]"
            case UnionProperty():
                code = self._default(prop.inner_properties[0])
            case EnumProperty():
                code = repr(next(iter(prop.values.values())))
            case ConstProperty():
                code = repr(prop.value.raw_value)
            case ModelProperty():
                required = [one for one in self._types.fields(prop) if one.required]
                props = {one.name.get_untrusted_value(): one for one in self._schemas.properties(prop)}
                parts = [f"{one.name}={self._field(props[one.wire])}" for one in required]
                code = "{}" if self._schemas.is_map(prop) else f"{self._types.class_name(prop)}({', '.join(parts)})"
        return code

    def _field(self, prop: Any) -> str:
        return "[]" if isinstance(prop, ListProperty) else self._default(prop)  # a list may contain the model itself

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
            case _, str():
                constructor = CONSTRUCTORS.get(type(prop))
                return f"{constructor}({quoted(value)})" if constructor else quoted(value)
        return repr(value)


class Readme:
    """The examples of the README."""

    def __init__(self, contract: Contract, operations: list[Method]) -> None:
        self._operations = operations
        server = contract.document.get("servers", [{}])[0]
        defaults = {f"{{{name}}}": str(one["default"]) for name, one in server.get("variables", {}).items()}
        url = re.sub(r"\{.+?\}", lambda name: defaults.get(name[0], name[0]), server.get("url", "")).rstrip("/")
        self.base_url = url if "://" in url else "https://api.example.com"

    @property
    def calls(self) -> list[tuple[Method, str, str]]:
        """Calls of the first operations: the operation, its arguments, and a comment."""
        found: list[tuple[Method, str, str]] = []
        for one in self._operations[:3]:
            calls = [(one.call([code]), comment or one.summary) for code, comment in one.body_examples.items()]
            calls = calls or [(one.example, one.summary)]
            short = [each for each in calls if len(one.name + each[0]) < LINE]
            found += [(one, *each) for each in short[:2] or calls[:1]]
        return found

    @property
    def words(self) -> set[str]:
        return set(re.findall(r"\w+", " ".join(arguments for _, arguments, _ in self.calls)))

    @property
    def by_id(self) -> Method | None:
        """The first operation whose only argument is an integer."""
        return next((one for one in self._operations if one.example.isdecimal() and one.of("path")), None)

    @property
    def retried(self) -> list[str]:
        """The idempotent methods."""
        return sorted({one.method for one in self._operations} & {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
