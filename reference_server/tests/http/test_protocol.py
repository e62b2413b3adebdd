"""Connections below the level of HTTP: packets, limits and pipelines."""

import time

import pytest

from reference_server.tests.server_process import Server

SHOW = b" /api/v1/outcomes/2 HTTP/1.1\r\n"
HEADERS = b"Host: localhost\r\nAuthorization: Bearer editor-token\r\n"
CHUNKED = b"PUT" + SHOW + HEADERS + b"Transfer-Encoding: chunked\r\n\r\n"
GET = b"GET" + SHOW + HEADERS + b"\r\n"
OK = b"HTTP/1.1 200 OK\r\n"
MAX_HEAD = 65536
PIPELINED = 2 * MAX_HEAD // len(GET)


def body_of(response: bytes) -> bytes:
    """The body of a complete response."""
    head, _, body = response.partition(b"\r\n\r\n")
    assert head.startswith(OK), response
    assert b"\r\ncontent-length: %d\r\n" % len(body) in head, response
    return body


def test_sends_a_response_in_one_packet(server: Server) -> None:
    with server.connect() as connection:
        for _ in range(100):
            connection.sendall(GET)
            assert body_of(connection.recv(65536))


def test_sends_the_head_of_a_response_without_a_body_at_once(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(b"HEAD" + SHOW + HEADERS + b"\r\n")
        head = connection.recv(65536)
        connection.sendall(GET)

        assert head.startswith(OK)
        assert head.endswith(b"\r\n\r\n")
        assert body_of(connection.recv(65536))


def test_responds_before_it_closes_a_connection(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(b"HEAD" + SHOW + HEADERS + b"Connection: close\r\n\r\n")

        assert connection.recv(65536).startswith(OK)
        assert connection.recv(65536) == b""


def test_sends_100_continue_when_the_client_expects_it(server: Server) -> None:
    body = b'{"title": "Waits"}'
    lines = b"Content-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n" % len(body)
    with server.connect() as connection:
        connection.sendall(b"PUT" + SHOW + HEADERS + lines)
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)

        assert b'"title":"Waits"' in body_of(connection.recv(65536))


def test_limits_each_pipelined_request_separately(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(GET * PIPELINED)
        received = b""
        while received.count(OK) < PIPELINED and (chunk := connection.recv(1 << 20)):
            received += chunk

        assert received.count(OK) == PIPELINED


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 400)])
@pytest.mark.parametrize("pieces", [1, 7])
def test_the_limit_of_a_head_is_exact(server: Server, more: int, status: int, pieces: int) -> None:
    parts = (b"/api/v1/outcomes/2", b"Host", b"localhost", b"Authorization", b"Bearer editor-token", b"X")
    counted = sum(map(len, parts))
    request = b"GET" + SHOW + HEADERS + b"X: " + b"x" * (MAX_HEAD - counted + more) + b"\r\n\r\n"
    size = -(-len(request) // pieces)
    with server.connect() as connection:
        for start in range(0, len(request), size):
            connection.sendall(request[start : start + size])

        assert connection.recv(65536).startswith(b"HTTP/1.1 %d " % status)


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 400)])
@pytest.mark.parametrize("pieces", [1, 7])
def test_limits_trailers_as_a_head(server: Server, more: int, status: int, pieces: int) -> None:
    line = b"X: " + b"x" * (MAX_HEAD // 2 - 1) + b"\r\n"
    request = CHUNKED + b"3\r\n{ }\r\n0\r\n" + line + line[:-2] + b"x" * more + b"\r\n\r\n"
    size = -(-len(request) // pieces)
    with server.connect() as connection:
        for start in range(0, len(request), size):
            connection.sendall(request[start : start + size])

        assert connection.recv(65536).startswith(b"HTTP/1.1 %d " % status)


@pytest.mark.parametrize(
    "beginning",
    [
        b"GET" + SHOW + HEADERS + b"X: ",
        CHUNKED + b"0\r\nX: ",
        CHUNKED + b"1;x=",
        CHUNKED + b"1\r\n{\r\n1;x=",
    ],
)
def test_rejects_an_endless_head_once_it_exceeds_the_limit(server: Server, beginning: bytes) -> None:
    with server.connect() as connection:
        connection.sendall(beginning)
        time.sleep(0.2)
        for _ in range(4):
            connection.sendall(b"x" * (MAX_HEAD // 4))
            time.sleep(0.1)
        connection.settimeout(0.2)
        with pytest.raises(TimeoutError):
            connection.recv(65536)
        connection.settimeout(10)
        connection.sendall(b"x")

        assert connection.recv(65536).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 400)])
def test_limits_empty_lines_before_a_request(server: Server, more: int, status: int) -> None:
    with server.connect() as connection:
        connection.sendall(b"\n" * (MAX_HEAD + more))
        time.sleep(0.1)
        connection.sendall(GET)

        assert connection.recv(65536).startswith(b"HTTP/1.1 %d " % status)


def unreadable_requests(server: Server) -> int:
    """How many requests the log calls unreadable, up to a request that this sends."""
    server.line(event="request", request_id=server.get("/outcomes/1").headers["X-Request-Id"])
    return server.log.read_text().count('"event":"unreadable"')


def test_rejects_a_request_with_two_faults_once(server: Server) -> None:
    before = unreadable_requests(server)
    with server.connect() as connection:
        connection.sendall(b"GET" + SHOW + HEADERS + b"X: ")
        time.sleep(0.2)
        connection.sendall(b"x" * (MAX_HEAD - 1))
        time.sleep(0.2)
        connection.sendall(b"x\0x")
        response = connection.recv(65536)
        assert response.count(b"HTTP/1.1 400 ") == 1

    assert unreadable_requests(server) == before + 1
    server.line(event="unreadable", request_id=response.partition(b"x-request-id: ")[2][:16].decode())
