"""report.html: one page for people, without anything that is loaded from elsewhere."""

from collections import Counter
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

STATUSES = ("failed", "error", "known_failure", "deviates", "not_applicable", "passed")


def page(report: dict[str, Any]) -> str:
    """The report as HTML."""
    environment = Environment(
        loader=PackageLoader("canvas_outcomes_contract.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    by_operation: dict[str, list[dict[str, Any]]] = {}
    for clause in report["clauses"]:
        by_operation.setdefault(clause["operation"], []).append(clause)
    counts = Counter(clause["status"] for clause in report["clauses"])
    template = environment.get_template("report.html.jinja")
    return template.render(report=report, by_operation=by_operation, counts=counts, statuses=STATUSES)
