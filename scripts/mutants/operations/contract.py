"""The contract with six further operations, as a maintainer writes it."""

from pathlib import Path

import yaml

from canvas_outcomes_contract.contract.document import contract_path
from scripts import ROOT
from scripts.tests.docs.documents import blocks, insert

MORE = Path(__file__).with_name("operations.yaml")


def with_operations_of_contributing() -> str:
    """The contract after the edits that CONTRIBUTING.md shows."""
    text = contract_path().read_text(encoding="utf-8")
    for block in blocks(ROOT / "CONTRIBUTING.md"):
        text = insert(block, "openapi.yaml", text)
    return text


def write(folder: Path) -> Path:
    """Write the contract with the operations of CONTRIBUTING.md and three more."""
    document, more = yaml.safe_load(with_operations_of_contributing()), yaml.safe_load(MORE.read_text("utf-8"))
    for path, item in more["paths"].items():
        document["paths"].setdefault(path, {}).update(item)
    document["components"]["schemas"] |= more["components"]["schemas"]
    written = folder / "openapi.yaml"
    written.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return written
