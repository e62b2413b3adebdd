"""The HTTP client of a run, whose responses are limited, and the reasons why it cannot reach a provider."""

import functools
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, NamedTuple

import httpx2

from canvas_outcomes_contract.cases.readable import unreadable
from canvas_outcomes_contract.connection.target import PROXY_OF_ENVIRONMENT, Target
from canvas_outcomes_contract.contract.errors import CannotTell

CONNECT_TIMEOUT = 3.0
# Errors before a request is sent: the provider is not to blame for them.
NOT_CONNECTED = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError)
MEGABYTE = 1_000_000
NO_RESPONSE = "no HTTP response"
IDEMPOTENT = ("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE")
SHOWN_BYTES = 300  # of a body that no check can read
FAILURES_OF_PROXIES = (407, 502, 504)


@functools.cache
def ssl_context(certificates: Path | None = None) -> ssl.SSLContext:
    """The trusted certificates and those of a file, read once, which takes 50 ms. Raises CannotTell."""
    try:
        trusted = httpx2.create_ssl_context()
    except OSError as error:  # ssl.SSLError is one
        raise CannotTell(f"Cannot read the certificates that SSL_CERT_FILE or SSL_CERT_DIR name: {error}.") from None
    if certificates is not None:
        trusted.load_verify_locations(certificates)
    return trusted


def client_options(target: Target) -> dict[str, Any]:
    """The options with which an HTTP client reaches a target."""
    from_environment = target.proxy == PROXY_OF_ENVIRONMENT
    return {
        "verify": ssl_context(target.certificates),
        "proxy": None if from_environment else target.proxy,
        "trust_env": from_environment,
    }


def http_client(target: Target) -> httpx2.Client:
    """An HTTP client that sends requests unchanged, and whose requests end at the deadline of their thread."""
    timeout = httpx2.Timeout(target.response_seconds, connect=CONNECT_TIMEOUT)
    client = httpx2.Client(timeout=timeout, follow_redirects=False, cookies=_NoCookies(), **client_options(target))
    # httpx2 limits the time of each read only: a provider that sends a byte now and then is never late. It passes no
    # network backend to its pools.
    for transport in (client._transport, *client._mounts.values()):
        if isinstance(transport, httpx2.HTTPTransport):
            pool: Any = transport._pool
            pool._network_backend = _Backend(pool._network_backend)
    return client


class _NoCookies(CookieJar):
    """Ignores the cookies of a provider: a session would stand in for the token of a later request."""

    def extract_cookies(self, response: object, request: object) -> None: ...


class _Current(threading.local):
    """The request of this thread."""

    end: float | None = None  # when it has to end, as a time of time.monotonic()
    connects = False  # whether it has opened its connection, instead of using one of an earlier request

    def timeout(self, given: float | None) -> float | None:
        """The seconds of one read or write. Raises ReadTimeout if none are left."""
        if self.end is None:
            return given
        left = self.end - time.monotonic()
        if left <= 0:
            raise httpx2.ReadTimeout("the response is not complete")
        return left if given is None else min(left, given)


_current = _Current()


class _Backend:
    """A network backend of httpcore2 whose connections end at the deadline."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend
        self.sleep = backend.sleep

    def connect_tcp(self, *arguments: Any, **options: Any) -> "_Stream":
        _current.connects = True
        return _Stream(self._backend.connect_tcp(*arguments, **options))


class _Stream:
    """A connection whose reads and writes end at the deadline."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.close, self.get_extra_info = stream.close, stream.get_extra_info

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        content: bytes = self._stream.read(max_bytes, _current.timeout(timeout))
        return content

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _current.timeout(timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "_Stream":
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout))


class Received(NamedTuple):
    """A response, or what there is of one: `problem` states why no check can read it."""

    response: httpx2.Response  # with status 0 if no head was received
    problem: str = ""


def receive(http: httpx2.Client, request: httpx2.Request, target: Target, seconds: float) -> Received:
    """Send a request, and read its response in so many seconds and bytes of the target. Raises one of NOT_CONNECTED.

    A server may close a connection after a response, and clients notice that late, so a request is sent again if it
    used the connection of an earlier one.
    """
    _current.end = time.monotonic() + seconds
    try:
        while True:
            _current.connects = False
            received = _receive(http, request, target, seconds)
            is_lost = received.problem.startswith(NO_RESPONSE) and request.method in IDEMPOTENT
            if _current.connects or not is_lost:
                return received
    finally:
        _current.end = None


def _receive(http: httpx2.Client, request: httpx2.Request, target: Target, seconds: float) -> Received:
    response = httpx2.Response(0, request=request)
    parts: list[bytes] = []
    problem = ""
    try:
        response = http.send(request, stream=True)
        size = 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            _current.timeout(None)
            if size > target.response_bytes:
                problem = f"a response of more than {target.response_bytes / MEGABYTE:g} MB"
                break
    except NOT_CONNECTED:
        raise
    except httpx2.TimeoutException:
        problem = f"no complete response within {seconds:g} s"
    except httpx2.DecodingError as error:
        problem = f"a body that is not {response.headers.get('Content-Encoding')}: {error}"
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
        what = "an incomplete response" if response.status_code else NO_RESPONSE
        problem = f"{what}: {error or type(error).__name__}"
    finally:
        response.close()
    response._content = b"".join(parts)  # `read` of httpx2 knows no limit
    if response.charset_encoding is not None:
        response.encoding = "utf-8"  # the charset may name any codec of Python
    if not problem and (reason := unreadable(response.content)):
        problem = f"{reason}: {response.content[:SHOWN_BYTES]!r}"
    return Received(response, problem)


class _Connected(Exception):
    """The connection to the provider is open, and nothing was sent."""


def _stop_before_sending(event: str, info: dict[str, Any]) -> None:
    if event.endswith("send_request_headers.started") and info["request"].method != b"CONNECT":
        raise _Connected


def obstacle(target: Target, base_url: str) -> str:
    """Return why no connection to the provider can be opened, or an empty string.

    Sends no request, unless a proxy forwards it: only its response shows that the proxy reaches the provider.
    """
    is_forwarded = target.proxy is not None and base_url.startswith("http:")
    trace = {} if is_forwarded else {"trace": _stop_before_sending}
    with http_client(target) as http:
        try:
            status = http.head(base_url, headers=target.headers, extensions=trace).status_code
        except _Connected:
            return ""
        except httpx2.TransportError as error:
            return explain(error, target, base_url)
    return _unreachable(target, base_url, f"it responds with {status}") if status in FAILURES_OF_PROXIES else ""


def require_reachable(target: Target, base_url: str) -> None:
    """Raise CannotTell if no connection to the provider can be opened."""
    if reason := obstacle(target, base_url):
        raise CannotTell(reason)


def explain(error: httpx2.TransportError, target: Target, base_url: str) -> str:
    """The sentence for an error that ended a request before it was sent."""
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                problem = cause.verify_message.rstrip(".")
                return (
                    f"Cannot verify the certificate of {base_url}: {problem}. If a private CA signed it, set "
                    "certificates in the target to the file of that CA."
                )
            case ssl.SSLError():
                return f"Cannot open a TLS connection to {base_url}: {cause.reason}. Correct base_url in the target."
            case socket.gaierror() if target.proxy is None:
                return f"Cannot resolve the host of {base_url}: {cause.strerror}. Correct base_url in the target."
            case OSError(strerror=str(reason)):
                return _unreachable(target, base_url, reason.lower())
    return _unreachable(target, base_url, str(error) or type(error).__name__)


def _unreachable(target: Target, base_url: str, reason: str) -> str:
    if target.proxy is None:
        return f"Cannot reach {base_url}: {reason}. Start the provider, or correct base_url in the target."
    proxy = "of the environment" if target.proxy == PROXY_OF_ENVIRONMENT else _without_password(target.proxy)
    return f"Cannot reach {base_url} through the proxy {proxy}: {reason}. Correct proxy or base_url in the target."


def _without_password(url: str) -> str:
    return str(httpx2.URL(url).copy_with(username=None, password=None))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
