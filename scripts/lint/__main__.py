"""Says whether a contract is a valid OpenAPI document, in the style that this repository asks for."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.contract.errors import CannotTell, in_one_sentence
from scripts.lint import redocly
from scripts.lint.contract_style import complaints
from scripts.lint.openapi_document import invalid

ROOT = Path(__file__).resolve().parents[2]


@in_one_sentence
def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: nothing to complain about. 1: something. 2: could not tell."""
    parser = argparse.ArgumentParser(prog="lint", description=__doc__)
    parser.add_argument("contract", type=Path, nargs="?", default=ROOT / "openapi.yaml", metavar="FILE")
    options = parser.parse_args(arguments)
    contract = Contract(options.contract)
    found = list(dict.fromkeys([*redocly_complaints(options.contract), *own_complaints(contract)]))
    print("\n".join(found) if found else praise(contract))
    return 1 if found else 0


def redocly_complaints(path: Path) -> Iterator[str]:
    """What Redocly finds by the rules of redocly.yaml, one line each."""
    report = redocly.redocly_report("lint", str(path), "--config", str(ROOT / "redocly.yaml"))
    for problem in report["problems"]:
        start = problem["location"][0].get("start", {"line": 1, "col": 1})
        message = " ".join(problem["message"].split())
        yield f"{path}:{start['line']}:{start['col']}: {message} ({problem['ruleId']})"


def own_complaints(contract: Contract) -> list[str]:
    """What openapi-spec-validator and our own rules find; the latter need a valid document."""
    source = contract.source
    found = [
        f"{source.where(*keys)}: {reason}. (openapi-spec-validator)" for keys, reason in invalid(contract.document)
    ]
    if found:
        return found
    found = [f"{source.where(*keys)}: {reason} (style)" for keys, reason in complaints(contract)]
    try:
        assert contract.clauses is not None  # reads them all
    except CannotTell as reason:
        found.append(f"{str(reason).removeprefix('Cannot use the contract ')} (clauses)")
    return found


def praise(contract: Contract) -> str:
    schemas = contract.document.get("components", {}).get("schemas", {})
    counts = f"{len(contract.operations)} operations, {len(contract.clauses)} clauses, {len(schemas)} schemas"
    judges = f"Redocly {redocly.VERSION}, openapi-spec-validator and the style rules"
    return f"{contract.path.name}: {counts}; {judges} have nothing to complain about"


if __name__ == "__main__":
    sys.exit(main())
