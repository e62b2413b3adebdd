"""The page /docs: the contract in Swagger UI, which sends requests to this server only."""

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import yaml
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from canvas_outcomes_server.http.responses import JsonRoute, json_response

PAGE = Path(__file__)
# A wheel has the contract in the package, a checkout at its root.
CONTRACTS = [PAGE.parents[1] / "openapi.yaml", PAGE.parents[3] / "openapi.yaml"]
LIBRARY = ("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png")
MEDIA_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".png": "image/png"}
HIDDEN, SHOWN = b"<nav hidden>", b"<nav>"
OF_EVERY_OPERATION = "Clauses of every operation, with {operation} for its id, such as get-outcome"
# Swagger UI uses inline styles and icons.
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"


def docs_routes(*, control: bool) -> list[Route]:
    """Routes of the page, its files and the contract, none of which needs a token.

    `control` shows the link to the page of /_control.
    """
    library = import_module("swagger_ui_bundle").swagger_ui_path
    return [
        _file("/docs", PAGE.with_suffix(".html"), HIDDEN, SHOWN if control else HIDDEN),
        _file("/docs/start.js", PAGE.with_suffix(".js")),
        *(_file(f"/docs/{name}", library / name) for name in LIBRARY),
        JsonRoute("/docs/openapi.json", _contract, methods=["GET"]),
    ]


def _file(address: str, file: Path, before: bytes = b"", after: bytes = b"") -> Route:
    async def send(_: Request) -> Response:
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
        content = file.read_bytes().replace(before, after)
        return Response(content, headers=headers, media_type=MEDIA_TYPES[file.suffix])

    return JsonRoute(address, send, methods=["GET"])


async def _contract(_: Request) -> Response:
    return json_response(msgspec.Raw(contract_json()))


@cache
def contract_json() -> bytes:
    """Return openapi.yaml as JSON, with this server only, and with clauses and deviations in descriptions."""
    text = next(path for path in CONTRACTS if path.exists()).read_text(encoding="utf-8")
    contract: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    contract["servers"] = [{"url": "/", "description": "This server"}]
    _describe(contract["info"], map(_clause, contract.pop("x-clauses", [])), OF_EVERY_OPERATION)
    for path in contract["paths"].values():
        for operation in path.values():
            if "operationId" in operation:
                _describe(operation, map(_clause, operation.pop("x-clauses", [])), "Clauses")
                prefix = operation["operationId"].replace("_", "-")
                deviations = [
                    f"- {clause['deviation']} `{prefix}-{name}`"
                    for name, clause in operation.pop("x-deviations", {}).items()
                ]
                _describe(operation, deviations, "Deviations from clauses of every operation")
    return msgspec.json.encode(contract)


def _describe(described: dict[str, Any], lines: Iterable[str], heading: str) -> None:
    if listed := "\n".join(lines):
        described["description"] = f"{described.get('description', '')}\n\n**{heading}**\n\n{listed}"


def _clause(clause: dict[str, str]) -> str:
    deviation = f" **Deviation:** {clause['deviation']}" if "deviation" in clause else ""
    return f"- {clause['text']} `{clause['id']}` *({clause['source']})*{deviation}"
