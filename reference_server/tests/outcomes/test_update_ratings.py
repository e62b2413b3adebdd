"""Updates of ratings and mastery_points, and add_defaults (canvas-behaviour 3.2, 3.5 and 3.5a)."""

from typing import Any

import pytest

from reference_server.tests.sections import section
from reference_server.tests.server_process import Server

BLUE, GREEN, YELLOW, ORANGE, RED, GRAY = "2B7ABC", "03893D", "FAB901", "D97900", "E62429", "555555"
START = [{"description": "High", "points": 4}, {"description": "Low", "points": 1}]


@pytest.fixture(autouse=True)
def known_ratings(server: Server) -> None:
    server.update(1, json={"ratings": START, "mastery_points": 4})


def rating(description: str, points: float) -> dict[str, Any]:
    return {"description": description, "points": points}


def scale(shown: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(shown[key] for key in ("ratings", "mastery_points", "points_possible"))


@section("3.5a")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"ratings": [rating("A", 1), rating("B", 9)]}, ([rating("B", 9), rating("A", 1)], 9, 9)),
        ({"mastery_points": -3}, (START, -3, 4)),
        ({"mastery_points": False}, (START, 4, 4)),
        ({"ratings": False}, (START, 4, 4)),
        ({"ratings": [], "mastery_points": 2}, ([], 2, None)),
        ({"ratings": [None], "mastery_points": 2}, ([], 2, None)),
        ({"ratings": [{}]}, ([rating("No description", 0)], 0, 0)),
        ({"ratings": [None, rating("A", 1)]}, ([rating("A", 1)], 1, 1)),
        ({"ratings": [{"description": None, "points": None}]}, ([rating("No description", 0)], 0, 0)),
        ({"ratings": [{"description": ""}]}, ([rating("", 0)], 0, 0)),
        ({"ratings": {}, "mastery_points": 3}, ([], 3, None)),
        ({"ratings": [{"description": "5", "points": "x"}]}, ([rating("5", 0)], 0, 0)),
        ({"ratings": [{"description": False}]}, ([rating("No description", 0)], 0, 0)),
        ({"ratings": [rating("A", -1), rating("B", -2.5)]}, ([rating("A", -1), rating("B", -2.5)], -1, -1)),
        ({"ratings": [rating("A", 1) | {"color": "FFFFFF", "mastery": True, "id": 3}]}, ([rating("A", 1)], 1, 1)),
    ],
)
def test_an_update_rebuilds_the_criterion(server: Server, change: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert scale(server.update(1, json=change)) == expected
    assert scale(server.show(1)) == expected


@section("3.2")
@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        *(("5", 5), ("5abc", 5), ("1e2", 100), ("2.5", 2.5), (" 3", 3), ("-1", -1), ("0", 0), ("", 0), ("abc", 0)),
        *(("1e1_0", 10**10), ("1.1_5", 1.15), ("5.", 5), ("5.e2", 5), ("1__0", 1), ("1_", 1), ("1e_1", 1), ("0x1", 0)),
        *((".5", 0.5), ("1_000", 1000), (5.0, 5), (1e300, 1e300), (2**63, 2**63), (2**53 + 1, 2**53 + 1), (0.1, 0.1)),
    ],
)
def test_converts_points_to_numbers(server: Server, sent: object, stored: float) -> None:
    shown = server.update(1, json={"mastery_points": sent, "ratings": [{"points": sent}]})

    assert (shown["mastery_points"], shown["points_possible"]) == (stored, stored)
    assert scale(server.show(1)) == scale(shown)


@section("2.3")
@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (5.0, "5"),
        (2.5, "2.5"),
        (2.0**53, str(2**53)),
        (2.0**54, "1.8014398509481984e16"),
        (2**63 - 1, "9223372036854775807"),
        (1 - 2**63, "-9223372036854775807"),
        (2**63, "9.223372036854776e18"),
        (10**30, "1e30"),
    ],
)
def test_shows_an_integer_if_64_bits_or_a_double_hold_it_exactly(server: Server, sent: float, shown: str) -> None:
    text = server.put("/outcomes/1", json={"mastery_points": sent, "ratings": [{"points": sent}]}).text

    assert f'"points_possible":{shown},"mastery_points":{shown},' in text


@section("3.5a")
@pytest.mark.parametrize(
    "ratings", [[], [None], "none", "", 5, True, {}, {"points": 1}, [1], ["a"], [[]], [True], [rating("A", 1), 2]]
)
def test_rejects_invalid_ratings(server: Server, ratings: object) -> None:
    response = server.put("/outcomes/1", json={"title": "not stored", "ratings": ratings})

    errors = response.json()["errors"]
    kind = "blank" if ratings in ([], [None]) else "invalid"
    assert (response.status_code, errors.keys()) == (400, {"ratings"})
    assert [(error["attribute"], error["type"]) for error in errors["ratings"]] == [("ratings", kind)]
    assert scale(server.show(1)) == (START, 4, 4)
    assert server.show(1)["title"] != "not stored"


@pytest.mark.parametrize(
    ("body", "attribute", "kind"),
    [
        *(
            (f'{{"ratings": [{{"description": {value}}}]}}', "ratings", "invalid")
            for value in ("[]", '{"a": 1}', '"\\u0000"', "5", "1.5", "true")
        ),
        *(
            (body.format(value), attribute, "not_a_number")
            for attribute, body in (
                ("ratings", '{{"ratings": [{{"points": {}}}]}}'),
                ("mastery_points", '{{"mastery_points": {}}}'),
            )
            for value in ("true", "[]", "{}", "1e400", "-1e400", "9" * 400, '"1e400"')
        ),
        ('{"ratings": [{"points": false}]}', "ratings", "not_a_number"),
    ],
)
def test_rejects_an_invalid_rating_or_invalid_points(server: Server, body: str, attribute: str, kind: str) -> None:
    response = server.put("/outcomes/1", content=body, headers={"Content-Type": "application/json"})

    errors = response.json()["errors"]
    assert (response.status_code, errors.keys()) == (400, {attribute})
    assert [error["type"] for error in errors[attribute]] == [kind]
    assert scale(server.show(1)) == (START, 4, 4)


@section("3.5a")
def test_reverses_ratings_of_equal_points_at_every_save(server: Server) -> None:
    def order(shown: dict[str, Any]) -> str:
        return "".join(item["description"] for item in shown["ratings"])

    sent = [rating("a", 1), rating("b", 5), rating("c", 1.0), rating("d", 5), rating("e", 1)]

    assert order(server.update(1, json={"ratings": sent})) == "dbeca"
    assert order(server.update(1, json={"mastery_points": 3})) == "bdace"
    assert order(server.update(1, json={"mastery_points": 3})) == "dbeca"
    assert order(server.update(1, json={"title": "T", "mastery_points": None, "ratings": None})) == "dbeca"
    assert order(server.update(1, json={"ratings": sent, "mastery_points": 3})) == "dbeca"


@section("3.5")
@pytest.mark.parametrize("sent", [{"params": {"add_defaults": "true"}}, {"json": {"add_defaults": "true"}}])
def test_add_defaults_changes_the_response_only(server: Server, sent: dict[str, Any]) -> None:
    first = START[0] | {"mastery": True, "color": GREEN}

    assert server.update(1, **sent)["ratings"] == [first, START[1] | {"mastery": False, "color": GRAY}]
    assert server.show(1)["ratings"] == START


@pytest.mark.parametrize("value", [1, "1", "True", "yes", False, None, ["true"], {"a": "true"}])
def test_add_defaults_accepts_only_true(server: Server, value: object) -> None:
    assert server.update(1, json={"add_defaults": value})["ratings"] == START


@section("3.5")
@pytest.mark.parametrize(
    ("points", "mastery_points", "index", "colors"),
    [
        ([], 1, 0, None),
        ([9], 1, 0, [GREEN]),
        ([9, 5], 5, 1, [GREEN, GRAY]),
        ([9, 5, 1], 9, 0, [GREEN, YELLOW, GRAY]),
        ([9, 5, 1], 5, 1, [BLUE, GREEN, GRAY]),
        ([9, 5, 1], 1, 2, [GREEN, YELLOW, GRAY]),
        ([9, 5, 1], 2, 0, [GREEN, YELLOW, GRAY]),
        ([9, 5, 5, 1], 5, 1, [BLUE, GREEN, YELLOW, GRAY]),
        ([9, 5, 3, 1], 3, 2, None),
        ([9, 5, 3, 1], 1, 3, [GREEN, YELLOW, RED, GRAY]),
        ([9, 5, 3, 1], 2, 0, [GREEN, YELLOW, RED, GRAY]),
        ([9, 7, 5, 3, 1], 7, 1, [BLUE, GREEN, YELLOW, RED, GRAY]),
        ([9, 7, 5, 3, 1], 2, 1, [BLUE, GREEN, YELLOW, RED, GRAY]),
        ([9, 7, 5, 3, 1], 9, 0, None),
        ([9, 7, 5, 3, 2, 1], 7, 1, [BLUE, GREEN, YELLOW, ORANGE, RED, GRAY]),
        ([9, 7, 5, 3, 2, 1], 5, 2, None),
        ([9, 8, 7, 5, 3, 2, 1], 4, 1, None),
    ],
)
def test_mastery_and_colors_depend_on_the_number_of_ratings(
    server: Server, points: list[int], mastery_points: int, index: int, colors: list[str] | None
) -> None:
    change = {"ratings": [{"points": value} for value in points], "mastery_points": mastery_points}

    ratings = server.update(1, json=change, params={"add_defaults": "true"})["ratings"]

    assert [item["mastery"] for item in ratings] == [number == index for number in range(len(points))]
    assert [item["color"] for item in ratings if "color" in item] == (colors or [])
