"""The keys of a target file: the definition that validates one, and that its JSON Schema is generated from."""

import json
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.judging import ROLES, judging

SCHEMA = Path(__file__).resolve().parent / "target.schema.json"
RESOURCES = {
    "editable_outcome": "an outcome that the editor may update; a run restores it",
    "course_outcome": "an outcome of the course",
    "account_outcome": "an outcome of an account above the course",
    "global_outcome": "an outcome without an owner",
    "scales_outcome": "an outcome that the editor may update where account level mastery scales are enabled",
    "missing_outcome": "an id that no outcome has",
    "deleted_outcome": "a deleted outcome; its response is that of a missing one",
    "archived_outcome": "an archived outcome; its response is that of a missing one",
    "retired_outcome": "a retired outcome; its response is that of an active one",
    "course": "the course of the teacher",
    "student": "the user of STUDENT_TOKEN",
    "other_student": "the user of OTHER_STUDENT_TOKEN",
    "aligned_assignment": "an aligned assignment of the student",
    "unaligned_assignment": "an assignment of the course without an alignment",
    "quiz_assignment": "the assignment of a quiz whose questions are aligned",
    "foreign_assignment": "an assignment of another course",
    "unpublished_assignment": "an aligned, unpublished assignment; its response is that of an assignment for others",
}


def _fields(descriptions: dict[str, str], kind: Any) -> list[Any]:
    """Fields of a struct: the first is required, the others may be left out but not null."""
    first, *others = descriptions.items()
    return [
        (first[0], Annotated[kind, Meta(description=first[1])]),
        *((name, Annotated[kind | UnsetType, Meta(description=text)], UNSET) for name, text in others),
    ]


FURTHER = "further_editable_outcomes"
_further = Meta(description="outcomes like editable_outcome: each process of a run with -n updates one of its own")
Tokens = msgspec.defstruct("Tokens", _fields(ROLES, str), forbid_unknown_fields=True)


def _resources(descriptions: dict[str, str]) -> Any:
    fields = [*_fields(descriptions, int), (FURTHER, Annotated[tuple[int, ...], _further], ())]
    return msgspec.defstruct("Resources", fields, forbid_unknown_fields=True)


Resources = _resources(RESOURCES)


class TargetFile(msgspec.Struct, forbid_unknown_fields=True):
    """A provider to judge. Strings may contain ${NAME}, a variable of the environment."""

    tokens: Annotated[Tokens, Meta(description="tokens by role")]  # type: ignore[valid-type]
    resources: Annotated[Resources, Meta(description="ids of known resources")]  # type: ignore[valid-type]
    name: Annotated[str, Meta(description="the name in the report (default: the name of the file)")] = ""
    base_url: Annotated[
        str | UnsetType, Meta(description="left out: the embedded reference server is started and judged")
    ] = UNSET
    writes: Annotated[bool, Meta(description="false: only GET is sent")] = True
    disposable: Annotated[
        bool, Meta(description="true: everything there may be created, changed and deleted; nothing is restored")
    ] = False
    known_failures: Annotated[
        dict[str, str | None] | tuple[dict[str, str | None], ...],
        Meta(description="reasons or links by the id of a clause"),
    ] = msgspec.field(default_factory=dict)


def target_file(contract: Contract) -> Any:
    """The target file of a contract: its `x-judging` may name further resources."""
    named = [judging(contract, operation).parameters.values() for operation in contract.operations.values()]
    further = {name: f"the {name} of x-judging" for parameters in named for names in parameters for name in names}
    resources: Any = Annotated[
        _resources(RESOURCES | (further | RESOURCES)), Meta(description="ids of known resources")
    ]
    return msgspec.defstruct("TargetFile", [("resources", resources)], bases=(TargetFile,), kw_only=True)


def json_schema() -> str:
    """The JSON Schema of a target file."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | msgspec.json.schema(TargetFile)
    schema["$defs"]["Resources"]["additionalProperties"] = {"type": "integer"}  # those that a contract names
    return json.dumps(schema, indent=2) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(json_schema(), encoding="utf-8")
