"""A database is kept from one start to the next: its tables stay as they are, or the schema version goes up."""

import pytest
import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable

from canvas_outcomes_server.storage.tables import SCHEMA_VERSION, metadata
from reference_server.tests.conftest import WORLDS

DIALECTS = [sa.make_url(url).get_dialect()() for url in ("sqlite://", "postgresql+psycopg://")]


def words(statement: str) -> str:
    """A statement however it is laid out."""
    return " ".join(statement.replace("(", " ( ").replace(")", " ) ").split())


@pytest.mark.parametrize(
    ("dialect", "number", "by_key"),
    [(DIALECTS[0], "INTEGER", " WITHOUT ROWID"), (DIALECTS[1], "BIGINT", "")],
)
def test_the_tables_of_a_schema_version_stay_as_they_are(dialect: sa.Dialect, number: str, by_key: str) -> None:
    comment, _, written = (WORLDS / "schema.sql").read_text().partition("\n")
    wanted = written.replace(" ID", f" {number}").replace(" WITHOUT ROWID", by_key).split(";")

    made: list[CreateTable | CreateIndex] = [CreateTable(table) for table in metadata.tables.values()]
    made += [CreateIndex(index) for table in metadata.tables.values() for index in table.indexes]

    assert f"schema version {SCHEMA_VERSION}." in comment
    assert sorted(words(str(one.compile(dialect=dialect))) for one in made) == sorted(filter(None, map(words, wanted)))
