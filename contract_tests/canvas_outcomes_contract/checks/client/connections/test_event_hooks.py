"""Event hooks run without a connection, and the caller gets their exceptions."""

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from queue import SimpleQueue
from typing import Any

import httpx2
import pytest

from canvas_outcomes import AsyncClient, errors
from canvas_outcomes_contract.checks.client.connections.servers import NOT_FOUND, responds_to_all, sends, server
from canvas_outcomes_contract.checks.client.consumers import CERTIFICATES, AsyncConsumer, Consumer
from canvas_outcomes_contract.checks.client.documented import GET, method_name

SECONDS = 10  # for a call that a correct client ends at once
TIMEOUT = 0.5
ONE_CONNECTION = httpx2.Limits(max_connections=1)
EVENTS = ["request", "response"]
ERRORS = [httpx2.ReadError("broken"), httpx2.ReadTimeout("late"), OSError("full"), ValueError("odd"), KeyError("name")]


def ended(function: Callable[[], Any]) -> Any:
    """Return the result of a function. A faulty client never ends it: nothing waits for its thread."""
    results: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=lambda: results.put(function()), daemon=True).start()
    return results.get(timeout=SECONDS)


def raises(error: Exception) -> Callable[[Any], None]:
    def hook(_: Any) -> None:
        raise error

    return hook


def raises_for_status(response: httpx2.Response) -> None:
    response.raise_for_status()


def sends_another(caller: Consumer) -> Any:
    """A hook that sends another call with the same client, once: the other call has the same hooks."""
    calls = iter([1])
    return caller.hook(lambda _: getattr(caller.client, method_name(GET))(1) if next(calls, None) else None)


def error_with_another_call(caller: Consumer, event: str, **options: Any) -> Any:
    hooks = {event: [sends_another(caller)]}
    with server(responds_to_all) as listening:
        caller.open(listening.base_url, limits=ONE_CONNECTION, event_hooks=hooks, **options)
        error = ended(lambda: caller.fail(GET))
        caller.close()
    return error


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_hook_sends_another_call(caller: Consumer, event: str) -> None:
    assert type(error_with_another_call(caller, event)) is errors.NotFoundError


@pytest.mark.parametrize("caller", [AsyncConsumer], indirect=True)
@pytest.mark.parametrize("event", EVENTS)
def test_an_event_hook_sends_another_call_with_aiohttp(caller: Consumer, event: str) -> None:
    assert type(error_with_another_call(caller, event, transport="aiohttp")) is errors.NotFoundError


def test_ends_the_wait_for_a_connection_of_a_given_http_client(caller: Consumer) -> None:
    hooks = {"response": [sends_another(caller)]}
    with server(responds_to_all) as listening:
        http_client = caller.http_class(limits=ONE_CONNECTION, event_hooks=hooks, verify=CERTIFICATES)
        caller.open(listening.base_url, http_client=http_client, timeout=TIMEOUT)
        error = ended(lambda: caller.fail(GET))

    assert type(error) is errors.TimeoutError


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_raises_the_exceptions_of_event_hooks(consumer: Consumer, event: str, error: Exception) -> None:
    consumer.open(event_hooks={event: [consumer.hook(raises(error))]}, retries=1)
    consumer.mock.replies(httpx2.Response(404), httpx2.Response(404))

    with pytest.raises(type(error)) as caught:
        consumer.send(GET)

    assert caught.value is error
    assert len(consumer.mock.requests) == EVENTS.index(event)


def test_sends_nothing_if_an_event_hook_closes_the_client(consumer: Consumer) -> None:
    consumer.mock.replies()
    close = "aclose" if consumer.client_class is AsyncClient else "close"
    client = consumer.open(event_hooks={"request": [consumer.hook(lambda _: getattr(client, close)())]})

    assert type(consumer.fail(GET)) is errors.ClientClosedError
    assert consumer.mock.requests == []
    consumer.open()


@pytest.mark.parametrize("is_given", [False, True], ids=["own HTTP client", "given HTTP client"])
def test_raises_the_status_error_of_an_event_hook(consumer: Consumer, is_given: bool) -> None:
    hooks = {"response": [consumer.hook(raises_for_status)]}
    given = {"http_client": consumer.http_class(event_hooks=hooks, verify=CERTIFICATES)}
    consumer.open(**given if is_given else {"event_hooks": hooks})
    consumer.mock.replies(httpx2.Response(404))

    with pytest.raises(httpx2.HTTPStatusError):
        consumer.send(GET)


class SingleUseStream(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body that can be read once, as from a connection."""

    def __init__(self) -> None:
        self.parts = [b" "]

    def __iter__(self) -> Iterator[bytes]:
        yield self.parts.pop()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.parts.pop()


@pytest.mark.parametrize("is_given", [False, True], ids=["own HTTP client", "given HTTP client"])
def test_reads_a_response_that_an_event_hook_has_read(caller: Consumer, is_given: bool) -> None:
    def read(response: httpx2.Response) -> Any:
        return response.aread() if caller.client_class is AsyncClient else response.read()

    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, stream=SingleUseStream()))
    options: Any = {"transport": transport, "event_hooks": {"response": [caller.hook(read)]}}
    caller.open(**{"http_client": caller.http_class(**options)} if is_given else options)
    error = caller.fail(GET)

    assert (type(error), error.body) == (errors.DecodeError, b" ")


def test_raises_its_own_error_for_a_body_that_an_event_hook_took(caller: Consumer) -> None:
    async def take_async(response: httpx2.Response) -> None:
        async for _ in response.aiter_raw():
            pass

    def take(response: httpx2.Response) -> None:
        for _ in response.iter_raw():
            pass

    hook = take_async if caller.client_class is AsyncClient else take
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, stream=SingleUseStream()))
    caller.open(http_client=caller.http_class(transport=transport, event_hooks={"response": [hook]}))
    error = caller.fail(GET)

    assert type(error) is errors.TransportError
    assert "StreamConsumed" in str(error)


def test_keeps_the_trace_that_an_event_hook_sets(caller: Consumer) -> None:
    events: list[str] = []

    async def trace_async(name: str, _: Any) -> None:
        events.append(name)

    def trace(name: str, _: Any) -> None:
        events.append(name)

    chosen = trace_async if caller.client_class is AsyncClient else trace
    hook = caller.hook(lambda request: request.extensions.update(trace=chosen))
    with server(sends(NOT_FOUND)) as listening:
        caller.open(listening.base_url, event_hooks={"request": [hook]})
        caller.fail(GET)

    assert events[0] == "connection.connect_tcp.started"
    assert events[-1] == "http11.response_closed.complete"
