"""After kill -9 at any moment the server starts again and no acknowledged update is missing."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from canvas_outcomes_server.storage.database import POSTGRESQL_CONNECTIONS
from reference_server.tests.postgresql import running_postgresql
from reference_server.tests.server_process import started
from scripts.endurance.kills import VICTIMS, kill_rounds


@pytest.mark.parametrize("name", VICTIMS)
def test_a_kill_loses_nothing_that_was_acknowledged(name: str, tmp_path: Path) -> None:
    with VICTIMS[name](tmp_path) as victim:
        acknowledged, lost = kill_rounds(victim, rounds=2)

    assert lost == 0
    assert acknowledged >= 20


def test_a_restart_of_postgresql_fails_no_later_request(tmp_path: Path) -> None:
    with running_postgresql() as postgresql, started(postgresql.new_database(), tmp_path) as server:
        with ThreadPoolExecutor(POSTGRESQL_CONNECTIONS) as pool:
            list(pool.map(server.show, [1] * 50))
        with server.engine.connect() as connection:
            found = connection.exec_driver_sql(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).scalar_one()
        postgresql.kill()
        postgresql.start()

        answers = [server.get("/outcomes/1") for _ in range(2 * POSTGRESQL_CONNECTIONS)]

    assert [answer.status_code for answer in answers] == [200] * 2 * POSTGRESQL_CONNECTIONS
    assert found <= POSTGRESQL_CONNECTIONS


def test_a_database_that_is_gone_is_a_failure_that_the_log_explains(tmp_path: Path) -> None:
    with running_postgresql() as postgresql, started(postgresql.new_database(), tmp_path) as server:
        postgresql.kill()
        failed = server.get("/outcomes/1", headers={"Accept": "application/json+canvas-string-ids"})
        postgresql.start()
        recovered = server.get("/outcomes/1")

        report = failed.json()["error_report_id"]
        wanted = {"errors": [{"message": "An error occurred.", "error_code": "internal_server_error"}]}
        assert (failed.status_code, failed.json()) == (500, wanted | {"error_report_id": report})
        assert server.error(int(report))["request_id"] == failed.headers["X-Request-Id"]
    assert recovered.status_code == 200
