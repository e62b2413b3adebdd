"""A provider is not blamed for a connection that cannot be opened."""

import math
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer

import httpx2
import pytest
import trustme

from canvas_outcomes_contract.cases.verdicts import NotApplicable, ProviderGone
from canvas_outcomes_contract.connection import provider as provider_module
from canvas_outcomes_contract.connection import transport
from canvas_outcomes_contract.connection.pace import Pace
from canvas_outcomes_contract.connection.provider import Provider
from canvas_outcomes_contract.connection.target import Target
from canvas_outcomes_contract.connection.traffic import Recorder
from canvas_outcomes_contract.connection.transport import Received, require_reachable, ssl_context
from canvas_outcomes_contract.contract.document import Contract, contract_path
from canvas_outcomes_contract.contract.errors import CannotTell
from canvas_outcomes_contract.load.locust_processes import free_port
from contract_tests.tests.run.contract_runs import EmptyObjects, serve

CANVAS = Target("canvas", tokens={"editor": "t"})


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@contextmanager
def serve_tls(certificate: trustme.LeafCert) -> Iterator[str]:
    """The base URL of a server with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    with ThreadingHTTPServer(("127.0.0.1", 0), EmptyObjects) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_names_the_certificate_of_a_private_ca_and_the_key_for_it(ca: trustme.CA) -> None:
    with serve_tls(ca.issue_cert("127.0.0.1")) as base_url, pytest.raises(CannotTell) as error:
        require_reachable(CANVAS, base_url)

    assert str(error.value).startswith(f"Cannot verify the certificate of {base_url}: unable to get local issuer")
    assert "set certificates in the target" in str(error.value)


def test_names_a_server_that_speaks_no_tls() -> None:
    with serve(EmptyObjects) as base_url, pytest.raises(CannotTell, match="Cannot open a TLS connection to https"):
        require_reachable(CANVAS, base_url.replace("http:", "https:"))


def test_names_a_host_that_cannot_be_resolved() -> None:
    with pytest.raises(CannotTell, match=r"Cannot resolve the host of http://canvas\.invalid: "):
        require_reachable(CANVAS, "http://canvas.invalid")


def test_names_a_refused_connection() -> None:
    base_url = f"http://127.0.0.1:{free_port()}"

    with pytest.raises(CannotTell, match=f"Cannot reach {base_url}: connection refused. Start the provider"):
        require_reachable(CANVAS, base_url)


def test_sends_no_request_to_open_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    requests: list[object] = []
    monkeypatch.setattr(EmptyObjects, "do_HEAD", requests.append, raising=False)

    with serve(EmptyObjects) as base_url:
        require_reachable(CANVAS, base_url)

    assert requests == []


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serve(EmptyObjects) as base_url:
        provider = Provider(CANVAS, base_url, Contract(contract_path()), Recorder(), Pace(None, 1))
        yield provider
        provider.close()


def refusing(provider: Provider, times: int) -> None:
    """Refuse a number of connections to a provider that is reachable, as an overloaded listener does."""
    refusals = iter([True] * times)
    response = httpx2.Response(200, json={})

    def respond(request: httpx2.Request) -> httpx2.Response:
        if next(refusals, False):
            raise httpx2.ConnectError("refused")
        return response

    provider.http = httpx2.Client(transport=httpx2.MockTransport(respond))


def test_connects_again_after_a_refused_connection(provider: Provider) -> None:
    refusing(provider, times=1)

    assert provider.send(None, "GET", "/").status_code == 200


def test_a_connection_that_is_refused_twice_ends_the_run_undecided(provider: Provider) -> None:
    refusing(provider, times=2)

    with pytest.raises(ProviderGone, match=r"Cannot reach .*: refused"):
        provider.send(None, "GET", "/")


@pytest.mark.parametrize(("left", "seconds"), [(math.inf, 30), (40, 30), (2, 2)])
def test_a_response_may_take_the_seconds_of_the_target_or_what_is_left_of_the_run(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, left: float, seconds: float
) -> None:
    given: list[float] = []

    def receive(http: object, request: httpx2.Request, target: Target, seconds: float) -> Received:
        given.append(seconds)
        return Received(httpx2.Response(200, request=request))

    monkeypatch.setattr(provider_module, "receive", receive)
    provider.require_time = lambda: left

    provider.send(None, "GET", "/")

    assert given == [seconds]


def test_a_request_that_is_sent_again_has_no_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ends: list[float | None] = []

    def receive_once(http: object, request: httpx2.Request, target: Target, seconds: float) -> Received:
        ends.append(transport._current.end)
        return Received(httpx2.Response(0, request=request), transport.NO_RESPONSE if len(ends) == 1 else "")

    monkeypatch.setattr(transport, "_receive", receive_once)
    with httpx2.Client(verify=False) as http:
        transport.receive(http, httpx2.Request("GET", "http://a"), Target(""), 5)

    assert len(ends) == 2
    assert ends[0] is not None
    assert ends[0] == ends[1]
    assert transport._current.end is None


def test_a_response_that_the_end_of_the_run_cuts_is_not_a_violation(provider: Provider) -> None:
    left = iter([0.2, 0.2])

    def require_time() -> float:
        if (seconds := next(left, None)) is None:
            raise NotApplicable("The time of the run is over.")
        return seconds

    with socket.create_server(("127.0.0.1", 0)) as silent:
        provider.base_url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        provider.require_time = require_time

        with pytest.raises(NotApplicable, match="The time of the run is over"):
            provider.send(None, "GET", "/")


def test_reads_the_certificates_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "none.pem")

    with pytest.raises(CannotTell, match="Cannot read the certificates that SSL_CERT_FILE or SSL_CERT_DIR name"):
        ssl_context.__wrapped__()
