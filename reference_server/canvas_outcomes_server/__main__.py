"""Serve the Canvas Outcomes API with the data of a world file until stopped."""

import argparse
import math
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import platformdirs
import sqlalchemy as sa

from canvas_outcomes_server.app import Settings
from canvas_outcomes_server.serving import ListenError, listening_socket, serve
from canvas_outcomes_server.storage.database import is_in_memory
from canvas_outcomes_server.world.preparation import DatabaseUnusable, prepared_engine
from canvas_outcomes_server.world.world_file import WorldError

DEMO = Path(__file__).parent / "world" / "demo.yaml"


def main(arguments: list[str] | None = None) -> int:
    """Return exit code 0 after a graceful stop, 2 if the server cannot start."""
    options = _parser().parse_args(arguments)
    try:
        _serve(options)
    except (WorldError, DatabaseUnusable, ListenError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="canvas-outcomes-server", description=__doc__)
    add = parser.add_argument
    add("--world", type=Path, default=DEMO, metavar="FILE", help="data to load into an empty database (demo.yaml)")
    add("--database", metavar="URL", help="sqlite:///FILE, sqlite:// for memory, postgresql+psycopg://…")
    add("--reset", action="store_true", help="delete the data of the database and load the world")
    add("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    add("--port", type=int, default=8000, help="port to listen on, 0 for a free one (%(default)s)")
    add("--workers", type=_positive(int), default=1, metavar="N", help="number of server processes (%(default)s)")
    add("--rate-limit", type=int, choices=(403, 429), metavar="STATUS", help="throttle as Canvas does, with 403 or 429")
    cost = "fixed cost of a request, out of a quota of 600 (seconds)"
    add("--request-cost", type=_positive(float), metavar="UNITS", help=cost)
    hosts = "host name to allow besides localhost and --host, repeatable; * for any"
    add("--allowed-host", action="append", default=[], metavar="NAME", help=hosts)
    add("--no-access-log", action="store_true", help="do not log requests")
    return parser


def _positive(convert: Callable[[str], float]) -> Callable[[str], float]:
    def converted(value: str) -> float:
        with suppress(ValueError):
            number = convert(value)
            if 0 < number < math.inf:
                return number
        raise argparse.ArgumentTypeError(f"{value} is not a positive {'integer' if convert is int else 'number'}")

    return converted


def _serve(options: argparse.Namespace) -> None:
    url = _database_url(options.database)
    if options.workers > 1 and is_in_memory(url):
        raise DatabaseUnusable(
            "Cannot start several workers on a database in memory: each would have its own. Use --workers 1 or a file."
        )
    with listening_socket(options.host, options.port) as listener:
        hosts = (options.host, listener.getsockname()[0], *options.allowed_host)
        settings = Settings(options.rate_limit, options.request_cost, not options.no_access_log, hosts)
        engine = prepared_engine(url, options.world, options.reset)
        serve(listener, engine, settings, options.workers)


def _database_url(given: str | None) -> sa.URL:
    if given is None:
        folder = platformdirs.user_cache_path("canvas-outcomes-reference-server", ensure_exists=True)
        return sa.URL.create("sqlite", database=str(folder / "outcomes.sqlite"))
    try:
        url = sa.make_url(given)
        # Behind an @ is a part of the password, which no message may contain.
        if url.get_backend_name() != "sqlite" and "@" in f"{url.host}{url.database}":
            raise ValueError
    except (sa.exc.ArgumentError, ValueError):
        raise DatabaseUnusable(
            "Cannot open the database: the URL of --database is invalid. Write sqlite:///FILE, sqlite:// or "
            "postgresql+psycopg://USER:PASSWORD@HOST/NAME, with %40 for @ and %2F for / in the password."
        ) from None
    return url


if __name__ == "__main__":
    sys.exit(main())
