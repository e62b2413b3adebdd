"""Prepare a database before the server starts: create the tables and load a world, or keep existing data."""

import re

import sqlalchemy as sa

from canvas_outcomes_server.storage.database import engine_of
from canvas_outcomes_server.storage.tables import SCHEMA_VERSION, metadata, schema_version
from canvas_outcomes_server.world.source import RowsOfTables, WorldSource

ROWS_AT_ONCE = 10_000
# Keys of the query of a URL whose values messages may contain.
PUBLIC_KEYS = ("host", "hostaddr", "port", "user", "dbname")


class DatabaseUnusable(Exception):
    """A database that the server cannot start on; str() is the message for the user."""


def prepared_engine(url: sa.URL, world: WorldSource, reset: bool) -> sa.Engine:
    """Open a database that holds the tables of this version and data.

    Raises DatabaseUnusable and WorldError, and changes nothing then.
    """
    shown = url.set(password=None, query={}).render_as_string()
    try:
        engine = engine_of(url)
        with engine.connect() as connection:
            _prepare(connection, shown, world, reset)
        return engine
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError):
        raise DatabaseUnusable(
            f"Cannot open the database {shown}: only sqlite and postgresql+psycopg are supported. "
            "Write --database sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME."
        ) from None
    except sa.exc.DBAPIError as problem:
        reason = _without_secrets(" ".join(str(problem.orig).split()), url).rstrip("?.")
        raise DatabaseUnusable(f"Cannot open the database {shown}: {reason}. Name another with --database.") from None


def _without_secrets(reason: str, url: sa.URL) -> str:
    """Hide the password, and the parts of the query of a URL that may be one, where they stand as whole words."""
    query = url.normalized_query
    parts = [part for key, values in query.items() if key not in PUBLIC_KEYS for part in (key, *values)]
    for secret in filter(None, (url.password, *parts)):
        reason = re.sub(rf"(?<!\w){re.escape(str(secret))}(?!\w)", "***", reason)
    return reason


def _prepare(connection: sa.Connection, shown: str, world: WorldSource, reset: bool) -> None:
    # Tables and data are one transaction, so that a start that is killed leaves an empty database.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.dialect.name == "sqlite" else "BEGIN")
    try:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7283002)")
        _prepare_in_transaction(connection, shown, world, reset)
    except BaseException:
        connection.exec_driver_sql("ROLLBACK")
        raise
    connection.exec_driver_sql("COMMIT")


def _prepare_in_transaction(connection: sa.Connection, shown: str, world: WorldSource, reset: bool) -> None:
    existing = set(sa.inspect(connection).get_table_names())
    if reset:
        rows = world.rows
        _drop(connection, existing, shown)
        _fill(connection, rows)
    elif not existing:
        _fill(connection, world.rows)
    else:
        _check_version(connection, existing, shown)


def _check_version(connection: sa.Connection, existing: set[str], shown: str) -> None:
    if schema_version.name not in existing:
        raise DatabaseUnusable(
            f"Cannot use the database {shown}: its tables are not this server's. Name an empty one with --database."
        )
    version = connection.execute(sa.select(schema_version.c.version)).scalar()
    if version != SCHEMA_VERSION:
        raise DatabaseUnusable(
            f"Cannot use the database {shown}: it has schema version {version}, this server needs {SCHEMA_VERSION}. "
            "Load a world with --reset, or name another with --database."
        )


def _drop(connection: sa.Connection, existing: set[str], shown: str) -> None:
    if existing and schema_version.name not in existing:
        raise DatabaseUnusable(
            f"Cannot reset the database {shown}: its tables are not this server's. Name an empty one with --database."
        )
    # Tables of another version may differ from those of metadata.
    reflected = sa.MetaData()
    reflected.reflect(connection)
    reflected.drop_all(connection)


def _fill(connection: sa.Connection, rows_of_tables: RowsOfTables) -> None:
    metadata.create_all(connection)
    connection.execute(schema_version.insert(), {"version": SCHEMA_VERSION})
    for table, rows in rows_of_tables.items():
        for start in range(0, len(rows), ROWS_AT_ONCE):
            connection.execute(table.insert(), rows[start : start + ROWS_AT_ONCE])
