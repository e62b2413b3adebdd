"""Print a report on the console: the judged clauses, what the run did, the failures and the verdict."""

from collections import Counter
from typing import Any

from rich.console import Console
from rich.text import Text

from canvas_outcomes_contract.contract.escaping import on_one_line, printable, shortened
from canvas_outcomes_contract.report.results import FAILURES

LINES, WIDTH = 12, 400  # of a failure on the console
SLOWEST = 5  # parts; the report has all
QUOTE = "| "  # GitHub acts on a line that begins with `::`
COLORS = {
    "passed": "green",
    "failed": "bold red",
    "error": "bold magenta",
    "deviates": "yellow",
    "known_failure": "yellow",
    "conforms": "bold green",
    "violates": "bold red",
    "undecided": "bold magenta",
}


def show(report: dict[str, Any], console: Console, command: str) -> None:
    """Print the report; `command` with `--clause ID` judges a clause again."""
    judged = [clause for clause in report["clauses"] if clause["status"] != "not_applicable"]
    failed = [clause for clause in judged if clause["status"] in FAILURES]
    for clause in judged:
        if clause not in failed:
            _show_heading(console, clause["status"], clause["id"])
            _quote(console, clause["detail"].partition("\n")[0])
    _show_effort(console, report)
    for clause in failed:
        _show_failure(console, clause, command)
    for check in report["client"]:
        if check["status"] not in ("passed", "not_applicable"):
            console.print()
            _show_heading(console, check["status"], f"client: {on_one_line(check['check'])}")
            _quote(console, check["detail"])
    console.print()
    _show_counts(console, report)
    _quote(console, report["stopped"])
    verdict = report["verdict"]
    doubts = "; the run was cut short" if report["cut_short"] else ""
    doubts += f"; records not restored: {report['not_restored']}" if report["not_restored"] else ""
    target = on_one_line(report["target"])
    console.print(Text.assemble("verdict: ", (verdict, COLORS[verdict]), f" ({target}){doubts}"), soft_wrap=True)


def _show_heading(console: Console, status: str, name: str) -> None:
    """Print a status and a name on one line, so that the name can be copied whole."""
    console.print(Text.assemble((status, COLORS[status]), " ", name), soft_wrap=True)


def _quote(console: Console, text: str) -> None:
    """Print the first lines of a text that the suite did not write; report.html has all of it."""
    lines = [line for line in printable(text).splitlines() if line.strip()]
    shown = [shortened(line, WIDTH) for line in lines[:LINES]]
    if len(lines) > LINES:
        shown.append(f"... {len(lines) - LINES} more lines in report.html")
    for line in shown:
        for part in Text(line).wrap(console, max(console.width - len(QUOTE), 1), overflow="fold"):
            part.rstrip()
            console.print(Text(QUOTE) + part)


def _show_failure(console: Console, clause: dict[str, Any], command: str) -> None:
    console.print()
    _show_heading(console, clause["status"], clause["id"])
    console.print(Text(clause["text"]))
    _quote(console, clause["detail"])
    if clause["reproduce"]:
        _show_command(console, "Send the last request again:", clause["reproduce"])
    _show_command(console, "Judge the clause again:", f"{command} --clause {clause['id']}")


def _show_command(console: Console, title: str, command: str) -> None:
    """Print a command on a line of its own, which can be copied whole."""
    console.print(Text(title))
    console.print(Text(f"  {on_one_line(command)}"), soft_wrap=True)


def _show_effort(console: Console, report: dict[str, Any]) -> None:
    console.print(Text("coverage: " + ", ".join(f"{kind} {share}" for kind, share in report["coverage"].items())))
    requests, *drawn = (f"{count} {phase}" for phase, count in report["cases"].items())
    console.print(Text(f"cases: {requests}; drawn from the contract: {', '.join(drawn) or 'none'}"))
    slowest = sorted(report["seconds"].items(), key=lambda part: -part[1])[:SLOWEST]
    parts = ", ".join(f"{part} {seconds:.1f} s" for part, seconds in slowest)
    console.print(Text(f"time: {report['elapsed']:.1f} s; slowest parts: {parts or 'none'}"))
    console.print(Text(f"effort: {report['effort']}, seed: {report['seed']}"))
    for note in report["notes"]:
        _quote(console, note)


def _show_counts(console: Console, report: dict[str, Any]) -> None:
    clauses = report["clauses"]
    counts = Counter(clause["status"] for clause in clauses)
    reasons = Counter(clause["detail"] for clause in clauses if clause["status"] == "not_applicable")
    judged = len(clauses) - counts.pop("not_applicable", 0)
    console.print(Text(f"clauses: {judged} of {len(clauses)} judged" + _listed(counts)))
    for reason, count in reasons.most_common():
        console.print(Text(f"{count} not judged:"))
        _quote(console, reason)
    if client := Counter(check["status"] for check in report["client"]):
        console.print(Text(f"client: {client.total()} checks" + _listed(client)))


def _listed(counts: Counter[str]) -> str:
    return "".join(f", {count} {status}" for status, count in counts.most_common())
