"""A world file or a start that cannot be used gets one sentence, which names the place, and exit code 2."""

import re
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml

from reference_server import world_file
from reference_server.__main__ import DEMO, main
from reference_server.preparation import prepared_engine
from reference_server.serving import Address, CannotListen, listening_socket
from reference_server.tables import metadata, outcomes
from reference_server.tests.conftest import DATABASES, WORLDS, new_database
from reference_server.tests.server_process import refused, started
from reference_server.world import SECTIONS, read_world
from reference_server.world_file import WorldError

ACCOUNT = "accounts: [{id: 1}]\n"
COURSE = ACCOUNT + "courses: [{id: 1, account: 1}]\n"
LONG = "x" * 256
# The mark stands before what is wrong; then come the key and a part of the reason.
MARK = "¦"
WRONG = [
    ("¦acounts: []", "acounts", "unknown"),
    ("accounts:\n  - {id: 1, ¦nam: x}", "nam", "unknown"),
    ("accounts:\n  - {id: ¦one}", "id", "whole number"),
    ("accounts:\n  - {id: ¦1.0}", "id", "whole number"),
    ("accounts:\n  - {id: ¦true}", "id", "whole number"),
    ("accounts:\n  - {id: ¦0}", "id", "cannot be an id"),
    ("accounts:\n  - {id: ¦99999999999999999999}", "id", "cannot be an id"),
    ("accounts:\n  - ¦{name: x}", "id", "missing"),
    ("accounts:\n  - {id: 1}\n  - {id: ¦1}", "id", "twice in accounts, first in line 2."),
    ("accounts:\n  - {id: 1, ¦id: 2}", "id", "twice"),
    ("accounts: ¦{id: 1}", "accounts", "no list"),
    ("accounts: [¦1]", "accounts", "no mapping"),
    ("¦- 1", "(top)", "no mapping"),
    ("accounts:\n  - {id: 1, parent: ¦7}", "parent", "no id 7"),
    ("accounts:\n  - {id: ¦1, parent: 1}", "parent", "above itself"),
    ("accounts:\n  - {id: 1, features: {¦fast: true}}", "fast", "unknown"),
    (
        "accounts:\n  - {id: 1, features: {account_level_mastery_scales: ¦1}}",
        "account_level_mastery_scales",
        "no boolean",
    ),
    (ACCOUNT + "courses:\n  - {id: 1, account: ¦2}", "account", "accounts has no id 2"),
    ("users:\n  - {id: 1, tokens: [{value: a}, {value: ¦a}]}", "value", "twice"),
    ("users:\n  - {id: 1, tokens: [{value: ¦' '}]}", "value", "blank"),
    ("users:\n  - {id: 1, tokens: [{value: a, expires_at: ¦soon}]}", "expires_at", "no time"),
    ("users:\n  - {id: 1, tokens: [{value: a, expires_at: ¦2020-99-99}]}", "expires_at", ""),
    ("users:\n  - {id: 1, tokens: [{value: a, scopes: ¦all}]}", "scopes", "no list"),
    ("users:\n  - {id: 1, account_admin_of: [¦5]}", "account_admin_of", "no id 5"),
    (
        "role_overrides:\n  - {account: null, role: ¦King, permission: manage_outcomes, enabled: true}",
        "role",
        "not one of",
    ),
    (
        "role_overrides:\n  - {account: null, role: AccountAdmin, permission: ¦rule, enabled: true}",
        "permission",
        "not one of",
    ),
    (COURSE + "enrollments:\n  - {course: 1, user: ¦9, type: student}", "user", "users has no id 9"),
    (COURSE + "users: [{id: 1}]\nenrollments:\n  - {course: 1, user: 1, type: ¦pupil}", "type", "not one of"),
    (
        COURSE + "users: [{id: 1}]\nenrollments:\n  - {course: 1, user: 1, type: student, observes: ¦1}",
        "observes",
        "observer",
    ),
    ("outcomes:\n  - {id: 1, context: {type: Course, id: ¦3}, title: x}", "id", "courses has no id 3"),
    ("outcomes:\n  - {id: 1, context: {type: ¦Group, id: 3}, title: x}", "type", "not one of"),
    ("outcomes:\n  - {id: 1, context: null, title: ¦' '}", "title", "blank"),
    (f"outcomes:\n  - {{id: 1, context: null, title: ¦{LONG}}}", "title", "255"),
    ('outcomes:\n  - {id: 1, context: null, title: ¦"x\\0"}', "title", "cannot be stored"),
    ("outcomes:\n  - {id: 1, context: null, title: x, calculation_method: ¦best}", "calculation_method", "not one of"),
    ("outcomes:\n  - {id: 1, context: null, title: x, calculation_int: ¦100}", "calculation_int", "between"),
    ("outcomes:\n  - {id: 1, context: null, title: x, mastery_points: ¦.nan}", "mastery_points", "stored"),
    ("outcomes:\n  - {id: 1, context: null, title: x, ratings: [¦{description: y}]}", "points", "missing"),
    ("outcomes:\n  - {id: 1, context: null, title: x, state: ¦gone}", "state", "not one of"),
    ("outcomes:\n  - ¦{id: 1, title: x}", "context", "missing"),
    (COURSE + "assignments:\n  - {id: 1, course: 1, title: x, outcomes: [¦4]}", "outcomes", "outcomes has no id 4"),
    (COURSE + "assignments:\n  - {id: 1, course: 1, title: x, assigned_to: ¦all}", "assigned_to", "no list"),
    (COURSE + "quizzes:\n  - {id: 1, course: 1, title: x, assignment: ¦4}", "assignment", "assignments has no id 4"),
]


@pytest.mark.parametrize(("marked", "key", "reason"), WRONG)
def test_what_is_wrong_is_named_with_line_column_and_key(tmp_path: Path, marked: str, key: str, reason: str) -> None:
    file, before = tmp_path / "world.yaml", marked.partition(MARK)[0]
    file.write_text(marked.replace(MARK, ""))

    with pytest.raises(WorldError) as caught:
        read_world(file)

    place = f"line {before.count(chr(10)) + 1}, column {len(before.splitlines()[-1]) + 1 if before else 1}"
    assert str(caught.value).startswith(f"Cannot load the world {file}, {place}, key {key}: ")
    assert reason in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("half", ["\\ud800", "\\udc00", "\\udfff"])
@pytest.mark.parametrize(
    ("loader", "reason"), [(yaml.CSafeLoader, "escape code"), (yaml.SafeLoader, "cannot be stored")]
)
def test_half_of_a_surrogate_pair_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loader: object, reason: str, half: str
) -> None:
    """By libyaml where it is there, else by the world."""
    monkeypatch.setattr(world_file, "_Loader", loader)
    file = tmp_path / "world.yaml"
    file.write_text(f'outcomes: [{{id: 1, context: null, title: "{half}"}}]')

    with pytest.raises(WorldError, match=rf"world\.yaml, line 1, .*{reason}"):
        read_world(file)


@pytest.mark.parametrize("text", ["", "accounts: []", "{}", "# nothing"])
def test_all_keys_may_be_left_out(tmp_path: Path, text: str) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(text)

    assert read_world(file) == {section: [] for section in SECTIONS}


@pytest.mark.parametrize("file", [DEMO, WORLDS / "overrides.yaml"])
def test_the_worlds_of_this_repository_are_right(file: Path) -> None:
    assert read_world(file)["outcomes"]


@pytest.mark.parametrize("text", ["accounts: [", "a: b: c", "\ta: 1", "accounts: *x", "a: \x01"])
def test_malformed_yaml_is_named_with_its_place(tmp_path: Path, text: str) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(text)

    with pytest.raises(WorldError, match=r"Cannot load the world .*world\.yaml.*Correct the YAML"):
        read_world(file)


Said = pytest.CaptureFixture[str]
# A start that ends whatever else is wrong with it.
NONSENSE = ("serve", "--database", "nonsense")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "the following arguments are required: serve"),
        ([*NONSENSE, "--port", "http"], "argument --port: invalid int value: 'http'"),
        ([*NONSENSE, "--workers", "0"], "argument --workers: 0 is less than 1"),
        ([*NONSENSE, "--rate-limit", "404"], "argument --rate-limit: invalid choice: 404 (choose from 403, 429)"),
        ([*NONSENSE, "--request-cost", "much"], "argument --request-cost: invalid float value: 'much'"),
    ],
)
def test_arguments_that_cannot_be_used_are_named(capsys: Said, arguments: list[str], reason: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith(f": error: {reason}\n")


def test_the_help_tells_what_is_done_unless_told_otherwise(capsys: Said) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--help"])

    said = " ".join(capsys.readouterr().out.split())
    assert ended.value.code == 0
    for default in ("listen on (127.0.0.1)", "a free one (8000)", "that answer (1)", "empty database (demo.yaml)"):
        assert default in said


def one_sentence(said: Said, begins: str, *arguments: str) -> str:
    """The start ends with exit code 2, nothing on stdout and one line on stderr."""
    assert main(["serve", "--port", "0", *arguments]) == 2
    output = said.readouterr()
    assert output.out == ""
    assert re.match(begins, output.err), output.err
    assert output.err.count("\n") == 1
    return output.err


def test_the_command_ends_with_one_sentence_and_exit_code_2() -> None:
    ended = refused("--database", "sqlite://", "--port", "0", "--world", "none.yaml")

    assert ended.stderr == "Cannot load the world none.yaml: no such file or directory. Name a file with --world.\n"
    assert (ended.returncode, ended.stdout) == (2, "")


def test_a_wrong_world_ends_the_start_and_leaves_the_database_empty(tmp_path: Path, capsys: Said) -> None:
    world, database = tmp_path / "world.yaml", f"sqlite:///{tmp_path / 'x.sqlite'}"
    world.write_text("outcomes: [{id: 1}]")

    one_sentence(capsys, "Cannot load the world", "--database", database, "--world", str(world))
    assert sa.inspect(sa.create_engine(database, poolclass=sa.NullPool)).get_table_names() == []


def test_the_last_port_can_be_listened_on() -> None:
    with listening_socket(Address("127.0.0.1", 65535)) as listener:
        assert listener.getsockname() == ("127.0.0.1", 65535)


def test_a_port_that_is_taken_ends_the_start(capsys: Said) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        begins = rf"Cannot listen on 127\.0\.0\.1:{port}: address already in use\. Choose another"
        one_sentence(capsys, begins, "--database", "sqlite://", "--port", str(port))


@pytest.mark.parametrize(
    ("host", "reason"), [("203.0.113.1", ""), ("not a host", ""), ("a..b", ".*label empty or too long")]
)
def test_a_host_that_is_not_here_ends_the_start(capsys: Said, host: str, reason: str) -> None:
    one_sentence(capsys, f"Cannot listen on {host}:0: {reason}", "--database", "sqlite://", "--host", host)


@pytest.mark.parametrize("port", [65536, 10**20])
def test_a_port_that_cannot_be_is_not_listened_on(port: int) -> None:
    reason = rf"Cannot listen on 127\.0\.0\.1:{port}: a port is at most 65535\. Choose another"
    with pytest.raises(CannotListen, match=reason):
        listening_socket(Address("127.0.0.1", port))


@pytest.mark.parametrize(
    ("database", "reason"),
    [
        ("nonsense", ": the URL of --database cannot be read"),
        ("mysql://localhost/x", " mysql://localhost/x: only sqlite and postgresql"),
        ("sqlite:////no/such/folder/x.sqlite", " sqlite:////no/such/folder/x.sqlite: unable to open database file"),
        ("postgresql+psycopg://nobody:secret@127.0.0.1:1/none", r".*/none: connection failed: .*refused"),
        ("postgresql://127.0.0.1:x/none", ": the URL of --database cannot be read"),
    ],
)
def test_a_database_that_cannot_be_opened_ends_the_start(capsys: Said, database: str, reason: str) -> None:
    said = one_sentence(capsys, f"Cannot open the database{reason}", "--database", database)

    assert "secret" not in said


def test_a_file_that_is_no_database_ends_the_start(tmp_path: Path, capsys: Said) -> None:
    (tmp_path / "x.sqlite").write_text("hello " * 1000)

    begins = r"Cannot open the database sqlite:///.*x\.sqlite: file is not a database\. "
    one_sentence(capsys, begins, "--database", f"sqlite:///{tmp_path / 'x.sqlite'}")


def test_several_workers_in_memory_end_the_start(capsys: Said) -> None:
    nowhere = ("--database", "sqlite://", "--host", "not a host")
    one_sentence(capsys, "Cannot start several workers", *nowhere, "--workers", "2")


@pytest.mark.parametrize(
    ("statements", "begins"),
    [
        (
            ["CREATE TABLE else_where (id INTEGER)"],
            r"Cannot use the database sqlite:///.*x\.sqlite: .*not of this server",
        ),
        (
            ["CREATE TABLE schema_version (version INTEGER)", "INSERT INTO schema_version VALUES (0)"],
            r"Cannot use the database sqlite:///.*x\.sqlite: .*schema version 0, this server needs 2.*--reset",
        ),
    ],
)
def test_a_database_of_another_version_or_program_is_refused(
    tmp_path: Path, capsys: Said, statements: list[str], begins: str
) -> None:
    database = f"sqlite:///{tmp_path / 'x.sqlite'}"
    with sa.create_engine(database, poolclass=sa.NullPool).begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)

    one_sentence(capsys, begins, "--database", database)


def test_the_tables_of_another_program_are_not_reset(tmp_path: Path, capsys: Said) -> None:
    database = f"sqlite:///{tmp_path / 'x.sqlite'}"
    with sa.create_engine(database, poolclass=sa.NullPool).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE else_where (id INTEGER)")

    one_sentence(capsys, r"Cannot reset the database sqlite:///.*x\.sqlite: ", "--database", database, "--reset")


def test_a_reset_leaves_no_table_of_an_older_version(tmp_path: Path) -> None:
    url = sa.make_url(f"sqlite:///{tmp_path / 'x.sqlite'}")
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE schema_version (version INTEGER)")
        connection.exec_driver_sql("CREATE TABLE accounts (id INTEGER)")

    engine = prepared_engine(url, DEMO, reset=True)

    assert set(sa.inspect(engine).get_table_names()) == set(metadata.tables)


@pytest.mark.parametrize("kind", DATABASES)
def test_starts_at_once_on_an_empty_database_load_one_world(
    tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    url = sa.make_url(new_database(kind, request, tmp_path))

    with ThreadPoolExecutor(4) as pool:
        engines = list(pool.map(lambda _: prepared_engine(url, DEMO, reset=False), range(4)))

    with engines[0].connect() as connection:
        loaded = connection.execute(sa.select(sa.func.count()).select_from(outcomes)).scalar()
    assert loaded == len(yaml.safe_load(DEMO.read_text())["outcomes"])


def test_a_token_whose_terms_limit_nothing_serves(tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_text("users: [{id: 1, tokens: [{value: plain-token, revoked: false, expires_at: null}]}]")
    with started("sqlite://", tmp_path, "--world", str(world)) as server:
        assert server.get("/outcomes/1", "plain-token").status_code == 404


def test_a_world_is_loaded_once_and_again_with_reset(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'x.sqlite'}"
    with started(database, tmp_path) as server:
        server.update(1, json={"title": "Kept"})
    with started(database, tmp_path) as server:
        assert server.show(1)["title"] == "Kept"
    with started(database, tmp_path, "--reset") as server:
        assert server.show(1)["title"] == yaml.safe_load(DEMO.read_text())["outcomes"][0]["title"]
