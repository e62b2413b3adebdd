"""Examples that failed, kept in Redis: what one machine found is the first that any other tries."""

from urllib.parse import urlsplit

from hypothesis.database import ExampleDatabase

from contract_tests.errors import CannotTell

SECONDS_PER_ANSWER = 5.0


def example_database(url: str) -> ExampleDatabase:
    """The database at a URL such as redis://HOST/0. Raises CannotTell when it cannot be used."""
    place = url.replace(f"{urlsplit(url).netloc.rpartition('@')[0]}@", "")  # without a password
    try:
        from hypothesis.extra.redis import RedisExampleDatabase  # noqa: PLC0415  (the extra may not be installed)
        from redis import Redis, RedisError  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise CannotTell(
            f"Cannot share examples by {place}: {error.name} is not installed. "
            "Install the extra: pip install 'canvas-outcomes-contract[redis]'."
        ) from error
    try:
        server = Redis.from_url(url, socket_timeout=SECONDS_PER_ANSWER, socket_connect_timeout=SECONDS_PER_ANSWER)
        server.ping()
    except (RedisError, OSError, ValueError) as error:
        reason = str(error).rstrip(".")
        raise CannotTell(
            f"Cannot share examples by {place}: {reason}. Start Redis there, or correct --example-database."
        ) from error
    return RedisExampleDatabase(server)
