"""The command `python -m contract_tests.report.merge DIR... --report DIR`: the reports of all shards become one.

Exit codes: that of the whole run: 0 the provider conforms, 1 it does not, 2 could not tell.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console

from contract_tests.errors import CannotTell, in_one_sentence
from contract_tests.report.console import show
from contract_tests.report.files import write_pages
from contract_tests.report.results import EXIT_CODES, WORST_FIRST, verdict_of

SAME = ("target", "contract")  # in all parts of one run
WIDTH = 160  # of the table where no terminal has one


@in_one_sentence
def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m contract_tests.report.merge", description=__doc__)
    parser.add_argument("parts", nargs="+", type=Path, metavar="DIR", help="the report folder of a shard")
    parser.add_argument("--report", type=Path, default=Path("report"), metavar="DIR", help="the folder for the whole")
    options = parser.parse_args(arguments)
    report = merged([_read(folder) for folder in options.parts])
    write_pages(options.report, report)
    _merge_traffic(options.parts, options.report / "traffic.har")
    show(report, Console(width=None if sys.stdout.isatty() else WIDTH))
    return EXIT_CODES[report["verdict"]]


def _read(folder: Path) -> dict[str, Any]:
    path = folder / "report.json"
    try:
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CannotTell(f"Cannot merge {path}: {error}. Name the report folders of all shards.") from error
    return report


def merged(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """The report of the whole run. Raises CannotTell for parts of several runs, and when a part is missing."""
    _refuse_what_is_not_one_run(parts)
    first = parts[0]
    clauses = [_worst(of_one) for of_one in zip(*(part["clauses"] for part in parts), strict=True)]
    client = [check for part in parts for check in part["client"]]
    stopped = " ".join(part["stopped"] for part in parts if part["stopped"])
    not_covered = {
        kind: {
            name: reason for name, reason in missing.items() if all(name in part["not_covered"][kind] for part in parts)
        }
        for kind, missing in first["not_covered"].items()
    }
    return first | {
        "verdict": _verdict(clauses, client, stopped),
        "stopped": stopped,
        "shard": "",
        "notes": [note for part in parts for note in part["notes"]],
        "clauses": clauses,
        "client": client,
        "coverage": {kind: _fraction(first["coverage"][kind], missing) for kind, missing in not_covered.items()},
        "not_covered": not_covered,
        "cases": _summed(part["cases"] for part in parts),
        "seconds": _summed(part["seconds"] for part in parts),
    }


def _refuse_what_is_not_one_run(parts: list[dict[str, Any]]) -> None:
    for key in SAME:
        if any(part[key] != parts[0][key] for part in parts):
            raise CannotTell(f"Cannot merge reports of several runs: they differ in {key}.")
    numbers = Counter(part["shard"] for part in parts)
    count = parts[0]["shard"].partition("/")[2]
    wanted = Counter(f"{number}/{count}" for number in range(1, int(count or 0) + 1))
    if numbers != wanted:
        told = ", ".join(sorted(numbers.elements())) or "none"
        raise CannotTell(f"Cannot merge these reports: each shard of one run is needed once, got {told}.")


def _worst(of_one: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    return min(of_one, key=lambda clause: WORST_FIRST.index(clause["status"]))


def _verdict(clauses: list[dict[str, Any]], client: list[dict[str, Any]], stopped: str) -> str:
    decisive = [clause for clause in clauses if clause["status"] == "error" or clause["level"] == "MUST"]
    statuses = {one["status"] for one in [*decisive, *client]} & {"failed", "error"}
    judged_any = any(clause["status"] != "not_applicable" for clause in clauses)
    return verdict_of(statuses, stopped, judged_any or bool(client))


def _fraction(of_part: str, missing: dict[str, str]) -> str:
    total = int(of_part.partition("/")[2])
    return f"{total - len(missing)}/{total}"


def _summed(counts: Any) -> dict[str, Any]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return {name: round(value, 2) for name, value in total.items()}


def _merge_traffic(folders: list[Path], path: Path) -> None:
    hars = [json.loads((folder / "traffic.har").read_text(encoding="utf-8")) for folder in folders]
    hars[0]["log"]["entries"] = [entry for har in hars for entry in har["log"]["entries"]]
    path.write_text(json.dumps(hars[0]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
