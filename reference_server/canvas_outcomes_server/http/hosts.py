"""Middleware that rejects requests whose host or path a browser or a proxy reads in another way."""

import ipaddress
import re
from collections.abc import Awaitable, Iterable
from functools import lru_cache

from starlette.types import ASGIApp, Receive, Scope, Send

from canvas_outcomes_server.http.errors import error_list
from canvas_outcomes_server.http.responses import json_response

ALL_ADDRESSES = {"0.0.0.0", "::"}
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::[0-9]{1,5})?\Z")
ONE_HOST = "A request has exactly one header Host with a host name or an IP address."
NOT_ALLOWED = "The host {} is not allowed. Start the server with --allowed-host {}."
ENCODED_SLASH = "The path contains an encoded slash."


class AllowedHosts:
    """Allows the hosts of loopback and those with a name in `names`; "*" allows all.

    A website whose name leads to this machine (DNS rebinding) can therefore send no request. A server that listens on
    all addresses of the machine allows every IP address, because such a website has a name.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self._app = app
        self._names = {"localhost", *(host_name(url_host(name)) or name for name in names)}
        self._refusal = lru_cache(100)(self._refusal_of)

    # Not a coroutine: one more would slow down every await.
    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "http" and (problem := self._problem(scope)):
            return json_response(error_list(problem), 400)(scope, receive, send)
        return self._app(scope, receive, send)

    def _problem(self, scope: Scope) -> str | None:
        if b"%2f" in scope["raw_path"].lower():
            return ENCODED_SLASH
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) == 1:
            return self._refusal(hosts[0])
        # HTTP/1.0 has no such header.
        return None if not hosts and scope["http_version"] == "1.0" else ONE_HOST

    def _refusal_of(self, host: bytes) -> str | None:
        name = host_name(host.decode("latin-1"))
        if name is None:
            return ONE_HOST
        if self._names & {name, "*"} or is_loopback(name) or (self._names & ALL_ADDRESSES and _address(name)):
            return None
        return NOT_ALLOWED.format(name, name)


def host_name(host: str) -> str | None:
    """Return the name in a header Host in lower case, or the address in its short form; None if it is malformed."""
    match = _HOST.match(host)
    if match is None:
        return None
    if match[2]:
        return match[2].lower()
    address = _address(match[1])
    return str(address) if isinstance(address, ipaddress.IPv6Address) else None


def url_host(name: str) -> str:
    """Return a name or address as a URL has it."""
    return f"[{name}]" if ":" in name else name


def is_loopback(name: str) -> bool:
    """Whether a host is an address of loopback, such as 127.0.0.2."""
    address = _address(name)
    return address is not None and address.is_loopback


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
