"""Target files: a provider, its tokens by role and its known resources."""

import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from canvas_outcomes_contract.cases.verdicts import NotApplicable
from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.yaml_source import YamlSource

ROLES = (
    "editor",
    "reader",
    "teacher",
    "student",
    "other_student",
    "observer",
    "outsider",
    "expired",
    "revoked",
    "unscoped",
)
RESOURCES = (
    "editable_outcome",
    "course_outcome",
    "account_outcome",
    "global_outcome",
    "scales_outcome",
    "missing_outcome",
    "deleted_outcome",
    "archived_outcome",
    "retired_outcome",
    "course",
    "student",
    "other_student",
    "aligned_assignment",
    "unaligned_assignment",
    "quiz_assignment",
    "foreign_assignment",
    "unpublished_assignment",
)
FURTHER = "further_editable_outcomes"  # of the resources: ids like editable_outcome, for the workers of a run with -n
KEYS: dict[str, Any] = {
    "name": str,
    "base_url": str,
    "writes": bool,
    "tokens": dict,
    "resources": dict,
    "known_failures": (dict, list),
}
EMBEDDED_TARGET = Path(__file__).resolve().parent / "embedded_target.yaml"  # the default: the reference server
ADDRESS = re.compile(r"https?://[^/?#\s]+(/[^?#\s]*)?")
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True)
class Target:
    """What a target file says. `base_url` None stands for the embedded reference server."""

    name: str
    base_url: str | None = None
    writes: bool = True
    tokens: dict[str, str] = field(default_factory=dict, repr=False)
    resources: dict[str, int] = field(default_factory=dict)
    known_failures: dict[str, str] = field(default_factory=dict)
    further_editable_outcomes: tuple[int, ...] = ()

    def for_worker(self, number: int) -> "Target":
        """The same target with the outcome that the worker of this number may change."""
        own = (self.resources["editable_outcome"], *self.further_editable_outcomes)[number]
        return replace(self, resources=self.resources | {"editable_outcome": own})

    def token(self, role: str) -> str:
        """The token of a role. Raises NotApplicable when the target names none."""
        if role not in self.tokens:
            raise NotApplicable(f"The target has no token for the role {role}. Add tokens.{role}.")
        return self.tokens[role]

    def resource_id(self, name: str) -> int:
        """The id of a known resource. Raises NotApplicable when the target names none."""
        if name not in self.resources:
            raise NotApplicable(f"The target names no {name}. Add resources.{name}.")
        return self.resources[name]


def load_target(path: Path, contract: Contract) -> Target:
    """Read a target file. Raises CannotTell, with file, line and column, for one that cannot be used."""
    source = YamlSource(path, "target")
    data: dict[str, Any] = source.data
    for key, value in data.items():
        _check_key(source, key, value)
    resources = _members(source, "resources", dict.fromkeys(RESOURCES, int) | {FURTHER: list})
    further = resources.pop(FURTHER, [])
    if "editable_outcome" not in resources:
        raise source.refuse(
            "resources.editable_outcome is missing. Name an outcome that the run may change.", "resources"
        )
    tokens = {
        role: _expand(source, text, "tokens", role)
        for role, text in _members(source, "tokens", dict.fromkeys(ROLES, str)).items()
    }
    if "editor" not in tokens:
        raise source.refuse("tokens.editor is missing. Give a token that may update editable_outcome.", "tokens")
    return Target(
        name=_expand(source, data.get("name", path.stem), "name"),
        base_url=_base_url(source),
        writes=data.get("writes", True),
        tokens=tokens,
        resources=resources,
        known_failures=_known_failures(source, contract),
        further_editable_outcomes=_further(source, further, resources),
    )


def _check_key(source: YamlSource, key: str, value: Any) -> None:
    if key not in KEYS:
        raise source.refuse(f"the key {key!r} is unknown. The keys are {', '.join(KEYS)}.", key)
    if not isinstance(value, KEYS[key]):
        raise source.refuse(f"{key} is {_kind(value)}, not {_wanted(KEYS[key])}.", key)


def _members(source: YamlSource, key: str, allowed: dict[str, type]) -> dict[str, Any]:
    members: dict[str, Any] = source.data.get(key, {})
    for name, value in members.items():
        if name not in allowed:
            raise source.refuse(f"{key}.{name} is unknown. It can have {', '.join(allowed)}.", key, name)
        if type(value) is not allowed[name]:
            raise source.refuse(f"{key}.{name} is {_kind(value)}, not {_wanted(allowed[name])}.", key, name)
    return members


def _further(source: YamlSource, ids: list[Any], resources: dict[str, int]) -> tuple[int, ...]:
    """Ids of outcomes that no other resource names: what one worker changes, no other reads."""
    taken = {id for name, id in resources.items() if name.endswith("_outcome")}
    for index, id in enumerate(ids):
        if type(id) is not int:
            raise source.refuse(
                f"resources.{FURTHER} has {_kind(id)} in it, not a number.", "resources", FURTHER, index
            )
        if id in taken:
            raise source.refuse(f"outcome {id} is named twice. Name each outcome once.", "resources", FURTHER, index)
        taken.add(id)
    return tuple(ids)


def _expand(source: YamlSource, text: str, *keys: str) -> str:
    for name in VARIABLE.findall(text):
        if not os.environ.get(name):
            raise source.refuse(
                f"{'.'.join(keys)} needs ${{{name}}}, which is not set. Set it in the environment.", *keys
            )
    return VARIABLE.sub(lambda match: os.environ[match[1]], text)


def _base_url(source: YamlSource) -> str | None:
    if "base_url" not in source.data:
        return None
    url = _expand(source, source.data["base_url"], "base_url").rstrip("/")
    if not ADDRESS.fullmatch(url):
        raise source.refuse(f"base_url {url!r} is not the address of a server.", "base_url")
    return url


def _known_failures(source: YamlSource, contract: Contract) -> dict[str, str]:
    """A mapping of clause ids to reasons, or a list of such mappings."""
    raw = source.data.get("known_failures", {})
    known: dict[str, str] = {}
    for index, entry in enumerate(raw if isinstance(raw, list) else [raw]):
        if not isinstance(entry, dict):
            raise source.refuse("a known failure is a clause id with a reason.", "known_failures", index)
        known.update(entry)
    for clause, reason in known.items():
        if clause not in contract.clauses:
            raise source.refuse(f"the contract has no clause {clause!r}.", "known_failures", clause)
        if not isinstance(reason, str) or not reason.strip():
            raise source.refuse(f"{clause} is listed without a link or reason.", "known_failures", clause)
    return known


def _kind(value: Any) -> str:
    return {bool: "true or false", int: "a number", str: "a text", dict: "a mapping", list: "a list"}.get(
        type(value), "nothing" if value is None else type(value).__name__
    )


def _wanted(kind: Any) -> str:
    return {bool: "true or false", int: "a number", str: "a text", dict: "a mapping", list: "a list"}.get(
        kind, "a mapping or a list"
    )
