"""Rows of the tables that a world becomes, where no single response shows them."""

import json
from pathlib import Path
from typing import Any

import pytest

from canvas_outcomes_server.storage import tables as t
from canvas_outcomes_server.storage.queries import digest
from canvas_outcomes_server.world.rows import rows_of
from canvas_outcomes_server.world.world_file import read_world


def rows(folder: Path, world: str) -> dict[str, list[dict[str, Any]]]:
    """Table -> rows."""
    file = folder / "world.yaml"
    file.write_text(world)
    return {table.name: rows for table, rows in rows_of(read_world(file)).items()}


def test_default_names_are_made_from_ids(tmp_path: Path) -> None:
    found = rows(
        tmp_path,
        """
        accounts: [{id: 1}]
        users: [{id: 5}, {id: 6, name: Una}]
        courses: [{id: 7, account: 1}, {id: 8, account: 1, name: Biology}]
        """,
    )

    assert found["users"] == [{"id": 5, "name": "User 5"}, {"id": 6, "name": "Una"}]
    assert [course["name"] for course in found["courses"]] == ["Course 7", "Biology"]


def test_enrollments_and_alignments_are_numbered_in_their_order(tmp_path: Path) -> None:
    found = rows(
        tmp_path,
        """
        accounts: [{id: 1}]
        users: [{id: 5}, {id: 6}]
        courses: [{id: 7, account: 1}]
        enrollments: [{course: 7, user: 6, type: observer, observes: 5}, {course: 7, user: 5, type: student}]
        outcomes: [{id: 2, context: null, title: x}, {id: 3, context: null, title: x, state: deleted}]
        assignments: [{id: 9, course: 7, title: Essay, assigned_to: [5], outcomes: [3, 2]}]
        quizzes: [{id: 4, course: 7, assignment: 9, title: Quiz, submitted_by: [6], outcomes: [2]}]
        live_assessments: [{id: 8, course: 7, title: Oral, submitted_by: [6], outcomes: [2]}]
        """,
    )

    assert found["enrollments"] == [
        {"id": 1, "course_id": 7, "user_id": 6, "role": "ObserverEnrollment", "observed_user_id": 5},
        {"id": 2, "course_id": 7, "user_id": 5, "role": "StudentEnrollment", "observed_user_id": None},
    ]
    assert [(row["id"], row["title"], row["submission_types"]) for row in found["alignments"]] == [
        (1, "Essay", "online_text_entry"),
        (2, "Quiz", "online_quiz"),
        (3, "Oral", "magic_marker"),
    ]
    assert [(row["alignment_id"], row["user_id"]) for row in found["submissions"]] == [
        (1, 5),
        (1, 6),
        (2, 5),
        (2, 6),
        (3, 6),
    ]


@pytest.mark.parametrize(
    ("keys", "stored"),
    [
        ("", ("decaying_average", 65)),
        (", calculation_int: null", ("decaying_average", None)),
        (", calculation_int: 70", ("decaying_average", 70)),
        (", calculation_method: n_mastery", ("n_mastery", None)),
        (", calculation_method: n_mastery, calculation_int: null", ("n_mastery", None)),
        (", calculation_method: n_mastery, calculation_int: 4", ("n_mastery", 4)),
        (", calculation_method: null", (None, None)),
        (", calculation_method: null, calculation_int: 5", (None, 5)),
        (", calculation_method: highest", ("highest", None)),
    ],
)
def test_stores_the_calculation_of_a_record(tmp_path: Path, keys: str, stored: tuple[str | None, int | None]) -> None:
    (outcome,) = rows(tmp_path, f"outcomes: [{{id: 1, context: null, title: x{keys}}}]")["outcomes"]

    content = json.loads(outcome["content"])
    assert (content["calculation_method"], content["calculation_int"]) == stored


@pytest.mark.parametrize(
    ("token", "terms"),
    [
        ("{value: a}", None),
        ("{value: a, revoked: false, expires_at: null}", None),
        ("{value: a, revoked: true}", '{"revoked": true}'),
        ("{value: a, scopes: []}", '{"scopes": []}'),
        ("{value: a, expires_at: 2030-01-31}", '{"expires_at": "2030-01-31T00:00:00Z"}'),
    ],
)
def test_a_token_without_limits_has_no_terms(tmp_path: Path, token: str, terms: str | None) -> None:
    found = rows(tmp_path, f"users: [{{id: 1, tokens: [{token}]}}]")["tokens"]

    assert [row["terms"] for row in found if row["digest"] == digest("a")] == [terms]


def test_each_user_has_a_row_among_the_tokens(tmp_path: Path) -> None:
    found = rows(tmp_path, "users: [{id: 1}, {id: 2, site_admin: true, tokens: [{value: a}]}]")["tokens"]

    assert [(row["digest"], row["user_id"]) for row in found] == [("user 1", 1), ("user 2", 2), (digest("a"), 2)]
    assert found[1]["rights"] == found[2]["rights"] > found[0]["rights"] == 0


def test_a_global_outcome_has_the_features_of_the_root_account_with_the_lowest_id(tmp_path: Path) -> None:
    accounts = """
        accounts:
          - {id: 4, features: {outcomes_new_decaying_average_calculation: true}}
          - {id: 3, features: {account_level_mastery_scales: true}}
          - {id: 2, parent: 3}
        """
    outcome = "outcomes: [{id: 1, context: null, title: x}]"

    assert [row["marks"] for row in rows(tmp_path, outcome)["outcomes"]] == [0]
    assert [row["marks"] for row in rows(tmp_path, accounts + outcome)["outcomes"]] == [t.MASTERY_SCALES]
