"""The reader of clauses: those of every operation, those of one, and the deviations of live Canvas from them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from canvas_outcomes_contract.contract.yaml_source import Keys, YamlSource

if TYPE_CHECKING:
    from canvas_outcomes_contract.contract.document import Operation


class Clause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A requirement that a schema cannot express."""

    id: str
    operation: str
    text: str
    level: Literal["MUST", "SHOULD"]
    source: str
    deviation: str | None = None
    deviating: dict[str, Any] | None = None  # the schema of an exchange, by which a check recognizes the deviation


@dataclass(frozen=True)
class ClauseReader:
    """Reads the clauses of a contract. Raises CannotTell, with its place, for a malformed one."""

    source: YamlSource
    document: dict[str, Any]

    def read(self, operations: "Iterable[Operation]") -> dict[str, Clause]:
        """Return the clauses by their id: for each operation those at the root of the contract, then its own."""
        found: dict[str, Clause] = {}
        for operation in operations:
            for keys, raw in self._raw_clauses(operation):
                clause = self._clause(operation, raw, keys)
                if clause.id in found:
                    raise self.source.refuse(f"the id {clause.id!r} is used twice.", *keys)
                found[clause.id] = clause
        return found

    def _raw_clauses(self, operation: "Operation") -> Iterator[tuple[Keys, Any]]:
        excepted, deviations = self._excepted(operation), dict(self._deviations(operation))
        for id in sorted(excepted & deviations.keys()):
            name = id.removeprefix("{operation}-")
            reason = f"{name!r} is excepted for {operation.id}, so it cannot deviate. Remove one of the two."
            raise self.source.refuse(reason, *operation.keys, "x-deviations", name)
        for index, raw in enumerate(self._list(self.document, "x-clauses")):
            if not isinstance(raw, dict):
                yield ("x-clauses", index), raw
            elif raw.get("id") not in excepted:
                yield ("x-clauses", index), raw | deviations.get(str(raw.get("id")), {})
        for index, raw in enumerate(self._list(operation.definition, "x-clauses", *operation.keys)):
            yield (*operation.keys, "x-clauses", index), raw

    def _list(self, holder: dict[str, Any], key: str, *keys: str | int) -> list[Any]:
        found = holder.get(key, [])
        if not isinstance(found, list):
            raise self.source.refuse(f"{key} is not a list of clauses.", *keys, key)
        return found

    def _excepted(self, operation: "Operation") -> set[str]:
        """The ids of the clauses of every operation that do not apply to this one."""
        keys = (*operation.keys, "x-clauses-except")
        excepted = self._list(operation.definition, "x-clauses-except", *operation.keys)
        return {self._shared_id(name, *keys, index) for index, name in enumerate(excepted)}

    def _deviations(self, operation: "Operation") -> Iterator[tuple[str, dict[str, Any]]]:
        """The deviations from clauses of every operation, by the id of the clause."""
        deviations = operation.definition.get("x-deviations", {})
        if not isinstance(deviations, dict):
            raise self.source.refuse("x-deviations is not a mapping.", *operation.keys, "x-deviations")
        for name, raw in deviations.items():
            keys = (*operation.keys, "x-deviations", name)
            if not isinstance(raw, dict) or raw.keys() != {"deviation", "deviating"}:
                raise self.source.refuse(
                    "an item of x-deviations must have deviation and deviating, and no other key.", *keys
                )
            if mistake := schema_mistake(raw["deviating"]):
                raise self.source.refuse(f"this is not a JSON Schema: {mistake}.", *keys, "deviating")
            yield self._shared_id(name, *keys), raw

    def _shared_id(self, name: str, *keys: str | int) -> str:
        """The id of a clause of every operation."""
        shared = [raw.get("id") for raw in self._list(self.document, "x-clauses") if isinstance(raw, dict)]
        if f"{{operation}}-{name}" not in shared:
            raise self.source.refuse(
                f"{name!r} is not a clause of every operation. Write its id without {{operation}}-.", *keys
            )
        return f"{{operation}}-{name}"

    def _clause(self, operation: "Operation", raw: Any, keys: Keys) -> Clause:
        try:
            fields = raw | {"operation": operation.id} if isinstance(raw, dict) else raw
            clause = msgspec.convert(fields, Clause)
        except msgspec.ValidationError as error:
            raise self.source.refuse(
                "a clause has id, text, level, source and, where live Canvas differs, deviation and deviating: "
                f"{error}.",
                *keys,
            ) from error
        if (clause.deviation is None) != (clause.deviating is None):
            raise self.source.refuse(f"{clause.id} has only one of deviation and deviating. Write both.", *keys)
        if mistake := schema_mistake(clause.deviating or {}):
            raise self.source.refuse(f"this is not a JSON Schema: {mistake}.", *keys, "deviating")
        if keys[0] == "x-clauses":
            clause = msgspec.structs.replace(clause, id=clause.id.replace("{operation}", operation.prefix))
        if not re.fullmatch(rf"{operation.prefix}(-[a-z0-9]+)+", clause.id):
            raise self.source.refuse(f"the id {clause.id!r} is not {operation.prefix}-… in kebab case.", *keys)
        if re.findall(r"\b(?:MUST|SHOULD)\b", clause.text) != [clause.level]:
            raise self.source.refuse(
                f"the text of {clause.id} does not have its level, {clause.level}, exactly once.", *keys
            )
        return clause


def schema_mistake(schema: Any) -> str:
    """Return why a value is not a JSON Schema; empty if it is one."""
    import jsonschema_rs  # noqa: PLC0415 (not every reader of a contract needs it)

    try:
        jsonschema_rs.meta.validate(schema)
    except jsonschema_rs.ValidationError as error:
        return error.message
    return ""
