"""The contract as a page for people at /docs: Swagger UI, whose requests go to this server and to no other."""

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import yaml
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from canvas_outcomes_server.http.responses import JsonRoute, answer

PAGE = Path(__file__)
# The wheel holds a copy of the contract beside the package's modules; a checkout has it at its root.
PLACES = [PAGE.parents[1] / "openapi.yaml", PAGE.parents[3] / "openapi.yaml"]
LIBRARY = ("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png")
MEDIA_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".png": "image/png"}
# Swagger UI sets styles on elements and has its icons in its style sheet.
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"


def docs_routes() -> list[Route]:
    """The page, what it loads, and the contract as it loads it; none needs a token."""
    library = import_module("swagger_ui_bundle").swagger_ui_path
    return [
        _file("/docs", PAGE.with_suffix(".html")),
        _file("/docs/start.js", PAGE.with_suffix(".js")),
        *(_file(f"/docs/{name}", library / name) for name in LIBRARY),
        JsonRoute("/docs/openapi.json", _contract, methods=["GET"]),
    ]


def _file(address: str, file: Path) -> Route:
    async def send(_: Request) -> Response:
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
        return Response(file.read_bytes(), headers=headers, media_type=MEDIA_TYPES[file.suffix])

    return JsonRoute(address, send, methods=["GET"])


async def _contract(_: Request) -> Response:
    return answer(msgspec.Raw(shown_contract()))


@cache
def shown_contract() -> bytes:
    """openapi.yaml as JSON, with this server as the only one, and clauses where Swagger UI shows them to people."""
    text = next(place for place in PLACES if place.exists()).read_text(encoding="utf-8")
    contract: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    contract["servers"] = [{"url": "/", "description": "This server"}]
    for path in contract["paths"].values():
        for operation in path.values():
            if "x-clauses" in operation:
                operation["description"] += "\n".join(["\n**Clauses**\n", *map(_clause, operation.pop("x-clauses"))])
    return msgspec.json.encode(contract)


def _clause(clause: dict[str, str]) -> str:
    deviation = f" **Deviation:** {clause['deviation']}" if "deviation" in clause else ""
    return f"- {clause['text']} `{clause['id']}` *({clause['source']})*{deviation}"
