"""A Starlette application with constant responses, served like the reference server, but with uvicorn's own protocol.

`python -m scripts.bench.server_baseline FILE` serves the bodies of a JSON file: name -> body.
"""

import json
import sys
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from canvas_outcomes_server.serving import listening_socket, serve_here


def _constant(path: str, body: Any) -> Route:
    async def respond(_: Request) -> Response:
        return JSONResponse(body)

    return Route(path, respond, methods=["GET", "PUT"])


if __name__ == "__main__":
    bodies: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text())
    application = Starlette(routes=[_constant(f"/{name}", body) for name, body in bodies.items()])
    with listening_socket("127.0.0.1", 0) as listener:
        # The reference server has a protocol class of its own, which is part of what is measured.
        serve_here(listener, application, http="httptools")
