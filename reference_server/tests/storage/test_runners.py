"""Runners: reads share a snapshot, batches have a limit, and no work is done twice."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from canvas_outcomes_server.storage.database import Database, engine_of
from canvas_outcomes_server.storage.runners import LARGEST_BATCH
from canvas_outcomes_server.storage.session import Session
from reference_server.tests.postgresql import PostgreSQL

NUMBER = sa.text("SELECT number FROM numbers")
ONE = sa.text("SELECT 1")
LOSE_THE_CONNECTION = sa.text("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.fixture
def other(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A connection of another program to a database with one number."""
    with closing(sqlite3.connect(tmp_path / "numbers.sqlite", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE numbers AS SELECT 1 AS number")
        yield connection


@pytest.fixture
def database(tmp_path: Path, other: sqlite3.Connection) -> Iterator[Database]:
    database = Database(engine_of(sa.make_url(f"sqlite:///{tmp_path / 'numbers.sqlite'}")))
    yield database
    database.close()


def number(session: Session) -> int:
    row = session.row(NUMBER)
    assert row is not None
    return int(row[0])


def run_once(run: Callable[..., Awaitable[Any]], work: Callable[[Session], Any]) -> Any:
    """Run work in a new event loop and return its result."""

    async def result() -> Any:
        return await run(work)

    return asyncio.run(result())


def test_reads_of_successive_turns_of_the_loop_share_a_snapshot(database: Database, other: sqlite3.Connection) -> None:
    async def read_while_it_changes() -> list[int]:
        first = asyncio.ensure_future(database.read(number))
        await asyncio.sleep(0)
        other.execute("UPDATE numbers SET number = 2")
        return [await database.read(number), await first]

    assert asyncio.run(read_while_it_changes()) == [2, 2]


def test_a_batch_of_reads_has_a_limit(database: Database) -> None:
    async def read_in_every_turn() -> int:
        reads = [asyncio.ensure_future(database.read(number))]
        while not reads[0].done() and len(reads) < 2 * LARGEST_BATCH:
            reads.append(asyncio.ensure_future(database.read(number)))
            await asyncio.sleep(0)
        await asyncio.gather(*reads)
        return len(reads)

    assert LARGEST_BATCH <= asyncio.run(read_in_every_turn()) < LARGEST_BATCH + 5


def test_a_read_fails_if_its_transaction_cannot_begin(database: Database) -> None:
    database.close()

    with pytest.raises(sqlite3.ProgrammingError):
        run_once(database.read, number)


@pytest.fixture
def on_postgresql(postgresql: PostgreSQL) -> Iterator[Database]:
    database = Database(engine_of(sa.make_url(postgresql.new_database())))
    yield database
    database.close()


def test_repeats_work_after_its_first_statement_lost_the_connection(on_postgresql: Database) -> None:
    tries: list[Session] = []

    def work(session: Session) -> str:
        tries.append(session)
        session.row(LOSE_THE_CONNECTION if len(tries) == 1 else ONE)
        return "done"

    assert run_once(on_postgresql.read, work) == "done"
    assert len(set(tries)) == 2


@pytest.mark.parametrize("last", [LOSE_THE_CONNECTION, sa.text("no SQL")])
def test_does_not_repeat_work_after_a_later_statement_failed(on_postgresql: Database, last: sa.TextClause) -> None:
    tries: list[Session] = []

    def work(session: Session) -> None:
        tries.append(session)
        session.row(ONE)
        session.row(last)

    with pytest.raises(psycopg.Error):
        run_once(on_postgresql.write, work)
    assert len(tries) == 1
    assert run_once(on_postgresql.read, lambda session: session.row(ONE)) == (1,)


def test_does_not_repeat_work_that_failed_for_another_reason(on_postgresql: Database) -> None:
    tries: list[Session] = []

    def work(session: Session) -> None:
        tries.append(session)
        raise LookupError

    with pytest.raises(LookupError):
        run_once(on_postgresql.read, work)
    assert len(tries) == 1
