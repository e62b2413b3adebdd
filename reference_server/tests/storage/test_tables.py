"""The tables of a schema version, which a database keeps from one start to the next."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable

from canvas_outcomes_server.storage.tables import SCHEMA_VERSION, metadata

DIALECTS = [sa.make_url(url).get_dialect()() for url in ("sqlite://", "postgresql+psycopg://")]


def words(statement: str) -> str:
    """Normalise the white space of a statement."""
    return " ".join(statement.replace("(", " ( ").replace(")", " ) ").split())


@pytest.mark.parametrize(
    ("dialect", "number", "by_key"), [(DIALECTS[0], "INTEGER", " WITHOUT ROWID"), (DIALECTS[1], "BIGINT", "")]
)
def test_the_tables_of_a_schema_version_do_not_change(dialect: sa.Dialect, number: str, by_key: str) -> None:
    comment, _, sql = Path(__file__).with_name("schema.sql").read_text().partition("\n")
    expected = sql.replace(" ID", f" {number}").replace(" WITHOUT ROWID", by_key).split(";")

    created: list[CreateTable | CreateIndex] = [CreateTable(table) for table in metadata.tables.values()]
    created += [CreateIndex(index) for table in metadata.tables.values() for index in table.indexes]
    statements = [words(str(statement.compile(dialect=dialect))) for statement in created]

    assert f"schema version {SCHEMA_VERSION}." in comment
    assert sorted(statements) == sorted(filter(None, map(words, expected)))
