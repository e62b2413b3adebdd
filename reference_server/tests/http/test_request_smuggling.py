"""Requests whose end two servers could find in different places: each is read as HTTP/1.1, or rejected."""

import time

import pytest

from reference_server.tests.server_process import Server

BODY = b'{"title": "Read to its end"}'
HEAD = (
    b"PUT /api/v1/outcomes/13 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer editor-token\r\n"
    b"Content-Type: application/json\r\n"
)
SIZED, CHUNKED = b"Content-Length: %d\r\n" % len(BODY), b"Transfer-Encoding: chunked\r\n"
CHUNKS = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
LAST = HEALTH + b"Connection: close\r\n\r\n"
OLD = HEAD.replace(b"/1.1", b"/1.0") + b"Connection: Upgrade\r\n"
UPGRADES = [
    b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
    b"Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nConnection: upgrade\r\n",
    b"Connection: keep-alive\r\nConnection: Upgrade\r\nUpgrade: TLS/1.0, HTTP/2.0\r\nExpect: 200-ok\r\n",
]


def received(server: Server, *packets: bytes) -> bytes:
    """Send packets and return what arrives until the server closes the connection."""
    with server.connect() as connection:
        for packet in packets:
            connection.sendall(packet)
            time.sleep(0.02)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def statuses(responses: bytes) -> list[bytes]:
    return [part[:3] for part in responses.split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize("upgrade", UPGRADES)
@pytest.mark.parametrize(("framing", "body"), [(SIZED, BODY), (CHUNKED, CHUNKS)])
@pytest.mark.parametrize("cut", [0, 7])
def test_reads_the_body_of_a_request_that_asks_for_an_upgrade(
    server: Server, upgrade: bytes, framing: bytes, body: bytes, cut: int
) -> None:
    server.update(13, json={"title": "Before"})

    responses = received(server, HEAD + upgrade + framing + b"\r\n" + body[:cut], body[cut:] + LAST)

    assert statuses(responses) == [b"200", b"200"]
    assert server.show(13)["title"] == "Read to its end"


@pytest.mark.parametrize(
    "head", [HEAD + b"Connection: close, Upgrade\r\n", HEAD + b"Connection: Upgrade, close\r\n", OLD]
)
@pytest.mark.parametrize("cut", [0, 7])
def test_reads_the_body_of_an_upgrade_and_closes_the_connection(server: Server, head: bytes, cut: int) -> None:
    server.update(13, json={"title": "Before"})

    responses = received(server, head + b"Upgrade: h2c\r\n" + SIZED + b"\r\n" + BODY[:cut], BODY[cut:])

    assert statuses(responses) == [b"200"]
    assert server.show(13)["title"] == "Read to its end"


def test_does_not_read_the_body_of_an_upgrade_as_a_request(server: Server) -> None:
    hidden = HEAD.replace(b"/13", b"/16") + SIZED + b"\r\n" + BODY
    head = HEALTH + UPGRADES[0] + b"Content-Length: %d\r\n\r\n" % len(hidden)

    assert statuses(received(server, head, hidden, LAST)) == [b"200", b"200"]
    assert server.show(16)["title"] != "Read to its end"


def test_reads_many_upgrades_in_one_packet(server: Server) -> None:
    responses = received(server, (HEALTH + UPGRADES[0] + b"\r\n") * 500 + LAST)

    assert statuses(responses) == [b"200"] * 501


@pytest.mark.parametrize(
    ("line", "status"),
    [(b"Authorization: Bearer editor-token\r\n", b"401"), (b"Host: localhost\r\n", b"400"), (b"X: y\r\n", b"200")],
)
@pytest.mark.parametrize("connection", [b"", b"Connection: close\r\n"])
def test_ignores_trailers(server: Server, line: bytes, status: bytes, connection: bytes) -> None:
    head = HEAD.replace(line, b"") + connection + CHUNKED + b"\r\n"

    response = received(server, head + CHUNKS[:-2] + line + b"\r\n" + LAST)

    assert statuses(response)[0] == status


def test_a_trailer_repeats_no_header(server: Server) -> None:
    trailers = b"Host: rebound.example\r\nAuthorization: Bearer x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"

    responses = received(server, HEAD + CHUNKED + b"\r\n" + CHUNKS[:-2] + trailers + LAST)

    assert statuses(responses) == [b"200", b"200"]


@pytest.mark.parametrize(
    "request_",
    [
        b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /healthz\r\n\r\n",
        b"GET /healthz HTTP/0.9\r\n\r\n",
        b"GET /healthz HTTP/2.0\r\nHost: localhost\r\n\r\n",
        HEALTH.replace(b"\r\n", b"\n") + b"\n",
        HEALTH + b"X: a\r\n continued\r\n\r\n",
        HEALTH + b"X : a\r\n\r\n",
        HEALTH + b"X: a\rY: b\r\n\r\n",
        HEAD + SIZED + SIZED + b"\r\n" + BODY,
        HEAD + SIZED + CHUNKED + b"\r\n" + CHUNKS,
        HEAD + CHUNKED + SIZED + b"\r\n" + CHUNKS,
        HEAD + UPGRADES[0] + CHUNKED + SIZED + b"\r\n" + CHUNKS,
        HEAD + CHUNKED + CHUNKED + b"\r\n" + CHUNKS,
        HEAD + b"Content-Length: +28\r\n\r\n" + BODY,
        HEAD + b"Content-Length: 0x1c\r\n\r\n" + BODY,
        HEAD + b"Transfer-Encoding: xchunked\r\n\r\n" + CHUNKS,
        HEAD + b"Transfer-Encoding: identity\r\n\r\n" + BODY,
        HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + CHUNKS,
        HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n" + CHUNKS,
        HEAD.replace(b"/1.1", b"/1.0") + CHUNKED + b"\r\n" + CHUNKS,
        HEAD + CHUNKED + b"\r\n" + CHUNKS.replace(b"\r\n", b"\n"),
        HEAD + CHUNKED + b"\r\n-1\r\n",
        HEAD + CHUNKED + b"\r\n" + CHUNKS[:-2] + b"Content-Length: 1\r\n\r\n",
        HEAD + CHUNKED + b"\r\n" + CHUNKS[:-2] + b"Transfer-Encoding: chunked\r\n\r\n",
        HEAD + CHUNKED + b"\r\n" + CHUNKS[:-2] + b"Connection: close\r\n\r\n",
    ],
)
def test_rejects_a_request_without_one_meaning(server: Server, request_: bytes) -> None:
    before = server.show(13)

    response = received(server, request_ + LAST)

    assert statuses(response) == [b"400"]
    assert b"\r\ncontent-type: application/json; charset=utf-8\r\n" in response
    assert b"\r\nx-content-type-options: nosniff\r\n" in response
    assert server.show(13) == before
