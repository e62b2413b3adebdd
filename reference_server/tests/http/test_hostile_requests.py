"""Malformed and oversized requests: each gets a 4xx in JSON with the reason, and changes nothing."""

import json
import re
from typing import Any

import httpx2
import pytest

from canvas_outcomes_server.http.api_request import PARAMETERS
from reference_server.tests.server_process import Server

MAX_BODY = 1_048_576
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}
PART = b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\n'
MIXED = "The parameter ratings is sent as values of different kinds."
LATE_MIXED = MIXED.replace("ratings", "other")
BOUNDARY = "The multipart form needs one boundary of at most 70 ASCII characters."
AUTHORIZATION = b"Authorization: Bearer editor-token\r\n"
NOT_HTTP, TOO_LARGE = "The request does not follow HTTP/1.1.", "The head of the request is larger than 65536 bytes."


def assert_error(response: httpx2.Response, status: int, reason: str = "") -> None:
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"].startswith("application/json")
    message = response.json()["errors"][0]["message"]
    assert message
    assert reason in message


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"title": }',
        b'{"title": "x"',
        b'{"title": "x"} trailing',
        b"{'title': 'x'}",
        b'{"mastery_points": NaN}',
        b'{"mastery_points": Infinity}',
        b'{"mastery_points": -Infinity}',
        b'{"mastery_points": 01}',
        b'{"title": "\xff"}',
        b'\xef\xbb\xbf{"title": "x"}',
        '{"title": "x"}'.encode("utf-16"),
        b'{"title": "a\nb"}',
        b'{"unknown": ' + b"[" * 100 + b"]" * 100 + b"}",
        b'{"ratings": ' + b'{"a":' * 100 + b"1" + b"}" * 101,
        b"[" * 100_000,
        b'{"ratings":' * 50_000,
        b'{"mastery_points": ' + b"9" * 5000 + b"}",
    ],
)
def test_rejects_a_body_that_is_not_json(server: Server, body: bytes) -> None:
    before = server.show(2)

    assert_error(server.put("/outcomes/2", content=body, headers=JSON), 400, "The body is not ")
    assert server.show(2) == before


@pytest.mark.parametrize(
    ("headers", "body", "reason"),
    [
        (FORM, b"title=%zz", "The form has a % without two hexadecimal digits."),
        (FORM, b"title=%", "The form has a % without two hexadecimal digits."),
        (FORM, b"title=%ff", "The form is not valid UTF-8."),
        (FORM, b"title=\xff", "The form is not valid UTF-8."),
        (FORM, b"unknown=%ed%a0%80", "The form is not valid UTF-8."),
        (FORM, b"ratings=1&ratings[][points]=2", MIXED),
        (FORM, b"ratings[][points]=2&ratings[a]=2", MIXED),
        (FORM, b"ratings[a]=1&ratings[a][b]=2", MIXED),
        (FORM, b"ratings[][a]=1&ratings[][a][b]=2", MIXED),
        (FORM, b"ratings[a][b]=1&ratings[a][b][c]=2", MIXED),
        (FORM, b"ratings[a][]=1&ratings[a][b]=2", MIXED),
        (FORM, b"ratings[a][][b]=1&ratings[a][][b][c]=2", MIXED),
        (FORM, b"ratings=&ratings[]=2", MIXED),
        (FORM, b"other=1&other[a]=2", LATE_MIXED),
        (FORM, b"other[]=1&other[a]=2", LATE_MIXED),
        (FORM, b"other[a]=1&title=x&other[]=2", LATE_MIXED),
        (FORM, b"x" * 1000 + b"=1&" + b"x" * 1000 + b"[]=1", f"The parameter {'x' * 100} is sent as"),
        (FORM, b"a=1&" * 4096 + b"title=x", "The form has more than 4096 parameters."),
        (FORM, b"ratings[]" + b"[a]" * 100 + b"=1", "The parameter ratings is nested deeper than"),
        (MULTIPART, PART + b"x", "ends before its closing boundary."),
        (MULTIPART, PART + b"\xff\r\n--b--\r\n", "is not valid UTF-8."),
        (MULTIPART, b"not a form", "ends before its closing boundary."),
        (MULTIPART, PART.replace(b"\r\n", b"\n") + b"x\n--b--\n", "ends before its closing boundary."),
        (MULTIPART, b"--b\r\ntitle\r\n--b--\r\n", "ends before its closing boundary."),
        (MULTIPART, PART + b"\r\nx\r\n--b \r\n", "ends before its closing boundary."),
        *(
            (MULTIPART, PART.replace(b"\r\n\r\n", b"\r\nContent-Type:%b\r\n\r\n" % part) + b"x\r\n--b--\r\n", reason)
            for part, reason in (
                (b" ", "has a part with an empty Content-Type."),
                (b"text/plain; charset=UTF-16", "has a part in UTF-16. Send UTF-8."),
                (b"text/plain;charset=utf-32le", "has a part in UTF-32LE. Send UTF-8."),
            )
        ),
        *(
            ({"Content-Type": b"multipart/form-data; boundary=" + boundary}, PART + b"x\r\n--b--\r\n", BOUNDARY)
            for boundary in (b"a; boundary=b", b"b" * 71, b"\xe9")
        ),
    ],
)
def test_rejects_a_malformed_form(server: Server, headers: dict[str, Any], body: bytes, reason: str) -> None:
    before = server.show(2)

    assert_error(server.put("/outcomes/2", content=body, headers=headers), 400, reason)
    assert server.show(2) == before


@pytest.mark.parametrize(
    "query", ["add_defaults=%ff", "x=%ff", "x=%zz", "title[=1&a=%C0%80", "student_id=%", "title=%ff"]
)
@pytest.mark.parametrize("path", ["/outcomes/2", "/courses/1/outcome_alignments"])
def test_rejects_a_malformed_query(server: Server, path: str, query: str) -> None:
    assert_error(server.get(f"{path}?{query}"), 400, "The query string ")


@pytest.mark.parametrize("size", [MAX_BODY + 1, 10 * 1024 * 1024])
def test_rejects_a_body_above_the_limit_with_413(server: Server, size: int) -> None:
    before = server.show(2)

    assert_error(
        server.put("/outcomes/2", content=b'{"title": "' + b"x" * size + b'"}', headers=JSON), 413, f"{MAX_BODY} bytes"
    )
    assert server.show(2) == before


def test_accepts_a_body_at_the_limit(server: Server) -> None:
    body = b'{"unknown": "' + b"x" * (MAX_BODY - 15) + b'"}'

    assert len(body) == MAX_BODY
    assert server.put("/outcomes/2", content=body, headers=JSON).status_code == 200


def test_limits_the_nesting_of_parameters(server: Server) -> None:
    path = "/outcomes/1?title" + "[a]" * 32

    assert server.get(path).status_code == 200
    assert_error(server.get(path + "[a]"), 400, "The parameter title is nested deeper than 32 levels.")


def test_limits_the_parts_of_a_form(server: Server) -> None:
    part, end = b'--b\r\nContent-Disposition: form-data; name="other"\r\n\r\n\r\n', b"--b--\r\n"

    assert server.put("/outcomes/1", content=part * 4096 + end, headers=MULTIPART).status_code == 200
    assert_error(
        server.put("/outcomes/1", content=part * 4097 + end, headers=MULTIPART), 400, "has more than 4096 parameters."
    )


def test_checks_the_token_before_the_size_of_the_body(server: Server) -> None:
    assert_error(server.put("/outcomes/2", None, content=b"x" * (MAX_BODY + 1), headers=JSON), 401)


@pytest.mark.parametrize(
    "value", ["1", '"x"', "[[[[]]]]", "{}", "1e999", '"\\u0000"', "null", "-0.0", '"' + "x" * 70000 + '"']
)
def test_no_value_of_a_field_causes_a_server_error(server: Server, value: str) -> None:
    bodies = [f'{{"{name}": {value}}}' for name in sorted(PARAMETERS - {"as_user_id"} | {"id", "unknown"})]

    responses = [server.put("/outcomes/16", content=body, headers=JSON) for body in bodies]

    assert {response.status_code for response in responses} <= {200, 400}


@pytest.mark.parametrize("student", ["%00", "1%00", "1e5", "9" * 5000, "-" * 100, "%F0%9F%98%80", "0x1f"])
def test_no_student_id_causes_a_server_error(server: Server, student: str) -> None:
    assert server.get(f"/courses/1/outcome_alignments?student_id={student}", "teacher-token").status_code in (200, 404)


def exchange(server: Server, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send bytes that no client library would send, and return status, headers and body of the response."""
    with server.connect() as connection:
        for start in range(0, len(request), 65536):
            try:
                connection.sendall(request[start : start + 65536])
            except OSError:
                break
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
            if b"\r\n\r\n" in received:
                break
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(status.split()[1]), headers, body


LINE = b"PUT /api/v1/outcomes/2 HTTP/1.1\r\nHost: localhost\r\n" + AUTHORIZATION


@pytest.mark.parametrize(
    "request_",
    [
        LINE + b"Content-Length: -1\r\n\r\n",
        LINE + b"Content-Length: abc\r\n\r\n",
        LINE + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        LINE + b"Content-Length: 99999999999999999999999\r\n\r\n",
        LINE + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        LINE + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        LINE + b"Bad Header: x\r\n\r\n",
        LINE + b"X: a\0b\r\n\r\n",
        LINE + b"X-Many: 1234567890\r\n" * 10_000 + b"\r\n",
        LINE + b"X-Long: " + b"x" * 1_000_000 + b"\r\n\r\n",
        b"GET /api/v1/outcomes/2?" + b"a" * 300_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /api/v1/outcomes/\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"NONSENSE\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
    ],
)
def test_rejects_malformed_http_in_json(server: Server, request_: bytes) -> None:
    status, headers, body = exchange(server, request_)

    assert status == 400
    assert headers["content-type"].startswith("application/json")
    assert re.fullmatch("[0-9a-f]{16}", headers["x-request-id"])
    reason = TOO_LARGE if len(request_) > 65536 else NOT_HTTP
    assert json.loads(body)["errors"][0]["message"] == reason
    assert server.line(event="unreadable", request_id=headers["x-request-id"])["reason"] == reason
    assert '"event":"log"' not in server.log.read_text()


def test_rejects_a_body_far_above_the_limit_before_its_end(server: Server) -> None:
    head = LINE + b"Content-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n"

    status, _, body = exchange(server, head + b"x" * (16 * MAX_BODY + 1))

    assert status == 413
    assert b"is larger than 1048576 bytes." in body


def test_an_incomplete_body_changes_nothing(server: Server) -> None:
    before = server.show(2)

    with server.connect() as connection:
        connection.sendall(LINE + b"Content-Type: application/json\r\nContent-Length: 50\r\n\r\n" + b'{"title": "x"}')

    assert server.show(2) == before


def test_logs_no_server_error_in_the_tests_of_this_module(server: Server) -> None:
    assert server.show(2)["id"] == 2
    assert '"event":"error"' not in server.log.read_text()
