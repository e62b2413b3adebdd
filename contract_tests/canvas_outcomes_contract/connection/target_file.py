"""The keys of a target file: the definition that validates one, and that its JSON Schema is generated from."""

import json
import re
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import msgspec
from msgspec import UNSET, Meta, UnsetType

from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.contract.judging import ROLES
from canvas_outcomes_contract.contract.resources import changed_resources, resources
from canvas_outcomes_contract.contract.yaml_source import YamlSource, keys_of

SCHEMA = Path(__file__).resolve().parent / "target.schema.json"
KINDS = {
    "str": "a string",
    "int": "an integer",
    "float": "a number",
    "bool": "true or false",
    "object": "a mapping",
    "array": "a list",
    "str | null": "a string",
    "object | array": "a mapping or a list",
}


def _fields(descriptions: dict[str, str], kind: Any) -> list[Any]:
    """Fields of a struct, which may be left out but not null."""
    return [(name, Annotated[kind | UnsetType, Meta(description=text)], UNSET) for name, text in descriptions.items()]


Tokens = msgspec.defstruct("Tokens", _fields(ROLES, str), forbid_unknown_fields=True)


class Limits(msgspec.Struct, forbid_unknown_fields=True):
    """The limits of one response; a response beyond one of them is a failure."""

    seconds: Annotated[float, Meta(gt=0, description="from the request to the last byte of the response")] = 30
    megabytes: Annotated[float, Meta(gt=0, description="of the decoded body")] = 16


class TargetFile(msgspec.Struct, forbid_unknown_fields=True):
    """A provider to judge. Strings may contain ${NAME}, a variable of the environment."""

    name: Annotated[str, Meta(description="the name in the report (default: the name of the file)")] = ""
    base_url: Annotated[
        str | UnsetType, Meta(description="left out: the embedded reference server is started and judged")
    ] = UNSET
    writes: Annotated[bool, Meta(description="false: only GET is sent")] = True
    disposable: Annotated[
        bool, Meta(description="true: everything there may be created, changed and deleted; nothing is restored")
    ] = False
    tokens: Annotated[Tokens, Meta(description="tokens by role")] = msgspec.field(  # type: ignore[valid-type]
        default_factory=Tokens
    )
    certificates: Annotated[
        str | UnsetType, Meta(description="the file of a CA to trust besides those of the system, relative to this one")
    ] = UNSET
    proxy: Annotated[
        str | UnsetType, Meta(description="the URL of a proxy; environment: the one that HTTPS_PROXY and its like name")
    ] = UNSET
    headers: Annotated[dict[str, str], Meta(description="sent with every request, and redacted in every report")] = (
        msgspec.field(default_factory=dict)
    )
    limits: Annotated[Limits, Meta(description="the limits of one response")] = msgspec.field(default_factory=Limits)
    known_failures: Annotated[
        dict[str, str | None] | tuple[dict[str, str | None], ...],
        Meta(description="reasons or links by the id of a clause"),
    ] = msgspec.field(default_factory=dict)


def further(resource: str) -> str:
    """The key with the resources that the further processes of a run change."""
    return f"further_{resource}s"


def target_file(contract: Contract) -> Any:
    """The target file of a contract, with its resources."""
    fields = _fields({name: resource.description for name, resource in resources(contract).items()}, int)
    for name in changed_resources(contract):
        text = f"resources like {name}: each process of a run with -n changes one of its own"
        fields.append((further(name), Annotated[tuple[int, ...], Meta(description=text)], ()))
    kind: Any = msgspec.defstruct("Resources", fields, forbid_unknown_fields=True)
    known = Annotated[kind, Meta(description="ids of known resources")]
    field = ("resources", known, msgspec.field(default_factory=kind))
    return msgspec.defstruct("TargetFile", [field], bases=(TargetFile,), kw_only=True)


def refusal(source: YamlSource, kind: Any, error: str) -> CannotTell:
    """The error for a message of msgspec, such as: Expected `str`, got `int` - at `$.tokens.editor`."""
    problem, _, path = error.partition(" - at `$.")
    path = path.removesuffix("`")
    keys = keys_of(f".{path}")
    place = f"{path}: " if path else ""
    name = problem.rpartition("`")[0].rpartition("`")[2]
    if problem.startswith("Object contains unknown field"):
        struct = get_type_hints(kind)[path] if path else kind
        allowed = ", ".join(struct.__struct_fields__)
        return source.refuse(f"{place}the key {name} is unknown. Use one of {allowed}.", *keys, name)
    plain = re.sub(
        "`([^`]+)`", lambda kinds: " or ".join(KINDS.get(kind, kind) for kind in kinds[1].split(" | ")), problem
    )
    return source.refuse(f"{place}{plain[0].lower()}{plain[1:]}.", *keys)


def json_schema() -> str:
    """The JSON Schema of a target file."""
    schema = msgspec.json.schema(target_file(Contract(contract_path())))
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema
    schema["$defs"]["Resources"]["additionalProperties"] = {"type": "integer"}  # those that a contract names
    return json.dumps(schema, indent=2) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(json_schema(), encoding="utf-8")
