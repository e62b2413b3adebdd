"""Serving: log, number of queries, throttling, workers, memory, concurrency and shutdown."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from select import PIPE_BUF
from subprocess import PIPE
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
import sqlalchemy as sa
from starlette.types import ASGIApp

from canvas_outcomes_server.http import operations
from canvas_outcomes_server.http.access_log import SECONDS_TO_FINISH, log, write_line
from canvas_outcomes_server.http.operations import Bucket, Buckets, Endpoint
from canvas_outcomes_server.serving import SECONDS_TO_FINISH_REQUESTS
from canvas_outcomes_server.storage.database import Database, engine_of, is_in_memory
from canvas_outcomes_server.storage.queries import digest, user_digest
from canvas_outcomes_server.storage.runners import SECONDS_TO_CLOSE
from reference_server.tests.conftest import DATABASES, new_database
from reference_server.tests.sections import on_both_databases
from reference_server.tests.server_process import READY, SECONDS, Server, command, has_ipv6, started, wait_until

SECRET = "editor-token"
STOPS_SOON = """
from canvas_outcomes_server import __main__, serving
from canvas_outcomes_server.storage import runners
serving.OPTIONS["timeout_graceful_shutdown"] = runners.SECONDS_TO_CLOSE = 0.2
raise SystemExit(__main__.main())
"""
PATIENT = """
from canvas_outcomes_server import __main__, serving
serving.OPTIONS["timeout_graceful_shutdown"] = 3600
raise SystemExit(__main__.main())
"""
IMPATIENT = """
from canvas_outcomes_server import __main__, serving
from canvas_outcomes_server.http import protocol
serving.OPTIONS["timeout_keep_alive"] = 1
protocol.SECONDS_TO_SEND_A_REQUEST = 1
raise SystemExit(__main__.main())
"""
HOLD = {
    "sqlite": ["BEGIN IMMEDIATE"],
    "postgresql": ["BEGIN", "SELECT 1 FROM outcomes FOR UPDATE"],
}
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST, CUT_OFF = b"title=Last", b"title=Cut+off"
HEAD = b"PUT /api/v1/outcomes/1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n"
UPDATE = HEAD + b"Authorization: Bearer editor-token\r\nContent-Type: application/x-www-form-urlencoded\r\n"
UNFINISHED = HEAD % 9 + b"\r\n"


def ipv6(*values: object) -> Any:
    return pytest.param(*values, marks=pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6"))


def linux(*values: object) -> Any:
    reason = "other systems have no address of loopback but 127.0.0.1"
    return pytest.param(*values, marks=pytest.mark.skipif(sys.platform != "linux", reason=reason))


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that gives a client little time to send a request."""
    with started("sqlite://", tmp_path_factory.mktemp("impatient"), program=("-c", IMPATIENT)) as running:
        yield running


def entries(server: Server) -> list[dict[str, Any]]:
    """The entries of the log, whose lines are all JSON."""
    return [json.loads(line) for line in server.lines()]


@on_both_databases
@pytest.mark.parametrize(
    ("method", "path", "queries"),
    [
        ("GET", "/outcomes/1", 1),
        ("GET", "/outcomes/22?add_defaults=true", 1),
        ("PUT", "/outcomes/1", 3),
        ("GET", "/courses/1/outcome_alignments?student_id=30", 2),
        ("GET", "/courses/1/outcome_alignments?student_id=31&assignment_id=1", 2),
        ("GET", "/courses/1/outcome_alignments?assignment_id=1", 2),
    ],
)
def test_a_request_makes_a_fixed_number_of_queries(server: Server, method: str, path: str, queries: int) -> None:
    response = (server.put if method == "PUT" else server.get)(path)

    assert response.status_code == 200
    assert server.line(event="request", request_id=response.headers["X-Request-Id"])["queries"] == queries


def test_logs_the_event_and_time_of_every_line_and_the_status_of_a_request(server: Server) -> None:
    response = server.get("/outcomes/999999")

    line = server.line(event="request", request_id=response.headers["X-Request-Id"])
    assert (line["method"], line["path"], line["status"]) == ("GET", "/api/v1/outcomes/999999", 404)
    assert 0 < line["ms"] < 10_000
    times = [datetime.fromisoformat(entry["time"]) for entry in entries(server) if entry["event"]]
    assert all(abs(datetime.now(UTC) - time) < timedelta(hours=1) for time in times)
    assert len(times) == len(entries(server))


def test_logs_many_long_lines_completely(server: Server) -> None:
    responses = [server.get(f"/{'x' * 200}/{number}") for number in range(60)]

    logged = [server.line(event="request", request_id=response.headers["X-Request-Id"]) for response in responses]
    assert [(line["queries"], line["path"]) for line in logged] == [(0, "/api/v1/" + "x" * 192)] * 60


def test_logs_a_line_that_exceeds_an_atomic_write(capfd: pytest.CaptureFixture[str]) -> None:
    write_line("long", message="x" * PIPE_BUF)
    log.finish()

    assert json.loads(capfd.readouterr().err)["message"] == "x" * PIPE_BUF


def test_a_server_error_has_the_id_of_the_traceback_in_the_log(tmp_path: Path) -> None:
    with started(f"sqlite:///{tmp_path / 'x.sqlite'}", tmp_path) as server:
        with server.engine.connect() as connection:
            connection.exec_driver_sql("DROP TABLE outcomes")
        failed = [server.put("/outcomes/1"), *(server.get("/outcomes/1") for _ in range(30))]
        bodies = [response.json() for response in failed]
        reports = [body.pop("error_report_id") for body in bodies]
        errors = [server.line(error_report_id=report) for report in reports]
        with_string_ids = server.get("/outcomes/1", headers={"Accept": "application/json+canvas-string-ids"})

        statuses = [
            server.line(event="request", request_id=response.headers["X-Request-Id"])["status"] for response in failed
        ]
    assert statuses == [500] * 31
    assert bodies == [{"errors": [{"message": "An error occurred.", "error_code": "internal_server_error"}]}] * 31
    assert all(0 <= report < 2**31 for report in reports)
    assert isinstance(with_string_ids.json()["error_report_id"], str)
    for error in errors:
        assert error["event"] == "error"
        assert error["traceback"].startswith("Traceback (most recent call last):\n")
        assert "no such table: outcomes" in error["traceback"]


def test_logs_no_token(server: Server) -> None:
    server.get(f"/outcomes/1?access_token={SECRET}", None)
    server.put("/outcomes/1", None, json={"access_token": SECRET})
    last = server.get("/outcomes/1", SECRET)

    server.line(event="request", request_id=last.headers["X-Request-Id"])
    assert SECRET not in server.log.read_text()


@pytest.mark.parametrize("kind", DATABASES)
def test_a_graceful_stop_completes_the_log(tmp_path: Path, request: pytest.FixtureRequest, kind: str) -> None:
    with started(new_database(kind, request, tmp_path), tmp_path) as server:
        request_ids = [server.get("/outcomes/1").headers["X-Request-Id"] for _ in range(50)]

    assert [entry["request_id"] for entry in entries(server)] == request_ids
    assert len(set(request_ids)) == 50
    assert all(re.fullmatch("[0-9a-f]{16}", request_id) for request_id in request_ids)


def test_a_graceful_stop_closes_the_database(tmp_path: Path) -> None:
    database = tmp_path / "x.sqlite"
    with started(f"sqlite:///{database}", tmp_path) as server:
        server.update(1, json={"title": "Stored"})
        assert database.with_name("x.sqlite-wal").exists()

    assert [file.name for file in tmp_path.glob("x.sqlite*")] == [database.name]


def test_stores_tokens_as_digests(server: Server) -> None:
    with server.engine.connect() as connection:
        digests = connection.execute(sa.text("SELECT digest FROM tokens")).scalars().all()
        users = connection.execute(sa.text("SELECT id FROM users")).scalars().all()

    of_tokens = set(digests) - {user_digest(id) for id in users}
    assert of_tokens
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in of_tokens)


@on_both_databases
def test_keeps_concurrent_updates_of_different_fields(server: Server) -> None:
    changes = [{"title": "by a"}, {"display_name": "by b"}, {"description": "by c"}, {"vendor_guid": "by d"}]

    for _ in range(10):
        server.update(1, json={"title": "T", "display_name": None, "description": None, "vendor_guid": None})
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda change: server.update(1, json=change), changes))
        assert all(server.show(1).items() >= change.items() for change in changes)


@on_both_databases
def test_each_read_of_a_batch_gets_its_own_result(server: Server) -> None:
    numbers = [1, 2, 999_999, 3, 4] * 40
    with ThreadPoolExecutor(16) as pool:
        responses = list(pool.map(lambda number: server.get(f"/outcomes/{number}", "admin-token"), numbers))

    assert [response.json().get("id", 999_999) for response in responses] == numbers
    assert [response.status_code == 404 for response in responses] == [number == 999_999 for number in numbers]


def test_each_update_of_a_batch_succeeds_or_fails_alone(tmp_path: Path) -> None:
    changes = [{"title": "Waited"}, {"title": " "}, {"display_name": "Waited"}, {"vendor_guid": "\0"}]
    with started(f"sqlite:///{tmp_path / 'x.sqlite'}", tmp_path) as server, ThreadPoolExecutor(5) as pool:
        holder = server.engine.connect()
        holder.exec_driver_sql("BEGIN IMMEDIATE")
        # A change between the requests and their transactions.
        holder.exec_driver_sql("UPDATE outcomes SET content = json_set(content, '$.title', 'Held') WHERE id = 2")
        # The first is a batch of its own; the others form a batch while it waits for the lock.
        responses = [pool.submit(server.put, "/outcomes/1", json=change) for change in [{}, *changes]]
        time.sleep(0.5)
        read_meanwhile = server.show(2)["title"]
        holder.exec_driver_sql("COMMIT")
        holder.close()

        statuses = [response.result().status_code for response in responses]
        shown = server.show(1)
        assert read_meanwhile != "Held"
        assert server.show(2)["title"] == "Held"
    assert statuses == [200, 200, 400, 200, 400]
    assert (shown["title"], shown["display_name"], shown["vendor_guid"]) == ("Waited", "Waited", "graph-1")


def test_throttles_a_token_above_its_quota_and_logs_no_requests(tmp_path: Path) -> None:
    options = ("--rate-limit", "429", "--request-cost", "100", "--no-access-log")
    with started("sqlite://", tmp_path, *options) as server:
        responses = [server.get("/outcomes/1") for _ in range(8)]
        others = server.get("/outcomes/1", "teacher-token")

    first, second, last = responses[0].headers, responses[1].headers, responses[-1].headers
    assert [response.status_code for response in responses[:6]] == [200] * 6
    assert (responses[-1].status_code, others.status_code) == (429, 200)
    assert last["Content-Type"].startswith("text/plain")
    assert last["X-Rate-Limit-Remaining"] == "0.0"
    assert {"X-Request-Cost", "Retry-After"}.isdisjoint(last)
    assert first["X-Request-Cost"] == "100.000000"
    assert 510 > float(first["X-Rate-Limit-Remaining"]) >= 500 > float(second["X-Rate-Limit-Remaining"])
    assert all(response.headers["X-Request-Id"] for response in responses)
    assert entries(server) == []


def responses_of(application: ASGIApp, times: int, token: str = SECRET) -> list[httpx2.Response]:
    async def request() -> list[httpx2.Response]:
        transport, headers = httpx2.ASGITransport(application), {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(transport=transport, base_url="http://a", headers=headers) as client:
            return [await client.get("/") for _ in range(times)]

    return asyncio.run(request())


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database(engine_of(sa.make_url("sqlite://")))
    yield database
    database.close()


@pytest.mark.parametrize(
    ("status", "last", "text"),
    [
        (429, 429, "429 Too Many Requests (Rate Limit Exceeded)\n"),
        (403, 403, "403 Forbidden (Rate Limit Exceeded)\n"),
        (None, 200, "{}"),
    ],
)
def test_accepts_a_request_while_its_initial_cost_remains_and_throttles_nothing_by_default(
    monkeypatch: pytest.MonkeyPatch, database: Database, status: int | None, last: int, text: str
) -> None:
    monkeypatch.setattr(operations, "monotonic", lambda: 0.0)

    responses = responses_of(Endpoint(Buckets(), status, 275.0, {"GET": (database.read, lambda *_: {})}), 4)

    assert [response.status_code for response in responses] == [200, 200, 200, last]
    assert responses[-1].text == text
    remaining = [response.headers["X-Rate-Limit-Remaining"] for response in responses]
    assert remaining == ["325.0000", "50.0000", "0.0000", "0.0" if status else "0.0000"]


def test_a_request_that_fails_before_its_measurement_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "monotonic", lambda: 0.0)
    buckets = Buckets()

    async def without_a_database(*_: object) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        responses_of(Endpoint(buckets, None, None, {"GET": (without_a_database, lambda *_: {})}), 1)

    assert buckets.of(digest(SECRET)).remaining == 600


def test_the_level_of_a_bucket_has_a_maximum(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(operations, "monotonic", lambda: now)
    bucket = Bucket()

    for _ in range(10):
        bucket.add(500)
    now = 30.0

    assert bucket.remaining == 600 - (800 - 30 * 10)


def test_drops_the_least_recently_used_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MOST_BUCKETS", 2)
    buckets = Buckets()
    first, second = buckets.of("first"), buckets.of("second")

    buckets.of("first")
    buckets.of("third")

    assert buckets.of("first") is first
    assert buckets.of("second") is not second


def test_a_bucket_does_not_keep_its_token() -> None:
    async def run(*_: object) -> dict[str, object]:
        return {}

    endpoint = Endpoint(Buckets(), None, None, {"GET": (run, lambda *_: {})})
    responses_of(endpoint, 1)

    tracemalloc.start()
    for number in range(20):
        responses_of(endpoint, 1, f"{number}" * 1_000_000)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert kept < 100_000


def test_recognises_a_database_in_memory() -> None:
    assert all(is_in_memory(sa.make_url(url)) for url in ("sqlite://", "sqlite:///", "sqlite:///:memory:"))


def test_serves_a_database_in_memory(tmp_path: Path) -> None:
    with started("sqlite:///:memory:", tmp_path, "--workers", "1") as server:
        assert server.put("/outcomes/1", json={"title": " "}).status_code == 400
        server.update(1, json={"title": "In memory"})

        assert server.show(1)["title"] == "In memory"


def test_the_default_database_is_a_file_in_the_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    with subprocess.Popen(command("--port", "0"), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        output = process.stdout.readline()
        process.terminate()

    assert output.startswith(READY)
    assert [file.parent.name for file in tmp_path.rglob("outcomes.sqlite")] == ["canvas-outcomes-reference-server"]


@pytest.mark.parametrize(("host", "shown"), [("0.0.0.0", "0.0.0.0"), ipv6("::", "[::]")])
def test_workers_share_the_database_warn_that_others_can_reach_them_and_end_with_their_parent(
    tmp_path: Path, host: str, shown: str
) -> None:
    workers: set[str] = set()
    with started(f"sqlite:///{tmp_path / 'x.sqlite'}", tmp_path, "--workers", "2", "--host", host) as server:
        server.client.headers["Connection"] = "close"  # Each request reaches any of the workers.

        def has_reached_both() -> bool:
            for number in range(10):
                server.update(1, json={"title": f"Title {number}"})
                assert server.show(1)["title"] == f"Title {number}"
                # The first half of a request id identifies the worker.
                workers.add(server.get("/outcomes/1").headers["X-Request-Id"][:8])
            return len(workers) == 2

        wait_until(has_reached_both)
        # A worker collects lines before it writes them.
        wait_until(lambda: len(entries(server)) > 1)
        server.process.kill()
        wait_until(lambda: not server.has_listener())

    warning, *requests = entries(server)
    assert server.url.rpartition(":")[0] == f"http://{shown}"
    assert warning["event"] == "warning"
    assert warning["message"] == (f"{host} can be reached from other machines. Use --host 127.0.0.1 to keep them out.")
    assert {entry["event"] for entry in requests} == {"request"}
    assert all(entry["time"].endswith("Z") for entry in (warning, *requests))


def test_a_stop_before_the_workers_are_ready_is_graceful(tmp_path: Path) -> None:
    options = ("--port", "0", "--host", "0.0.0.0", "--workers", "2", "--database", f"sqlite:///{tmp_path / 'x.sqlite'}")
    with subprocess.Popen(command(*options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert '"event":"warning"' in process.stderr.readline()
        time.sleep(0.3)
        process.terminate()
        _, log = process.communicate(timeout=SECONDS)

    assert process.returncode == 0
    assert all(json.loads(line)["event"] == "request" for line in log.splitlines())


@pytest.mark.parametrize(("host", "shown"), [ipv6("::1", "[::1]"), linux("127.0.0.2", "127.0.0.2")])
def test_controls_without_a_warning_on_loopback(tmp_path: Path, host: str, shown: str) -> None:
    with started("sqlite://", tmp_path, "--host", host, "--control") as server:
        assert server.url.rpartition(":")[0] == f"http://{shown}"
        assert server.get("/outcomes/1").status_code == 200

    assert [entry["event"] for entry in entries(server)] == ["request"]


@pytest.mark.parametrize("host", [ipv6("::1"), linux("127.0.0.2")])
def test_urls_have_the_address_of_the_server_without_a_host(tmp_path: Path, host: str) -> None:
    path = "/api/v1/courses/1/outcome_alignments?assignment_id=1&access_token=teacher-token"
    with started("sqlite://", tmp_path, "--host", host) as server, server.connect() as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        response = b"".join(iter(lambda: connection.recv(65536), b""))

        assert f'"url":"{server.url}/courses/1/assignments/1"'.encode() in response


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_finishes_a_request_in_progress_before_it_stops(tmp_path: Path, number: int) -> None:
    with (
        started(f"sqlite:///{tmp_path / 'x.sqlite'}", tmp_path, program=("-c", PATIENT)) as server,
        server.connect() as connection,
    ):
        holder = server.engine.connect()
        holder.exec_driver_sql("BEGIN IMMEDIATE")
        server.begin(connection, UPDATE % len(LAST))
        connection.sendall(LAST)
        server.process.send_signal(number)
        wait_until(lambda: not server.has_listener())
        holder.exec_driver_sql("COMMIT")
        holder.close()

        assert b'"title":"Last"' in connection.recv(65536)
        assert server.process.wait(10) == 0


@pytest.mark.parametrize("kind", DATABASES)
def test_a_stop_cuts_off_requests_that_wait_for_a_lock_or_a_body(
    tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    database = new_database(kind, request, tmp_path)
    with (
        started(database, tmp_path, program=("-c", STOPS_SOON)) as server,
        ExitStack() as connections,
    ):
        unfinished, *waiting = (connections.enter_context(server.connect()) for _ in range(11))
        holder = server.engine.connect()
        for statement in HOLD[kind]:
            holder.exec_driver_sql(statement)
        for connection in waiting:
            server.begin(connection, UPDATE % len(CUT_OFF))
            connection.sendall(CUT_OFF)
        server.begin(unfinished, UPDATE % len(CUT_OFF))
        server.process.terminate()

        assert server.process.wait(5) == 0
        responses = [connection.recv(65536) for connection in (unfinished, *waiting)]
        assert all(response.startswith(b"HTTP/1.1 503 ") for response in responses), responses
        assert all(b'"The server is stopping. Send the request again."' in response for response in responses)
        assert len({response.partition(b"x-request-id: ")[2][:16] for response in responses}) == 11
        holder.exec_driver_sql("ROLLBACK")
        title = holder.exec_driver_sql("SELECT content FROM outcomes WHERE id = 1").scalar_one()
        holder.close()
    assert "Cut off" not in title
    assert SECONDS_TO_FINISH_REQUESTS + SECONDS_TO_CLOSE + SECONDS_TO_FINISH <= 8
    cancelled, *more = (entry for entry in entries(server) if entry["event"] == "log")
    assert cancelled["message"].startswith("Cancel 11 running task(s)")
    assert (cancelled["logger"], cancelled["level"], more) == ("uvicorn.error", "ERROR", [])
    assert "traceback" not in cancelled


@pytest.mark.parametrize("sent", [b"", b"G", UNFINISHED[:-2], UNFINISHED, UNFINISHED + b"abc"])
def test_closes_a_connection_that_does_not_finish_its_request(impatient: Server, sent: bytes) -> None:
    began = time.monotonic()
    with impatient.connect() as connection:
        # A server that closes with bytes that it has not read resets the connection.
        with suppress(ConnectionResetError, BrokenPipeError):
            connection.sendall(sent)

            assert connection.recv(65536) == b""
        assert time.monotonic() - began > 0.9


@pytest.mark.parametrize("sent", [b"\r\n", b"\n\n", HEALTH[:9], HEALTH[:-2]])
def test_closes_a_connection_that_does_not_send_a_second_request(impatient: Server, sent: bytes) -> None:
    with impatient.connect() as connection:
        connection.sendall(HEALTH)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        connection.sendall(sent)

        assert connection.recv(65536) == b""


def test_closes_a_connection_that_sends_a_byte_at_a_time(impatient: Server) -> None:
    def send_until_closed() -> None:
        with impatient.connect() as connection:
            connection.sendall(b"GET /")
            until = time.monotonic() + SECONDS
            while time.monotonic() < until:
                connection.sendall(b"x")
                time.sleep(0.02)

    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        send_until_closed()


def test_keeps_a_connection_that_finishes_its_requests(impatient: Server) -> None:
    with impatient.connect() as connection:
        for _ in range(4):
            connection.sendall(UNFINISHED + b"title=abc")
            assert connection.recv(65536).startswith(b"HTTP/1.1 401 ")
            time.sleep(0.3)


def test_a_pipe_that_nobody_reads_stops_the_log_but_not_the_server(tmp_path: Path) -> None:
    arguments = command("--port", "0", "--database", "sqlite://")
    with subprocess.Popen(arguments, stdout=PIPE, stderr=PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        url = urlsplit(process.stdout.readline().decode().removeprefix(READY).strip())
        with socket.create_connection((url.hostname, url.port), timeout=SECONDS) as connection:
            for _ in range(3):
                connection.sendall(HEALTH * 1000)
                received = b""
                while received.count(b"HTTP/1.1 200 OK\r\n") < 1000 and (chunk := connection.recv(1 << 20)):
                    received += chunk
            process.stderr.read(1 << 16)
            connection.sendall(HEALTH)
            process.stderr.close()
            connection.sendall(HEALTH)
            received = b""
            while received.count(b"HTTP/1.1 200 OK\r\n") < 2 and (chunk := connection.recv(65536)):
                received += chunk
            assert received.count(b"HTTP/1.1 200 OK\r\n") == 2
        process.terminate()
        assert process.wait(5) == 0


def test_counts_the_lines_that_a_pipe_that_never_waits_loses(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with (
        open(reading, "rb") as log,
        subprocess.Popen(command("--port", "0", "--database", "sqlite://"), stdout=PIPE, stderr=writing) as process,
    ):
        os.close(writing)
        assert process.stdout is not None
        url = urlsplit(process.stdout.readline().decode().removeprefix(READY).strip())
        with socket.create_connection((url.hostname, url.port), timeout=SECONDS) as connection:
            connection.sendall(HEALTH * 1000)
            received = b""
            while received.count(b"HTTP/1.1 200 OK\r\n") < 1000 and (chunk := connection.recv(1 << 20)):
                received += chunk
        with ThreadPoolExecutor(1) as pool:
            lines = pool.submit(log.readlines)
            time.sleep(0.2)
            process.terminate()
            logged = lines.result(SECONDS)

    lost = sum(int(found[1]) for line in logged if (found := re.search(rb"(\d+) lines of the log are lost", line)))
    assert sum(b'"event":"request"' in line for line in logged) + lost == 1000


def test_a_second_interrupt_stops_the_server_at_once(tmp_path: Path) -> None:
    with (
        started(f"sqlite:///{tmp_path / 'x.sqlite'}", tmp_path, program=("-c", PATIENT)) as server,
        server.connect() as connection,
    ):
        server.begin(connection, UPDATE % len(LAST))
        server.process.send_signal(signal.SIGINT)
        wait_until(lambda: not server.has_listener())
        server.process.send_signal(signal.SIGINT)

        assert server.process.wait(5) == 0
