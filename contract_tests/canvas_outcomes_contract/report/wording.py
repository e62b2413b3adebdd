"""Text that report.html and summary.md share: the failures, their first lines and the sentences of the result."""

import re
from collections import Counter
from typing import Any

from canvas_outcomes_contract.contract.escaping import shortened, visible
from canvas_outcomes_contract.report.results import FAILURES

LINES, WIDTH = 3, 300  # of a failure in a list
READ = 50_000  # characters of a detail in which the lines are searched
# Lines of Schemathesis around those with the value and the place of its schema.
SURROUNDING = re.compile(r"Response violates schema$|Validated against |Value:$|    ")
EXAMPLE = re.compile(r"\n(?=Failing |Draw \d+: )")  # the example that Hypothesis found


def failures(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The clauses that failed, MUST first, and those that could not be judged."""
    clauses = [clause for clause in report["clauses"] if clause["status"] in FAILURES]
    return sorted(clauses, key=lambda clause: (FAILURES.index(clause["status"]), clause["level"] != "MUST"))


def client_failures(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [check for check in report["client"] if check["status"] in FAILURES]


def sentences(report: dict[str, Any]) -> str:
    """The result of a run."""
    counts = Counter(clause["status"] for clause in report["clauses"])
    judged = counts.total() - counts["not_applicable"]
    levels = Counter(clause["level"] for clause in report["clauses"] if clause["status"] == "failed")
    parts = ", ".join(f"{levels[level]} {level}" for level in ("MUST", "SHOULD") if levels[level])
    failed = f"{counts['failed']} of {judged} judged clauses failed: {parts}." if parts else ""
    found = [
        failed or (f"None of {judged} judged clauses failed." if judged else "No clause was judged."),
        f"{counts['error']} could not be judged because of an error." if counts["error"] else "",
        f"{len(client_failures(report))} of {len(report['client'])} checks of the client failed."
        if client_failures(report)
        else "",
        f"Records not restored: {report['not_restored']}." if report["not_restored"] else "",
    ]
    return " ".join(filter(None, found))


def server(report: dict[str, Any]) -> str:
    if report["base_url"]:
        return str(report["base_url"])
    return "the reference server, started by the run" if report["cases"]["requests"] else "none was reached"


def without_example(detail: str) -> str:
    return EXAMPLE.split(detail, maxsplit=1)[0]


def example(detail: str) -> str:
    return "\n".join(EXAMPLE.split(detail, maxsplit=1)[1:])


def headline(detail: str) -> str:
    """The first lines of a detail, without the example that Hypothesis found and without invisible characters."""
    lines = [
        line
        for line in without_example(visible(detail[:READ])).splitlines()
        if line.strip() and not SURROUNDING.match(line)
    ]
    return "\n".join(_cut(line, WIDTH) for line in lines[:LINES])


def _cut(text: str, width: int) -> str:
    """The beginning of a text; of `got …, wanted …`, the beginnings of both."""
    got, comma, wanted = text.partition(", wanted ")
    if len(text) <= width:
        return text
    return _cut(got, width // 2) + comma + _cut(wanted, width // 2) if comma else shortened(text, width)
