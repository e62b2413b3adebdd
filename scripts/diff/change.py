"""One change of the contract: its kind, what it touches, and the version step that it asks for."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum


class Step(IntEnum):
    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


class Kind(Enum):
    """The values are the words that a maintainer reads."""

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
    places: tuple[str, ...]  # request of update_outcome; none for the document as a whole

    def __str__(self) -> str:
        where = f" In {', '.join(gathered(self.places))}." if self.places else ""
        return f"{self.subject}: {self.what}.{where}"


def gathered(places: Iterable[str]) -> list[str]:
    """Answer 400 of x and answer 404 of x are answers 400, 404 of x."""
    statuses: dict[str, list[str]] = {}
    for place in places:
        part, _, operation = place.partition(" of ")
        key, status = (operation, part.removeprefix("answer ")) if part.startswith("answer ") else (place, "")
        statuses.setdefault(key, []).append(status)
    return [f"answer {', '.join(found)} of {key}" if found[0] else key for key, found in statuses.items()]


def told_once(changes: Iterable[Change]) -> list[Change]:
    """The changes, breaking ones first; what is the same in many places is one change with many places."""
    places: dict[tuple[Kind, str, str], dict[str, None]] = {}
    for change in changes:
        places.setdefault((change.kind, change.subject, change.what), {}).update(dict.fromkeys(change.places))
    merged = [Change(kind, subject, what, tuple(at)) for (kind, subject, what), at in places.items()]
    return sorted(merged, key=lambda change: (list(Kind).index(change.kind), change.subject, change.what))


def step_of(changes: Iterable[Change]) -> Step:
    return max((change.kind.step for change in changes), default=Step.NONE)
