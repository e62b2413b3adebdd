"""ASGI endpoints that run operations: read, measure and throttle the request, and send the response."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from canvas_outcomes_server.http.api_request import ApiRequest
from canvas_outcomes_server.http.errors import ApiError
from canvas_outcomes_server.http.rate_limit import UP_FRONT_COST, Buckets
from canvas_outcomes_server.http.responses import json_response
from canvas_outcomes_server.storage.session import Session

Operation = Callable[[Session, ApiRequest], Any]
Runner = Callable[..., Awaitable[Any]]
THROTTLED = {403: "403 Forbidden (Rate Limit Exceeded)\n", 429: "429 Too Many Requests (Rate Limit Exceeded)\n"}


@dataclass(eq=False)
class Endpoint:
    """An ASGI application with a runner and an operation per method, faster than function endpoints of Starlette.

    `throttle` is the status of a throttled request.
    """

    buckets: Buckets
    throttle: int | None
    request_cost: float | None
    by_method: dict[str, tuple[Runner, Operation]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = ApiRequest(scope)
        if request.has_body:
            try:
                await request.read_body(receive)
            except ClientDisconnect:
                return
        response = await self._respond(scope, request)
        await response(scope, receive, send)

    async def _respond(self, scope: Scope, request: ApiRequest) -> Response:
        bucket, throttle = self.buckets.of(request.token), self.throttle
        if throttle and bucket.remaining < UP_FRONT_COST:
            return throttled(throttle)
        run, operation = self.by_method["GET" if scope["method"] == "HEAD" else scope["method"]]
        bucket.add(UP_FRONT_COST)
        try:
            body = await run(_measured, scope, operation, request)
        except ApiError as error:
            return json_response(error.body, error.status, error.headers)
        finally:
            cost = self.request_cost or scope.get("seconds", 0.0)
            bucket.add(cost - UP_FRONT_COST)
        headers = ((b"x-request-cost", b"%.6f" % cost), (b"x-rate-limit-remaining", b"%.4f" % bucket.remaining))
        return json_response(body, 200, headers, request.wants_string_ids)


def _measured(session: Session, scope: Any, operation: Operation, request: ApiRequest) -> Any:
    """Run an operation and record its seconds, which are its cost, and its queries, for the access log."""
    began, session.queries = perf_counter(), 0
    try:
        return operation(session, request)
    finally:
        scope["seconds"], scope["queries"] = perf_counter() - began, session.queries


def throttled(status: int) -> Response:
    return PlainTextResponse(THROTTLED[status], status, headers={"X-Rate-Limit-Remaining": "0.0"})
