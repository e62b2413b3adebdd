"""Runs an operation for a request: reads it, measures and throttles it, and answers what the operation says."""

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from canvas_outcomes_server.http.api_request import Incoming
from canvas_outcomes_server.http.errors import Refused
from canvas_outcomes_server.http.rate_limit import UP_FRONT_COST, Buckets
from canvas_outcomes_server.http.responses import answer
from canvas_outcomes_server.storage.session import Session

Operation = Callable[[Session, Incoming], Any]
Runner = Callable[..., Awaitable[Any]]
THROTTLED = {
    403: "403 Forbidden (Rate Limit Exceeded)\n",
    429: "429 Too Many Requests (Rate Limit Exceeded)\n",
}


class Operations:
    """Makes endpoints of operations; `throttle` is the status of a throttled request."""

    def __init__(self, throttle: int | None, request_cost: float | None) -> None:
        self.throttle = throttle
        self.request_cost = request_cost
        self.buckets = Buckets()

    def endpoint(self, **by_method: tuple[Runner, Operation]) -> "Endpoint":
        """The application of a path: method -> what runs which operation."""
        return Endpoint(self, by_method)


class Endpoint:
    """An ASGI application, because Starlette makes much around a function that none of these needs."""

    def __init__(self, operations: Operations, by_method: dict[str, tuple[Runner, Operation]]) -> None:
        self._operations = operations
        self._by_method = by_method

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        incoming = Incoming(scope)
        if incoming.has_body:
            try:
                await incoming.receive(receive)
            except ClientDisconnect:
                return
        response = await self._answer(scope, incoming)
        await response(scope, receive, send)

    async def _answer(self, scope: Scope, incoming: Incoming) -> Response:
        bucket, throttle = self._operations.buckets.of(incoming.token), self._operations.throttle
        if throttle and bucket.remaining < UP_FRONT_COST:
            return _throttled(throttle)
        run, operation = self._by_method["GET" if scope["method"] == "HEAD" else scope["method"]]
        bucket.add(UP_FRONT_COST)
        try:
            body = await run(_measured, scope, operation, incoming)
        except Refused as refused:
            return answer(refused.body, refused.status, refused.headers)
        finally:
            cost = self._operations.request_cost or scope.get("seconds", 0.0)
            bucket.add(cost - UP_FRONT_COST)
        headers = ((b"x-request-cost", b"%.6f" % cost), (b"x-rate-limit-remaining", b"%.4f" % bucket.remaining))
        return answer(body, 200, headers, incoming.wants_string_ids)


def _measured(session: Session, scope: Any, operation: Operation, incoming: Incoming) -> Any:
    """How long a request took is what it costs, without its wait for others. The access log tells how many queries it
    took, because that number must not grow with the data."""
    began, session.queries = perf_counter(), 0
    try:
        return operation(session, incoming)
    finally:
        scope["seconds"], scope["queries"] = perf_counter() - began, session.queries


def _throttled(status: int) -> Response:
    return PlainTextResponse(THROTTLED[status], status, headers={"X-Rate-Limit-Remaining": "0.0"})
