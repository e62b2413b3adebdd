"""The ASGI application: routes of the operations, /healthz and /docs, and JSON errors."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Scope

from canvas_outcomes_server.control.control import Control
from canvas_outcomes_server.http.access_log import AccessLog, write_line
from canvas_outcomes_server.http.api_request import ApiRequest
from canvas_outcomes_server.http.docs_page import docs_routes
from canvas_outcomes_server.http.errors import error_list
from canvas_outcomes_server.http.hosts import AllowedHosts
from canvas_outcomes_server.http.operations import Buckets, Endpoint
from canvas_outcomes_server.http.responses import JsonRoute, json_response, no_route
from canvas_outcomes_server.outcomes.alignment_handler import list_outcome_alignments
from canvas_outcomes_server.outcomes.handlers import get_outcome, update_outcome
from canvas_outcomes_server.storage.database import Database
from canvas_outcomes_server.world.source import WorldSource

RESPONSE_HEADERS = ("Location", "WWW-Authenticate", "X-Rate-Limit-Remaining", "X-Request-Cost", "X-Request-Id")


@dataclass(frozen=True)
class Settings:
    """Settings beyond the contract.

    `throttle` is the status of throttled requests, `origins` are those whose pages may read responses. `control` adds
    /_control, and `follow` loads the world file when it changes; both need one worker.
    """

    throttle: int | None
    request_cost: float | None
    log_requests: bool
    allowed_hosts: tuple[str, ...]
    origins: tuple[str, ...] = ()
    control: bool = False
    follow: bool = False


def application(engine: sa.Engine, settings: Settings, source: WorldSource | None = None) -> ASGIApp:
    """Make the application for a prepared database; `control` and `follow` need the world that was loaded."""
    database, buckets = Database(engine), Buckets()

    @asynccontextmanager
    async def lifespan(_: ASGIApp) -> AsyncIterator[None]:
        following = asyncio.create_task(_follow(database, source)) if settings.follow and source else None
        yield
        if following:
            following.cancel()
        # In a thread, because the last responses are still being sent.
        await asyncio.to_thread(database.close)

    routes = _routes(database, buckets, settings)
    # Not a Starlette application: its two exception middlewares would repeat what the access log does.
    router = Router(routes, redirect_slashes=False, default=no_route, lifespan=lifespan)
    app: ASGIApp = router.app
    if settings.control and source:
        app = Control(app, source, database.write, buckets.clear, settings.origins)
    app = AllowedHosts(app, settings.allowed_hosts)
    app = AccessLog(app, _server_error, settings.log_requests)
    if not settings.origins:
        return app
    # The outermost, so that pages can also read the error responses of the other middleware.
    return CORSMiddleware(
        app,
        allow_origins=settings.origins,
        allow_methods=["GET", "HEAD", "POST", "PUT", "DELETE"],
        allow_headers=["*"],
        expose_headers=RESPONSE_HEADERS,
    )


async def _follow(database: Database, source: WorldSource) -> None:
    await source.follow(database.write, lambda message: write_line("world", message=message))


def _routes(database: Database, buckets: Buckets, settings: Settings) -> list[Route]:
    endpoint = partial(Endpoint, buckets, settings.throttle, settings.request_cost)
    outcome = endpoint({"GET": (database.read, get_outcome), "PUT": (database.write, update_outcome)})
    alignments = endpoint({"GET": (database.read, list_outcome_alignments)})
    return [
        JsonRoute("/api/v1/outcomes/{id}", outcome, methods=["GET", "PUT"]),
        JsonRoute("/api/v1/courses/{course_id}/outcome_alignments", alignments, methods=["GET"]),
        JsonRoute("/api/v1/courses/{course_id}/outcome_alignments.json", alignments, methods=["GET"]),
        JsonRoute("/healthz", _healthz),
        JsonRoute("/", _start),
        *docs_routes(control=settings.control),
    ]


async def _healthz(_: Request) -> Response:
    return json_response({"status": "ok"})


async def _start(_: Request) -> Response:
    return RedirectResponse("/docs")


def _server_error(scope: Scope, report: int) -> Response:
    """Respond 500 with the id that the log has beside the traceback (canvas-behaviour 1.3)."""
    body = error_list("An error occurred.", error_code="internal_server_error") | {"error_report_id": report}
    return json_response(body, 500, string_ids=ApiRequest(scope).wants_string_ids)
