"""Reads that come close upon each other are done together, and none waits for ever."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from reference_server.database import Database, engine_of
from reference_server.runners import LARGEST_BATCH
from reference_server.session import Session

NUMBER = sa.text("SELECT number FROM numbers")


@pytest.fixture
def other(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another program's connection to the database, which has one number."""
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


def test_reads_that_come_in_turns_of_the_loop_see_one_moment(database: Database, other: sqlite3.Connection) -> None:
    async def read_while_it_changes() -> list[int]:
        first = asyncio.ensure_future(database.read(number))
        await asyncio.sleep(0)
        other.execute("UPDATE numbers SET number = 2")
        return [await database.read(number), await first]

    assert asyncio.run(read_while_it_changes()) == [2, 2]


def test_a_read_waits_for_no_more_than_a_batch(database: Database) -> None:
    async def ask_in_every_turn() -> int:
        reads = [asyncio.ensure_future(database.read(number))]
        while not reads[0].done() and len(reads) < 2 * LARGEST_BATCH:
            reads.append(asyncio.ensure_future(database.read(number)))
            await asyncio.sleep(0)
        await asyncio.gather(*reads)
        return len(reads)

    assert LARGEST_BATCH <= asyncio.run(ask_in_every_turn()) < LARGEST_BATCH + 5
