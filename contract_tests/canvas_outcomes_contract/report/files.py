"""Write the files of a report: report.json, report.html, summary.md, junit.xml and the recorded traffic."""

import dataclasses
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from canvas_outcomes_contract.connection.traffic import Exchange, Recorder
from canvas_outcomes_contract.contract.clauses import Clause
from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.contract.redaction import Redactor
from canvas_outcomes_contract.report.coverage import Coverage
from canvas_outcomes_contract.report.har import write_har
from canvas_outcomes_contract.report.junit import write_junit
from canvas_outcomes_contract.report.page import render_report
from canvas_outcomes_contract.report.results import UNDECIDED, Results
from canvas_outcomes_contract.report.summary import as_markdown

REPORT = ("report.json", "report.html", "summary.md", "junit.xml", "traffic.har")


def remove_files(folder: Path, names: Iterable[str]) -> None:
    """Remove the files of an earlier run, which would be taken for those of this run if it wrote none.

    Raises CannotTell for a folder that cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise CannotTell(f"Cannot write the report to {folder}: {error.strerror}. Name another folder.") from None


def write_report(
    folder: Path, about: dict[str, Any], results: Results, recorder: Recorder, *, full_har: bool = False
) -> dict[str, Any]:
    """Write all files into the folder and return the content of report.json; `about` describes the run."""
    coverage = Coverage(results.contract, recorder.exchanges)
    report = about | redacted(as_json(results, coverage), recorder.target.redactor) | {"cases": recorder.counts()}
    _write(folder, report, recorder.exchanges, full_har=full_har)
    return report


def write_refusal(folder: Path, about: dict[str, Any], reason: str) -> None:
    """Write all files for a run that ended before it judged anything; `about` describes the run."""
    nothing: dict[str, Any] = {
        "contract": {"version": "", "sha256": ""},
        "cut_short": False,
        "notes": [],
        "not_restored": 0,
        "clauses": [],
        "unchecked": [],
        "client": [],
        "coverage": {},
        "not_covered": {},
        "seconds": {},
        "cases": {"requests": 0},
    }
    _write(folder, about | nothing | {"verdict": UNDECIDED, "stopped": reason}, [], full_har=False)


def _write(folder: Path, report: dict[str, Any], exchanges: Sequence[Exchange], *, full_har: bool) -> None:
    write_json_and_page(folder, "report", report, render_report(report))
    (folder / "summary.md").write_text(as_markdown(report, folder / "report.html"), encoding="utf-8")
    write_junit(folder / "junit.xml", report)
    write_har(folder / "traffic.har", exchanges, full=full_har)


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


def _clause(clause: Clause) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(clause).items() if name != "deviating"}


def as_json(results: Results, coverage: Coverage) -> dict[str, Any]:
    """The part of report.json that follows from the results."""
    return {
        "contract": {"version": results.contract.version, "sha256": results.contract.sha256},
        "verdict": results.verdict(),
        "cut_short": results.is_cut_short,
        "stopped": results.stopped,
        "seed": results.seed,
        "selected": sorted(results.selected),
        "notes": results.notes + results.not_restored,
        "not_restored": len(results.not_restored),
        "clauses": [_clause(clause) | dataclasses.asdict(result) for clause, result in results.clause_results()],
        "unchecked": results.unchecked(),
        "client": [
            {"check": check, "status": result.status, "detail": result.detail}
            for check, result in results.client.items()
        ],
        "coverage": coverage.fractions(),
        "not_covered": coverage.missing(),
        "seconds": {part: round(seconds, 2) for part, seconds in results.seconds.items()},
    }
