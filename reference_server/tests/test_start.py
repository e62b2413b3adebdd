"""The start of the command: its arguments, the database it prepares, and one-line errors with exit code 2."""

import re
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml

from canvas_outcomes_server.__main__ import main
from canvas_outcomes_server.serving import ListenError, listening_socket
from canvas_outcomes_server.storage.tables import metadata, outcomes
from canvas_outcomes_server.world import DEMO
from canvas_outcomes_server.world.preparation import prepared_engine
from canvas_outcomes_server.world.source import WorldSource
from reference_server.tests.conftest import DATABASES, new_database
from reference_server.tests.server_process import READY, ROOT, command, run_to_end, started

Captured = pytest.CaptureFixture[str]
# A start that fails even if the argument under test is accepted.
INVALID_DATABASE = ("--database", "nonsense")
INVALID_ACCOUNT = ("--database", "postgresql+psycopg://nobody@127.0.0.1:1/none")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["serve"], "unrecognized arguments: serve"),
        (["--port", "http"], "argument --port: invalid int value: 'http'"),
        (["--workers", "0"], "argument --workers: 0 is not a positive integer"),
        (["--workers", "1e3"], "argument --workers: 1e3 is not a positive integer"),
        (["--rate-limit", "404"], "argument --rate-limit: invalid choice: 404 (choose from 403, 429)"),
        (
            ["--cors", "localhost:3000"],
            "argument --cors: 'localhost:3000' is not an origin such as http://localhost:3000",
        ),
        (["--cors", "http://a/"], "argument --cors: 'http://a/' is not an origin such as http://localhost:3000"),
        *(
            (
                ["--allowed-host", name],
                f"argument --allowed-host: {name!r} is not a host name or an IP address, without a port",
            )
            for name in ("http://canvas", "canvas:8000", "cafe:8932", "a:80", "10.0.0.5:8000", "[::1]", "")
        ),
        (["--request-cost", "much"], "argument --request-cost: much is not a positive number"),
        (["--request-cost", "nan"], "argument --request-cost: nan is not a positive number"),
        (["--request-cost", "inf"], "argument --request-cost: inf is not a positive number"),
        (["--request-cost", "-5"], "argument --request-cost: -5 is not a positive number"),
        (["--request-cost", "0"], "argument --request-cost: 0 is not a positive number"),
    ],
)
def test_invalid_arguments_are_named(capsys: Captured, arguments: list[str], reason: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*INVALID_DATABASE, *arguments])

    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith(f": error: {reason}\n")


def test_the_help_names_the_defaults(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])

    output = " ".join(capsys.readouterr().out.split())
    assert ended.value.code == 0
    for part in (
        "listen on (127.0.0.1)",
        "a free one (8000)",
        "processes (1)",
        "empty database (demo.yaml)",
        "examples:",
    ):
        assert part in output


def test_the_help_fits_a_terminal_of_80_columns(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        main(["--help"])

    assert [line for line in capsys.readouterr().out.splitlines() if len(line) > 79] == []


def start_error(captured: Captured, pattern: str, *arguments: str) -> str:
    """Start with exit code 2, no output and one line on stderr, which this returns."""
    assert main(["--port", "0", *arguments]) == 2
    output = captured.readouterr()
    assert output.out == ""
    assert re.match(pattern, output.err), output.err
    assert output.err.count("\n") == 1
    return output.err


def test_the_command_ends_with_one_line_and_exit_code_2() -> None:
    ended = run_to_end("--database", "sqlite://", "--port", "0", "--world", "none.yaml")

    assert ended.stderr == "Cannot load the world none.yaml: no such file or directory. Name a file with --world.\n"
    assert (ended.returncode, ended.stdout) == (2, "")


def test_an_invalid_world_leaves_the_database_empty(tmp_path: Path, capsys: Captured) -> None:
    world, database = tmp_path / "world.yaml", f"sqlite:///{tmp_path / 'x.sqlite'}"
    world.write_text("outcomes: [{id: 1}]")

    start_error(capsys, "Cannot load the world", "--database", database, "--world", str(world))
    assert sa.inspect(sa.create_engine(database, poolclass=sa.NullPool)).get_table_names() == []


def test_the_last_port_is_a_port() -> None:
    with listening_socket("127.0.0.1", 65535) as listener:
        assert listener.getsockname() == ("127.0.0.1", 65535)


def test_a_port_in_use_is_an_error(capsys: Captured) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        pattern = rf"Cannot listen on 127\.0\.0\.1:{port}: address already in use\. Choose another"
        start_error(capsys, pattern, "--database", "sqlite://", "--port", str(port))


@pytest.mark.parametrize(
    ("host", "reason"), [("203.0.113.1", ""), ("not a host", ""), ("a..b", ".*label empty or too long")]
)
def test_a_host_of_another_machine_is_an_error(capsys: Captured, host: str, reason: str) -> None:
    start_error(capsys, f"Cannot listen on {host}:0: {reason}", "--database", "sqlite://", "--host", host)


@pytest.mark.parametrize("port", [-1, 65536, 10**20])
def test_a_number_that_is_not_a_port_is_an_error(port: int) -> None:
    pattern = rf"Cannot listen on 127\.0\.0\.1:{port}: a port is between 0 and 65535\. Choose another"
    with pytest.raises(ListenError, match=pattern):
        listening_socket("127.0.0.1", port)


@pytest.mark.parametrize(
    ("database", "reason"),
    [
        ("nonsense", ": the URL of --database is invalid"),
        ("mysql://localhost/x", " mysql://localhost/x: only sqlite and postgresql"),
        ("sqlite:////no/such/folder/x.sqlite", " sqlite:////no/such/folder/x.sqlite: unable to open database file"),
        ("postgresql+psycopg://nobody:secret@127.0.0.1:1/none", r".*/none: connection failed: .*refused"),
        ("postgresql://127.0.0.1:x/none", ": the URL of --database is invalid"),
    ],
)
def test_a_database_that_cannot_be_opened_is_an_error(capsys: Captured, database: str, reason: str) -> None:
    start_error(capsys, f"Cannot open the database{reason}", "--database", database)


@pytest.mark.parametrize(
    "database",
    [
        "postgresql+psycopg://nobody:secret@127.0.0.1:1/none",
        "postgresql+psycopg://nobody:x@secret@127.0.0.1:1/none",
        "postgresql+psycopg://a/b:secret@127.0.0.1:1/none",
        "postgresql+psycopg://127.0.0.1:1/u:secret@h/none",
        "postgresql+psycopg://127.0.0.1:1/none?password=secret",
        "postgresql+psycopg://127.0.0.1:1/none?password=x&secret=1",
        "postgresql+psycopg://127.0.0.1:1/none?sslmode=secret",
        "postgresql+psycopg://127.0.0.1:1/none;password=secret",
        "postgresql+psycopg://127.0.0.1:1/none%3Fpassword=secret",
        "postgresql+psycopg://nobody:secret",
        "mysql://nobody:x@secret@127.0.0.1/none",
        "mysql://127.0.0.1/none?password=secret",
        "sqlite://nobody:secret@h/none",
    ],
)
def test_no_message_contains_a_part_of_the_password(capsys: Captured, database: str) -> None:
    assert "secret" not in start_error(capsys, "Cannot open the database", "--database", database)


def test_no_message_contains_a_short_secret(capsys: Captured) -> None:
    database = "postgresql+psycopg://127.0.0.1:1/none?sslmode=xyz"

    assert "xyz" not in start_error(capsys, "Cannot open the database", "--database", database)


@pytest.mark.parametrize(
    "database",
    [
        "postgresql+psycopg://127.0.0.1:1/none?user=u&password=secret",
        "postgresql+psycopg://127.0.0.1:1/none?user=connection&password=refused-",
        "postgresql+psycopg://u:e@127.0.0.1:1/none",
        "postgresql+psycopg://u:refuse@127.0.0.1:1/none?application_name=nect",
    ],
)
def test_words_that_are_not_secrets_stay_whole(capsys: Captured, database: str) -> None:
    pattern = r"Cannot open the database .*/none: connection failed: .*[Cc]onnection refused"
    start_error(capsys, pattern, "--database", database)


def test_a_file_of_another_format_is_an_error(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "x.sqlite").write_text("hello " * 1000)

    pattern = r"Cannot open the database sqlite:///.*x\.sqlite: file is not a database\. "
    start_error(capsys, pattern, "--database", f"sqlite:///{tmp_path / 'x.sqlite'}")


@pytest.mark.parametrize("option", ["--control", "--reload", "--database=sqlite://"])
def test_several_workers_cannot_share_what_is_in_one_process(capsys: Captured, option: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*INVALID_ACCOUNT, "--workers", "2", option])

    assert ended.value.code == 2
    assert "several --workers cannot be combined with --control, --reload" in capsys.readouterr().err


def test_control_is_refused_where_other_machines_can_reach_it(capsys: Captured) -> None:
    pattern = r"Cannot offer --control on 0\.0\.0\.0: other machines could make the server fail\. Use --host 127"
    start_error(capsys, pattern, *INVALID_ACCOUNT, "--host", "0.0.0.0", "--control")


def lines_of_a_start(*arguments: str) -> list[str]:
    """The lines that the command prints once it accepts requests, without its address."""
    with subprocess.Popen(command("--port", "0", *arguments), stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        address = process.stdout.readline().removeprefix(READY).strip()
        process.terminate()
        return [line.strip().replace(address, "") for line in process.stdout]


def test_the_address_is_followed_by_the_documentation_and_a_token_that_works(tmp_path: Path) -> None:
    world, database = tmp_path / "world.yaml", f"sqlite:///{tmp_path / 'x.sqlite'}"
    tokens = "[{value: b, revoked: true}, {value: c, expires_at: 2999-12-31}, {value: d, scopes: []}, {value: e}]"
    world.write_text(f"users: [{{id: 1, tokens: [{{value: a}}]}}, {{id: 2, tokens: {tokens}, site_admin: true}}]")

    first = lines_of_a_start("--database", database, "--world", str(world))
    kept = lines_of_a_start("--database", database)
    again = lines_of_a_start("--database", database, "--world", str(world), "--workers", "2")

    assert first == again == ["docs: /docs", "token: e"]
    assert kept == ["docs: /docs"]  # the database does not have the tokens of the demo world


OTHER_PROGRAM = ["CREATE TABLE else_where (id INTEGER)"]


@pytest.mark.parametrize(
    ("statements", "arguments", "pattern"),
    [
        (OTHER_PROGRAM, [], r"Cannot use the database sqlite:///.*x\.sqlite: its tables are not this server's"),
        (OTHER_PROGRAM, ["--reset"], r"Cannot reset the database sqlite:///.*x\.sqlite: "),
        (
            ["CREATE TABLE schema_version (version INTEGER)", "INSERT INTO schema_version VALUES (0)"],
            [],
            r"Cannot use the database sqlite:///.*x\.sqlite: .*schema version 0, this server needs 3.*--reset",
        ),
    ],
)
def test_a_database_of_another_program_or_version_is_an_error(
    tmp_path: Path, capsys: Captured, statements: list[str], arguments: list[str], pattern: str
) -> None:
    database = f"sqlite:///{tmp_path / 'x.sqlite'}"
    with sa.create_engine(database, poolclass=sa.NullPool).begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)

    start_error(capsys, pattern, "--database", database, *arguments)


def test_a_reset_drops_the_tables_of_an_older_version(tmp_path: Path) -> None:
    url = sa.make_url(f"sqlite:///{tmp_path / 'x.sqlite'}")
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE schema_version (version INTEGER)")
        connection.exec_driver_sql("CREATE TABLE accounts (id INTEGER)")

    engine = prepared_engine(url, WorldSource(DEMO), reset=True)

    assert set(sa.inspect(engine).get_table_names()) == set(metadata.tables)


@pytest.mark.parametrize("kind", DATABASES)
def test_simultaneous_starts_on_an_empty_database_load_one_world(
    tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    url = sa.make_url(new_database(kind, request, tmp_path))

    with ThreadPoolExecutor(4) as pool:
        engines = list(pool.map(lambda _: prepared_engine(url, WorldSource(DEMO), reset=False), range(4)))

    with engines[0].connect() as connection:
        loaded = connection.execute(sa.select(sa.func.count()).select_from(outcomes)).scalar()
    assert loaded == len(yaml.safe_load(DEMO.read_text())["outcomes"])


def test_a_world_is_utf_8_whatever_the_locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}.items():
        monkeypatch.setenv(variable, value)
    world = tmp_path / "world.yaml"
    world.write_text(
        "users: [{id: 1, tokens: [{value: a, revoked: false, expires_at: null}]}]\n"
        "outcomes: [{id: 1, context: null, title: Zürich}]",
        "utf-8",
    )

    with started("sqlite://", tmp_path, "--world", str(world)) as server:
        assert server.show(1, "a")["title"] == "Zürich"


def test_data_is_kept_until_a_reset(tmp_path: Path) -> None:
    url = sa.make_url(f"sqlite:///{tmp_path / 'x.sqlite'}")
    change = sa.update(outcomes).values(content="{}")
    with prepared_engine(url, WorldSource(DEMO), reset=False).connect() as connection:
        connection.execute(change)

    def contents(*, reset: bool) -> set[str]:
        with prepared_engine(url, WorldSource(DEMO), reset).connect() as connection:
            return set(connection.execute(sa.select(outcomes.c.content)).scalars())

    assert contents(reset=False) == {"{}"}
    assert "{}" not in contents(reset=True)
