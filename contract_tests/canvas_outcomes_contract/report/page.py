"""Render report.html from the content of report.json."""

import re
from base64 import b64encode
from collections import Counter
from datetime import datetime
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from canvas_outcomes_contract.contract.escaping import visible
from canvas_outcomes_contract.report import wording
from canvas_outcomes_contract.report.json_text import indented, is_json, places
from canvas_outcomes_contract.report.results import FAILURES, WORST_FIRST

SHOWN_CHARACTERS = 20_000  # of a text; report.json has all of it
SHOWN_FAILURES = 30  # before a reader has to open the rest of the list
STATUS = re.compile(r"^status[= ](\d{3})\b", re.MULTILINE)


def render_page(folder: str, template: str, **values: Any) -> str:
    """Render a template in a folder of this package."""
    environment = Environment(
        loader=PackageLoader(f"canvas_outcomes_contract.{folder}", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"shown": shown, "pieces": pieces}
    return environment.get_template(template).render(values)


def render_report(report: dict[str, Any]) -> str:
    """report.html: one file, which loads nothing else and runs no script but its own."""
    clauses = report["clauses"]
    modules: dict[str, Counter[str]] = {}
    for check in report["client"]:
        modules.setdefault(check["check"].partition("::")[0], Counter())[check["status"]] += 1
    script = _own_file("report.js")
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return render_page(
        "report",
        "report.html.jinja",
        report=report,
        wording=wording,
        counts=Counter(clause["status"] for clause in clauses),
        operations=list(dict.fromkeys(clause["operation"] for clause in clauses)),
        reasons=Counter(clause["detail"] for clause in clauses if clause["status"] == "not_applicable").most_common(),
        started=datetime.fromisoformat(report["started"]),
        modules=modules,
        statuses=WORST_FIRST,
        shown_statuses=_shown_at_first({clause["status"] for clause in clauses}),
        most=SHOWN_FAILURES,
        longest=SHOWN_CHARACTERS,
        selection="".join(f" --clause {clause}" for clause in report["selected"]),
        style=_own_file("report.css"),
        script=script,
        policy=f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'",
    )


def _own_file(name: str) -> str:
    return (files("canvas_outcomes_contract.report") / name).read_text(encoding="utf-8")


def _shown_at_first(statuses: set[str]) -> set[str]:
    """The failures; without any, what was judged; else all."""
    return statuses & set(FAILURES) or statuses - {"not_applicable"} or statuses


def shown(text: str) -> str:
    """The beginning of a text that the suite did not write, with escapes instead of invisible characters."""
    rest = len(text) - SHOWN_CHARACTERS
    return visible(text[:SHOWN_CHARACTERS]) + (f"… ({rest} more characters in report.json)" if rest > 0 else "")


def pieces(message: str, detail: str) -> list[tuple[str, bool]]:
    """A request or response with its JSON indented, and whether a piece is what the detail is about."""
    head, _, body = message.partition("\n\n")
    first, line_break, headers = shown(head).partition("\n")
    status = STATUS.search(detail)
    start = [(first, status is not None and status[1] == first), (line_break + headers, False)]
    return start + ([("\n\n", False), *_body(shown(body), detail)] if body else [])


def _body(text: str, detail: str) -> list[tuple[str, bool]]:
    found = list(indented(text, places(detail))) if is_json(text) else []
    is_short = 0 < sum(len(piece) for piece, _ in found) < 4 * len(text) + 1000  # unlike lists in hundreds of lists
    return found if is_short else [(text, False)]
