"""Faults: which requests fail, and what is sent instead of the response."""

import asyncio
import http.client
import re
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import msgspec
from starlette.responses import HTMLResponse, Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from canvas_outcomes_server.control.messages import DAMAGED, NO_BODY, STATUS_OF_KIND, Fault, encoded, half
from canvas_outcomes_server.control.protocol import TRANSPORT
from canvas_outcomes_server.http.docs_page import contract_json
from canvas_outcomes_server.http.errors import error_list
from canvas_outcomes_server.http.operations import throttled
from canvas_outcomes_server.http.responses import JSON

# Closing a socket that does not linger sends a reset.
DO_NOT_LINGER = struct.pack("ii", 1, 0)
# Characters besides * that are special to fnmatch.
_SPECIAL = re.compile(r"[?\[]")
PAGE = "<!DOCTYPE html>\n<html><head><title>{0}</title></head>\n<body><h1>{0}</h1></body></html>\n"


@cache
def operations() -> dict[str, tuple[str, re.Pattern[str]]]:
    """The method of each operation of the contract, and an expression for its path."""
    contract = msgspec.json.decode(contract_json())
    return {
        operation["operationId"]: (method.upper(), compile_path(path)[0])
        for path, item in contract["paths"].items()
        for method, operation in item.items()
        if "operationId" in operation
    }


@dataclass
class Faults:
    """The faults in the order in which they were added; a request gets the first that matches it."""

    _left: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        self._left.append(fault)

    def clear(self) -> None:
        self._left.clear()

    def take(self, scope: Scope) -> Fault | None:
        """Return the fault of a request, and count the request among its times."""
        for index, fault in enumerate(self._left):
            if _matches(fault, scope):
                if fault.times == 1:
                    del self._left[index]
                elif fault.times:
                    self._left[index] = msgspec.structs.replace(fault, times=fault.times - 1)
                return fault
        return None


def _matches(fault: Fault, scope: Scope) -> bool:
    method, path = scope["method"], scope["path"]
    if method == "HEAD" and fault.kind in DAMAGED:
        return False
    methods = (method, "GET") if method == "HEAD" else (method,)
    if fault.operation:
        expected, pattern = operations()[fault.operation]
        return expected in methods and bool(pattern.match(path.removesuffix(".json")))
    return fault.method in (None, *methods) and fnmatchcase(path, _SPECIAL.sub(r"[\g<0>]", fault.path or "*"))


async def respond(fault: Fault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Send the response of a fault. The application handles the request if its response is only late or damaged."""
    transport = scope["extensions"][TRANSPORT]["transport"]
    # The operation runs before the delay: after it, the next test could find the change.
    start, body = await _response(_replacement(fault) or app, scope, receive)
    if not await _is_open_after(fault.delay, receive):
        return
    if fault.kind == "connection_reset":
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, DO_NOT_LINGER)
        await _close(transport, receive)
        return
    is_truncated = fault.kind == "truncated_body"
    if fault.kind == "malformed_json":
        body = half(body)
    # At least 1, so that an empty body is truncated too.
    length = max(len(body), 1) if is_truncated else len(body)
    start["headers"] = [
        *(pair for pair in start["headers"] if pair[0] != b"content-length"),
        *([] if start["status"] in NO_BODY else [(b"content-length", b"%d" % length)]),
    ]
    await send(start)
    if await _sent(body[: len(body) // 2] if is_truncated else body, fault.delay_between_bytes, receive, send):
        if is_truncated:
            await _close(transport, receive)
        else:
            await send({"type": "http.response.body"})


def _replacement(fault: Fault) -> Response | None:
    status = fault.status or STATUS_OF_KIND.get(fault.kind or "")
    if fault.kind == "connection_reset":
        return Response()
    if status is None:
        return None
    if fault.kind == "throttled":
        response = throttled(status)
    elif fault.kind == "html_page":
        response = HTMLResponse(PAGE.format(f"{status} {_phrase(status)}"), status)
    else:
        response = _chosen(status, fault.body)
    response.headers.update(fault.headers)
    return response


def _chosen(status: int, body: Any) -> Response:
    if status in NO_BODY:
        return Response(status_code=status)
    value = error_list(_phrase(status)) if body is msgspec.UNSET else body
    return Response(encoded(value), status, media_type="text/plain" if isinstance(body, str) else JSON.decode())


def _phrase(status: int) -> str:
    return http.client.responses.get(status, "Fault")


async def _response(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    messages: list[Message] = []

    async def collect(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, collect)
    start, *rest = messages
    return start, b"".join(message.get("body", b"") for message in rest)


async def _sent(body: bytes, delay: float, receive: Receive, send: Send) -> bool:
    """Send a part of the body, and return whether the client is still there."""
    size = 1 if delay else len(body) or 1
    for start in range(0, len(body), size):
        if start and not await _is_open_after(delay, receive):
            return False
        await send({"type": "http.response.body", "body": body[start : start + size], "more_body": True})
    return True


async def _is_open_after(seconds: float, receive: Receive) -> bool:
    """Wait, but not for a client that has left: the server would wait for this before it stops."""
    if not seconds:
        return True
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await _disconnect(receive)
            return False
    return True


async def _close(transport: asyncio.Transport, receive: Receive) -> None:
    transport.close()
    # uvicorn reports an application that returns without a whole response while the connection is open.
    await _disconnect(receive)


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
