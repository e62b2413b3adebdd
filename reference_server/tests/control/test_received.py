"""The record of received requests: what it shows, what it hides, and how large it becomes."""

from typing import Any

import httpx2
import pytest

from canvas_outcomes_server.control import received
from canvas_outcomes_server.control.received import Record
from canvas_outcomes_server.http.api_request import MAX_BODY
from canvas_outcomes_server.testing import CanvasOutcomesServer
from reference_server.tests.control.conftest import unanswered

SHOW = "/api/v1/outcomes/1"
# Not a word for which the record looks.
SECRET = "sesame"


def test_requests_are_recorded_in_order(client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer) -> None:
    client.get("/healthz")
    client.get("/docs")
    client.get("/docs/start.js")
    client.get(SHOW, params=[("a", "1"), ("a", ""), ("b", "ü")])
    client.put(f"{SHOW}?x=%20", headers={"X-Name": "value"})
    client.request("DELETE", "/api/v2/ü")
    client.get("/docs-of-mine")

    first, second, third, fourth = canvas_outcomes_server.requests

    assert (first.method, first.path, first.query) == ("GET", SHOW, {"a": ["1", ""], "b": ["ü"]})
    assert (second.method, second.query, second.headers["x-name"]) == ("PUT", {"x": [" "]}, "value")
    assert (third.method, third.path, third.body) == ("DELETE", "/api/v2/ü", None)
    assert [one.status for one in (first, second, third, fourth)] == [200, 200, 404, 404]
    assert first.time <= second.time <= third.time


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"json": {"title": "ü", "ratings": [{"points": 5}]}}, {"title": "ü", "ratings": [{"points": 5}]}),
        ({"json": "text"}, "text"),
        (
            {"data": {"title": "ü&", "ratings[][points]": ["5", "3"]}},
            {"title": ["ü&"], "ratings[][points]": ["5", "3"]},
        ),
        ({"files": {"title": (None, "ü"), "file": ("name.txt", b"content")}}, {"title": ["ü"], "file": ["name.txt"]}),
        ({"content": b"hello \xff"}, "hello \ufffd"),
        ({"content": b"[" * 10_000}, "[" * 10_000),
        ({"content": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=y"}}, "x"),
        ({"content": b"x" * (MAX_BODY + 1)}, None),
        ({"content": b""}, None),
    ],
    ids=["json", "json text", "form", "multipart", "bytes", "deep", "not multipart", "too large", "empty"],
)
def test_a_body_is_shown_as_what_it_is(
    client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer, sent: dict[str, Any], shown: object
) -> None:
    client.put(SHOW, **sent)

    assert [request.body for request in canvas_outcomes_server.requests] == [shown]


@pytest.mark.parametrize(
    "sent",
    [
        {"headers": {"Authorization": f"Bearer {SECRET}"}},
        {"headers": {"authorization": SECRET}},
        {"headers": {"Cookie": f"session={SECRET}", "X-Api-Key": SECRET, "Proxy-Authorization": f"Basic {SECRET}"}},
        {"params": {"access_token": SECRET}},
        {"params": {"access%5Ftoken": SECRET}},
        {"json": {"access_token": SECRET}},
        {"json": {"a": [{"access_token": [SECRET, {"b": SECRET}]}]}},
        {"content": f'{{"access_t\\u006fken": "{SECRET}"}}'.encode()},
        {"data": {"access_token": [SECRET, SECRET]}},
        {"files": {"access_token": (None, SECRET)}},
        *({"json": {"authorization": value}} for value in (SECRET, 5, {"a": SECRET}, None)),
        {"content": f'{{"access_token": "{SECRET}"'.encode()},
        {"content": f'{{"access_t\\u006fken": "{SECRET}", "title": "\\ud800"}}'.encode()},
        {
            "content": f"access_t%6Fken={SECRET}".encode(),
            "headers": {"Content-Type": "Application/X-WWW-Form-URLencoded"},
        },
        {"content": f"access_t%6Fken={SECRET}".encode(), "headers": {"Content-Type": "text/plain"}},
        {"content": f"password={SECRET}".encode()},
    ],
    ids=str,
)
def test_tokens_are_redacted(canvas_outcomes_server: CanvasOutcomesServer, sent: dict[str, Any]) -> None:
    httpx2.request("PUT", canvas_outcomes_server.url + SHOW, **sent, timeout=60, trust_env=False, verify=False)

    shown = repr(canvas_outcomes_server.requests)
    assert SECRET not in shown
    assert "REDACTED" in shown


def test_the_scheme_of_a_token_is_shown(client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer) -> None:
    client.get(SHOW)

    assert canvas_outcomes_server.requests[0].headers["authorization"] == "Bearer REDACTED"


def test_a_request_without_a_response_has_no_status(
    client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer
) -> None:
    canvas_outcomes_server.fail("connection_reset", times=1)
    canvas_outcomes_server.fail(delay=60, times=1)

    with pytest.raises(httpx2.TransportError):
        client.get(SHOW)
    with unanswered(canvas_outcomes_server):
        pass

    assert [request.status for request in canvas_outcomes_server.requests] == [None, None]


def test_the_record_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(received, "MOST_REQUESTS", 3)
    monkeypatch.setattr(received, "MOST_BYTES", 25)

    def paths(bodies: list[bytes]) -> list[str]:
        record = Record()
        for number, body in enumerate(bodies):
            scope = {"type": "http", "method": "PUT", "path": f"/{number}", "query_string": b"", "headers": []}
            record.add(scope, body)
        return [request.path for request in record.requests]

    assert paths([b"1"] * 5) == ["/2", "/3", "/4"]
    assert paths([b"1" * 10] * 3) == ["/1", "/2"]
