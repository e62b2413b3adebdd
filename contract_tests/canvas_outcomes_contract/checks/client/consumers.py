"""Client and AsyncClient behind one synchronous interface, with a mocked provider."""

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self, cast

import httpx
import httpx2
import pytest
import pytest_httpx2  # noqa: F401 (registers the transport of httpx2 with respx)
import respx

from canvas_outcomes import AsyncClient, Client, Retries, errors
from canvas_outcomes_contract.checks.client.calls import example
from canvas_outcomes_contract.checks.client.documented import method_name
from canvas_outcomes_contract.connection.transport import ssl_context
from canvas_outcomes_contract.contract.document import Operation

HOST = "canvas.example.edu"
BASE_URL = f"https://{HOST}"
# Not a single literal: Hypothesis draws strings that it finds in the code, and the client redacts its token.
TOKEN = "~".join(("1", "x9mTnR4wVq8LkZ"))
# Loading the certificates of the system takes longer than most checks, so every client shares these.
CERTIFICATES = ssl_context()
NOT_FOUND = httpx2.Response(404, json={"errors": [{"message": "The specified resource does not exist."}]})
Reply = httpx2.Response | Exception


def mocked(reply: Reply) -> httpx.Response | Exception:
    """Convert a response to the type that respx takes, for any transport that it mocks."""
    if isinstance(reply, Exception):
        return reply
    return httpx.Response(
        reply.status_code, headers=reply.headers.raw, stream=cast("httpx.SyncByteStream", reply.stream)
    )


@dataclass
class MockedProvider:
    """A provider that sends prepared responses, one per request, and keeps the requests."""

    router: respx.MockRouter
    route: respx.Route = field(init=False)
    was_prepared: bool = False
    was_called: bool = False

    def __post_init__(self) -> None:
        self.route = self.router.route()

    def replies(self, *replies: Reply) -> None:
        """Forget the earlier requests, and send or raise these for the next ones."""
        self.was_prepared |= bool(replies)
        self.was_called |= self.route.called
        self.router.calls.clear()
        self.route.calls.clear()
        self.route.side_effect = [mocked(reply) for reply in replies]

    @property
    def is_unused(self) -> bool:
        """Whether responses were prepared, but no request was received."""
        return self.was_prepared and not (self.was_called or self.route.called)

    @property
    def requests(self) -> list[httpx2.Request]:
        """The requests; respx keeps them as those of httpx, whose attributes are the same."""
        return cast("list[httpx2.Request]", [call.request for call in self.route.calls])

    @property
    def request(self) -> httpx2.Request:
        """The only request."""
        assert len(self.requests) == 1, f"got {len(self.requests)} requests, wanted one"
        return self.requests[0]


class Consumer:
    """Client, with a mocked provider or a base URL."""

    client_class: type[Any] = Client
    http_class: type[Any] = httpx2.Client

    def __init__(self, mock: Any = None) -> None:
        self.mock: MockedProvider = mock
        self.client: Any = None
        self.open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(
        self,
        base_url: str = BASE_URL,
        token: Any = TOKEN,
        sleep: Callable[[float], None] = lambda _: None,
        retries: Retries | int = 0,
        **options: Any,
    ) -> Any:
        """Replace the client. By default it never sleeps and never retries."""
        self.close()
        if "http_client" not in options:
            options.setdefault("verify", CERTIFICATES)
        self.client = self.client_class(base_url, token=token, sleep=self.hook(sleep), retries=retries, **options)
        return self.client

    def hook(self, function: Callable[[Any], Any]) -> Any:
        """Wrap a callback for the client: AsyncClient awaits its callbacks."""
        return function

    def run(self, result: Any) -> Any:
        """Wait for the result of a method of the client."""
        return result

    def call(self, method: str, /, *values: Any, **named: Any) -> Any:
        return self.run(getattr(self.client, method)(*values, **named))

    def call_raw(self, method: str, /, **named: Any) -> Any:
        """Call a method of `with_raw_response`."""
        return self.run(getattr(self.client.with_raw_response, method)(**named))

    def send(self, operation: Operation, /, **changes: Any) -> Any:
        """Call an operation with its example arguments, changed by `changes`."""
        return self.call(method_name(operation), **example(self.client.__class__, operation) | changes)

    def send_raw(self, operation: Operation, /, **changes: Any) -> Any:
        return self.call_raw(method_name(operation), **example(self.client.__class__, operation) | changes)

    def fail(self, operation: Operation, /, **changes: Any) -> Any:
        """The error of the client that the call raises."""
        with pytest.raises(errors.CanvasOutcomesError) as caught:
            self.send(operation, **changes)
        return caught.value

    def error_for(self, reply: Reply, operation: Operation, /, **changes: Any) -> Any:
        """The error that the call raises for a response or a transport error."""
        self.mock.replies(reply)
        return self.fail(operation, **changes)

    def request_of(self, operation: Operation, /, **changes: Any) -> httpx2.Request:
        """The request that the call sends."""
        self.error_for(NOT_FOUND, operation, **changes)
        return self.mock.request

    def attempt(self, operation: Operation, /, **changes: Any) -> Any:
        """The result of the call, or the error of the client that it raises."""
        return self.attempt_call(method_name(operation), **example(self.client.__class__, operation) | changes)

    def attempt_call(self, method: str, /, **named: Any) -> Any:
        try:
            return self.call(method, **named)
        except errors.CanvasOutcomesError as error:
            return error

    def send_in_with_block(self, operation: Operation) -> Any:
        """Call an operation while the client is used as a context manager."""
        with self.client:
            return self.send(operation)

    def close(self) -> None:
        if self.client is not None:
            self.client.close()


class AsyncConsumer(Consumer):
    """AsyncClient, with an event loop of its own."""

    client_class = AsyncClient
    http_class = httpx2.AsyncClient

    def __init__(self, mock: Any = None) -> None:
        self._runner = asyncio.Runner()
        super().__init__(mock)

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        self._runner.close()

    def hook(self, function: Callable[[Any], Any]) -> Any:
        async def call(value: Any) -> None:
            result = function(value)
            if inspect.isawaitable(result):
                await result

        return call

    def run(self, result: Any) -> Any:
        async def wait() -> Any:
            return await result

        return self._runner.run(wait())

    def send_in_with_block(self, operation: Operation) -> Any:
        async def call() -> Any:
            async with self.client:
                method = getattr(self.client, method_name(operation))
                return await method(**example(self.client.__class__, operation))

        return self.run(call())

    def close(self) -> None:
        if self.client is not None:
            self.call("aclose")


def chain_of(error: BaseException) -> list[BaseException]:
    """The error with every cause and context."""
    found = [error]
    for one in found:
        found += [inner for inner in (one.__cause__, one.__context__) if inner is not None and inner not in found]
    return found
