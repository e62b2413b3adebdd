"""ASGI endpoints that run operations: read, measure and throttle the request, and send the response."""

from collections.abc import Awaitable, Callable
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
THROTTLED = {
    403: "403 Forbidden (Rate Limit Exceeded)\n",
    429: "429 Too Many Requests (Rate Limit Exceeded)\n",
}


class Operations:
    """The operations' settings and rate limit; `throttle` is the status of a throttled request."""

    def __init__(self, throttle: int | None, request_cost: float | None) -> None:
        self.throttle = throttle
        self.request_cost = request_cost
        self.buckets = Buckets()

    def endpoint(self, **by_method: tuple[Runner, Operation]) -> "Endpoint":
        """Make the endpoint of a path from a runner and an operation per method."""
        return Endpoint(self, by_method)


class Endpoint:
    """An ASGI application, which is faster than the function endpoints of Starlette."""

    def __init__(self, operations: Operations, by_method: dict[str, tuple[Runner, Operation]]) -> None:
        self._operations = operations
        self._by_method = by_method

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
        bucket, throttle = self._operations.buckets.of(request.token), self._operations.throttle
        if throttle and bucket.remaining < UP_FRONT_COST:
            return _throttled(throttle)
        run, operation = self._by_method["GET" if scope["method"] == "HEAD" else scope["method"]]
        bucket.add(UP_FRONT_COST)
        try:
            body = await run(_measured, scope, operation, request)
        except ApiError as error:
            return json_response(error.body, error.status, error.headers)
        finally:
            cost = self._operations.request_cost or scope.get("seconds", 0.0)
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


def _throttled(status: int) -> Response:
    return PlainTextResponse(THROTTLED[status], status, headers={"X-Rate-Limit-Remaining": "0.0"})
