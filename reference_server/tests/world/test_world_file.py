"""World files: what they may hold, and errors that name the file, line, column and key."""

import asyncio
import re
import runpy
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec import to_builtins

from canvas_outcomes_server.world import DEMO, source, world_file
from canvas_outcomes_server.world.source import WorldSource
from canvas_outcomes_server.world.world import SCHEMA, World, schema_text, world_schema
from canvas_outcomes_server.world.world_file import WorldError, read_world
from reference_server.tests.conftest import GROWING_HTML, WORLDS

TOO_LARGE = 2**63 - 1
LIMITS = {"title": 255, "display_name": 255, "description": 65535, "vendor_guid": 255}
ACCOUNT = "accounts: [{id: 1}]\n"
COURSE = ACCOUNT + "courses: [{id: 1, account: 1}]\n"
USER = "users: [{id: 1}]\n"


def record(section: str, keys: dict[str, str]) -> str:
    """A section with one record."""
    return f"{section}:\n  - {{" + ", ".join(f"{key}: {value}" for key, value in keys.items()) + "}"


def outcome(**fields: str) -> str:
    return record("outcomes", {"id": "1", "context": "null", "title": "x"} | fields)


def enrollment(**fields: str) -> str:
    return COURSE + USER + record("enrollments", {"course": "1", "user": "1", "type": "student"} | fields)


def assignment(**fields: str) -> str:
    return COURSE + record("assignments", {"id": "1", "course": "1", "title": "x"} | fields)


def rubric(**fields: str) -> str:
    return COURSE + record("rubrics", {"id": "1", "context": "{type: Course, id: 1}"} | fields)


def override(**fields: str) -> str:
    keys = {"account": "null", "role": "AccountAdmin", "permission": "manage_grades", "enabled": "true"}
    return record("role_overrides", keys | fields)


def token(keys: str) -> str:
    """A world with one token."""
    return f"users:\n  - {{id: 1, tokens: [{{{keys}}}]}}"


# A mark stands before the place of the error; then come the key and a part of the reason.
MARK = "¦"
ERRORS = [
    # Keys
    ("¦acounts: []", "acounts", "the key is unknown. Write a mapping with the keys accounts, users, role_overrides, "),
    ("accounts:\n  - {id: 1, ¦nam: x}", "nam", "unknown. Write a mapping with the keys id, name, parent, features."),
    ("accounts:\n  - {id: 1, features: {¦fast: true}}", "fast", "the key is unknown"),
    ("accounts:\n  - {id: 1, ¦id: 2}", "id", "the key is given twice"),
    ("accounts:\n  - ¦{name: x}", "id", "the key is missing. Add it: Id, unique in its section."),
    ("users:\n  - {id: 1, tokens: [¦{revoked: true}]}", "value", "the key is missing. Add it: Access token"),
    (outcome(ratings="[¦{description: x}]"), "points", "the key is missing"),
    (outcome(context="¦{type: Course}"), "id", "the key is missing. Add it: Id of the owner."),
    # Types
    ("¦- 1", "(top)", "expected mapping, got list"),
    ("accounts: ¦{id: 1}", "accounts", "expected list, got mapping. Correct it: List of accounts."),
    ("accounts: [¦1]", "accounts", "expected mapping, got integer. Write a mapping with the keys id, name, "),
    ("accounts:\n  - {id: ¦one}", "id", "expected integer, got string"),
    ("accounts:\n  - {id: ¦1.0}", "id", "expected integer, got number"),
    ("accounts:\n  - {id: ¦true}", "id", "expected integer, got boolean"),
    ("accounts:\n  - {id: 1, name: ¦7}", "name", "expected string, got integer. Correct it: Name; made from the id"),
    (outcome(title="¦2030-01-31"), "title", "expected string, got date"),
    (outcome(mastery_points="¦x"), "mastery_points", "expected integer or number, got string"),
    # Limits
    ("accounts:\n  - {id: ¦0}", "id", "expected integer >= 1"),
    ("accounts:\n  - {id: ¦99999999999999999999}", "id", f"expected integer <= {TOO_LARGE - 1}"),
    (f"accounts:\n  - {{id: ¦{TOO_LARGE}}}", "id", f"expected integer <= {TOO_LARGE - 1}"),
    *(
        (outcome(mastery_points=f"¦{points}"), "mastery_points", "expected ")
        for points in (".nan", ".inf", TOO_LARGE, -TOO_LARGE, 2.0**63)
    ),
    *(
        (outcome(**{key: "¦" + "x" * (limit + 1)}), key, f"expected string of length <= {limit}")
        for key, limit in LIMITS.items()
    ),
    (outcome(title="¦' '"), "title", "the title is blank. Write one."),
    (
        outcome(description=f"¦{GROWING_HTML}"),
        "description",
        "the description has formatting elements that are not closed, and becomes too large when it is parsed. Close",
    ),
    (outcome(title='¦"x\\0"'), "title", "the string contains the character U+0000, which cannot be stored. Remove it."),
    *(
        (token(f"value: ¦{value}"), "value", "expected string in another form. Correct it: Access token, unique in")
        for value in ("''", "' '", "'a '", "' a'", '"é"', '"a\\x7f"', '"a\\nb"', '"a\\n"')
    ),
    # Choices
    (outcome(state="¦gone"), "state", "invalid enum value 'gone'. Choose one of active, archived, deleted, retired."),
    (outcome(calculation_method="¦best"), "calculation_method", "Choose one of average, decaying_average, highest, "),
    (outcome(context="{type: ¦Group, id: 3}"), "type", "Choose one of Account, Course."),
    (enrollment(type="¦pupil"), "type", "Choose one of designer, observer"),
    (
        override(permission="¦rule"),
        "permission",
        "Choose one of become_user, manage_global_outcomes, manage_grades, manage_outcomes, ",
    ),
    (assignment(assigned_to="¦all"), "assigned_to", "invalid enum value 'all'. Correct it: Ids of users, or everyone."),
    # Times
    (token("value: a, expires_at: ¦soon"), "expires_at", "'soon'. Correct it: Expiry time, such as 2030-01-31T12:"),
    (token("value: a, expires_at: ¦7"), "expires_at", "expected a time, got 7. Correct it: Expiry time"),
    (token("value: a, expires_at: ¦2020-99-99"), "expires_at", "cannot be read (month must be in 1..12). Correct it."),
    (token("value: a, expires_at: ¦'9999-12-31T23:59:59-05:00'"), "expires_at", "date value out of range"),
    *(
        (f"accounts: [{{id: ¦!!{tag} {value!r}}}]", "id", f"(it does not have the form of tag:yaml.org,2002:{tag}).")
        for tag, value in (
            *(("int", value) for value in ("", "-", "_")),
            *(("float", value) for value in ("", "_")),
            ("bool", "maybe"),
            ("timestamp", "x"),
        )
    ),
    ("accounts: [{id: 1, name: ¦!!int x}]", "name", "'x' cannot be read (invalid literal for int()"),
    ("accounts: ¦!!seq x", "accounts", "'x' cannot be read (expected a sequence node, but found scalar"),
    ("accounts: [{id: 1, name: ¦!name x}]", "name", "'x' cannot be read (could not determine a constructor for"),
    # Ids, tokens and references
    ("accounts:\n  - {id: 1}\n  - {id: ¦1}", "id", "the id 1 is given twice in accounts, first in entry 1."),
    (token("value: a}, {value: ¦a"), "value", "the token is given twice"),
    ("accounts:\n  - {id: 1, parent: ¦7}", "parent", "accounts has no id 7"),
    (override(account="¦2"), "account", "accounts has no id 2"),
    ("users:\n  - {id: 1, account_admin_of: [¦5]}", "account_admin_of", "accounts has no id 5"),
    (ACCOUNT + "courses:\n  - {id: 1, account: ¦2}", "account", "accounts has no id 2"),
    (enrollment(course="¦2"), "course", "courses has no id 2"),
    (enrollment(user="¦9"), "user", "users has no id 9"),
    (enrollment(type="observer", observes="¦2"), "observes", "users has no id 2"),
    (outcome(context="{type: Course, id: ¦3}"), "id", "courses has no id 3"),
    (ACCOUNT + outcome(context="{type: Account, id: ¦3}"), "id", "accounts has no id 3"),
    (assignment(outcomes="[¦4]"), "outcomes", "outcomes has no id 4"),
    (assignment(assigned_to="[¦4]"), "assigned_to", "users has no id 4"),
    (COURSE + "quizzes:\n  - {id: 1, course: 1, title: x, assignment: ¦4}", "assignment", "assignments has no id 4"),
    (
        COURSE + "live_assessments: [{id: 1, course: 1, title: x, submitted_by: [¦4]}]",
        "submitted_by",
        "users has no id",
    ),
    (rubric(context="{type: Course, id: ¦2}"), "id", "courses has no id 2"),
    (rubric(assessed="[¦2]"), "assessed", "users has no id 2"),
    (rubric(grading_assignments="[¦2]"), "grading_assignments", "assignments has no id 2"),
    # Keys that depend on each other
    ("accounts:\n  - {id: 1, parent: ¦1}", "parent", "account 1 is above itself"),
    (
        "accounts: [{id: 1}, {id: 2, parent: 3}, {id: 3, parent: ¦4}, {id: 4, parent: 3}]",
        "parent",
        "account 3 is above itself",
    ),
    (enrollment(observes="¦1"), "observes", "only an observer"),
    (outcome(calculation_int="¦100"), "calculation_int", "between '1' and '99'. Correct it or leave it out."),
    (outcome(calculation_method="n_mastery", calculation_int="¦11"), "calculation_int", "between '1' and '10'"),
    (
        "accounts: [{id: 1}]\ncourses: [{id: 1, account: 1}, {id: 2, account: 1}]\n"
        "assignments: [{id: 7, course: 2, title: x}]\n"
        "quizzes: [{id: 8, course: 1, assignment: ¦7, title: x}]",
        "assignment",
        "assignment 7 of quiz 8 is in another course",
    ),
]


def read(folder: Path, content: str) -> World:
    file = folder / "world.yaml"
    file.write_text(content, "utf-8")
    return read_world(file)


@pytest.mark.parametrize(("marked", "key", "reason"), ERRORS)
def test_an_error_names_the_line_column_and_key(tmp_path: Path, marked: str, key: str, reason: str) -> None:
    before = marked.partition(MARK)[0]

    with pytest.raises(WorldError) as caught:
        read(tmp_path, marked.replace(MARK, ""))

    place = f"line {before.count(chr(10)) + 1}, column {len(before.rpartition(chr(10))[2]) + 1}"
    assert str(caught.value).startswith(f"Cannot load the world {tmp_path / 'world.yaml'}, {place}, key {key}: ")
    assert reason in str(caught.value)
    assert str(caught.value).endswith(".")


# A record of each section with nothing but its required keys.
REQUIRED: dict[str, dict[str, Any]] = {
    "accounts": {"id": 1},
    "users": {"id": 1},
    "role_overrides": {"account": None, "role": "AccountAdmin", "permission": "manage_outcomes", "enabled": True},
    "courses": {"id": 1, "account": 1},
    "enrollments": {"course": 1, "user": 1, "type": "student"},
    "outcomes": {"id": 1, "context": None, "title": "x"},
    "assignments": {"id": 1, "course": 1, "title": "x"},
    "quizzes": {"id": 1, "course": 1, "assignment": 1, "title": "x"},
    "live_assessments": {"id": 1, "course": 1, "title": "x"},
    "rubrics": {"id": 1, "context": {"type": "Course", "id": 1}},
}


def test_a_record_needs_its_required_keys_only(tmp_path: Path) -> None:
    world = read(tmp_path, yaml.safe_dump({section: [record] for section, record in REQUIRED.items()}))

    sections = to_builtins(world)
    assert {
        section: {key: sections[section][0][key] for key in record} for section, record in REQUIRED.items()
    } == REQUIRED


@pytest.mark.parametrize(("section", "key"), [(name, key) for name, record in REQUIRED.items() for key in record])
def test_a_record_needs_each_of_its_required_keys(tmp_path: Path, section: str, key: str) -> None:
    record = {name: value for name, value in REQUIRED[section].items() if name != key}

    with pytest.raises(WorldError, match=f"key {key}: the key is missing"):
        read(tmp_path, yaml.safe_dump({section: [record]}))


@pytest.mark.parametrize("section", [section for section, record in REQUIRED.items() if "id" in record])
def test_two_records_with_one_id_are_rejected(tmp_path: Path, section: str) -> None:
    with pytest.raises(WorldError, match=f"the id 1 is given twice in {section}, first in entry 1"):
        read(tmp_path, yaml.safe_dump({section: [REQUIRED[section]] * 2}))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", TOO_LARGE - 1),
        ("mastery_points", TOO_LARGE - 1),
        ("mastery_points", 1 - TOO_LARGE),
        ("mastery_points", 2.5),
        *(("state", state) for state in ("active", "archived", "retired", "deleted")),
        *((key, "x" * limit) for key, limit in LIMITS.items()),
    ],
)
def test_an_outcome_may_hold_the_largest_values(tmp_path: Path, key: str, value: object) -> None:
    world = read(tmp_path, yaml.safe_dump({"outcomes": [REQUIRED["outcomes"] | {key: value}]}))

    assert getattr(world.outcomes[0], key) == value


@pytest.fixture
def far_from_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("far_from_utc")
@pytest.mark.parametrize(
    ("written", "expected"),
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
def test_a_time_without_a_zone_is_utc(tmp_path: Path, written: str, expected: str) -> None:
    world = read(tmp_path, token(f"value: a, expires_at: {written}"))

    assert world.users[0].tokens[0].expires_at == expected


@pytest.mark.parametrize("half", ["\\ud800", "\\udc00", "\\udfff"])
@pytest.mark.parametrize(
    ("loader", "reason"), [(yaml.CSafeLoader, "escape code"), (yaml.SafeLoader, "cannot be stored")]
)
def test_half_of_a_surrogate_pair_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loader: object, reason: str, half: str
) -> None:
    monkeypatch.setattr(world_file, "_Loader", loader)

    with pytest.raises(WorldError, match=rf"world\.yaml, line 2, .*{reason}"):
        read(tmp_path, outcome(title=f'"{half}"'))


@pytest.mark.parametrize("content", ["", "accounts: []", "{}", "# nothing"])
def test_every_key_may_be_left_out(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content) == World()


@pytest.mark.parametrize("file", [DEMO, WORLDS / "overrides.yaml"])
def test_the_worlds_of_this_repository_are_valid(file: Path) -> None:
    assert read_world(file).outcomes


@pytest.mark.parametrize(
    ("content", "place", "reason"),
    [
        ("accounts: [", r", line \d, column \d+", ".+"),
        ("a: b: c", ", line 1, column 5", ".+"),
        ("\ta: 1", ", line 1, column 1", ".+"),
        ("a: []\naccounts: *x", ", line 2, column 11", "found undefined alias.*"),
        ("a: \x01", "", "unacceptable character .+"),
        ("a: &a [*a]", "", "maximum recursion depth exceeded.*"),
    ],
)
def test_malformed_yaml_is_rejected_with_its_place(tmp_path: Path, content: str, place: str, reason: str) -> None:
    with pytest.raises(
        WorldError, match=rf"^Cannot load the world .*world\.yaml{place}: {reason}\. Correct the YAML\.$"
    ):
        read(tmp_path, content)


def test_a_world_is_read_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader")

    module = runpy.run_path(world_file.__file__)

    assert module["_Loader"] is yaml.SafeLoader
    assert module["read_world"](DEMO) == read_world(DEMO)


def test_a_file_in_another_encoding_is_rejected(tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_bytes("accounts: [{id: 1, name: Zürich}]".encode("latin-1"))

    with pytest.raises(WorldError, match="it is not UTF-8"):
        read_world(file)


def test_the_json_schema_is_up_to_date() -> None:
    assert SCHEMA.read_text("utf-8") == schema_text(), (
        f"{SCHEMA.name} is not the schema of the structs. Run: python -m canvas_outcomes_server.world.world"
    )


def test_the_json_schema_describes_every_key() -> None:
    keys = [
        (name, key, schema)
        for name, definition in world_schema()["$defs"].items()
        for key, schema in definition["properties"].items()
    ]

    assert [(name, key) for name, key, schema in keys if not schema.get("description")] == []
    assert len(keys) > 50


def test_the_demo_world_names_its_json_schema() -> None:
    assert DEMO.read_text("utf-8").startswith(f"# yaml-language-server: $schema={SCHEMA.name}\n")
    assert SCHEMA.parent == DEMO.parent


ID = "outcomes: [{id: "


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[" * 1_000_000, "line 1, column 51: it is nested deeper than 50 levels. Correct the YAML."),
        ("- " * 1_000_000, "line 1, column 101: it is nested deeper than 50 levels. Correct the YAML."),
        ("? " * 1_000_000, "line 1, column 101: it is nested deeper than 50 levels. Correct the YAML."),
        ("{a: " * 1_000_000, "line 1, column 201: it is nested deeper than 50 levels. Correct the YAML."),
        (ID + "0x" + "f" * 1_000_000 + "}]", "cannot be read (longer than 100 characters). Correct it."),
        (ID + "0b" + "1" * 1_000_000 + "}]", "cannot be read (longer than 100 characters). Correct it."),
        (ID + "0" + "7" * 1_000_000 + "}]", "cannot be read (longer than 100 characters). Correct it."),
        (ID + "9" * 1_000_000 + "}]", "cannot be read (longer than 100 characters). Correct it."),
        (ID + "1" + ":1" * 100_000 + "}]", "cannot be read (longer than 100 characters). Correct it."),
        (ID + "1" + ":1" * 100_000 + ".5}]", "cannot be read (longer than 100 characters). Correct it."),
        (ID + "1" + ":1" * 40 + "}]", "key id: expected integer <= 9223372036854775806. Correct it: Id, unique"),
        ("? " + "x" * 1_000_000 + "\n: 1", "key " + "x" * 100 + "…: the key is unknown."),
        ("? [a, b]\n: 1", "line 1, column 3, key (key): the key is not a string. Correct it."),
        ("&a [*a]", "maximum recursion depth exceeded. Correct the YAML."),
    ],
    ids=range(14),
)
def test_a_deep_or_long_world_ends_with_a_sentence(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "world.yaml"
    path.write_text(text)

    with pytest.raises(WorldError, match=re.escape(reason)) as error:
        read_world(path)
    assert len(str(error.value)) < 1000


def test_aliases_cannot_multiply_a_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world_file, "MOST_ALIASED", 1000)
    lines = ["a: &a [x]", *(f"{new}: &{new} [*{old}, *{old}]" for old, new in pairwise("abcdefghijklmnopqrstuvwxyz"))]
    path = tmp_path / "world.yaml"
    path.write_text("\n".join(lines))

    with pytest.raises(WorldError, match="the aliases repeat too many values"):
        read_world(path)


def test_follows_a_file_after_the_database_rejected_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "SECONDS_BETWEEN_LOOKS", 0.001)
    path = tmp_path / "world.yaml"
    path.write_text(USER)
    outcomes = iter([RuntimeError("database is locked"), None])
    reports: list[str] = []

    async def write(_: object) -> None:
        if problem := next(outcomes):
            raise problem

    def report(message: str) -> None:
        reports.append(message)
        path.write_text(f"users: [{{id: {10 ** len(reports)}}}]")

    async def follow() -> None:
        following = asyncio.create_task(WorldSource(path).follow(write, report))
        await asyncio.sleep(0)  # until it has seen the file
        path.write_text(ACCOUNT)
        while len(reports) < 2 and not following.done():
            await asyncio.sleep(0.001)
        following.cancel()

    asyncio.run(asyncio.wait_for(follow(), 60))

    assert reports == [
        f"Cannot load the world {path} again: database is locked. Save the file again.",
        f"Loaded the world {path} again.",
    ]


def test_follows_a_file_whatever_reading_it_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "SECONDS_BETWEEN_LOOKS", 0.001)
    path = tmp_path / "world.yaml"
    path.write_text(USER)
    outcomes: Iterator[World | Exception] = iter([RuntimeError("no such thing"), KeyError(), World()])
    reports: list[str] = []

    def read_world(_: Path) -> World:
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def report(message: str) -> None:
        reports.append(message)
        path.write_text(f"users: [{{id: {10 ** len(reports)}}}]")

    async def write(_: object) -> None:
        pass

    async def follow() -> None:
        following = asyncio.create_task(WorldSource(path).follow(write, report))
        await asyncio.sleep(0)  # until it has seen the file
        path.write_text(ACCOUNT)
        while len(reports) < 3 and not following.done():
            await asyncio.sleep(0.001)
        following.cancel()

    monkeypatch.setattr(source, "read_world", read_world)
    asyncio.run(asyncio.wait_for(follow(), 60))

    assert reports == [
        f"Cannot load the world {path} again: no such thing. Save the file again.",
        f"Cannot load the world {path} again: KeyError. Save the file again.",
        f"Loaded the world {path} again.",
    ]
