"""The same faulty providers, judged by this suite, Schemathesis, Specmatic and Dredd."""

import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import yaml

import contract_tests.mutants.provider  # noqa: F401  registers the mutants
from contract_tests.contract import Contract, contract_path
from contract_tests.errors import CannotTell
from contract_tests.mutants.faults import MUTANTS, Mutant
from contract_tests.mutants.faulty_server import faulty_server
from contract_tests.mutants.judge import CONTROL
from contract_tests.mutants.right_server import EMBEDDED, RightServer
from scripts.evidence.contract_copies import for_dredd, for_specmatic
from scripts.evidence.processes import ENDLESS, said_by
from scripts.evidence.results import Comparison, Failures, Fault, Side, Verdict
from scripts.npx import npx_line

ROOT = Path(__file__).resolve().parent.parent.parent
DREDD = "dredd@14.1.0"
SPECMATIC = "specmatic@2.55.1"
TOKEN = "editor-token"
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
Tool = Callable[[str, Path], Failures]


def ours(base_url: str, folder: Path) -> Failures:
    """The clauses that the suite reports as failed: the first."""
    target, report = folder / "target.yaml", folder / "report"
    target.write_text(yaml.safe_dump(yaml.safe_load(EMBEDDED.read_text()) | {"base_url": base_url}))
    arguments = ["contract_tests/provider", "-x", "-q", "-p", "no:cacheprovider", "--seed", "1"]
    command = [sys.executable, "-m", "pytest", *arguments, "--target", str(target), "--report", str(report)]
    said_by(command, ROOT, os.environ | {"XDG_STATE_HOME": str(folder)})
    clauses = json.loads((report / "report.json").read_text())["clauses"]
    return {clause["id"] for clause in clauses if clause["status"] == "failed"}


def schemathesis(base_url: str, folder: Path) -> Failures:
    """Each kind of failure with its operation."""
    command = [str(Path(sys.executable).parent / "st"), "run", str(contract_path()), "--url", base_url, "--seed", "1"]
    # It keeps a cache where it runs.
    said = said_by([*command, "-H", f"Authorization: Bearer {TOKEN}"], folder, dict(os.environ))
    return schemathesis_failures(_complete("Schemathesis", said, " SUMMARY "))


def schemathesis_failures(said: str) -> Failures:
    failures, operation = set(), ""
    for line in said.splitlines():
        heading = re.fullmatch(r"_+ ([A-Z]+ /\S+) _+", line)
        operation = heading[1] if heading else operation
        if operation and line.startswith("- "):
            failures.add(f"{operation}: {line[2:]}")
    return failures


def specmatic(base_url: str, folder: Path) -> Failures:
    """The scenarios that fail, of those that it takes from the examples and of those that it draws."""
    contract = for_specmatic(folder)
    # It takes the token from a variable of the name of the scheme. Without a bound it does not end in two minutes.
    variables = {"SPECMATIC_GENERATIVE_TESTS": "true", "MAX_TEST_REQUEST_COMBINATIONS": "2", "bearerToken": TOKEN}
    command = ("specmatic", "test", str(contract), f"--testBaseURL={base_url}")
    line, environment = npx_line([SPECMATIC], *command, **variables)
    said = said_by(line, folder, environment)
    return specmatic_failures(_complete("Specmatic", said, "Tests run: "))


def specmatic_failures(said: str) -> Failures:
    return set(re.findall(r"Scenario: (.*?) has FAILED", said))


def dredd(base_url: str, folder: Path) -> Failures:
    """The transactions that fail."""
    contract = for_dredd(folder)
    header = f"Authorization: Bearer {TOKEN}"
    line, environment = npx_line([DREDD], "dredd", str(contract), base_url, "--header", header)
    return dredd_failures(_complete("Dredd", said_by(line, folder, environment), "complete: "))


def dredd_failures(said: str) -> Failures:
    """Dredd begins the reasons with the same word as the transactions."""
    return set(re.findall(r"^fail: ([A-Z]+ \(\d+\) \S+)", ESCAPES.sub("", said), re.M))


def _complete(tool: str, said: str, last_words: str) -> str:
    if last_words not in ESCAPES.sub("", said) and said != ENDLESS:
        raise CannotTell(f"Cannot judge a provider with {tool}, which did not end its run: {said[-1000:]}")
    return said


TOOLS: dict[str, Tool] = {"this suite": ours, "Schemathesis": schemathesis, "Specmatic": specmatic, "Dredd": dredd}
VERSIONS = {
    "this suite": "of this commit",
    "Schemathesis": version("schemathesis"),
    "Specmatic": SPECMATIC.partition("@")[2],
    "Dredd": DREDD.partition("@")[2],
}


class Judge:
    """One tool, and the right server that stands behind the faulty ones."""

    def __init__(self, tool: Tool, server: RightServer) -> None:
        self.tool, self.server = tool, server

    def __call__(self, mutant: Mutant) -> Verdict:
        with tempfile.TemporaryDirectory() as folder:
            with faulty_server(mutant.fault, self.server.base_url) as faulty:
                started = time.perf_counter()
                failures = self.tool(faulty.base_url, Path(folder))
                seconds = time.perf_counter() - started
            self.server.put_back()
            return Verdict(failures, seconds)


def judged(every: int, tools: list[str], command: str) -> Iterator[Side]:
    """The side, again after each fault."""
    chosen = one_of_each(every)
    # Specmatic is a program of Java, which npm does not bring along.
    usable = [name for name in tools if name != "Specmatic" or shutil.which("java")]
    with closing(RightServer()) as server:
        comparison = Comparison({name: Judge(TOOLS[name], server) for name in usable}, CONTROL)
        side = comparison.side(command, VERSIONS, len(chosen))
        for mutant in chosen:
            side.faults.append(Fault(mutant.name, mutant.clause, comparison.findings(mutant)))
            yield side


def one_of_each(every: int) -> list[Mutant]:
    """The first mutant of every N-th clause."""
    first: dict[str, Mutant] = {}
    for mutant in MUTANTS.values():
        first.setdefault(mutant.clause, mutant)
    return [first[clause] for clause in list(Contract(contract_path()).clauses)[::every] if clause in first]
