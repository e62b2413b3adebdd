"""The generated client of one user: it measures each call and checks the response against the contract."""

import time
from collections.abc import Callable
from typing import Any

import httpx
from locust.env import Environment

from canvas_outcomes import Client, Retries, errors
from canvas_outcomes_contract.connection.provider import ssl_context
from canvas_outcomes_contract.connection.response_schemas import ResponseSchemas
from canvas_outcomes_contract.contract.document import Contract

Judge = Callable[[Any], str]  # returns the clause that a success breaks and how, or an empty string
THROTTLED = " (throttled)"
THROTTLED_WAIT = 1.0  # seconds, if a throttling response has no Retry-After


def accept(result: Any) -> str:
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
            retries=Retries(limit=0),  # a retry would hide violations
            event_hooks={"response": [self._keep]},
            trust_env=False,
        )

    def _keep(self, response: httpx.Response) -> None:
        self._response = response

    def close(self) -> None:
        self._client.close()

    def call(self, method: str, *arguments: Any, judge: Judge = accept, **named: Any) -> Any:
        """The result of a method of the client, or None if the response breaks the contract."""
        self._response, result, broken, name = None, None, "", method
        started = time.perf_counter()
        try:
            result = getattr(self._client, method)(*arguments, **named)
        except errors.RateLimitedError as error:
            name += THROTTLED
            time.sleep(error.retry_after or THROTTLED_WAIT)
        except errors.CanvasOutcomesError as error:
            broken = self._refused(method, error)
        seconds = time.perf_counter() - started
        broken = broken or self._undocumented(method)
        if result is not None and not broken:
            broken = judge(result)
        self._count(name, seconds, broken)
        return None if broken else result

    def _refused(self, method: str, error: errors.CanvasOutcomesError) -> str:
        """The clause that an error for a valid request breaks."""
        prefix = self._contract.operations[method].prefix
        if not isinstance(error, errors.ApiError):
            return f"{prefix}-answers-as-documented: {type(error).__name__}"
        if error.status >= 500:
            return f"{prefix}-never-fails-on-a-request: status {error.status}"
        return f"{prefix}-answers-as-documented: status {error.status} for a valid request"

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
