"""Runs an operation for a request: reads it, measures and throttles it, and answers what the operation says."""

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from reference_server.answers import answer
from reference_server.database import Session
from reference_server.incoming import Incoming
from reference_server.rate_limit import UP_FRONT_COST, Bucket, Buckets
from reference_server.refusals import Refused

Operation = Callable[[Session, Incoming], Any]
Runner = Callable[..., Awaitable[Any]]
THROTTLED = {
    403: "403 Forbidden (Rate Limit Exceeded)\n",
    429: "429 Too Many Requests (Rate Limit Exceeded)\n",
}


class Operations:
    """`endpoint` makes a Starlette endpoint of an operation; `throttle` is the status of a throttled request."""

    def __init__(self, throttle: int | None, request_cost: float | None) -> None:
        self._throttle = throttle
        self._request_cost = request_cost
        self._buckets = Buckets()

    def endpoint(self, run: Runner, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            try:
                incoming = await Incoming.received(request)
            except ClientDisconnect:
                return Response(status_code=400)
            bucket = self._buckets.of(incoming.token or "")
            if self._throttle and bucket.remaining < UP_FRONT_COST:
                return _throttled(self._throttle)
            return await self._measured(request, incoming, bucket, run, operation)

        return handle

    async def _measured(
        self, request: Request, incoming: Incoming, bucket: Bucket, run: Runner, operation: Operation
    ) -> Response:
        bucket.add(UP_FRONT_COST)
        began, cost = perf_counter(), 0.0
        try:
            body = await run(_counted, request.scope, operation, incoming)
            cost = self._request_cost or perf_counter() - began
        except Refused as refused:
            cost = self._request_cost or perf_counter() - began
            return answer(refused.body, refused.status, refused.headers, incoming.wants_string_ids)
        finally:
            bucket.add(cost - UP_FRONT_COST)
        headers = {"X-Request-Cost": f"{cost:.6f}", "X-Rate-Limit-Remaining": f"{bucket.remaining:.4f}"}
        return answer(body, 200, headers, incoming.wants_string_ids)


def _counted(session: Session, scope: Any, operation: Operation, incoming: Incoming) -> Any:
    """The access log tells how many queries a request took, because that number must not grow with the data."""
    session.queries = 0
    try:
        return operation(session, incoming)
    finally:
        scope["queries"] = session.queries


def _throttled(status: int) -> Response:
    return PlainTextResponse(THROTTLED[status], status, headers={"X-Rate-Limit-Remaining": "0.0"})
