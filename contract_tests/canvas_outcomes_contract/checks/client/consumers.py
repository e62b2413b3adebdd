"""The two clients behind one face, so that a check says once what both must do."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import respx

from canvas_outcomes import AsyncClient, Client, Retries, errors
from canvas_outcomes_contract.checks.client.calls import example
from canvas_outcomes_contract.contract.document import Operation

HOST = "canvas.example.edu"
BASE_URL = f"https://{HOST}"
# Not written in one piece: Hypothesis draws texts that it finds in the code, and a client blots out its token.
TOKEN = "~".join(("1", "x9mTnR4wVq8LkZ"))
Answer = httpx.Response | Exception
# Reading the certificates of the world takes longer than most checks; a client that is opened takes these.
CERTIFICATES = ssl.create_default_context()


@dataclass
class MockedProvider:
    """A provider that gives the answers it was told to, one per request, and keeps the requests."""

    router: respx.MockRouter
    route: respx.Route = field(init=False)
    was_told: bool = False
    was_asked: bool = False

    def __post_init__(self) -> None:
        self.route = self.router.route()

    def answers(self, *answers: Answer) -> None:
        """Forget the requests so far, and answer the next ones so."""
        self.was_told |= bool(answers)
        self.was_asked |= self.route.called
        self.router.calls.clear()
        self.route.calls.clear()
        self.route.side_effect = list(answers)

    @property
    def is_passed_by(self) -> bool:
        """Whether it was given answers, and no request ever came."""
        return self.was_told and not (self.was_asked or self.route.called)

    @property
    def requests(self) -> list[httpx.Request]:
        return [call.request for call in self.route.calls]

    @property
    def request(self) -> httpx.Request:
        """The one request that was sent."""
        assert len(self.requests) == 1, f"got {len(self.requests)} requests, wanted one"
        return self.requests[0]


class Consumer:
    """Client and the mock that answers it, unless it talks to a server."""

    kind: type[Any] = Client
    http: type[Any] = httpx.Client

    def __init__(self, mock: Any = None) -> None:
        self.mock: MockedProvider = mock
        self.client: Any = None
        self.use()

    def use(
        self,
        base_url: str = BASE_URL,
        token: Any = TOKEN,
        sleep: Callable[[float], None] = lambda _: None,
        retries: Retries = Retries(limit=0),  # noqa: B008 (immutable)
        **options: Any,
    ) -> Any:
        """Open the client that the next calls use. It sends a request once and never sleeps, unless told to."""
        self.close()
        if "http_client" not in options:
            options.setdefault("verify", CERTIFICATES)
        self.client = self.kind(base_url, token=token, sleep=self.hook(sleep), retries=retries, **options)
        return self.client

    def hook(self, function: Callable[[Any], None]) -> Any:
        """The function as the client wants what it calls: plain, or asynchronous."""
        return function

    def call(self, method: str, /, *values: Any, **named: Any) -> Any:
        """What a method of the client returns."""
        return getattr(self.client, method)(*values, **named)

    def call_raw(self, method: str, /, **named: Any) -> Any:
        """What the method of with_raw_response returns."""
        return getattr(self.client.with_raw_response, method)(**named)

    def ask_raw(self, operation: Operation, /, **changes: Any) -> Any:
        """The simplest valid call of an operation, with some arguments changed, by with_raw_response."""
        return self.call_raw(operation.id, **example(self.client, operation) | changes)

    def ask(self, operation: Operation, /, **changes: Any) -> Any:
        """The simplest valid call of an operation, with some arguments changed."""
        return self.call(operation.id, **example(self.client, operation) | changes)

    def fail(self, operation: Operation, /, **changes: Any) -> errors.CanvasOutcomesError:
        """The error that the call raises; any other exception is none of the client's and goes on."""
        with pytest.raises(errors.CanvasOutcomesError) as caught:
            self.ask(operation, **changes)
        return caught.value

    def attempt(self, operation: Operation, /, **changes: Any) -> Any:
        """What the call returns, or the error of the client that it raises."""
        try:
            return self.ask(operation, **changes)
        except errors.CanvasOutcomesError as error:
            return error

    def inside(self, method: str, *values: Any) -> Any:
        """What the method returns when the client is used as a context manager."""
        with self.client:
            return getattr(self.client, method)(*values)

    def close(self) -> None:
        if self.client is not None:
            self.client.close()

    def end(self) -> None:
        self.close()


class AsyncConsumer(Consumer):
    """The same for AsyncClient."""

    kind = AsyncClient
    http = httpx.AsyncClient

    def __init__(self, mock: Any = None) -> None:
        self._runner = asyncio.Runner()
        super().__init__(mock)

    def hook(self, function: Callable[[Any], None]) -> Any:
        async def act(value: Any) -> None:
            function(value)

        return act

    def call(self, method: str, /, *values: Any, **named: Any) -> Any:
        async def call() -> Any:
            return await getattr(self.client, method)(*values, **named)

        return self._runner.run(call())

    def call_raw(self, method: str, /, **named: Any) -> Any:
        async def call() -> Any:
            return await getattr(self.client.with_raw_response, method)(**named)

        return self._runner.run(call())

    def inside(self, method: str, *values: Any) -> Any:
        async def call() -> Any:
            async with self.client:
                return await getattr(self.client, method)(*values)

        return self._runner.run(call())

    def close(self) -> None:
        if self.client is not None:
            self.call("aclose")

    def end(self) -> None:
        super().end()
        self._runner.close()
