"""Reset, other worlds, the clock, the description of /_control, and who may use it."""

import json
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx2
import openapi_spec_validator
import pytest

from canvas_outcomes_server.control.messages import Clock, Fault, Ready, Received
from canvas_outcomes_server.testing import CanvasOutcomesServer
from reference_server.tests.conftest import DATABASES, new_database
from reference_server.tests.server_process import Server, new_client, started, wait_until

SHOW = "/api/v1/outcomes/1"
ORIGIN = "http://localhost:3000"
TIMES = ["2019-12-31T23:59:59Z", "2020-01-01T00:00:00Z", "2999-12-31T01:00:00+02:00", "2999-12-31T00:00:00Z"]
OWN_WORLD: dict[str, Any] = {
    "users": [{"id": 1, "tokens": [{"value": "sam"}], "site_admin": True}],
    "outcomes": [{"id": 7, "context": None, "title": "1/2 \U0001f9ea"}],
}


def title(client: httpx2.Client, path: str = SHOW, token: str | None = None) -> str:
    response = client.get(path, headers={"Authorization": f"Bearer {token}"} if token else {})
    assert response.status_code == 200, response.text
    shown: str = response.json()["title"]
    return shown


def test_a_reset_starts_again(client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer) -> None:
    client.put(SHOW, json={"title": "Changed"})
    canvas_outcomes_server.clock("3000-01-01T00:00:00Z")
    canvas_outcomes_server.fail(status=500)

    canvas_outcomes_server.reset()

    assert canvas_outcomes_server.requests == []
    assert title(client) == "Reads a graph"
    assert title(client, token="unexpired-token") == "Reads a graph"


@pytest.mark.parametrize(
    "encoded", [json.dumps(OWN_WORLD), json.dumps(OWN_WORLD, ensure_ascii=False).replace("/", "\\/")]
)
def test_another_world_replaces_the_world(
    client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer, encoded: str
) -> None:
    canvas_outcomes_server.fail(status=500)

    ready = client.put("/_control/world", content=encoded.encode())

    assert (ready.status_code, ready.json()) == (200, {"token": "sam"})
    assert title(client, "/api/v1/outcomes/7", "sam") == OWN_WORLD["outcomes"][0]["title"]
    assert client.get(SHOW).status_code == 401
    client.put("/api/v1/outcomes/7", json={"title": "Changed"}, headers={"Authorization": "Bearer sam"})
    assert client.post("/_control/reset").json() == {"token": "sam"}
    assert title(client, "/api/v1/outcomes/7", "sam") == OWN_WORLD["outcomes"][0]["title"]


@pytest.mark.parametrize("kind", [str, Path])
def test_a_world_is_loaded_from_a_file(
    canvas_outcomes_server: CanvasOutcomesServer, tmp_path: Path, kind: type[str | Path]
) -> None:
    (tmp_path / "world.yaml").write_text(json.dumps(OWN_WORLD), "utf-8")
    server = CanvasOutcomesServer(canvas_outcomes_server.url)

    server.load(kind(tmp_path / "world.yaml"))

    assert server.token == "sam"
    with pytest.raises(FileNotFoundError, match="my-world"):
        server.load(kind("my-world.yaml"))


def test_a_world_may_be_any_mapping(canvas_outcomes_server: CanvasOutcomesServer) -> None:
    expiry = datetime(2030, 1, 1, tzinfo=UTC)
    users = [MappingProxyType({"id": 1, "tokens": deque([{"value": "sam"}, {"value": "old", "expires_at": expiry}])})]

    canvas_outcomes_server.load(MappingProxyType({"users": users, "accounts": {}.keys()}))

    assert canvas_outcomes_server.token == "sam"


@pytest.mark.parametrize(
    ("world", "reason"),
    [
        (b"users:\n  - {id: 1}\n  - {idd: 2}", "in the request, line 3, column 6, key idd: the key is unknown. "),
        (b'{"users": [{"id": "1"}]}', "line 1, column 19, key id: expected integer, got string. "),
        (b"courses: [{id: 1, account: 9}]", "key account: accounts has no id 9. "),
        (b"users: [", "in the request, line 2, column 1: "),
        (b"users: [{id: !!int ''}]", "in the request, line 1, column 14, key id: '' cannot be read (it does not have "),
        (b"\xff", "it is not UTF-8."),
    ],
)
def test_a_world_that_is_not_usable_is_refused_and_changes_nothing(
    client: httpx2.Client, world: bytes, reason: str
) -> None:
    client.put(SHOW, json={"title": "Changed"})

    refused = client.put("/_control/world", content=world)

    assert refused.status_code == 400
    assert reason in refused.json()["errors"][0]["message"]
    assert title(client) == "Changed"


def test_a_world_that_is_too_large_is_refused(client: httpx2.Client) -> None:
    assert client.put("/_control/world", content=b" " * (16 * 1024 * 1024 + 1)).status_code == 413


def test_tokens_expire_by_the_clock(client: httpx2.Client, canvas_outcomes_server: CanvasOutcomesServer) -> None:
    def status(token: str) -> int:
        return client.get(SHOW, headers={"Authorization": f"Bearer {token}"}).status_code

    found = {}
    for now in (
        "2019-12-31T23:59:59Z",
        "2020-01-01T00:00:00Z",
        "2999-12-31T01:00:00+02:00",
        "2999-12-31T00:00:00Z",
        None,
    ):
        canvas_outcomes_server.clock(now)
        found[now] = (status("expired-token"), status("unexpired-token"))

    assert list(found.values()) == [(200, 200), (401, 200), (401, 200), (401, 401), (401, 200)]


@pytest.mark.parametrize(
    ("now", "reason"),
    [("2020-01-01", "key now: invalid RFC3339"), ("2020-01-01T00:00:00", "timezone"), ("soon", "key now: invalid")],
)
def test_a_time_that_is_not_usable_is_refused(
    canvas_outcomes_server: CanvasOutcomesServer, now: str, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        canvas_outcomes_server.clock(now)


@pytest.fixture(scope="module", params=DATABASES)
def followed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """A server with --control, --reload, --cors and a rate limit, on each database, and its world file."""
    folder = tmp_path_factory.mktemp("followed")
    world = folder / "world.yaml"
    world.write_text(json.dumps(OWN_WORLD), "utf-8")
    options = ["--control", "--reload", "--cors", ORIGIN, "--rate-limit", "429", "--request-cost", "700"]
    with started(new_database(request.param, request, folder), folder, "--world", str(world), *options) as server:
        yield server, world


def test_a_reset_restores_the_database_and_the_rate_limits(followed: tuple[Server, Path]) -> None:
    server, _ = followed
    server.client.post("/_control/reset")
    updated = server.put("/outcomes/7", "sam", json={"title": "Changed"})
    throttled = server.get("/outcomes/7", "sam")

    server.client.post("/_control/reset")

    assert (updated.status_code, throttled.status_code) == (200, 429)
    assert server.show(7, "sam")["title"] == OWN_WORLD["outcomes"][0]["title"]


def replace(path: Path, text: str) -> None:
    """Write a file so that a server that follows it never finds a part of the text."""
    other = path.with_suffix(".new")
    other.write_text(text, "utf-8")
    other.replace(path)


def test_an_edited_world_is_loaded_and_a_wrong_one_is_logged(followed: tuple[Server, Path]) -> None:
    server, world = followed
    server.client.post("/_control/reset")

    replace(world, json.dumps(OWN_WORLD).replace('"id": 7', '"idd": 7'))
    refused = server.line(event="world")["message"]
    replace(world, json.dumps(OWN_WORLD).replace("1/2", "3/4"))
    wait_until(lambda: "Loaded the world" in server.log.read_text())

    assert server.show(7, "sam")["title"] == "3/4 \U0001f9ea"
    assert refused.startswith(f"Cannot load the world {world}, line 1, ")
    assert refused.endswith("The server keeps its data.")


def test_pages_of_an_allowed_origin_may_read_responses(followed: tuple[Server, Path]) -> None:
    server, _ = followed
    server.client.post("/_control/reset")
    server.client.post("/_control/faults", json={"status": 503, "times": 1})
    asks = {"Origin": ORIGIN, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"}

    preflight = server.client.options(SHOW, headers=asks)
    failed, shown = (server.get("/outcomes/7", "sam", headers={"Origin": ORIGIN}) for _ in range(2))
    other = server.get("/outcomes/7", "sam", headers={"Origin": "http://localhost:4000"})

    allowed = [one.headers.get("Access-Control-Allow-Origin") for one in (preflight, failed, shown, other)]
    assert (preflight.status_code, failed.status_code, shown.status_code) == (200, 503, 200)
    assert allowed == [ORIGIN, ORIGIN, ORIGIN, None]
    assert "PUT" in preflight.headers["Access-Control-Allow-Methods"]
    assert "X-Request-Id" in shown.headers["Access-Control-Expose-Headers"]


def test_pages_of_an_allowed_origin_may_read_the_errors_of_middleware(tmp_path: Path) -> None:
    with started(f"sqlite:///{tmp_path / 'x.sqlite'}", tmp_path, "--cors", ORIGIN) as server:
        with server.engine.connect() as connection:
            connection.exec_driver_sql("DROP TABLE outcomes")
        crash = server.get("/outcomes/1", headers={"Origin": ORIGIN})
        foreign = server.get("/outcomes/1", headers={"Origin": ORIGIN, "Host": "rebound.example"})

    found = [(one.status_code, one.headers.get("Access-Control-Allow-Origin")) for one in (crash, foreign)]
    assert found == [(500, ORIGIN), (400, ORIGIN)]


@pytest.mark.parametrize(("origin", "status"), [(ORIGIN, 200), ("http://localhost:4000", 403), ("null", 403)])
def test_pages_of_other_origins_cannot_control_the_server(
    followed: tuple[Server, Path], origin: str, status: int
) -> None:
    server, _ = followed

    assert server.client.post("/_control/reset", headers={"Origin": origin}).status_code == status
    assert server.client.post("/_control/reset", headers={"Origin": server.url}).status_code == 200


def test_there_is_no_control_without_the_option(server: Server) -> None:
    names = ["reset", "world", "faults", "requests", "clock", "openapi.json"]
    responses = [server.client.request(method, f"/_control/{name}") for method, name in product(["GET", "POST"], names)]

    assert {response.status_code for response in responses} == {404}
    assert "<nav hidden>" in server.client.get("/docs").text
    assert "Access-Control-Allow-Origin" not in server.get("/outcomes/1", headers={"Origin": ORIGIN}).headers


@pytest.fixture
def document(client: httpx2.Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/_control/openapi.json").json()
    return found


def test_the_document_is_valid_and_linked(document: dict[str, Any], client: httpx2.Client) -> None:
    openapi_spec_validator.validate(document)

    assert document["info"]["version"] == client.get("/docs/openapi.json").json()["info"]["version"]
    assert '<nav><a href="docs">' in client.get("/docs").text


def test_the_document_describes_every_key(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    described = {
        (kind.__name__, name): schemas[kind.__name__]["properties"][name].get("description")
        for kind in (Fault, Clock, Received, Ready)
        for name in kind.__struct_fields__
    }

    assert [key for key, description in described.items() if not description] == []


def test_the_server_has_the_documented_operations_and_no_others(
    document: dict[str, Any], canvas_outcomes_server: CanvasOutcomesServer
) -> None:
    documented = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]

    with new_client(canvas_outcomes_server.url) as client:
        found = {
            (method, path)
            for method, path in product(methods, document["paths"])
            if client.request(method, path).status_code != 405
        }
        other = client.get("/_control/other")

    assert found == documented
    assert (other.status_code, other.json()["errors"][0]["message"]) == (404, "The specified resource does not exist.")


def test_the_examples_of_the_document_are_accepted(document: dict[str, Any], client: httpx2.Client) -> None:
    found = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
                examples = [one["value"] for one in content["examples"].values()] if "examples" in content else []
                for example in examples or [content["example"]]:
                    text = example if isinstance(example, str) else json.dumps(example)
                    sent = client.request(method, path, content=text, headers={"Content-Type": media_type})
                    found[f"{method} {path} {text}"] = str(sent.status_code) in operation["responses"]
                    assert sent.is_success, sent.text

    assert len(found) == 8
    assert all(found.values())
