"""The response of get_outcome (canvas-behaviour 2.1 to 2.4 and 3.5)."""

import pytest

from reference_server.tests.sections import section
from reference_server.tests.server_process import Server

TEXT_KEYS = {"title", "display_name", "description", "vendor_guid", "friendly_description"}
KEYS = TEXT_KEYS | {"id", "context_id", "context_type", "url", "can_edit", "can_unlink"}
KEYS |= {"has_updateable_rubrics", "assessed"}
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

    assert {key for key in TEXT_KEYS if shown[key] is None} == TEXT_KEYS - {"title"}


@section("2.3")
@pytest.mark.parametrize(
    ("outcome", "calculation"),
    [(10, ("decaying_average", 75)), (12, ("standard_decaying_average", 60)), (13, ("n_mastery", 3))],
)
def test_shows_the_calculation_of_a_world(server: Server, outcome: int, calculation: tuple[str, int]) -> None:
    shown = server.show(outcome)

    assert (shown["calculation_method"], shown["calculation_int"]) == calculation


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


@section("2.2", "3.5")
@pytest.mark.parametrize("value", ["1", "True", "TRUE", "yes", "t", "on", "false", ""])
def test_add_defaults_accepts_only_the_string_true(server: Server, value: str) -> None:
    assert server.show(2, params={"add_defaults": value}) == server.show(2)


@section("2.2")
def test_ignores_unknown_parameters(server: Server) -> None:
    assert server.show(2, params={"include[]": "x", "a[b][c]": "1"}) == server.show(2)
