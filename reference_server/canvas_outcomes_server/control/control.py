"""The ASGI application that controls the one behind it, and its own routes."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from canvas_outcomes_server.control import faults
from canvas_outcomes_server.control.document import document
from canvas_outcomes_server.control.messages import PREFIX, UNRECORDED, Clock, Fault, Ready
from canvas_outcomes_server.control.received import Record
from canvas_outcomes_server.http.api_request import MAX_DISCARDED
from canvas_outcomes_server.http.errors import ApiError, bad_request, error_list, too_large
from canvas_outcomes_server.http.responses import JsonRoute, json_response, no_route
from canvas_outcomes_server.world.messages import MISSING, UNKNOWN, read_message
from canvas_outcomes_server.world.source import WorldSource
from canvas_outcomes_server.world.world_file import WorldError

# Escapes of JSON: whole ones, and those of half of a character.
WHOLE_ESCAPE = re.compile(rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|[^u])", re.DOTALL)
HALF_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
Methods = dict[str, Callable[[Request], Awaitable[Any]]]
Body = TypeVar("Body")


class Control:
    """An application with faults, a record of its requests and a clock.

    `write` runs a function with a session of the database. `forget` is called when the world is loaded again.
    `origins` are those whose pages may control the server, besides its own.
    """

    def __init__(
        self,
        app: ASGIApp,
        source: WorldSource,
        write: Callable[..., Awaitable[Any]],
        forget: Callable[[], None],
        origins: tuple[str, ...],
    ) -> None:
        self._app, self._source, self._write, self._forget, self._origins = app, source, write, forget, origins
        self._faults, self._record = faults.Faults(), Record(lambda: source.tokens)
        self._now: datetime | None = None
        routes: dict[str, Methods] = {
            "reset": {"POST": self._reset},
            "world": {"PUT": self._put_world},
            "faults": {"POST": self._add_fault, "DELETE": self._remove_faults},
            "requests": {"GET": self._requests},
            "clock": {"PUT": self._put_clock},
            "openapi.json": {"GET": self._document},
        }
        self._router = Router(
            [JsonRoute(PREFIX + name, _endpoint(methods), methods=[*methods]) for name, methods in routes.items()],
            redirect_slashes=False,
            default=no_route,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or UNRECORDED.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
        elif not scope["path"].startswith(PREFIX):
            await self._handle(scope, receive, send)
        elif self._is_foreign_page(Request(scope)):
            refused = error_list("Pages of other origins cannot control the server. Name theirs with --cors ORIGIN.")
            await json_response(refused, 403)(scope, receive, send)
        else:
            await self._router.app(scope, receive, send)

    def _is_foreign_page(self, request: Request) -> bool:
        """Whether a page of another site sends the request, which a browser allows for some requests without CORS."""
        origin = request.headers.get("origin")
        own = f"{request.url.scheme}://{request.headers.get('host')}"
        return origin is not None and origin != own and not {origin, "*"} & {*self._origins}

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        messages = await _messages(receive)
        if messages[-1]["type"] == "http.disconnect":
            return
        body = b"".join(message.get("body", b"") for message in messages)
        entry = self._record.add(scope, body)

        async def send_and_record(message: Message) -> None:
            if message["type"] == "http.response.start":
                entry.status = message["status"]
            await send(message)

        scope["now"] = self._now
        receive = _replay(messages, receive)
        if fault := self._faults.take(scope):
            await faults.respond(fault, self._app, scope, receive, send_and_record)
        else:
            await self._app(scope, receive, send_and_record)

    async def _reset(self, _: Request) -> Any:
        await self._write(self._source.load)
        self._faults.clear()
        self._record.clear()
        self._now = None
        self._forget()
        return Ready(self._source.token)

    async def _put_world(self, request: Request) -> Any:
        try:
            text = (await _body(request)).decode()
        except UnicodeDecodeError:
            raise bad_request("Cannot load the world in the request: it is not UTF-8.") from None
        self._source.use_text(text)
        return await self._reset(request)

    async def _add_fault(self, request: Request) -> None:
        fault = _decoded(await _body(request), Fault)
        if fault.operation not in {None, *faults.operations()}:
            known = ", ".join(faults.operations())
            raise bad_request(
                f"Cannot use the body, key operation: the contract has none of this name. Choose one of {known}."
            )
        self._faults.add(fault)

    async def _remove_faults(self, _: Request) -> None:
        self._faults.clear()

    async def _requests(self, _: Request) -> Any:
        # In a thread, and encoded one by one, because decoded bodies take much time and memory.
        requests = self._record.requests
        return await asyncio.to_thread(lambda: [msgspec.Raw(msgspec.json.encode(one)) for one in requests])

    async def _put_clock(self, request: Request) -> None:
        self._now = _decoded(await _body(request), Clock).now

    async def _document(self, _: Request) -> Any:
        return document()


def _endpoint(methods: Methods) -> Callable[[Request], Awaitable[Response]]:
    async def respond(request: Request) -> Response:
        try:
            body = await methods["GET" if request.method == "HEAD" else request.method](request)
        except ApiError as error:
            return json_response(error.body, error.status)
        except WorldError as error:
            return json_response(error_list(str(error)), 400)
        return Response(status_code=204) if body is None else json_response(body)

    return respond


async def _messages(receive: Receive) -> list[Message]:
    """The messages with the body of a request, whose rest is left unread if it is too large."""
    messages, size = [await receive()], 0
    while messages[-1].get("more_body") and size <= MAX_DISCARDED:
        size += len(messages[-1]["body"])
        messages.append(await receive())
    return messages


def _replay(messages: list[Message], receive: Receive) -> Receive:
    """Receive the messages once more, and then those that follow."""
    again = iter(messages)

    async def replayed() -> Message:
        return next(again, None) or await receive()

    return replayed


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_DISCARDED:
            raise too_large(MAX_DISCARDED)
    return bytes(body)


def _decoded(body: bytes, kind: type[Body]) -> Body:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        steps, reason = read_message(str(error))
        place = f", key {'.'.join(map(str, steps))}" if steps else ""
        advice = f". The keys are {', '.join(kind.__struct_fields__)}" if reason in (MISSING, UNKNOWN) else ""  # type: ignore[attr-defined]
        raise bad_request(f"Cannot use the body{place}: {reason}{advice}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        half = HALF_ESCAPE.search(WHOLE_ESCAPE.sub(b" ", body))
        # msgspec reports for it that the input is truncated.
        reason = f"the escape {half[0].decode()} is half of a character" if half else str(error)
        raise bad_request(f"Cannot use the body: it is not JSON ({reason}).") from None
