"""ASGI endpoints that run operations: read, measure and throttle the request, and send the response.

Throttling is a leaky bucket per token and worker (canvas-behaviour 1.6).
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic, perf_counter
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from canvas_outcomes_server.http.api_request import ApiRequest
from canvas_outcomes_server.http.errors import ApiError
from canvas_outcomes_server.http.responses import json_response
from canvas_outcomes_server.storage.session import Session

Operation = Callable[[Session, ApiRequest], Any]
Runner = Callable[..., Awaitable[Any]]
HIGH_WATER_MARK = 600.0
MAXIMUM = 800.0
OUTFLOW_PER_SECOND = 10.0
UP_FRONT_COST = 50.0
MOST_BUCKETS = 10_000
THROTTLED = {403: "403 Forbidden (Rate Limit Exceeded)\n", 429: "429 Too Many Requests (Rate Limit Exceeded)\n"}


class Bucket:
    """The recent use of one token, in units of the quota."""

    __slots__ = ("_at", "_level")

    def __init__(self) -> None:
        self._level, self._at = 0.0, monotonic()

    @property
    def remaining(self) -> float:
        now = monotonic()
        self._level -= (now - self._at) * OUTFLOW_PER_SECOND
        self._at = now
        if self._level < 0:
            self._level = 0.0
        return max(0.0, HIGH_WATER_MARK - self._level)

    def add(self, cost: float) -> None:
        self._level = min(MAXIMUM, self._level + cost)


class Buckets:
    """The buckets of the most recently used tokens."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def clear(self) -> None:
        self._buckets.clear()

    def of(self, token_digest: str) -> Bucket:
        """Find or make the bucket of a token by its digest: the token itself may be long, and is a secret."""
        bucket = self._buckets.get(token_digest)
        if bucket is None:
            bucket = self._buckets[token_digest] = Bucket()
            if len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(token_digest)
        return bucket


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
        request = ApiRequest(scope, receive)
        try:
            await request.read_content()
        except ClientDisconnect:
            return
        response = await self._respond(scope, request)
        await response(scope, receive, send)

    async def _respond(self, scope: Scope, request: ApiRequest) -> Response:
        bucket, throttle = self.buckets.of(request.token_digest), self.throttle
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
