"""Write the files of a report: report.json, report.html and the recorded traffic."""

import dataclasses
import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined

from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.contract.redaction import Redactor
from canvas_outcomes_contract.report.coverage import Coverage
from canvas_outcomes_contract.report.har import write_har
from canvas_outcomes_contract.report.results import Results

STATUSES = ("failed", "error", "known_failure", "deviates", "not_applicable", "passed")


def write_report(folder: Path, results: Results, recorder: Recorder, *, full_har: bool = False) -> dict[str, Any]:
    """Write all files into the folder and return the content of report.json."""
    coverage = Coverage(results.contract, recorder.exchanges)
    report = redacted(as_json(recorder.target.name, results, coverage), recorder.target.redactor)
    report["cases"] = recorder.counts()
    by_operation: dict[str, list[dict[str, Any]]] = {}
    for clause in report["clauses"]:
        by_operation.setdefault(clause["operation"], []).append(clause)
    counts = Counter(clause["status"] for clause in report["clauses"])
    page = render_page(
        "report", "report.html.jinja", report=report, by_operation=by_operation, counts=counts, statuses=STATUSES
    )
    write_json_and_page(folder, "report", report, page)
    write_har(folder / "traffic.har", recorder.exchanges, full=full_har)
    return report


def render_page(folder: str, template: str, **values: Any) -> str:
    """Render a template in a folder of this package."""
    environment = Environment(
        loader=PackageLoader(f"canvas_outcomes_contract.{folder}", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(values)


def write_json_and_page(folder: Path, name: str, report: dict[str, Any], page: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for suffix, text in (("json", json.dumps(report, indent=2, ensure_ascii=False) + "\n"), ("html", page)):
        # A lone surrogate of a provider becomes an escape, which is valid JSON.
        (folder / f"{name}.{suffix}").write_text(text, encoding="utf-8", errors="backslashreplace")


def redacted(report: dict[str, Any], redactor: Redactor) -> dict[str, Any]:
    """A report without secrets in the texts that may come from the provider."""
    of_provider = {name: redactor.value(report[name]) for name in ("stopped", "notes")}
    results = {
        name: [result | {"detail": redactor.text(result["detail"])} for result in report[name]]
        for name in ("clauses", "client")
    }
    return report | of_provider | results


def as_json(target: str, results: Results, coverage: Coverage) -> dict[str, Any]:
    """The content of report.json."""
    return {
        "target": target,
        "contract": {"version": results.contract.version, "sha256": results.contract.sha256},
        "verdict": results.verdict(),
        "stopped": results.stopped,
        "seed": results.seed,
        "notes": results.notes + results.not_restored,
        "not_restored": len(results.not_restored),
        "clauses": [
            msgspec.structs.asdict(clause) | dataclasses.asdict(result) for clause, result in results.clause_results()
        ],
        "unchecked": results.unchecked(),
        "client": [
            {"check": check, "status": result.status, "detail": result.detail}
            for check, result in results.client.items()
        ],
        "coverage": coverage.fractions(),
        "not_covered": coverage.missing(),
        "seconds": {part: round(seconds, 2) for part, seconds in results.seconds.items()},
    }
