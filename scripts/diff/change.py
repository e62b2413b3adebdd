"""A change of the contract: its kind, its subject and the version step that it requires."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any

Raw = dict[str, Any]
Places = tuple[str, ...]


class Step(IntEnum):
    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


class Kind(Enum):
    """Whom a change breaks; the values are printed."""

    BOTH = "breaking for callers and providers"
    CALLERS = "breaking for callers"
    PROVIDERS = "breaking for providers"
    COMPATIBLE = "compatible"
    DOCUMENTATION = "documentation only"

    @property
    def breaking(self) -> bool:
        return self in (Kind.BOTH, Kind.CALLERS, Kind.PROVIDERS)

    @property
    def step(self) -> Step:
        return {Kind.COMPATIBLE: Step.MINOR, Kind.DOCUMENTATION: Step.PATCH}.get(self, Step.MAJOR)


@dataclass(frozen=True)
class Change:
    kind: Kind
    subject: str  # OutcomeUpdate.title, or parameter add_defaults
    what: str
    places: Places = ()  # request of update_thing; none for the document as a whole

    def __str__(self) -> str:
        where = f" In {', '.join(_grouped(self.places))}." if self.places else ""
        return f"{self.subject}: {self.what}.{where}"


def _grouped(places: Iterable[str]) -> list[str]:
    """Join `response 400 of x` and `response 404 of x` to `response 400, 404 of x`."""
    statuses: dict[str, list[str]] = {}
    for place in places:
        part, _, operation = place.partition(" of ")
        is_response = part.startswith("response ")
        found = statuses.setdefault(operation if is_response else place, [])
        found += [part.removeprefix("response ")] if is_response else []
    return [f"response {', '.join(found)} of {key}" if found else key for key, found in statuses.items()]


def merged(changes: Iterable[Change]) -> list[Change]:
    """Join changes that differ in their places only, and sort them: breaking ones first."""
    places: dict[tuple[Kind, str, str], dict[str, None]] = {}
    for change in changes:
        places.setdefault((change.kind, change.subject, change.what), {}).update(dict.fromkeys(change.places))
    found = [Change(kind, subject, what, tuple(at)) for (kind, subject, what), at in places.items()]
    return sorted(found, key=lambda change: (list(Kind).index(change.kind), change.subject, change.what))


def step_of(changes: Iterable[Change]) -> Step:
    return max((change.kind.step for change in changes), default=Step.NONE)


def value_changes(
    kind: Kind, subject: str, old: Raw, new: Raw, keys: Iterable[str], places: Places = ()
) -> Iterator[Change]:
    """Yield a change for each key whose value differs, with both values."""
    for key in changed_keys(old, new, keys):
        yield Change(kind, subject, difference(key, old.get(key), new.get(key)), places)


def text_changes(subject: str, old: Raw, new: Raw, keys: Iterable[str], places: Places = ()) -> Iterator[Change]:
    """Yield a change for each key whose text differs, without the texts."""
    for key in changed_keys(old, new, keys):
        yield Change(Kind.DOCUMENTATION, subject, f"its {key} changed", places)


def changed_keys(old: Raw, new: Raw, keys: Iterable[str]) -> list[str]:
    """Return the keys whose values differ. An empty value is the same as none."""
    return [key for key in keys if old.get(key) != new.get(key) and not (empty(old.get(key)) and empty(new.get(key)))]


def empty(value: Any) -> bool:
    return value is None or value in ([], {}, "")


def presence_changes(old: Raw, new: Raw, removed: Kind, added: Kind, places: Places = ()) -> Iterator[Change]:
    """Yield a change for each key that only one of the two has; the key is its subject."""
    for key in old.keys() - new.keys():
        yield Change(removed, key, "it is removed", places)
    for key in new.keys() - old.keys():
        yield Change(added, key, "it is new", places)


def toggled(old: Raw, new: Raw, flag: str) -> bool | None:
    """Return the new value of a flag that changed, or None."""
    before, after = bool(old.get(flag)), bool(new.get(flag))
    return None if before == after else after


def difference(key: str, before: Any, after: Any) -> str:
    if before is None:
        return f"{key} {brief(after)} is new"
    return (
        f"{key} {brief(before)} is removed" if after is None else f"{key} went from {brief(before)} to {brief(after)}"
    )


def brief(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= 80 else f"{text[:77]}..."
