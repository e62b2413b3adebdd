"""Write summary.md: the verdict and the failures, for the summary of a job in a CI."""

from collections import Counter
from html import escape
from pathlib import Path
from typing import Any

from canvas_outcomes_contract.contract.escaping import visible
from canvas_outcomes_contract.report import wording
from canvas_outcomes_contract.report.results import WORST_FIRST

MOST = 50  # rows and notes; GitHub refuses a summary of more than 1024 KiB
WIDTH = 1000  # of a text


def as_markdown(report: dict[str, Any], page: Path) -> str:
    """The summary; text of the provider stands in blocks of HTML, in which Markdown has no meaning."""
    doubts = ", cut short" if report["cut_short"] else ""
    doubts += ", not restored" if report["not_restored"] else ""
    counts = Counter(clause["status"] for clause in report["clauses"])
    statuses = ", ".join(f"{counts[status]} {status}" for status in WORST_FIRST if counts[status])
    notes = [note for note in (report["stopped"], *report["notes"]) if note]
    failures = [*wording.failures(report), *wording.client_failures(report)]
    return "\n\n".join(
        [
            f"<h2>{_code(report['target'])}: {report['verdict']}{doubts}</h2>",
            wording.sentences(report),
            *([f"Clauses: {statuses}."] if statuses else []),
            *(f"<pre>{_text(note)}</pre>" for note in notes[:MOST]),
            *([_table(failures[:MOST])] if failures else []),
            *([f"{len(failures) - MOST} more failures are in the report."] if len(failures) > MOST else []),
            f"<p>Server: {_code(wording.server(report))}, effort {report['effort']}, seed {report['seed']}, "
            f"{report['elapsed']} s. Requests, responses and commands: {_code(str(page))}</p>",
            "",
        ]
    )


def _table(failures: list[dict[str, Any]]) -> str:
    """A table in HTML, without an empty line, which would end the block."""
    rows = [
        f"<tr><td>{one['status']}</td><td>{_code(one.get('id') or one['check'])}<br>{_text(one.get('text', ''))}</td>"
        f"<td><pre>{_text(wording.headline(one['detail']))}</pre></td></tr>"
        for one in failures
    ]
    return "\n".join(["<table>", "<tr><th>Status</th><th>Clause</th><th>Got, wanted</th></tr>", *rows, "</table>"])


def _code(text: str) -> str:
    return f"<code>{_text(text)}</code>"


def _text(text: str) -> str:
    """The beginning of a text, on one line of HTML."""
    shown = visible(text[: WIDTH + 1])
    return escape(shown if len(shown) <= WIDTH else f"{shown[:WIDTH]}…").replace("\n", "&#10;")
