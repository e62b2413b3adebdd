"""What runs found, kept in docs/evidence.json so that one side, or one tool, can be judged anew without the others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

Failures = set[str]
Judged = TypeVar("Judged")


@dataclass(frozen=True)
class Finding:
    """Whether a tool saw a difference between what is faulty and what is right, and in how many seconds."""

    found: bool
    seconds: float


@dataclass(frozen=True)
class Fault:
    """A fault, what it breaks (a clause, or a check of the client), and what each tool found."""

    name: str
    breaks: str
    findings: dict[str, Finding]


@dataclass(frozen=True)
class Side:
    """The faults of providers, or of clients, that one run judged."""

    commands: dict[str, str]  # what ran each tool
    versions: dict[str, str]  # of each tool
    always: dict[str, list[str]]  # what each tool reports of what is right
    right: dict[str, float]  # the seconds that each tool takes for it
    chosen: int  # how many faults were to be judged; a run that was ended has judged fewer
    faults: list[Fault] = field(default_factory=list)

    def score(self, tool: str) -> int:
        return sum(fault.findings[tool].found for fault in self.faults)

    def beside(self, earlier: "Side | None") -> "Side":
        """With what an earlier run says by the other tools, if it judged the same faults."""
        if earlier is None or [one.name for one in earlier.faults] != [one.name for one in self.faults]:
            return self
        faults = [
            Fault(new.name, new.breaks, old.findings | new.findings)
            for old, new in zip(earlier.faults, self.faults, strict=True)
        ]
        return Side(
            earlier.commands | self.commands,
            earlier.versions | self.versions,
            earlier.always | self.always,
            earlier.right | self.right,
            self.chosen,
            faults,
        )


@dataclass
class Results:
    provider: Side | None = None
    client: Side | None = None


def read(path: Path) -> Results:
    return msgspec.json.decode(path.read_bytes(), type=Results) if path.exists() else Results()


def write(results: Results, path: Path) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")


@dataclass(frozen=True)
class Verdict:
    """What a tool reports, and after how many seconds."""

    failures: Failures
    seconds: float


class Comparison(Generic[Judged]):
    """Tools by name, and what each says of what is right: what it says there is no finding."""

    def __init__(self, tools: Mapping[str, Callable[[Judged], Verdict]], control: Judged) -> None:
        self.tools = tools
        # Twice, because what a tool draws at random may fail once and not again.
        runs = {name: [tool(control), tool(control)] for name, tool in tools.items()}
        self.always = {name: first.failures | second.failures for name, (first, second) in runs.items()}
        self.right = {name: first.seconds for name, (first, _) in runs.items()}

    def side(self, command: str, versions: Mapping[str, str], chosen: int) -> Side:
        """A side without faults yet."""
        used = {name: versions[name] for name in self.tools}
        always = {name: sorted(said) for name, said in self.always.items()}
        return Side(dict.fromkeys(self.tools, command), used, always, self.right, chosen)

    def findings(self, judged: Judged) -> dict[str, Finding]:
        verdicts = {name: tool(judged) for name, tool in self.tools.items()}
        return {
            name: Finding(bool(verdict.failures - self.always[name]), round(verdict.seconds, 1))
            for name, verdict in verdicts.items()
        }
