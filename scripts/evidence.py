"""Lets this suite and other tools judge the same faulty providers; docs/evidence.md says who found which fault."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

import contract_tests.mutants.provider  # noqa: F401  registers the mutants
from contract_tests.contract import Contract, contract_path
from contract_tests.errors import in_one_sentence
from contract_tests.mutants.faults import MUTANTS, Mutant
from contract_tests.mutants.faulty_server import faulty_server
from contract_tests.mutants.judge import CONTROL
from contract_tests.mutants.right_server import EMBEDDED, RightServer
from scripts.npx import npx

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "evidence.md"
DREDD = "dredd@14.1.0"
TOKEN = "editor-token"
SECONDS = 600  # for one tool and one provider
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
NOTES = (
    "Dredd 14.1.0 reads OpenAPI 3.1 in part only: all of its transactions fail, of the right provider too, so it can",
    "find nothing. Specmatic 2.55.1 is not in the table: it takes no contract with `5XX`, and without it asks for ids",
    "and tokens that it draws; its run against the right provider had not ended after 120 s.",
)
Failures = set[str]
Tool = Callable[[str, Path], Failures]


def ours(base_url: str, folder: Path) -> Failures:
    """The clauses that the suite reports as failed; it stops at the first."""
    target, report = folder / "target.yaml", folder / "report"
    target.write_text(yaml.safe_dump(yaml.safe_load(EMBEDDED.read_text()) | {"base_url": base_url}))
    arguments = ["contract_tests/provider", "-q", "-x", "-p", "no:cacheprovider", "--seed", "1"]
    _run([sys.executable, "-m", "pytest", *arguments, "--target", str(target), "--report", str(report)], folder)
    judged = json.loads((report / "report.json").read_text())["clauses"]
    return {clause["id"] for clause in judged if clause["status"] == "failed"}


def schemathesis(base_url: str, folder: Path) -> Failures:
    """Each kind of failure with its operation."""
    command = [str(Path(sys.executable).parent / "st"), "run", str(contract_path()), "--url", base_url, "--seed", "1"]
    said = _run([*command, "-H", f"Authorization: Bearer {TOKEN}"], folder, folder)  # it keeps a cache where it runs
    failures, operation = set(), ""
    for line in said.splitlines():
        heading = re.fullmatch(r"_+ ([A-Z]+ /\S+) _+", line)
        operation = heading[1] if heading else operation
        if operation and line.startswith("- "):
            failures.add(f"{operation}: {line[2:]}")
    return failures


def dredd(base_url: str, folder: Path) -> Failures:
    """The transactions that fail."""
    said = npx([DREDD], "dredd", str(contract_path()), base_url, "--header", f"Authorization: Bearer {TOKEN}").stdout
    return set(re.findall(r"^fail: ([A-Z]+ \(\d+\) \S+)", ESCAPES.sub("", said), re.M))


def _run(command: list[str], folder: Path, where: Path = ROOT) -> str:
    variables = {"PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(folder)}
    done = subprocess.run(
        command, cwd=where, capture_output=True, text=True, timeout=SECONDS, check=False, env=os.environ | variables
    )
    return done.stdout


TOOLS: dict[str, Tool] = {"this suite": ours, "Schemathesis": schemathesis, "Dredd": dredd}


@dataclass(frozen=True)
class Finding:
    """Whether a tool saw a difference between the faulty provider and the right one, and in how many seconds."""

    found: bool
    seconds: float


class Comparison:
    """Tools by name, and what each says of the right provider: what it says there is no finding."""

    def __init__(self, tools: list[str]) -> None:
        self.tools = tools
        self.server = RightServer()
        # Twice, because what a tool draws at random may fail once and not again.
        runs = [{name: self._failures(name, CONTROL)[0] for name in tools} for _ in range(2)]
        self.always = {name: runs[0][name] | runs[1][name] for name in tools}

    def judge(self, mutant: Mutant) -> dict[str, Finding]:
        findings = {}
        for name in self.tools:
            failures, seconds = self._failures(name, mutant)
            findings[name] = Finding(bool(failures - self.always[name]), seconds)
        return findings

    def _failures(self, name: str, mutant: Mutant) -> tuple[Failures, float]:
        with self._provider(mutant) as base_url, tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            failures = TOOLS[name](base_url, Path(folder))
            return failures, time.perf_counter() - started

    @contextmanager
    def _provider(self, mutant: Mutant) -> Iterator[str]:
        with faulty_server(mutant.fault, self.server.base_url) as faulty:
            yield faulty.base_url
        self.server.put_back()


@in_one_sentence
def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="evidence", description=__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one mutant of each N-th clause (1)")
    parser.add_argument("--tool", action="append", choices=list(TOOLS), help="only this tool (repeatable)")
    parser.add_argument("--output", type=Path, default=PAGE, metavar="FILE")
    options = parser.parse_args(arguments)
    chosen = one_of_each(options.every)
    tools = options.tool or list(TOOLS)
    comparison = Comparison(tools)
    for name, always in comparison.always.items():
        print(f"{name} says of the right provider: {sorted(always) or 'nothing'}", flush=True)
    findings = {}
    for mutant in chosen:
        findings[mutant] = comparison.judge(mutant)
        print(mutant.name, findings[mutant], flush=True)
    options.output.write_text(page(findings, comparison.always, options.every), encoding="utf-8")
    print(f"wrote {options.output}")
    return 0


def one_of_each(every: int) -> list[Mutant]:
    """The first mutant of every N-th clause."""
    first: dict[str, Mutant] = {}
    for mutant in MUTANTS.values():
        first.setdefault(mutant.clause, mutant)
    return [first[clause] for clause in list(Contract(contract_path()).clauses)[::every] if clause in first]


def page(findings: dict[Mutant, dict[str, Finding]], always: dict[str, Failures], every: int) -> str:
    tools = list(always)
    head = [f"| {' | '.join(['Clause', 'Fault', *tools])} |", f"|{'---|' * (len(tools) + 2)}"]
    rows = [
        f"| {mutant.clause} | {mutant.name} | {' | '.join(cell(by_tool[name]) for name in tools)} |"
        for mutant, by_tool in findings.items()
    ]
    found = {name: sum(by_tool[name].found for by_tool in findings.values()) for name in tools}
    scores = [f"| {name} | {found[name]} of {len(findings)} | {len(always[name])} |" for name in tools]
    return "\n".join(
        [
            "# Who finds which fault",
            "",
            f"Written by `tox -e evidence -- --every {every}`: one faulty provider for each {_nth(every)}clause of",
            "the contract, judged by each tool with the token of an editor. A fault is found when the tool reports a",
            "failure that it does not report, in two runs, of the right provider. This suite stops at a failure.",
            "Seconds are of that run, beside whatever else its machine had to do.",
            "",
            *NOTES,
            "",
            "| Tool | Found | Failures that it reports of the right provider |",
            "|---|---|---|",
            *scores,
            "",
            *head,
            *rows,
            "",
        ]
    )


def _nth(every: int) -> str:
    return "" if every == 1 else f"{every}th "


def cell(finding: Finding) -> str:
    return f"{'found' if finding.found else '-'}, {finding.seconds:.0f} s"


if __name__ == "__main__":
    sys.exit(main())
