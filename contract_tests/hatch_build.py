"""Put the contract into the distribution: from the checkout, or from the source distribution that already holds it."""

import re
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = next(Path(__file__).parent.glob("canvas_outcomes_*"))
PACKED = PACKAGE / "openapi.yaml"
CONTRACT = PACKED if PACKED.exists() else PACKAGE.parents[1] / "openapi.yaml"


def contract_version() -> str:
    """The version in `info`, which is the version of the distribution."""
    [version] = re.findall(r"^  version: (.+)$", CONTRACT.read_text(encoding="utf-8"), re.MULTILINE)
    return version


class ContractHook(BuildHookInterface):
    """Include openapi.yaml beside the modules of the package."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable":
            build_data["force_include"][str(CONTRACT)] = f"{PACKAGE.name}/openapi.yaml"
