"""Faults: which requests fail, how often, how, and whether they are carried out all the same."""

import asyncio
import json
from contextlib import suppress
from typing import Any

import httpx2
import pytest
from starlette.types import Message

from canvas_outcomes_server.control.faults import respond
from canvas_outcomes_server.control.messages import Fault, Kind
from canvas_outcomes_server.control.protocol import TRANSPORT
from canvas_outcomes_server.testing import CanvasOutcomesServer
from reference_server.tests.control.conftest import unanswered
from reference_server.tests.server_process import SECONDS, wait_until

SHOW = "/api/v1/outcomes/1"
LIST = "/api/v1/courses/1/outcome_alignments"
TITLE = "Reads a graph"
CHANGE = {"title": "Changed"}


def statuses(client: httpx2.Client, number: int) -> list[int]:
    return [client.get(SHOW).status_code for _ in range(number)]


def test_a_fault_lasts_for_its_times(client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer) -> None:
    canvas_outcomes_server.fail(status=503, times=2)

    assert statuses(client, 3) == [503, 503, 200]


def test_a_fault_without_times_lasts_until_it_is_removed(
    client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer
) -> None:
    canvas_outcomes_server.fail(status=500)
    before = statuses(client, 3)

    canvas_outcomes_server.repair()

    assert before + statuses(client, 1) == [500, 500, 500, 200]


def test_faults_apply_in_the_order_in_which_they_were_added(
    client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer
) -> None:
    for status in (500, 502, 504):
        canvas_outcomes_server.fail(status=status, times=1)

    assert statuses(client, 4) == [500, 502, 504, 200]


@pytest.mark.parametrize(
    ("selection", "failing"),
    [
        ({}, "GET HEAD PUT LIST LIST.json OTHER BRACKETS"),
        ({"operation": "get_outcome"}, "GET HEAD"),
        ({"operation": "update_outcome"}, "PUT"),
        ({"operation": "list_outcome_alignments"}, "LIST LIST.json"),
        ({"path": SHOW}, "GET HEAD PUT"),
        ({"path": "/api/v1/courses/*"}, "LIST LIST.json"),
        ({"path": "*.json"}, "LIST.json"),
        ({"method": "PUT"}, "PUT"),
        ({"method": "GET", "path": SHOW}, "GET HEAD"),
        ({"method": "HEAD"}, "HEAD"),
        ({"path": "/api/v1/outcomes/[0-9]"}, ""),
        ({"path": "*[x]*"}, "BRACKETS"),
    ],
    ids=str,
)
def test_a_fault_applies_to_the_selected_requests(
    client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer, selection: dict[str, Any], failing: str
) -> None:
    canvas_outcomes_server.fail(status=599, **selection)

    responses = {
        "GET": client.get(SHOW),
        "HEAD": client.head(SHOW),
        "PUT": client.put(SHOW, json={}),
        "LIST": client.get(f"{LIST}?student_id=30"),
        "LIST.json": client.get(f"{LIST}.json?student_id=30"),
        "OTHER": client.get("/api/v2/other"),
        "BRACKETS": client.get("/api/v2/[x]"),
        "HEALTH": client.get("/healthz"),
    }

    assert {name for name, response in responses.items() if response.status_code == 599} == {*failing.split()}


def test_the_status_headers_and_body_are_sent(
    client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer
) -> None:
    canvas_outcomes_server.fail(status=418, headers={"Retry-After": "3"}, body={"a": [1, "ü"]}, times=1)
    canvas_outcomes_server.fail(status=503, headers={"Content-Type": "text/html"}, body="<p>", times=1)
    canvas_outcomes_server.fail(status=500, times=1)
    canvas_outcomes_server.fail(status=204, times=1)

    first, second, third, fourth = (client.get(SHOW) for _ in range(4))

    assert (first.status_code, first.headers["Retry-After"], first.json()) == (418, "3", {"a": [1, "ü"]})
    assert (second.headers["Content-Type"], second.text) == ("text/html", "<p>")
    assert third.json() == {"errors": [{"message": "Internal Server Error"}]}
    assert (fourth.status_code, fourth.content, "Content-Length" in fourth.headers) == (204, b"", False)


def test_a_throttled_request_has_the_response_of_canvas(
    client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer
) -> None:
    canvas_outcomes_server.fail("throttled", headers={"Retry-After": "1"}, times=1)
    canvas_outcomes_server.fail("throttled", status=403, times=1)

    new, old = client.get(SHOW), client.get(SHOW)

    assert (new.status_code, new.text) == (429, "429 Too Many Requests (Rate Limit Exceeded)\n")
    assert (new.headers["X-Rate-Limit-Remaining"], new.headers["Retry-After"]) == ("0.0", "1")
    assert (old.status_code, old.text) == (403, "403 Forbidden (Rate Limit Exceeded)\n")


def test_an_html_page_replaces_the_response(
    client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer
) -> None:
    canvas_outcomes_server.fail("html_page", times=1)
    canvas_outcomes_server.fail("html_page", status=504, times=1)

    first, second = client.get(SHOW), client.get(SHOW)

    assert (first.status_code, first.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
    assert "<h1>502 Bad Gateway</h1>" in first.text
    assert (second.status_code, "504 Gateway Timeout" in second.text) == (504, True)


def test_malformed_json_is_whole_http(client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer) -> None:
    whole = client.get(SHOW).content
    canvas_outcomes_server.fail("malformed_json", times=1)

    response = client.get(SHOW)

    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert response.content == whole[: len(whole) // 2]


@pytest.mark.parametrize("body", [1, None, [], {}, "x", "text", {"a": [1, 2, 3]}], ids=str)
def test_a_chosen_body_becomes_malformed(
    client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer, body: object
) -> None:
    fault = {"kind": "malformed_json", "status": 200, "body": body}
    client.post("/_control/faults", json=fault).raise_for_status()

    response = client.get(SHOW)

    assert response.status_code == 200
    with pytest.raises(ValueError, match=r"Expecting|Unterminated|Extra"):
        response.json()


def test_an_empty_response_is_damaged(client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer) -> None:
    canvas_outcomes_server.fail("malformed_json", times=1)
    canvas_outcomes_server.fail("truncated_body", times=1)

    assert client.get("/").text == "{"
    with pytest.raises(httpx2.RemoteProtocolError, match="without sending complete message body"):
        client.get("/")


@pytest.mark.parametrize("kind", ["truncated_body", "malformed_json"])
def test_head_is_left_out_where_the_body_is_damaged(
    client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer, kind: Kind
) -> None:
    canvas_outcomes_server.fail(kind, operation="get_outcome", times=1)

    head = client.head(SHOW)

    assert (head.status_code, int(head.headers["Content-Length"]) > 100) == (200, True)
    with pytest.raises((httpx2.TransportError, ValueError)):
        client.get(SHOW).json()
    assert client.get(SHOW).json()["title"] == TITLE


def test_a_truncated_body_ends_with_the_connection(
    client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer
) -> None:
    canvas_outcomes_server.fail("truncated_body", times=1)

    with client.stream("GET", SHOW) as response:
        received = bytearray()
        with pytest.raises(httpx2.RemoteProtocolError, match="without sending complete message body"):
            received.extend(chunk for part in response.iter_raw() for chunk in part)

    assert len(received) <= int(response.headers["Content-Length"]) // 2


def test_a_reset_connection_has_no_response(
    client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer
) -> None:
    canvas_outcomes_server.fail("connection_reset", times=1)

    with pytest.raises(httpx2.ReadError) as failed:
        client.get(SHOW)

    cause: BaseException | None = failed.value
    while cause and not isinstance(cause, ConnectionResetError):
        cause = cause.__cause__ or cause.__context__
    assert isinstance(cause, ConnectionResetError)
    assert client.get(SHOW).status_code == 200


def test_a_response_is_late(client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer) -> None:
    canvas_outcomes_server.fail(delay=60, times=1)
    canvas_outcomes_server.fail(delay=0.01, status=503, times=1)

    with unanswered(canvas_outcomes_server) as connection:
        connection.settimeout(0.05)
        with pytest.raises(TimeoutError):
            connection.recv(1)

    assert statuses(client, 2) == [503, 200]


def test_the_bytes_of_a_body_are_sent_one_by_one(
    client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer
) -> None:
    canvas_outcomes_server.fail(status=500, body="abc", delay_between_bytes=0.001, times=1)
    canvas_outcomes_server.fail(status=500, body="abc", delay_between_bytes=60)
    received = b""

    whole = client.get(SHOW)
    with unanswered(canvas_outcomes_server) as connection:
        while b"\r\n\r\na" not in received and (chunk := connection.recv(65536)):
            received += chunk
        connection.settimeout(0.1)
        with pytest.raises(TimeoutError):
            connection.recv(65536)

    assert (whole.text, received.partition(b"\r\n\r\n")[2]) == ("abc", b"a")


@pytest.mark.parametrize(
    ("fault", "carried_out"),
    [
        ({"kind": "truncated_body"}, True),
        ({"kind": "malformed_json"}, True),
        ({"kind": "connection_reset"}, False),
        ({"kind": "html_page"}, False),
        ({"kind": "throttled"}, False),
        ({"status": 500}, False),
        ({"kind": "truncated_body", "status": 500}, False),
    ],
    ids=str,
)
def test_an_update_is_carried_out_if_only_its_response_is_damaged(
    client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer, fault: dict[str, Any], carried_out: bool
) -> None:
    canvas_outcomes_server.fail(**fault, operation="update_outcome")

    with suppress(httpx2.TransportError):
        client.put(SHOW, json=CHANGE)

    assert client.get(SHOW).json()["title"] == ("Changed" if carried_out else TITLE)


def test_an_update_with_a_late_response_is_carried_out(
    client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer
) -> None:
    canvas_outcomes_server.fail(delay=60, operation="update_outcome")

    with unanswered(canvas_outcomes_server, "PUT", json.dumps(CHANGE)):
        wait_until(lambda: bool(client.get(SHOW).json()["title"] == "Changed"))


@pytest.mark.parametrize("fault", [Fault(delay=3600, status=500), Fault(delay_between_bytes=3600, status=500)])
def test_a_fault_ends_when_the_client_leaves(fault: Fault) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    async def app(*_: object) -> None:
        raise AssertionError("a fault with a status does not need the application")

    scope = {"type": "http", "extensions": {TRANSPORT: {"transport": None}}}
    asyncio.run(asyncio.wait_for(respond(fault, app, scope, receive, send), SECONDS))

    assert len(sent) <= 2


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({}, "a fault needs kind, status, delay or delay_between_bytes"),
        ({"times": 1}, "a fault needs kind"),
        ({"status": 500, "times": 0}, "key times: expected integer >= 1"),
        ({"status": "500"}, "key status: expected integer or null, got string"),
        ({"status": 199}, "key status: expected integer >= 200"),
        ({"status": 600}, "key status: expected integer <= 599"),
        ({"kind": "fire"}, "key kind: invalid enum value 'fire'"),
        ({"status": 500, "method": "get"}, "key method: invalid enum value 'get'"),
        *(
            ({"status": 500, "path": path}, f"no request to {path} fails")
            for path in ("/healthz", "/favicon.ico", "/docs", "/docs/", "/docs/*", "/_control/*", "/_control/faults")
        ),
        ({"status": 500, "path": f"{SHOW}?add_defaults=1"}, "path is without a query: leave out what follows the"),
        ({"status": 500, "path": "/api/v1/outcomes/%31"}, "path is decoded: write characters, not their escapes"),
        *(
            ({"kind": kind, "status": status}, f"a response with status {status} has no body")
            for kind in ("truncated_body", "malformed_json", "html_page")
            for status in (204, 205, 304)
        ),
        ({"status": 204, "body": "x"}, "a response with status 204 has no body"),
        ({"status": 204, "delay_between_bytes": 1}, "a response with status 204 has no body"),
        *(
            ({"method": "HEAD"} | damage, "a response to HEAD has no body")
            for damage in ({"kind": "truncated_body"}, {"kind": "malformed_json"}, {"delay_between_bytes": 1})
        ),
        *(
            ({"status": 200, "body": ""} | damage, "an empty body cannot be damaged")
            for damage in ({"kind": "truncated_body"}, {"kind": "malformed_json"}, {"delay_between_bytes": 1})
        ),
        *(
            ({"kind": "malformed_json", "status": 200, "body": body}, "half of this body is valid JSON")
            for body in (12345, -1.5, "12", "{}  ", "[1]     ")
        ),
        ({"status": 500, "path": "outcomes"}, "key path: expected string in another form"),
        ({"status": 500, "operation": "show"}, "key operation: the contract has none of this name. Choose one of get_"),
        ({"status": 500, "operation": "get_outcome", "path": "*"}, "operation cannot be combined with method and path"),
        ({"kind": "connection_reset", "status": 500}, "connection_reset has no response"),
        ({"kind": "throttled", "status": 500}, "throttled has status 403 or 429"),
        ({"kind": "html_page", "body": "x"}, "html_page has a body of its own"),
        ({"delay": 1, "body": "x"}, "body needs status"),
        ({"delay": 1, "headers": {"A": "b"}}, "headers need status"),
        ({"status": 500, "headers": {"A": "b\nc: d"}}, "key headers: expected string in another form"),
        (
            {"status": 500, "headers": {"Transfer-Encoding": "chunked"}},
            "the server sets content-length, date, ",
        ),
        ({"status": 500, "headers": {"X-Request-Id": "7"}}, "x-request-id: leave them out of headers"),
        ({"status": 500, "headers": {"A b": "c"}}, "expected string in another form"),
        ({"delay": -1}, "key delay: expected number >= 0"),
        ({"delay_between_bytes": 3601}, "key delay_between_bytes: expected number <= 3600"),
    ],
    ids=str,
)
def test_a_fault_that_is_not_usable_is_refused_with_the_reason(
    client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer, fault: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ValueError, match="Cannot use the body") as refused:
        canvas_outcomes_server.fail(**fault)

    assert reason in str(refused.value)
    assert statuses(client, 1) == [200]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"stats": 500}', "key stats: the key is unknown. The keys are operation, method, path, times, kind,"),
        (b"[]", "Cannot use the body: expected mapping, got list."),
        (b"status=500", "it is not JSON"),
        (b"", "it is not JSON"),
        (b"\xff", "it is not JSON"),
        *(
            (b'{"status": 500, "body": "' + text + b'"}', f"it is not JSON (the escape {half} is half of a character)")
            for text, half in (
                (rb"\ud800", r"\ud800"),
                (rb"\u00fc \ud83e\uddea \\ud800 \uDFFF", r"\uDFFF"),
                (rb"\ud83e\u0041", r"\ud83e"),
            )
        ),
        (b'{"status": 500, "body": "\\ud83e\\uddea \\\\ud800 ', "it is not JSON (Input data was truncated)"),
        (b'{"status": 500, "body": ' + b"[" * 100_000, "it is not JSON"),
    ],
)
def test_a_body_that_is_no_fault_is_refused_with_the_reason(client: httpx2.Client, body: bytes, reason: str) -> None:
    refused = client.post("/_control/faults", content=body)

    assert refused.status_code == 400
    assert reason in refused.json()["errors"][0]["message"]
