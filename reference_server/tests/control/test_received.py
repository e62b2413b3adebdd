"""The record of received requests: what it shows, what it hides, and how large it becomes."""

import json
import time
import tracemalloc
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
        *(
            {"headers": {"Authorization": value}}
            for value in (f"{SECRET} x", f"Bearer\t{SECRET}", f"Bearer:{SECRET} x")
        ),
        *({"headers": {name: SECRET}} for name in ("Authentication", "X-Auth", "X-Session-Id")),
        *({"headers": {name: f"http://a/?access_token={SECRET}"}} for name in ("Referer", "X-Original-URL")),
        {"headers": {"Referer": f"http://a/?b=http%3A%2F%2Fa%3Faccess%5Ftoken%3D{SECRET}"}},
        {"params": {"return_to": f"http://a/?access_token={SECRET}"}},
        {"params": {"return_to": f"http://a/?b=http%3A%2F%2Fa%3Faccess_token%3D{SECRET}"}},
        {"params": f"x=1;access_token={SECRET}"},
        {"json": {"title": f"http://a/?access_token={SECRET}"}},
        {"json": {f"access_token={SECRET}": 1}},
        *(
            {"content": text.encode(), "headers": {"Content-Type": "application/x-www-form-urlencoded"}}
            for text in (
                f'{{"access_token":"{SECRET}"}}',
                f'{{"access_token":"a={SECRET}"}}',
                f'{{"access_token":"a&{SECRET}"}}',
                f'{{"a":"{{\\"access_token\\": \\"a&{SECRET}\\"}}"}}',
            )
        ),
        *(
            {
                "content": f"--b\r\n{head}\r\n\r\n{SECRET}\r\n--b--\r\n".encode(),
                "headers": {"Content-Type": "multipart/form-data; boundary=b"},
            }
            for head in (
                "X\r\nContent-Disposition: form-data; name=access_token",
                "Content-Disposition: form-data; name=a; name=access_token",
                'Content-Disposition: form-data; name=a; x="access_tok\\en"',
                "Content-Disposition: form-data; name*=utf-8''access%5Ftoken",
                "Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=access_token",
                "A: b\r\n\r\n\r\n--c\r\nContent-Disposition: form-data; name=access_token",
            )
        ),
    ],
    ids=str,
)
def test_tokens_are_redacted(canvas_outcomes_server: CanvasOutcomesServer, sent: dict[str, Any]) -> None:
    httpx2.request("PUT", canvas_outcomes_server.url + SHOW, **sent, timeout=60, trust_env=False, verify=False)

    shown = repr(canvas_outcomes_server.requests)
    assert SECRET not in shown
    assert "REDACTED" in shown


LONG_SECRET = "open/sesame"


@pytest.mark.parametrize(
    "sent",
    [
        {"headers": {"Authorization": f"Bearer {LONG_SECRET}"}},
        {"params": {"access_token": LONG_SECRET}},
        {"json": {"a": [{"password": LONG_SECRET}]}},
        {"json": {"title": f"Bearer {LONG_SECRET}"}},
        {"data": {"access_token": LONG_SECRET}},
        {"headers": {"Referer": f"http://a/?access_token={LONG_SECRET}"}},
    ],
    ids=str,
)
def test_a_token_is_redacted_wherever_the_request_contains_it(
    canvas_outcomes_server: CanvasOutcomesServer, sent: dict[str, Any]
) -> None:
    url = f"{canvas_outcomes_server.url}/{LONG_SECRET}"
    sent = sent | {"headers": sent.get("headers", {}) | {"X-Url": "http://a/?b=c%20open%2Fsesame"}}
    httpx2.request("PUT", url, **sent, timeout=60, trust_env=False, verify=False)

    shown = repr(canvas_outcomes_server.requests)
    assert "sesame" not in shown
    assert "'/REDACTED'" in shown


def test_the_tokens_of_the_world_are_redacted_if_they_are_not_short(
    client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer
) -> None:
    canvas_outcomes_server.load({"users": [{"id": 1, "tokens": [{"value": "old"}, {"value": 'open "sesame"'}]}]})
    client.put(SHOW, json={"title": 'An old open "sesame"', 'open "sesame"': [{"a": ['open "sesame"', 12345678]}]})

    (request,) = canvas_outcomes_server.requests
    assert request.body == {"title": "An old REDACTED", "REDACTED": [{"a": ["REDACTED", 12345678]}]}


def test_text_about_secrets_is_shown(client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer) -> None:
    sent = {"title": "Session 1: keep a password secret", "author": "Bearer of news", "a": "token economy = reward"}
    client.put(SHOW, json=sent, headers={"Access-Control-Request-Headers": "authorization"})

    (request,) = canvas_outcomes_server.requests
    assert request.body == sent
    assert request.headers["access-control-request-headers"] == "authorization"


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


def test_bodies_are_kept_as_they_were_sent_and_decoded_one_by_one() -> None:
    body = b"[" + b"{}," * 40_000 + b"{}]"
    scope = {"type": "http", "method": "PUT", "path": "/", "query_string": b"", "headers": []}
    record = Record()

    tracemalloc.start()
    try:
        for _ in range(10):
            record.add(scope, bytes(bytearray(body)))
        kept, _ = tracemalloc.get_traced_memory()
        sizes = [len(json.dumps(request.body)) for request in record.requests]
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert sizes == [160_004] * 10
    assert kept < 20 * len(body)
    assert most - kept < 130 * len(body)


@pytest.mark.parametrize(
    "unit", ["token[", "token.", "token\\", "token]", "token'", "Bearer ", "token ", "%", "[", " "]
)
def test_a_long_text_is_searched_in_time_proportional_to_its_length(unit: str) -> None:
    record = Record()
    scope = {"type": "http", "method": "PUT", "path": "/", "query_string": b"", "headers": []}
    text = unit * (MAX_BODY // 5 // len(unit))
    record.add(scope, json.dumps({"title": text, "other": "token" + text}).encode())

    start = time.perf_counter()
    (request,) = record.requests

    assert request.body
    assert time.perf_counter() - start < 20


def test_headers_and_queries_count_among_the_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(received, "MOST_BYTES", 25)
    record = Record()
    for number, (query, headers) in enumerate([(b"a" * 20, []), (b"", [(b"a", b"b" * 20)]), (b"", [])]):
        record.add(
            {"type": "http", "method": "GET", "path": f"/{number}", "query_string": query, "headers": headers}, b""
        )

    assert [request.path for request in record.requests] == ["/1", "/2"]
