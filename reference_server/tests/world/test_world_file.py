"""A world file or a start that cannot be used gets one sentence, which names the place, and exit code 2."""

import re
import runpy
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from canvas_outcomes_server.__main__ import DEMO, main
from canvas_outcomes_server.serving import Address, CannotListen, listening_socket
from canvas_outcomes_server.storage.tables import metadata, outcomes
from canvas_outcomes_server.world import world_file
from canvas_outcomes_server.world.preparation import prepared_engine
from canvas_outcomes_server.world.world import SECTIONS, read_world
from canvas_outcomes_server.world.world_file import WorldError
from reference_server.tests.conftest import DATABASES, WORLDS, new_database
from reference_server.tests.server_process import refused, started

ACCOUNT = "accounts: [{id: 1}]\n"
COURSE = ACCOUNT + "courses: [{id: 1, account: 1}]\n"
USER = "users: [{id: 1}]\n"
LONG = "x" * 256
TOO_LARGE = 2**63 - 1
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
    (f"accounts:\n  - {{id: ¦{TOO_LARGE}}}", "id", f"Write a whole number from 1 to {TOO_LARGE - 1}."),
    ("accounts:\n  - ¦{name: x}", "id", "missing"),
    ("accounts:\n  - {id: 1}\n  - {id: ¦1}", "id", "twice in accounts, first in line 2."),
    ("accounts:\n  - {id: 1, ¦id: 2}", "id", "twice"),
    ("accounts: ¦{id: 1}", "accounts", "no list"),
    ("accounts: [¦1]", "accounts", "no mapping"),
    ("¦- 1", "(top)", "no mapping"),
    ("accounts:\n  - {id: 1, parent: ¦7}", "parent", "no id 7"),
    ("accounts:\n  - {id: ¦1, parent: 1}", "parent", "above itself"),
    (
        "accounts: [{id: 1}, {id: 2, parent: 3}, {id: ¦3, parent: 4}, {id: 4, parent: 3}]",
        "parent",
        "account 3 is above itself",
    ),
    ("accounts:\n  - {id: 1, name: ¦7}", "name", "7 is no text. Write a text."),
    ("accounts:\n  - {id: 1, features: {¦fast: true}}", "fast", "unknown"),
    (
        "accounts:\n  - {id: 1, features: {account_level_mastery_scales: ¦1}}",
        "account_level_mastery_scales",
        "no boolean",
    ),
    (ACCOUNT + "courses:\n  - {id: 1, account: ¦2}", "account", "accounts has no id 2"),
    ("users:\n  - {id: 1, tokens: [{value: a}, {value: ¦a}]}", "value", "twice"),
    *((f"users:\n  - {{id: 1, tokens: [{{value: ¦{token}}}]}}", "value", "blank") for token in ("''", "' '", "'a '")),
    *(
        (f'users:\n  - {{id: 1, tokens: [{{value: ¦"{token}"}}]}}', "value", "no header can carry")
        for token in ("é", "a\\x7f", "a\\nb")
    ),
    ("users:\n  - {id: 1, tokens: [{value: a, expires_at: ¦soon}]}", "expires_at", "no time"),
    ("users:\n  - {id: 1, tokens: [{value: a, expires_at: ¦2020-99-99}]}", "expires_at", "(month must be in 1..12)"),
    (
        "users:\n  - {id: 1, tokens: [{value: a, expires_at: ¦'9999-12-31T23:59:59-05:00'}]}",
        "expires_at",
        "'9999-12-31T23:59:59-05:00' is no time. Write it like",
    ),
    ("users:\n  - {id: 1, tokens: [{value: a, scopes: ¦all}]}", "scopes", "no list"),
    ("users:\n  - {id: 1, account_admin_of: [¦5]}", "account_admin_of", "no id 5"),
    (
        "role_overrides:\n  - {account: null, role: ¦King, permission: manage_outcomes, enabled: true}",
        "role",
        "not one of AccountAdmin, TeacherEnrollment, TaEnrollment, DesignerEnrollment, StudentEnrollment, Observer",
    ),
    (
        "role_overrides:\n  - {account: null, role: AccountAdmin, permission: ¦rule, enabled: true}",
        "permission",
        "not one of manage_global_outcomes, manage_grades, manage_outcomes, read_course_content, view_all_grades.",
    ),
    (COURSE + "enrollments:\n  - {course: 1, user: ¦9, type: student}", "user", "users has no id 9"),
    (
        COURSE + USER + "enrollments:\n  - {course: 1, user: 1, type: ¦pupil}",
        "type",
        "not one of teacher, ta, designer, student, observer.",
    ),
    (
        COURSE + USER + "enrollments:\n  - {course: 1, user: 1, type: student, observes: ¦1}",
        "observes",
        "observer",
    ),
    ("outcomes:\n  - {id: 1, context: {type: Course, id: ¦3}, title: x}", "id", "courses has no id 3"),
    ("outcomes:\n  - {id: 1, context: {type: ¦Group, id: 3}, title: x}", "type", "not one of Account, Course."),
    ("outcomes:\n  - {id: 1, context: ¦{type: Course}, title: x}", "id", "missing"),
    ("outcomes:\n  - {id: 1, context: ¦{id: 3}, title: x}", "type", "missing"),
    ("outcomes:\n  - {id: 1, context: null, title: ¦' '}", "title", "blank"),
    (f"outcomes:\n  - {{id: 1, context: null, title: ¦{LONG}}}", "title", "255"),
    ('outcomes:\n  - {id: 1, context: null, title: ¦"x\\0"}', "title", "cannot be stored"),
    ("outcomes:\n  - {id: 1, context: null, title: x, calculation_method: ¦best}", "calculation_method", "not one of"),
    (
        "outcomes:\n  - {id: 1, context: null, title: x, calculation_int: ¦100}",
        "calculation_int",
        "between '1' and '99'",
    ),
    (
        "outcomes:\n  - {id: 1, context: null, title: x, calculation_method: n_mastery, calculation_int: ¦11}",
        "calculation_int",
        "between '1' and '10'. Correct it or leave it out.",
    ),
    (
        "outcomes:\n  - {id: 1, context: null, title: x, mastery_points: ¦x}",
        "mastery_points",
        "'x' is no number. Write a",
    ),
    *(
        (f"outcomes:\n  - {{id: 1, context: null, title: x, mastery_points: ¦{points}}}", "mastery_points", "stored")
        for points in (".nan", TOO_LARGE, -TOO_LARGE)
    ),
    ("outcomes:\n  - {id: 1, context: null, title: x, ratings: [¦{description: y}]}", "points", "missing"),
    (
        "outcomes:\n  - {id: 1, context: null, title: x, state: ¦gone}",
        "state",
        "not one of active, archived, retired, deleted.",
    ),
    ("outcomes:\n  - ¦{id: 1, title: x}", "context", "missing"),
    (COURSE + "assignments:\n  - {id: 1, course: 1, title: x, outcomes: [¦4]}", "outcomes", "outcomes has no id 4"),
    (COURSE + "assignments:\n  - {id: 1, course: 1, title: x, assigned_to: ¦all}", "assigned_to", "no list"),
    (
        COURSE + "assignments:\n  - {id: 1, course: 1, title: x, state: ¦gone}",
        "state",
        "not one of published, unpublished, deleted.",
    ),
    (COURSE + "quizzes:\n  - {id: 1, course: 1, title: x, assignment: ¦4}", "assignment", "assignments has no id 4"),
    (
        "accounts: [{id: 1}]\n"
        "courses: [{id: 1, account: 1}, {id: 2, account: 1}]\n"
        "assignments: [{id: 7, course: 2, title: x}]\n"
        "quizzes: [{id: ¦8, course: 1, assignment: 7, title: x}]",
        "assignment",
        "assignment 7 of quiz 8 is in another course",
    ),
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


# What a record has to say, in each section that has records with an id, and in the others.
NEEDED: dict[str, dict[str, Any]] = {
    "accounts": {"id": 1},
    "users": {"id": 1},
    "courses": {"id": 1, "account": 1},
    "outcomes": {"id": 1, "context": None, "title": "x"},
    "assignments": {"id": 1, "course": 1, "title": "x"},
    "quizzes": {"id": 1, "course": 1, "assignment": 1, "title": "x"},
    "live_assessments": {"id": 1, "course": 1, "title": "x"},
    "rubrics": {"id": 1, "context": {"type": "Course", "id": 1}},
}
NEEDED_WITHOUT_ID: dict[str, dict[str, Any]] = {
    "enrollments": {"course": 1, "user": 1, "type": "student"},
    "role_overrides": {"account": None, "role": "AccountAdmin", "permission": "manage_outcomes", "enabled": True},
}


def written(file: Path, world: dict[str, Any]) -> Path:
    file.write_text(yaml.safe_dump(world))
    return file


def test_a_record_may_say_only_what_it_has_to(tmp_path: Path) -> None:
    world = {section: [record] for section, record in (NEEDED | NEEDED_WITHOUT_ID).items()}

    assert read_world(written(tmp_path / "world.yaml", world)) == world


@pytest.mark.parametrize(
    ("section", "key"), [(name, key) for name, record in (NEEDED | NEEDED_WITHOUT_ID).items() for key in record]
)
def test_a_record_without_a_key_that_it_needs_is_refused(tmp_path: Path, section: str, key: str) -> None:
    record = (NEEDED | NEEDED_WITHOUT_ID)[section].copy()
    del record[key]

    with pytest.raises(WorldError, match=f"key {key}: the key is missing"):
        read_world(written(tmp_path / "world.yaml", {section: [record]}))


@pytest.mark.parametrize("section", NEEDED)
def test_two_records_with_one_id_are_refused(tmp_path: Path, section: str) -> None:
    with pytest.raises(WorldError, match=f"the id 1 is given twice in {section}, first in line "):
        read_world(written(tmp_path / "world.yaml", {section: [NEEDED[section]] * 2}))


@pytest.mark.parametrize("entry", ["tokens: [{revoked: true}]", "tokens: [{value: a}, {scopes: []}]"])
def test_a_token_has_a_value(tmp_path: Path, entry: str) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(f"users: [{{id: 1, {entry}}}]")

    with pytest.raises(WorldError, match="key value: the key is missing"):
        read_world(file)


@pytest.mark.parametrize(
    ("key", "limit"), [("title", 255), ("display_name", 255), ("description", 65535), ("vendor_guid", 255)]
)
def test_a_text_has_the_limit_of_an_update(tmp_path: Path, key: str, limit: int) -> None:
    file = tmp_path / "world.yaml"
    outcomes = [NEEDED["outcomes"] | {key: "x" * length} for length in (limit, limit + 1)]

    assert read_world(written(file, {"outcomes": outcomes[:1]}))["outcomes"] == outcomes[:1]
    with pytest.raises(WorldError, match=f"key {key}: the text has {limit + 1} characters, {limit} is the limit"):
        read_world(written(file, {"outcomes": outcomes[1:]}))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", TOO_LARGE - 1),
        ("mastery_points", TOO_LARGE - 1),
        ("mastery_points", 1 - TOO_LARGE),
        ("mastery_points", 2.5),
        *(("state", state) for state in ("active", "archived", "retired", "deleted")),
    ],
)
def test_what_an_outcome_may_be(tmp_path: Path, key: str, value: object) -> None:
    world = {"outcomes": [NEEDED["outcomes"] | {key: value}]}

    assert read_world(written(tmp_path / "world.yaml", world))["outcomes"] == world["outcomes"]


@pytest.fixture
def far_from_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("far_from_utc")
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2030-01-31T12:00:00Z", "2030-01-31T12:00:00Z"),
        ("2030-01-31T12:00:00", "2030-01-31T12:00:00Z"),
        ("2030-01-31 12:00:00+02:00", "2030-01-31T10:00:00Z"),
        ("2030-01-31", "2030-01-31T00:00:00Z"),
        ("'2030-01-31T12:00:00-05:00'", "2030-01-31T17:00:00Z"),
        ("'2030-01-31 12:00'", "2030-01-31T12:00:00Z"),
        ("'2030-01-31'", "2030-01-31T00:00:00Z"),
    ],
)
def test_a_time_is_taken_as_utc_unless_it_names_a_zone(tmp_path: Path, text: str, wanted: str) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(f"users: [{{id: 1, tokens: [{{value: a, expires_at: {text}}}]}}]")

    assert read_world(file)["users"][0]["tokens"] == [{"value": "a", "expires_at": wanted}]


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


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("accounts: [", r", line \d, column \d+", ".+"),
        ("a: b: c", ", line 1, column 5", ".+"),
        ("\ta: 1", ", line 1, column 1", ".+"),
        ("a: []\naccounts: *x", ", line 2, column 11", "found undefined alias.*"),
        ("a: \x01", "", "unacceptable character .+"),
    ],
)
def test_malformed_yaml_is_named_with_its_place(tmp_path: Path, text: str, place: str, reason: str) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(text)

    with pytest.raises(
        WorldError, match=rf"^Cannot load the world .*world\.yaml{place}: {reason}\. Correct the YAML\.$"
    ):
        read_world(file)


def test_a_world_is_read_without_libyaml_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader")
    file = tmp_path / "world.yaml"
    file.write_text("accounts: []")

    top = runpy.run_path(world_file.__file__)["open_world"](file)

    assert [key.value for key, _ in top.node.value] == ["accounts"]


def test_what_yaml_cannot_read_is_told_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text("accounts: [{id: 1, name: !name x}]")

    with pytest.raises(WorldError) as caught:
        read_world(file)
    assert str(caught.value).endswith(
        "key name: 'x' cannot be read (could not determine a constructor for the tag '!name'). Correct it."
    )


def test_what_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_bytes("accounts: [{id: 1, name: Zürich}]".encode("latin-1"))

    with pytest.raises(WorldError, match="it is not UTF-8"):
        read_world(file)


def test_a_world_is_utf_8_whatever_the_locale_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}.items():
        monkeypatch.setenv(variable, value)
    world = tmp_path / "world.yaml"
    world.write_text(
        "users: [{id: 1, tokens: [{value: a}]}]\noutcomes: [{id: 1, context: null, title: Zürich}]", "utf-8"
    )

    with started("sqlite://", tmp_path, "--world", str(world)) as server:
        assert server.show(1, "a")["title"] == "Zürich"


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
