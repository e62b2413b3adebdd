"""A Starlette application of constant answers, served as the reference server serves its own, but for its protocol:
uvicorn's is as it comes.

`python -m scripts.bench.server_yardstick FILE` serves the answers of a JSON file: name -> body.
"""

import json
import sys
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from canvas_outcomes_server.serving import Address, listening_socket, serve_here


def application(bodies: dict[str, Any]) -> Starlette:
    """A route for each body, at its name."""
    return Starlette(routes=[_constant(f"/{name}", body) for name, body in bodies.items()])


def _constant(path: str, body: Any) -> Route:
    async def answer(_: Request) -> Response:
        return JSONResponse(body)

    return Route(path, answer, methods=["GET", "PUT"])


if __name__ == "__main__":
    with listening_socket(Address("127.0.0.1", 0)) as listener:
        # The reference server's own protocol is a part of it: what it gains and what it costs is measured.
        serve_here(listener, application(json.loads(Path(sys.argv[1]).read_text())), http="httptools")
