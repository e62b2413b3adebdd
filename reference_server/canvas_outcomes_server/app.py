"""The ASGI application: routes of the operations, /healthz and /docs, and JSON errors."""

from asyncio import to_thread
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from canvas_outcomes_server.http.access_log import AccessLog
from canvas_outcomes_server.http.api_request import ApiRequest
from canvas_outcomes_server.http.docs_page import docs_routes
from canvas_outcomes_server.http.errors import error_list, not_found
from canvas_outcomes_server.http.hosts import AllowedHosts
from canvas_outcomes_server.http.operations import Buckets, Endpoint
from canvas_outcomes_server.http.responses import JsonRoute, json_response
from canvas_outcomes_server.outcomes.alignment_handler import list_outcome_alignments
from canvas_outcomes_server.outcomes.handlers import get_outcome, update_outcome
from canvas_outcomes_server.storage.database import Database


@dataclass(frozen=True)
class Settings:
    """Settings beyond the contract; `throttle` is the status of throttled requests."""

    throttle: int | None
    request_cost: float | None
    log_requests: bool
    allowed_hosts: tuple[str, ...]


def application(engine: sa.Engine, settings: Settings) -> ASGIApp:
    """Make the application for a prepared database."""
    database = Database(engine)

    @asynccontextmanager
    async def lifespan(_: ASGIApp) -> AsyncIterator[None]:
        yield
        # In a thread, because the last responses are still being sent.
        await to_thread(database.close)

    routes = _routes(database, settings)
    # Not a Starlette application: its two exception middlewares would repeat what the access log does.
    router = Router(routes, redirect_slashes=False, default=_not_found, lifespan=lifespan)
    app = AllowedHosts(router.app, settings.allowed_hosts)
    return AccessLog(app, _server_error, settings.log_requests)


def _routes(database: Database, settings: Settings) -> list[Route]:
    endpoint = partial(Endpoint, Buckets(), settings.throttle, settings.request_cost)
    outcome = endpoint({"GET": (database.read, get_outcome), "PUT": (database.write, update_outcome)})
    alignments = endpoint({"GET": (database.read, list_outcome_alignments)})
    return [
        JsonRoute("/api/v1/outcomes/{id}", outcome, methods=["GET", "PUT"]),
        JsonRoute("/api/v1/courses/{course_id}/outcome_alignments", alignments, methods=["GET"]),
        JsonRoute("/api/v1/courses/{course_id}/outcome_alignments.json", alignments, methods=["GET"]),
        JsonRoute("/healthz", _healthz),
        *docs_routes(),
    ]


async def _healthz(_: Request) -> Response:
    return json_response({"status": "ok"})


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    await json_response(not_found().body, 404)(scope, receive, send)


def _server_error(scope: Scope, report: int) -> Response:
    """Respond 500 with the id that the log has beside the traceback (canvas-behaviour 1.3)."""
    body = error_list("An error occurred.", error_code="internal_server_error") | {"error_report_id": report}
    return json_response(body, 500, string_ids=ApiRequest(scope).wants_string_ids)
