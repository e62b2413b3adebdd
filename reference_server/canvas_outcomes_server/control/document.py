"""The OpenAPI document of /_control: openapi.yaml beside this file, with the schemas of the bodies."""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from canvas_outcomes_server.control.messages import schemas
from canvas_outcomes_server.http.docs_page import contract_json

FILE = Path(__file__).with_name("openapi.yaml")


@cache
def document() -> dict[str, Any]:
    """Return the document, with the version of the contract."""
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    found["info"]["version"] = msgspec.json.decode(contract_json())["info"]["version"]
    found["components"]["schemas"] |= schemas()
    return found
