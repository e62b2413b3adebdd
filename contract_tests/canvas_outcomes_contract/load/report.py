"""load.json and load.html: requests, response times and violations of a load run."""

from pathlib import Path
from typing import Any

from canvas_outcomes_contract.connection.target import Target
from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.escaping import on_one_line
from canvas_outcomes_contract.report.files import write_json_and_page
from canvas_outcomes_contract.report.page import render_page
from canvas_outcomes_contract.report.results import CONFORMS, UNDECIDED, VIOLATES

REPORT = ("load.json", "load.html")
THROTTLED = " (throttled)"


def as_report(target: Target, contract: Contract, figures: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    """The content of load.json. Undecided: no response, a lost part of the run, or an error in a user."""
    redact = target.redactor.value
    figures = figures | {name: redact(figures[name]) for name in ("violations", "mistakes")}
    total = figures["total"]
    seconds = len(figures["per_second"])
    doubts = [*redact(notes), *figures["mistakes"]]
    if figures["lost_workers"]:
        doubts.append(f"{figures['lost_workers']} workers were lost; their figures are missing.")
    if not total["requests"]:
        doubts.append("There was no response.")
    failures = [v for v in figures["violations"] if "-never-fails-on-a-request: " in v["what"]]
    return {
        "target": target.name,
        "contract": {"version": contract.version, "sha256": contract.sha256},
        "verdict": VIOLATES if figures["violations"] else UNDECIDED if doubts else CONFORMS,
        "seconds": seconds,
        "requests_per_second": round(total["requests"] / seconds, 1) if seconds else 0,
        "violations_found": sum(violation["count"] for violation in figures["violations"]),
        "server_failures": sum(violation["count"] for violation in failures),
        "throttled": sum(one["requests"] for one in figures["operations"] if one["name"].endswith(THROTTLED)),
        "notes": doubts,
        **figures,
    }


def write(folder: Path, report: dict[str, Any]) -> None:
    page = render_page("load", "load.html.jinja", report=report, most=max(report["per_second"], default=1))
    write_json_and_page(folder, "load", report, page)


def as_text(report: dict[str, Any]) -> str:
    """The report for the console."""
    line = "{:<36}{:>10}{:>12}{:>9}{:>9}{:>9}{:>9}"
    rows = [line.format("operation", "requests", "violations", "p50 ms", "p95 ms", "p99 ms", "max ms")]
    for one in [*report["operations"], report["total"]]:
        ms = one["milliseconds"]
        figures = [f"{ms[name]:.0f}" for name in ("p50", "p95", "p99", "max")]
        rows.append(line.format(one["name"], one["requests"], one["violations"], *figures))
    rows += [f"{violation['count']} times {on_one_line(violation['what'])}" for violation in report["violations"]]
    rows += map(on_one_line, report["notes"])
    rows.append(
        f"{report['requests_per_second']} requests a second for {report['seconds']} s; {report['violations_found']} "
        f"violations, {report['server_failures']} failures of the server, {report['throttled']} throttled"
    )
    return "\n".join([*rows, f"verdict: {report['verdict']} ({report['target']})"])
