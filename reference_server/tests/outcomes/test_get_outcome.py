"""The response of get_outcome (canvas-behaviour 2.1 to 2.4 and 3.5)."""

import re

import pytest

from reference_server.tests.sections import section
from reference_server.tests.server_process import Server

KEYS = {
    "id",
    "context_id",
    "context_type",
    "vendor_guid",
    "display_name",
    "title",
    "url",
    "can_edit",
    "can_unlink",
    "has_updateable_rubrics",
    "description",
    "friendly_description",
    "assessed",
}
SCALE_KEYS = {"points_possible", "mastery_points", "ratings", "calculation_method"}
DEFAULT_RATINGS = [
    {"description": "Exceeds Expectations", "points": 5},
    {"description": "Meets Expectations", "points": 3},
    {"description": "Does Not Meet Expectations", "points": 0},
]


@section("2.3")
@pytest.mark.parametrize(("outcome", "further"), [(2, {"calculation_int"}), (14, set())])
def test_has_exactly_the_documented_keys(server: Server, outcome: int, further: set[str]) -> None:
    assert server.show(outcome).keys() == KEYS | SCALE_KEYS | further


@section("2.3")
@pytest.mark.parametrize(("outcome", "context"), [(2, ("Course", 1)), (3, ("Account", 1)), (4, (None, None))])
def test_names_its_owner_and_path(server: Server, outcome: int, context: tuple[object, object]) -> None:
    shown = server.show(outcome)

    assert (shown["context_type"], shown["context_id"]) == context
    assert shown["url"] == f"/api/v1/outcomes/{outcome}"


@section("2.3")
def test_an_outcome_without_ratings_has_the_default_ratings(server: Server) -> None:
    shown = server.show(41)

    assert (shown["ratings"], shown["mastery_points"], shown["points_possible"]) == (DEFAULT_RATINGS, 3, 5)


@section("2.3", "3.4")
def test_sanitises_the_description_of_a_world(overrides: Server) -> None:
    shown = overrides.show(12, "site-admin")

    texts = {key: shown[key] for key in ("title", "display_name", "description", "vendor_guid")}
    assert texts == {
        "title": "Of low and high",
        "display_name": "Levels",
        "description": "<p>Two levels.</p>",
        "vendor_guid": "levels-2",
    }


@section("2.3")
@pytest.mark.parametrize(
    ("outcome", "points", "mastery", "possible"), [(12, [7, 2], 7, 7), (13, [], 3, None), (10, [5, 3, 0], 3, 5)]
)
def test_ratings_of_a_world_are_sorted_and_set_the_default_mastery_points(
    overrides: Server, outcome: int, points: list[int], mastery: int, possible: int | None
) -> None:
    shown = overrides.show(outcome, "site-admin")

    assert [rating["points"] for rating in shown["ratings"]] == points
    assert (shown["mastery_points"], shown["points_possible"]) == (mastery, possible)


@section("2.3")
def test_keeps_integers_and_fractions(server: Server) -> None:
    text = server.get("/outcomes/20").text

    assert '"points_possible":4.5,"mastery_points":2.5' in text
    assert '"points":0}' in text


@section("2.3")
def test_strings_that_were_never_set_are_null(server: Server) -> None:
    shown = server.show(14)

    assert [shown[key] for key in ("display_name", "description", "vendor_guid", "friendly_description")] == [None] * 4


@section("2.3")
@pytest.mark.parametrize(
    ("outcome", "method", "value"),
    [
        (10, "decaying_average", 75),
        (11, "weighted_average", 70),
        (12, "standard_decaying_average", 60),
        (13, "n_mastery", 3),
        (14, "highest", None),
        (15, "latest", None),
        (16, "average", None),
        (17, "highest", None),
        (61, "decaying_average", 70),
    ],
)
def test_has_calculation_int_if_the_method_uses_it(
    server: Server, outcome: int, method: str, value: int | None
) -> None:
    shown = server.show(outcome, "decay-admin-token" if outcome == 61 else "admin-token")

    assert (shown["calculation_method"], shown.get("calculation_int", None)) == (method, value)
    assert ("calculation_int" in shown) is (value is not None)


@section("3.6", "6")
@pytest.mark.parametrize(("outcome", "method"), [(4, "decaying_average"), (9, "standard_decaying_average")])
def test_the_default_method_depends_on_the_feature(overrides: Server, outcome: int, method: str) -> None:
    shown = overrides.show(outcome, "root-admin")

    assert (shown["calculation_method"], shown["calculation_int"]) == (method, 65)


@section("2.4", "6")
@pytest.mark.parametrize(("outcome", "token"), [(50, "scales-admin-token"), (51, "scales-student-token")])
def test_mastery_scales_remove_the_five_scale_keys(server: Server, outcome: int, token: str) -> None:
    assert server.show(outcome, token).keys() == KEYS
    assert server.show(outcome, token, params={"add_defaults": "true"}).keys() == KEYS


@section("2.1")
@pytest.mark.parametrize(("outcome", "status"), [(30, 200), (31, 404), (32, 404), (999999, 404)])
def test_finds_retired_but_not_archived_and_deleted_outcomes(server: Server, outcome: int, status: int) -> None:
    assert server.get(f"/outcomes/{outcome}").status_code == status


@section("2.3")
@pytest.mark.parametrize(
    ("outcome", "assessed", "updateable"), [(2, True, False), (1, False, True), (3, False, True), (20, False, False)]
)
def test_rubrics_set_assessed_and_updateable(server: Server, outcome: int, assessed: bool, updateable: bool) -> None:
    shown = server.show(outcome)

    assert (shown["assessed"], shown["has_updateable_rubrics"]) == (assessed, updateable)


@section("2.3")
@pytest.mark.parametrize(
    ("outcome", "token", "can"),
    [
        (1, "editor-token", True),
        (1, "student-token", False),
        (2, "editor-token", False),
        (3, "admin-token", False),
        (10, "teacher-token", True),
    ],
)
def test_can_unlink_requires_the_right_and_no_alignment_or_assessment(
    server: Server, outcome: int, token: str, can: bool
) -> None:
    assert server.show(outcome, token)["can_unlink"] is can


COLOR = re.compile("[0-9A-F]{6}")


@section("2.2", "3.5")
@pytest.mark.parametrize(
    ("outcome", "mastery", "colors"),
    [
        (41, [False, True, False], ["2B7ABC", "03893D", "555555"]),
        (21, [True], ["03893D"]),
        (23, [True, False], ["03893D", "555555"]),
        (22, [False, True, False, False, False, False], ["2B7ABC", "03893D", "FAB901", "D97900", "E62429", "555555"]),
    ],
)
def test_add_defaults_marks_mastery_and_colors(
    server: Server, outcome: int, mastery: list[bool], colors: list[str]
) -> None:
    ratings = server.show(outcome, params={"add_defaults": "true"})["ratings"]

    assert [rating["mastery"] for rating in ratings] == mastery
    assert [rating["color"] for rating in ratings] == colors


@section("2.2", "3.5")
@pytest.mark.parametrize("value", ["1", "True", "TRUE", "yes", "t", "on", "false", ""])
def test_add_defaults_accepts_only_the_string_true(server: Server, value: str) -> None:
    assert server.show(2, params={"add_defaults": value}) == server.show(2)


@section("3.5")
def test_add_defaults_adds_nothing_else(server: Server) -> None:
    added = server.show(2, params={"add_defaults": "true"})
    stripped = [{key: rating[key] for key in ("description", "points")} for rating in added["ratings"]]

    assert added | {"ratings": stripped} == server.show(2)


@section("2.2")
def test_ignores_unknown_parameters(server: Server) -> None:
    assert server.show(2, params={"include[]": "x", "a[b][c]": "1"}) == server.show(2)
