"""A kill of the server or of PostgreSQL loses no acknowledged update, and the server recovers from it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from canvas_outcomes_server.storage.database import POSTGRESQL_CONNECTIONS
from reference_server.tests.conftest import DATABASES, new_database
from reference_server.tests.postgresql import PostgreSQL, memory_folder, running_postgresql
from reference_server.tests.server_process import started
from scripts.endurance.kills import KilledPostgreSQL, Victim, kill_rounds, killed_server


@pytest.fixture(scope="module")
def killable() -> Iterator[PostgreSQL]:
    """A PostgreSQL that other tests do not use."""
    with running_postgresql(memory_folder()) as postgresql:
        yield postgresql


def assert_durable(victim: Victim) -> None:
    acknowledged, lost = kill_rounds(victim, rounds=2)

    assert lost == 0
    assert acknowledged >= 20


@pytest.mark.parametrize("kind", DATABASES)
def test_a_kill_of_the_server_loses_no_acknowledged_update(
    tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    with killed_server(new_database(kind, request, tmp_path), tmp_path) as victim:
        assert_durable(victim)


def test_a_kill_of_postgresql_loses_no_acknowledged_update(killable: PostgreSQL, tmp_path: Path) -> None:
    with started(killable.new_database(), tmp_path) as server:
        assert_durable(KilledPostgreSQL(killable, server.url))


def test_a_restart_of_postgresql_causes_no_errors(killable: PostgreSQL, tmp_path: Path) -> None:
    with started(killable.new_database(), tmp_path) as server:
        with ThreadPoolExecutor(POSTGRESQL_CONNECTIONS) as pool:
            list(pool.map(server.show, [1] * 50))
        with server.engine.connect() as connection:
            connections = connection.exec_driver_sql(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).scalar_one()
        killable.kill()
        killable.start()

        responses = [server.get("/outcomes/1") for _ in range(2 * POSTGRESQL_CONNECTIONS)]

    assert [response.status_code for response in responses] == [200] * 2 * POSTGRESQL_CONNECTIONS
    assert connections <= POSTGRESQL_CONNECTIONS


def test_responds_500_and_logs_the_reason_while_the_database_is_down(killable: PostgreSQL, tmp_path: Path) -> None:
    with started(killable.new_database(), tmp_path) as server:
        killable.kill()
        failed = server.get("/outcomes/1", headers={"Accept": "application/json+canvas-string-ids"})
        killable.start()
        recovered = server.get("/outcomes/1")

        report = failed.json()["error_report_id"]
        expected = {"errors": [{"message": "An error occurred.", "error_code": "internal_server_error"}]}
        assert (failed.status_code, failed.json()) == (500, expected | {"error_report_id": report})
        assert server.line(error_report_id=int(report))["request_id"] == failed.headers["X-Request-Id"]
    assert recovered.status_code == 200
