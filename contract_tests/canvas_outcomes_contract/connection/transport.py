"""The HTTP client of a run, and the reasons why it cannot reach a provider."""

import functools
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import httpx2

from canvas_outcomes_contract.contract.errors import CannotTell

RESPONSE_TIMEOUT = 30.0  # seconds
CONNECT_TIMEOUT = 3.0
# Errors before a request is sent: the provider is not to blame for them.
NOT_CONNECTED = (httpx2.ConnectError, httpx2.ConnectTimeout)


@functools.cache
def ssl_context() -> ssl.SSLContext:
    """The trusted certificates, read once, which takes 50 ms."""
    return httpx2.create_ssl_context(trust_env=False)


def http_client() -> httpx2.Client:
    """An HTTP client that sends requests unchanged."""
    return httpx2.Client(verify=ssl_context(), timeout=RESPONSE_TIMEOUT, follow_redirects=False, trust_env=False)


class _Connected(Exception):
    """The connection to the provider is open, and nothing was sent."""


def _stop_before_sending(event: str, info: dict[str, Any]) -> None:
    if event.endswith("send_request_headers.started"):
        raise _Connected


def obstacle(base_url: str) -> str:
    """Return why no connection to the provider can be opened, or an empty string. Sends no request."""
    with http_client() as http:
        try:
            http.head(base_url, timeout=CONNECT_TIMEOUT, extensions={"trace": _stop_before_sending})
        except _Connected:
            return ""
        except httpx2.TransportError as error:
            return explain(error, base_url)
    return ""


def require_reachable(base_url: str) -> None:
    """Raise CannotTell if no connection to the provider can be opened."""
    if reason := obstacle(base_url):
        raise CannotTell(reason)


def explain(error: httpx2.TransportError, base_url: str) -> str:
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
            case socket.gaierror():
                return f"Cannot resolve the host of {base_url}: {cause.strerror}. Correct base_url in the target."
            case OSError(strerror=str(reason)):
                return _unreachable(base_url, reason.lower())
    return _unreachable(base_url, str(error) or type(error).__name__)


def _unreachable(base_url: str, reason: str) -> str:
    return f"Cannot reach {base_url}: {reason}. Start the provider, or correct base_url in the target."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
