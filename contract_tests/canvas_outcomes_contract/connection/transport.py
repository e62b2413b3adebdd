"""The HTTP client of a run, and the reasons why it cannot reach a provider."""

import functools
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2

from canvas_outcomes_contract.connection.target import PROXY_OF_ENVIRONMENT, Target
from canvas_outcomes_contract.contract.errors import CannotTell

RESPONSE_TIMEOUT = 30.0  # seconds
CONNECT_TIMEOUT = 3.0
# Errors before a request is sent: the provider is not to blame for them.
NOT_CONNECTED = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError)
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
    """An HTTP client that sends requests unchanged."""
    timeout = httpx2.Timeout(RESPONSE_TIMEOUT, connect=CONNECT_TIMEOUT)
    return httpx2.Client(timeout=timeout, follow_redirects=False, **client_options(target))


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
