"""The table of clauses on the console."""

from collections import Counter
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

LINES, WIDTH = 12, 400  # of a failure on the console
COLORS = {
    "passed": "green",
    "failed": "bold red",
    "error": "bold magenta",
    "deviates": "yellow",
    "known_failure": "yellow",
    "not_applicable": "dim",
    "conforms": "bold green",
    "violates": "bold red",
    "undecided": "bold magenta",
}


def show(report: dict[str, Any], console: Console) -> None:
    """Print one line per clause, then the failures, the counts, the time and the verdict."""
    console.print(_table(report["clauses"]))
    for clause in report["clauses"]:
        if clause["status"] in ("failed", "error"):
            _show_failure(console, clause)
    for check in report["client"]:
        if check["status"] != "passed":
            console.print(
                f"\n[bold red]client: {escape(check['check'])}[/]\n{escape(shortened(check['detail']))}",
                highlight=False,
            )
    _show_counts(console, report)


def _table(clauses: list[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    table.add_column("Clause", no_wrap=True, overflow="fold")
    table.add_column("Level")
    table.add_column("Status")
    table.add_column("Reason", overflow="fold")
    for clause in clauses:
        status, reason = clause["status"], clause["detail"].partition("\n")[0]
        table.add_row(clause["id"], clause["level"], f"[{COLORS[status]}]{status}[/]", escape(reason))
    return table


def _show_failure(console: Console, clause: dict[str, Any]) -> None:
    console.print(f"[{COLORS[clause['status']]}]{clause['id']}[/] {escape(clause['text'])}", highlight=False)
    console.print(escape(shortened(clause["detail"])), highlight=False)
    if clause["reproduce"]:
        console.print("reproduce: " + escape(clause["reproduce"]), highlight=False, soft_wrap=True)
    console.print()


def shortened(detail: str) -> str:
    """The first lines of a detail; report.html has all of it."""
    lines = detail.splitlines()
    more = [f"… {len(lines) - LINES} more lines in report.html"] if len(lines) > LINES else []
    return "\n".join(line[:WIDTH] for line in lines[:LINES] + more)


def _show_counts(console: Console, report: dict[str, Any]) -> None:
    counts = Counter(clause["status"] for clause in report["clauses"])
    client = Counter(check["status"] for check in report["client"])
    line = ", ".join(f"{count} {status}" for status, count in counts.most_common())
    console.print(
        f"clauses: {len(report['clauses'])}: {line}; without a check: {len(report['unchecked'])}", highlight=False
    )
    if client:
        console.print("client: " + ", ".join(f"{count} {status}" for status, count in client.items()), highlight=False)
    console.print("coverage: " + ", ".join(f"{k} {v}" for k, v in report["coverage"].items()), highlight=False)
    requests, *drawn = (f"{count} {phase}" for phase, count in report["cases"].items())
    console.print(f"cases: {requests}; drawn from the contract: {', '.join(drawn) or 'none'}", highlight=False)
    parts = ", ".join(f"{part} {seconds:.1f}" for part, seconds in report["seconds"].items())
    console.print(f"time: {sum(report['seconds'].values()):.1f} s: {parts}", highlight=False)
    for note in report["notes"]:
        console.print(escape(shortened(note)), highlight=False)
    console.print(f"seed: {report['seed']}", highlight=False)
    if report["stopped"]:
        console.print(escape(report["stopped"]), highlight=False)
    verdict = report["verdict"]
    changed = f"; records that were not restored: {report['not_restored']}" if report["not_restored"] else ""
    console.print(f"verdict: [{COLORS[verdict]}]{verdict}[/] ({escape(report['target'])}){changed}", highlight=False)
