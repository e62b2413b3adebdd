"""Serve the Canvas Outcomes API with the data of a world file until stopped."""

import argparse
import math
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import platformdirs
import sqlalchemy as sa

from canvas_outcomes_server.app import Settings
from canvas_outcomes_server.http.hosts import host_name, url_host
from canvas_outcomes_server.serving import ListenError, listening_socket, require_loopback, serve
from canvas_outcomes_server.storage.database import is_in_memory
from canvas_outcomes_server.world import DEMO
from canvas_outcomes_server.world.preparation import DatabaseUnusable, prepared_engine
from canvas_outcomes_server.world.source import WorldSource
from canvas_outcomes_server.world.world_file import WorldError

DESCRIPTION = """\
Serve the Canvas Outcomes API with the data of a world file until stopped.

The server prints its address, that of its documentation, and a token that
works. It logs requests as JSON lines on stderr.
"""
EPILOG = """\
examples:
  canvas-outcomes-server
      serve the demo world on port 8000, and keep changes in a file

  canvas-outcomes-server --database sqlite:// --world my-world.yaml --reload
      serve a world in memory, and follow edits of its file

  canvas-outcomes-server --port 0 --database sqlite:// --control
      serve the tests of an app, on a free port

exit codes:
  0 stopped by Ctrl-C or SIGTERM, 2 the server cannot start
"""


def main(arguments: list[str] | None = None) -> int:
    """Return exit code 0 after a graceful stop, 2 if the server cannot start."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        url = _database_url(options.database)
        if options.workers > 1 and (options.control or options.reload or is_in_memory(url)):
            parser.error(
                "several --workers cannot be combined with --control, --reload or a database in memory: "
                "each worker would have its own faults, clock and data"
            )
        _serve(options, url)
    except (WorldError, DatabaseUnusable, ListenError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="canvas-outcomes-server",
        usage="%(prog)s [OPTION]...",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument_group("data").add_argument
    add("--world", type=Path, default=DEMO, metavar="FILE", help="world to load into an empty database (demo.yaml)")
    add(
        "--database",
        metavar="URL",
        help="sqlite:///FILE, sqlite:// for memory, or postgresql+psycopg://… (a file in the cache folder)",
    )
    add("--reset", action="store_true", help="delete the data of the database and load the world")
    add("--reload", action="store_true", help="load the world again whenever its file is edited")
    add = parser.add_argument_group("network").add_argument
    add("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    add("--port", type=int, default=8000, help="port to listen on, 0 for a free one (%(default)s)")
    add(
        "--cors",
        type=_origin,
        action="append",
        default=[],
        metavar="ORIGIN",
        help="let pages of this origin, such as http://localhost:3000, read responses; repeatable, * for all",
    )
    add(
        "--allowed-host",
        type=_host_name,
        action="append",
        default=[],
        metavar="NAME",
        help="answer requests to this host name too, besides localhost and --host; repeatable, * for all",
    )
    add("--workers", type=_positive(int), default=1, metavar="N", help="number of server processes (%(default)s)")
    add = parser.add_argument_group("behaviour").add_argument
    add(
        "--control",
        action="store_true",
        help="offer faults, reset, other worlds, received requests and a clock under /_control, described on /docs; "
        "on a loopback address only",
    )
    add("--rate-limit", type=int, choices=(403, 429), metavar="STATUS", help="throttle as Canvas does, with 403 or 429")
    cost = "fixed cost of a request, out of a quota of 600 (the seconds that it takes)"
    add("--request-cost", type=_positive(float), metavar="UNITS", help=cost)
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


def _origin(value: str) -> str:
    if value != "*" and not re.fullmatch(r"[a-z][a-z0-9+.-]*://[^/\s]+", value):
        raise argparse.ArgumentTypeError(f"{value!r} is not an origin such as http://localhost:3000")
    return value


def _host_name(value: str) -> str:
    if value != "*" and host_name(url_host(value)) is None:
        raise argparse.ArgumentTypeError(f"{value!r} is not a host name or an IP address, without a port")
    return value


def _serve(options: argparse.Namespace, url: sa.URL) -> None:
    source = WorldSource(options.world)
    with listening_socket(options.host, options.port) as listener:
        if options.control:
            require_loopback(listener)
        settings = Settings(
            options.rate_limit,
            options.request_cost,
            not options.no_access_log,
            (options.host, listener.getsockname()[0], *options.allowed_host),
            origins=tuple(options.cors),
            control=options.control,
            follow=options.reload,
        )
        engine = prepared_engine(url, source, options.reset)
        serve(listener, engine, settings, options.workers, source)


def _database_url(given: str | None) -> sa.URL:
    if given is None:
        folder = platformdirs.user_cache_path("canvas-outcomes-reference-server", ensure_exists=True)
        return sa.URL.create("sqlite", database=str(folder / "outcomes.sqlite"))
    try:
        url = sa.make_url(given)
        # Behind an @ is a part of the password, which no message may contain, and behind password= the whole.
        if url.get_backend_name() != "sqlite" and re.search("@|password=", f"{url.host}{url.database}"):
            raise ValueError
    except (sa.exc.ArgumentError, ValueError):
        raise DatabaseUnusable(
            "Cannot open the database: the URL of --database is invalid. Write sqlite:///FILE, sqlite:// or "
            "postgresql+psycopg://USER:PASSWORD@HOST/NAME, with %40 for @ and %2F for / in the password."
        ) from None
    return url


if __name__ == "__main__":
    sys.exit(main())
