"""The generated client of one user, whose every call says how long it took and what its answer broke."""

import time
from collections.abc import Callable
from typing import Any

import httpx
from locust.env import Environment

from canvas_outcomes import Client, Retries, errors
from canvas_outcomes_contract.connection.provider import ssl_context
from canvas_outcomes_contract.connection.response_schemas import ResponseSchemas
from canvas_outcomes_contract.contract.document import Contract

Judge = Callable[[Any], str]
THROTTLED = " (throttled)"
SECONDS_TO_BREATHE = 1.0  # after an answer that throttles and does not say for how long


def nothing(answer: Any) -> str:
    return ""


class CheckedClient:
    """Calls a provider with one token."""

    def __init__(self, environment: Environment, token: str, contract: Contract, schemas: ResponseSchemas) -> None:
        self._environment, self._contract, self._schemas = environment, contract, schemas
        self._response: httpx.Response | None = None
        self._client = Client(
            environment.host or "",
            token=token,
            verify=ssl_context(),
            retries=Retries(limit=0),  # what a retry would hide is what a load run looks for
            event_hooks={"response": [self._keep]},
            trust_env=False,
        )

    def _keep(self, response: httpx.Response) -> None:
        self._response = response

    def close(self) -> None:
        self._client.close()

    def call(self, method: str, *arguments: Any, judge: Judge = nothing, **named: Any) -> Any:
        """What a method of the client returns, or None when the answer breaks the contract.

        `judge` says which clause a success breaks, and how; an empty text says none.
        """
        self._response, answer, broken, name = None, None, "", method
        started = time.perf_counter()
        try:
            answer = getattr(self._client, method)(*arguments, **named)
        except errors.RateLimitedError as error:
            name += THROTTLED
            time.sleep(error.retry_after or SECONDS_TO_BREATHE)
        except errors.CanvasOutcomesError as error:
            broken = self._refused(method, error)
        seconds = time.perf_counter() - started
        broken = broken or self._undocumented(method)
        if answer is not None and not broken:
            broken = judge(answer)
        self._count(name, seconds, broken)
        return None if broken else answer

    def _refused(self, method: str, error: errors.CanvasOutcomesError) -> str:
        """What it breaks that a request which is right has no success."""
        prefix = self._contract.operations[method].prefix
        if not isinstance(error, errors.ApiError):
            return f"{prefix}-answers-as-documented: {type(error).__name__}"
        if error.status >= 500:
            return f"{prefix}-never-fails-on-a-request: status {error.status}"
        return f"{prefix}-answers-as-documented: status {error.status} for a request that is right"

    def _undocumented(self, method: str) -> str:
        operation = self._contract.operations[method]
        difference = self._schemas.violation(operation, self._response) if self._response is not None else ""
        return difference and f"{operation.prefix}-answers-as-documented: {difference}"

    def _count(self, name: str, seconds: float, broken: str) -> None:
        self._environment.events.request.fire(  # type: ignore[no-untyped-call]
            request_type="",
            name=name,
            response_time=seconds * 1000,
            response_length=len(self._response.content) if self._response is not None else 0,
            exception=broken or None,
            context={},
        )
