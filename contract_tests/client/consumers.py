"""The two clients behind one face, so that a check says once what both must do."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import respx
from canvas_outcomes import AsyncClient, Client

HOST = "canvas.example.edu"
BASE_URL = f"https://{HOST}"
TOKEN = "1~x9mTnR4wVq8LkZ"


class Consumer:
    """Opens, calls and closes Client."""

    kind: type[Any] = Client
    http: type[Any] = httpx.Client

    def open(
        self,
        base_url: str = BASE_URL,
        token: Any = TOKEN,
        sleep: Callable[[float], None] = lambda _: None,
        **options: Any,
    ) -> Any:
        """A client that does not sleep."""
        return self.kind(base_url, token=token, sleep=self._sleep(sleep), **options)

    def _sleep(self, sleep: Callable[[float], None]) -> Any:
        return sleep

    def call(self, client: Any, operation: str, *values: Any, **named: Any) -> Any:
        """What the method of the operation returns."""
        return getattr(client, operation)(*values, **named)

    def close(self, client: Any) -> None:
        client.close()

    def inside(self, client: Any, operation: str, *values: Any) -> Any:
        """What the method returns when the client is used as a context manager."""
        with client:
            return getattr(client, operation)(*values)

    def end(self) -> None: ...


class AsyncConsumer(Consumer):
    """The same for AsyncClient."""

    kind = AsyncClient
    http = httpx.AsyncClient

    def __init__(self) -> None:
        self._runner = asyncio.Runner()

    def _sleep(self, sleep: Callable[[float], None]) -> Any:
        async def pause(seconds: float) -> None:
            sleep(seconds)

        return pause

    def call(self, client: Any, operation: str, *values: Any, **named: Any) -> Any:
        async def call() -> Any:
            return await getattr(client, operation)(*values, **named)

        return self._runner.run(call())

    def close(self, client: Any) -> None:
        self.call(client, "aclose")

    def inside(self, client: Any, operation: str, *values: Any) -> Any:
        async def call() -> Any:
            async with client:
                return await getattr(client, operation)(*values)

        return self._runner.run(call())

    def end(self) -> None:
        self._runner.close()


@dataclass
class MockedProvider:
    """A provider that gives the answers it was told to, one per request, and keeps the requests."""

    router: respx.MockRouter
    route: respx.Route = field(init=False)

    def __post_init__(self) -> None:
        self.route = self.router.route()

    def answers(self, *answers: httpx.Response | Exception) -> None:
        """Forget the requests so far, and answer the next ones so."""
        self.router.calls.clear()
        self.route.calls.clear()
        self.route.side_effect = list(answers)

    @property
    def requests(self) -> list[httpx.Request]:
        return [call.request for call in self.route.calls]

    @property
    def request(self) -> httpx.Request:
        """The one request that was sent."""
        assert len(self.requests) == 1, f"got {len(self.requests)} requests, wanted one"
        return self.requests[0]
