"""The ASGI application: routes of the three operations, of /healthz and of /docs, and JSON for what is not routed."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from reference_server.access_log import AccessLog
from reference_server.alignment_handler import list_outcome_alignments
from reference_server.answers import answer
from reference_server.database import Database
from reference_server.docs_page import docs_routes
from reference_server.handlers import get_outcome, update_outcome
from reference_server.incoming import STRING_IDS
from reference_server.operations import Operations
from reference_server.refusals import error_list, not_found

LARGEST_REPORT_ID = 2**31


@dataclass(frozen=True)
class Settings:
    """How the application behaves beyond the contract."""

    throttle: int | None = None
    request_cost: float | None = None
    log_requests: bool = True


def application(engine: sa.Engine, settings: Settings) -> ASGIApp:
    """The application on a database that has been prepared."""
    database = Database(engine)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        database.close()

    routes = _routes(database, Operations(settings.throttle, settings.request_cost))
    app = Starlette(
        routes=routes, lifespan=lifespan, exception_handlers={HTTPException: _not_routed, Exception: _failed}
    )
    app.router.redirect_slashes = False
    return AccessLog(app, settings.log_requests)


def _routes(database: Database, operations: Operations) -> list[Route]:
    outcome = operations.endpoint(GET=(database.read, get_outcome), PUT=(database.write, update_outcome))
    alignments = operations.endpoint(GET=(database.read, list_outcome_alignments))
    return [
        Route("/api/v1/outcomes/{id}", outcome, methods=["GET", "PUT"]),
        Route("/api/v1/courses/{course_id}/outcome_alignments", alignments, methods=["GET"]),
        Route("/api/v1/courses/{course_id}/outcome_alignments.json", alignments, methods=["GET"]),
        Route("/healthz", _healthz, methods=["GET"]),
        *docs_routes(),
    ]


async def _healthz(_: Request) -> Response:
    return answer({"status": "ok"})


async def _not_routed(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    if problem.status_code == 405:
        return answer(error_list("The method is not allowed for this path."), 405, problem.headers)
    return answer(not_found().body, 404)


async def _failed(request: Request, _: Exception) -> Response:
    """Tells the id under which the log has the traceback (canvas-behaviour 1.3)."""
    report = request.scope["error_report_id"] = secrets.randbelow(LARGEST_REPORT_ID)
    body = error_list("An error occurred.", error_code="internal_server_error") | {"error_report_id": report}
    return answer(body, 500, string_ids=STRING_IDS in request.headers.get("accept", ""))
