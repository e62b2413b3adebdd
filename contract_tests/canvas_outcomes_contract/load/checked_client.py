"""The generated client of one user, which reports the time and the violation of each call to Locust."""

import random
import time
from collections.abc import Callable
from typing import Any

import httpx2
from locust.env import Environment

from canvas_outcomes import Client, Retries, errors
from canvas_outcomes_contract.connection.provider import ssl_context
from canvas_outcomes_contract.connection.response_schemas import ResponseSchemas
from canvas_outcomes_contract.contract.document import Contract
from canvas_outcomes_contract.load.calls import Values, arguments, body_of, encodings_of

Check = Callable[[Any], str]  # of a result; returns the violated clause and how, or an empty string
THROTTLED = " (throttled)"
DEFAULT_WAIT = 1.0  # seconds to wait after a throttled call, where the provider sends no Retry-After


class CheckedClient:
    """Calls a provider with one token."""

    def __init__(self, environment: Environment, token: str, contract: Contract, schemas: ResponseSchemas) -> None:
        self._environment, self._contract, self._schemas = environment, contract, schemas
        self._response: httpx2.Response | None = None
        self._client = Client(
            environment.host or "",
            token=token,
            verify=ssl_context(),
            retries=Retries(limit=0),  # a retry would hide a failure
            event_hooks={"response": [self._keep]},
            trust_env=False,
        )

    def _keep(self, response: httpx2.Response) -> None:
        self._response = response

    def close(self) -> None:
        self._client.close()

    def update(self, operation: str, values: Values, change: dict[str, Any], check: Check) -> Any:
        """Call a method with a body, in any of its encodings."""
        method = getattr(self._client, operation)
        named: dict[str, Any] = {"body": body_of(method, change)}
        if encodings := encodings_of(method):
            named["encoding"] = random.choice(encodings)
        return self.call(operation, values, check, **named)

    def call(self, operation: str, values: Values, check: Check, **named: Any) -> Any:
        """Call a method of the client. Returns its result, or None if the response violates the contract."""
        self._response, result, violation, name = None, None, "", operation
        method = getattr(self._client, operation)
        started = time.perf_counter()
        try:
            result = method(**arguments(method, values), **named)
        except errors.RateLimitedError as error:
            name += THROTTLED
            time.sleep(error.retry_after or DEFAULT_WAIT)
        except errors.CanvasOutcomesError as error:
            violation = self._violation_of(operation, error)
        seconds = time.perf_counter() - started
        violation = violation or self._undocumented(operation)
        if result is not None and not violation:
            violation = check(result)
        self._report(name, seconds, violation)
        return None if violation else result

    def _violation_of(self, method: str, error: errors.CanvasOutcomesError) -> str:
        """The clause that an error violates: the users send valid, permitted requests only."""
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

    def _report(self, name: str, seconds: float, violation: str) -> None:
        self._environment.events.request.fire(  # type: ignore[no-untyped-call]
            request_type="",
            name=name,
            response_time=seconds * 1000,
            response_length=len(self._response.content) if self._response is not None else 0,
            exception=violation or None,
            context={},
        )
