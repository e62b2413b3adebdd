"""report.json, report.html and the recorded traffic."""

import json
from pathlib import Path
from typing import Any

from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.report.coverage import Coverage
from canvas_outcomes_contract.report.html import page
from canvas_outcomes_contract.report.results import Results


def write_report(folder: Path, target: str, results: Results, recorder: Recorder) -> dict[str, Any]:
    """Write the files of a run into `folder` and return what report.json says."""
    coverage = Coverage(results.contract, recorder.exchanges)
    report = as_json(target, results, coverage) | {"cases": recorder.counts()}
    write_pages(folder, report)
    recorder.write_har(folder / "traffic.har")
    return report


def write_pages(folder: Path, report: dict[str, Any]) -> None:
    """The report for scripts and for people."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "report.html").write_text(page(report), encoding="utf-8")


def as_json(target: str, results: Results, coverage: Coverage) -> dict[str, Any]:
    """The report in the form that scripts read."""
    return {
        "target": target,
        "contract": {"version": results.contract.version, "sha256": results.contract.sha256},
        "verdict": results.verdict(),
        "stopped": results.stopped,
        "seed": results.seed,
        "notes": results.notes,
        "clauses": [
            {
                "id": judged.clause.id,
                "level": judged.clause.level,
                "operation": judged.clause.operation,
                "text": judged.clause.text,
                "source": judged.clause.source,
                "deviation": judged.clause.deviation,
                "status": judged.status,
                "detail": judged.detail,
                "reproduce": judged.reproduce,
                "exchanges": judged.exchanges,
            }
            for judged in results.clause_results()
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
