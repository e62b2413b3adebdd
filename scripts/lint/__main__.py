"""Check that a contract is a valid OpenAPI document in the style of this repository."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.errors import CannotTell, in_one_sentence
from scripts import ROOT
from scripts.lint.contract_style import complaints
from scripts.lint.npx import REDOCLY, redocly_report
from scripts.lint.openapi_document import invalid


@in_one_sentence
def main(arguments: list[str] | None = None) -> int:
    """Return exit code 0 if there is no complaint, 1 if there is one, 2 if the check could not run."""
    parser = argparse.ArgumentParser(prog="lint", description=__doc__)
    parser.add_argument("contract", type=Path, nargs="?", default=ROOT / "openapi.yaml", metavar="FILE")
    options = parser.parse_args(arguments)
    contract = Contract(options.contract)
    found = list(dict.fromkeys([*redocly_complaints(options.contract), *own_complaints(contract)]))
    print("\n".join(found) if found else summary(contract))
    return 1 if found else 0


def redocly_complaints(path: Path) -> Iterator[str]:
    """Yield one line for each problem that Redocly reports under the rules of redocly.yaml."""
    report = redocly_report("lint", str(path), "--config", str(ROOT / "redocly.yaml"))
    for problem in report["problems"]:
        start = problem["location"][0].get("start", {"line": 1, "col": 1})
        message = " ".join(problem["message"].split())
        yield f"{path}:{start['line']}:{start['col']}: {message} ({problem['ruleId']})"


def own_complaints(contract: Contract) -> list[str]:
    """Run openapi-spec-validator and, on a valid document, the style rules."""
    where = contract.source.where
    found: list[str] = []
    try:
        found.extend(f"{where(*keys)}: {reason}. (openapi-spec-validator)" for keys, reason in invalid(contract))
        if found:
            return found
        found.extend(f"{where(*keys)}: {reason} (style)" for keys, reason in complaints(contract))
    except CannotTell as reason:
        found.append(f"{str(reason).removeprefix('Cannot use the contract ')} (extensions)")
    return found


def summary(contract: Contract) -> str:
    schemas = contract.document.get("components", {}).get("schemas", {})
    counts = f"{len(contract.operations)} operations, {len(contract.clauses)} clauses, {len(schemas)} schemas"
    return f"{contract.path.name}: {counts}; no complaint from Redocly {REDOCLY}, openapi-spec-validator or style"


if __name__ == "__main__":
    sys.exit(main())
