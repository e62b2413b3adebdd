"""What happens on a connection beneath HTTP's requests and answers: packets, limits, pipelines."""

import time

import pytest

from reference_server.tests.server_process import Server

SHOW = b" /api/v1/outcomes/2 HTTP/1.1\r\n"
HEADERS = b"Host: a\r\nAuthorization: Bearer editor-token\r\n"
GET = b"GET" + SHOW + HEADERS + b"\r\n"
OK = b"HTTP/1.1 200 OK\r\n"
MAX_HEAD = 65536
PIPELINED = 2 * MAX_HEAD // len(GET)


def body_of(answer: bytes) -> bytes:
    """The body of an answer that has come completely."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(OK), answer
    assert b"\r\ncontent-length: %d\r\n" % len(body) in head, answer
    return body


def test_an_answer_comes_as_one_packet(server: Server) -> None:
    with server.connect() as connection:
        for _ in range(100):
            connection.sendall(GET)
            assert body_of(connection.recv(65536))


def test_the_head_of_an_answer_without_a_body_is_sent_at_once(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(b"HEAD" + SHOW + HEADERS + b"\r\n")
        head = connection.recv(65536)
        connection.sendall(GET)

        assert head.startswith(OK)
        assert head.endswith(b"\r\n\r\n")
        assert body_of(connection.recv(65536))


def test_a_connection_that_is_to_close_gets_its_answer_first(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(b"HEAD" + SHOW + HEADERS + b"Connection: close\r\n\r\n")

        assert connection.recv(65536).startswith(OK)
        assert connection.recv(65536) == b""


def test_a_body_is_asked_for_where_its_sender_waits(server: Server) -> None:
    body = b'{"title": "Waits"}'
    lines = b"Content-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n" % len(body)
    with server.connect() as connection:
        connection.sendall(b"PUT" + SHOW + HEADERS + lines)
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)

        assert b'"title":"Waits"' in body_of(connection.recv(65536))


def test_requests_that_come_together_are_answered_in_turn_and_not_added_up(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(GET * PIPELINED)
        received = b""
        while received.count(OK) < PIPELINED and (chunk := connection.recv(1 << 20)):
            received += chunk

        assert received.count(OK) == PIPELINED


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 400)])
@pytest.mark.parametrize("pieces", [1, 7])
def test_the_limit_of_a_head_is_exact(server: Server, more: int, status: int, pieces: int) -> None:
    counted = sum(map(len, (b"/api/v1/outcomes/2", b"Host", b"a", b"Authorization", b"Bearer editor-token", b"X")))
    request = b"GET" + SHOW + HEADERS + b"X: " + b"x" * (MAX_HEAD - counted + more) + b"\r\n\r\n"
    size = -(-len(request) // pieces)
    with server.connect() as connection:
        for start in range(0, len(request), size):
            connection.sendall(request[start : start + size])

        assert connection.recv(65536).startswith(b"HTTP/1.1 %d " % status)


def test_a_head_without_an_end_is_refused_when_what_came_after_its_beginning_is_too_large(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(b"GET" + SHOW + HEADERS + b"X: ")
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
def test_empty_lines_before_a_request_have_the_same_limit(server: Server, more: int, status: int) -> None:
    with server.connect() as connection:
        connection.sendall(b"\n" * (MAX_HEAD + more))
        time.sleep(0.1)
        connection.sendall(GET)

        assert connection.recv(65536).startswith(b"HTTP/1.1 %d " % status)


def test_what_is_wrong_in_two_ways_is_refused_once(server: Server) -> None:
    server.show(1)  # an answer comes before the line of the log for what was refused before
    before = server.log.read_text().count('"event":"unreadable"')
    with server.connect() as connection:
        connection.sendall(b"GET" + SHOW + HEADERS + b"X: ")
        time.sleep(0.2)
        connection.sendall(b"x" * (MAX_HEAD - 1))
        time.sleep(0.2)
        connection.sendall(b"x\0x")
        assert connection.recv(65536).count(b"HTTP/1.1 400 ") == 1

    server.show(1)
    assert server.log.read_text().count('"event":"unreadable"') == before + 1
