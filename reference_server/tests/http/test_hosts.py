"""Hosts that the server allows, and headers that protect a browser."""

import asyncio

import httpx2
import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from canvas_outcomes_server.http.hosts import AllowedHosts
from reference_server.tests.server_process import Server

REBOUND = "rebound.example"


def status_and_body(server: Server, head: str, url: str = "/healthz") -> tuple[int, bytes]:
    with server.connect() as connection:
        connection.sendall(f"GET {url} HTTP/{head}\r\nConnection: close\r\n\r\n".encode())
        response = b"".join(iter(lambda: connection.recv(65536), b""))
    assert b"\r\nx-request-id: " in response
    assert b"\r\nx-content-type-options: nosniff\r\n" in response
    return int(response.split()[1]), response.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize(
    "head",
    [
        "1.1\r\nHost: localhost",
        "1.1\r\nhOST: LocalHost:1",
        "1.1\r\nHost: 127.0.0.1:99",
        "1.1\r\nHost: 127.255.255.254",
        "1.1\r\nHost: [::1]:8000",
        "1.1\r\nHost: canvas.example.edu:443",
        "1.0",
    ],
)
def test_allows_loopback_and_the_names_of_the_option(server: Server, head: str) -> None:
    assert status_and_body(server, head)[0] == 200


@pytest.mark.parametrize("host", [REBOUND, "10.1.2.3", "[::2]", "localhost.rebound.example:8000", "127.0.0.1.nip.io"])
def test_rejects_other_hosts_and_names_the_option(server: Server, host: str) -> None:
    status, body = status_and_body(server, f"1.1\r\nHost: {host}")

    assert status == 400
    name = host.removesuffix(":8000").strip("[]")
    assert f"The host {name} is not allowed. Start the server with --allowed-host {name}.".encode() in body


@pytest.mark.parametrize(
    "head",
    [
        "1.1",
        "1.1\r\nHost:",
        "1.1\r\nHost: a b",
        "1.1\r\nHost: localhost\r\nHost: localhost",
        "1.1\r\nHost: localhost, localhost",
        "1.1\r\nHost: user@localhost",
        "1.1\r\nHost: http://localhost",
        "1.1\r\nHost: localhost:99999999",
        "1.1\r\nHost: [::",
        "1.1\r\nHost: [cafe:80]",
        "1.1\r\nHost: [127.0.0.1]",
        "1.1\r\nHost: <script>",
        "1.0\r\nHost: localhost\r\nHost: localhost",
    ],
)
def test_rejects_a_missing_repeated_or_malformed_host(server: Server, head: str) -> None:
    status, body = status_and_body(server, head)

    assert (status, b"exactly one header Host" in body) == (400, True)


@pytest.mark.parametrize(
    ("url", "head", "status"),
    [
        ("http://localhost/healthz", "1.1\r\nHost: rebound.example", 200),
        ("HTTP://[::1]:8000/healthz?x", "1.1\r\nHost: localhost", 200),
        ("http://localhost/healthz", "1.0", 200),
        ("http://rebound.example/healthz", "1.1\r\nHost: localhost", 400),
        ("http://rebound.example:80/healthz", "1.0\r\nHost: localhost", 400),
        ("http://rebound.example/healthz", "1.0", 400),
        ("http://localhost@rebound.example/healthz", "1.1\r\nHost: localhost", 400),
        ("http://localhost/healthz", "1.1", 400),
        ("http://localhost/healthz", "1.1\r\nHost: localhost\r\nHost: localhost", 400),
    ],
)
def test_reads_the_host_of_an_absolute_url(server: Server, url: str, head: str, status: int) -> None:
    assert status_and_body(server, head, url)[0] == status


async def accept(scope: Scope, receive: Receive, send: Send) -> None:
    await Response()(scope, receive, send)


@pytest.mark.parametrize(
    ("names", "host", "status"),
    [
        (["0.0.0.0"], "10.1.2.3", 200),
        (["::"], "[fd00::1]", 200),
        (["0.0.0.0"], REBOUND, 400),
        (["10.1.2.3"], "10.1.2.3", 200),
        (["fd00::1"], "[FD00::1]", 200),
        (["fd00::1"], "[fd00:0::0:1]", 200),
        (["FD00:0:0::1"], "[fd00::1]", 200),
        (["fd00::1"], "[fd00::2]", 400),
        (["Canvas.local"], "canvas.LOCAL", 200),
        (["*"], REBOUND, 200),
    ],
)
def test_allows_every_address_if_bound_to_all(names: list[str], host: str, status: int) -> None:
    async def request() -> httpx2.Response:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(AllowedHosts(accept, names))) as client:
            return await client.get(f"http://{host}/")

    assert asyncio.run(request()).status_code == status


@pytest.mark.parametrize("path", ["/outcomes%2F2", "/outcomes/%2f2", "/courses/1%2Foutcome_alignments"])
def test_rejects_an_encoded_slash(server: Server, path: str) -> None:
    response = server.get(path)

    assert response.status_code == 400
    assert response.json() == {"errors": [{"message": "The path contains an encoded slash."}]}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/docs", 200),
        ("GET", "/docs/start.js", 200),
        ("GET", "/api/v1/outcomes/1", 401),
        ("GET", "/nowhere", 404),
        ("POST", "/docs", 405),
    ],
)
def test_no_response_lets_a_browser_guess_its_type(server: Server, method: str, path: str, status: int) -> None:
    response = server.client.request(method, path)

    assert (response.status_code, response.headers["X-Content-Type-Options"]) == (status, "nosniff")
