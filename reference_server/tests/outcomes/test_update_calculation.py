"""Updates of calculation_method and calculation_int under both features (canvas-behaviour 3.6 and 3.7)."""

from typing import Any

import pytest

from reference_server.tests.sections import section
from reference_server.tests.server_process import Server

METHOD, VALUE = "calculation_method", "calculation_int"
# The outcome and the token for a state of outcomes_new_decaying_average_calculation.
OFF, ON = (1, "editor-token"), (60, "decay-admin-token")
Stored = tuple[str | None, int | None]

ACCEPTED: list[tuple[tuple[int, str], Stored, dict[str, Any], Stored]] = [
    (OFF, ("decaying_average", 65), {}, ("decaying_average", 65)),
    (OFF, ("decaying_average", 65), {METHOD: "n_mastery"}, ("n_mastery", 5)),
    (OFF, ("decaying_average", 65), {METHOD: "highest"}, ("highest", None)),
    (OFF, ("decaying_average", 65), {METHOD: "average"}, ("average", None)),
    (OFF, ("decaying_average", 65), {METHOD: "highest", VALUE: 4}, ("highest", None)),
    (OFF, ("decaying_average", 65), {METHOD: "latest", VALUE: 4}, ("latest", None)),
    (OFF, ("decaying_average", 65), {METHOD: "average", VALUE: 65}, ("average", None)),
    (OFF, ("decaying_average", 65), {METHOD: "n_mastery", VALUE: 3}, ("n_mastery", 3)),
    (OFF, ("highest", None), {METHOD: "n_mastery"}, ("n_mastery", 5)),
    (OFF, ("highest", None), {METHOD: "n_mastery", VALUE: None}, ("n_mastery", 5)),
    (OFF, ("highest", None), {VALUE: None}, ("highest", None)),
    (OFF, ("n_mastery", 5), {METHOD: "decaying_average", VALUE: 5}, ("decaying_average", 65)),
    (OFF, ("n_mastery", 5), {METHOD: "decaying_average", VALUE: 6}, ("decaying_average", 6)),
    (OFF, ("decaying_average", 70), {VALUE: "3.7"}, ("decaying_average", 3)),
    (OFF, ("decaying_average", 70), {VALUE: 3.7}, ("decaying_average", 3)),
    (OFF, ("decaying_average", 70), {VALUE: 5.0}, ("decaying_average", 5)),
    (OFF, ("decaying_average", 70), {VALUE: True}, ("decaying_average", 1)),
    (OFF, ("decaying_average", 70), {VALUE: None}, ("decaying_average", 65)),
    (OFF, ("decaying_average", 70), {VALUE: ""}, ("decaying_average", 65)),
    (OFF, ("n_mastery", 3), {VALUE: None}, ("n_mastery", 5)),
    (OFF, (None, None), {}, ("decaying_average", 65)),
    (OFF, (None, None), {"title": "x"}, ("decaying_average", 65)),
    (OFF, (None, None), {METHOD: None}, ("decaying_average", 65)),
    (OFF, (None, None), {VALUE: 4}, ("decaying_average", 4)),
    (OFF, (None, None), {METHOD: "n_mastery"}, ("n_mastery", 5)),
    (OFF, (None, 5), {}, ("decaying_average", 65)),
    (OFF, (None, 5), {"title": "x"}, ("decaying_average", 65)),
    (OFF, (None, 5), {METHOD: None, VALUE: 5}, ("decaying_average", 65)),
    (OFF, (None, 5), {VALUE: "5"}, ("decaying_average", 65)),
    (OFF, (None, 5), {VALUE: None}, ("decaying_average", 65)),
    (OFF, (None, 5), {VALUE: 6}, ("decaying_average", 6)),
    (OFF, (None, 5), {METHOD: "decaying_average", VALUE: 5}, ("decaying_average", 65)),
    (OFF, (None, 5), {METHOD: "n_mastery", VALUE: 5}, ("n_mastery", 5)),
    (OFF, (None, None), {METHOD: "highest"}, ("highest", None)),
    (OFF, ("decaying_average", None), {"title": "x"}, ("decaying_average", 65)),
    (OFF, ("decaying_average", None), {VALUE: None}, ("decaying_average", 65)),
    (OFF, ("n_mastery", None), {"title": "x"}, ("n_mastery", 5)),
    (OFF, ("n_mastery", None), {METHOD: "latest", VALUE: "65 "}, ("latest", None)),
    (ON, ("weighted_average", None), {METHOD: "latest"}, ("latest", None)),
    (ON, ("standard_decaying_average", None), {"vendor_guid": "5.5"}, ("standard_decaying_average", 65)),
    (OFF, ("decaying_average", 65), {METHOD: "standard_decaying_average", VALUE: 75}, ("decaying_average", 75)),
    (OFF, ("standard_decaying_average", 75), {"title": "x"}, ("decaying_average", 65)),
    (OFF, ("highest", None), {METHOD: "weighted_average"}, ("weighted_average", 65)),
    (OFF, ("n_mastery", 5), {METHOD: "weighted_average", VALUE: 30}, ("weighted_average", 30)),
    (ON, ("highest", None), {METHOD: "weighted_average", VALUE: 75}, ("decaying_average", 75)),
    (ON, ("weighted_average", 70), {"title": "x"}, ("decaying_average", 65)),
    (ON, ("highest", None), {METHOD: "standard_decaying_average"}, ("standard_decaying_average", 65)),
    (ON, ("highest", None), {METHOD: "standard_decaying_average", VALUE: 50}, ("standard_decaying_average", 50)),
    (ON, ("standard_decaying_average", 70), {VALUE: 99}, ("standard_decaying_average", 99)),
    (ON, ("decaying_average", 70), {"title": "x"}, ("decaying_average", 70)),
    (ON, (None, None), {}, ("standard_decaying_average", 65)),
    (ON, (None, 3), {}, ("standard_decaying_average", 65)),
    (ON, (None, 3), {VALUE: 50}, ("standard_decaying_average", 50)),
]
NOT_USED = "A calculation value is not used with this calculation method"
BAD_METHOD = (
    'calculation_method must be one of the following: ["decaying_average", "weighted_average", '
    '"standard_decaying_average", "n_mastery", "highest", "latest", "average"]'
)


def out_of_range(value: object, low: int, high: int) -> str:
    return f"'{value}' is not a valid value for this calculation method. The value must be between '{low}' and '{high}'"


REJECTED: list[tuple[tuple[int, str], Stored, dict[str, Any], str]] = [
    (OFF, ("decaying_average", 65), {METHOD: "average", VALUE: 4}, NOT_USED),
    (OFF, ("highest", None), {METHOD: "highest", VALUE: 4}, NOT_USED),
    (OFF, ("highest", None), {VALUE: 4}, NOT_USED),
    (OFF, ("latest", None), {VALUE: 0}, NOT_USED),
    (OFF, ("decaying_average", 65), {METHOD: "n_mastery", VALUE: None}, out_of_range("", 1, 10)),
    (OFF, ("decaying_average", 65), {METHOD: "n_mastery", VALUE: 11}, out_of_range(11, 1, 10)),
    (OFF, ("decaying_average", 70), {VALUE: 0}, out_of_range(0, 1, 99)),
    (OFF, ("decaying_average", 70), {VALUE: 100}, out_of_range(100, 1, 99)),
    (OFF, ("decaying_average", 70), {VALUE: "abc"}, out_of_range(0, 1, 99)),
    (OFF, ("decaying_average", 70), {VALUE: False}, out_of_range(0, 1, 99)),
    (OFF, ("decaying_average", 70), {VALUE: -1}, out_of_range(-1, 1, 99)),
    (OFF, ("decaying_average", 70), {VALUE: 1500}, out_of_range(1500, 1, 99)),
    (OFF, ("weighted_average", 70), {VALUE: 100}, out_of_range(100, 1, 99)),
    (OFF, ("n_mastery", 5), {VALUE: 0}, out_of_range(0, 1, 10)),
    (OFF, ("n_mastery", 5), {VALUE: 11}, out_of_range(11, 1, 10)),
    (ON, ("highest", None), {METHOD: "standard_decaying_average", VALUE: 49}, out_of_range(49, 50, 99)),
    (ON, ("standard_decaying_average", 65), {VALUE: 100}, out_of_range(100, 50, 99)),
]


def calculation(shown: dict[str, Any]) -> Stored:
    return shown[METHOD], shown.get(VALUE)


@section("3.6", "6")
@pytest.mark.parametrize(("where", "before", "change", "after"), ACCEPTED)
def test_saves_a_calculation(
    server: Server, where: tuple[int, str], before: Stored, change: dict[str, Any], after: Stored
) -> None:
    outcome, token = where
    server.store(outcome, calculation_method=before[0], calculation_int=before[1])

    shown = server.update(outcome, token, json=change)

    assert calculation(shown) == after
    assert (VALUE in shown) is (after[1] is not None)
    assert calculation(server.show(outcome, token)) == after


@section("3.6", "3.7")
@pytest.mark.parametrize(("where", "before", "change", "message"), REJECTED)
def test_rejects_a_value_outside_the_range_of_the_method(
    server: Server, where: tuple[int, str], before: Stored, change: dict[str, Any], message: str
) -> None:
    outcome, token = where
    server.store(outcome, calculation_method=before[0], calculation_int=before[1])

    response = server.put(f"/outcomes/{outcome}", token, json=change | {"title": "not stored"})

    error = {"attribute": VALUE, "message": message, "type": message}
    assert (response.status_code, response.json()) == (400, {"errors": {VALUE: [error]}})
    assert calculation(server.show(outcome, token)) == before
    assert server.show(outcome, token)["title"] != "not stored"


@pytest.mark.parametrize("method", [None, "", "foo", "Highest", "HIGHEST", " highest", 5, True, "\0"])
@pytest.mark.parametrize("value", [{}, {VALUE: 1500}, {VALUE: None}])
def test_rejects_an_unknown_method_without_an_error_for_the_value(
    server: Server, method: object, value: dict[str, Any]
) -> None:
    server.store(1, calculation_method="decaying_average", calculation_int=65)

    response = server.put("/outcomes/1", json={METHOD: method} | value)

    error = {"attribute": METHOD, "message": BAD_METHOD, "type": "inclusion"}
    assert (response.status_code, response.json()) == (400, {"errors": {METHOD: [error]}})


@section("3.6")
def test_a_record_older_than_methods_has_method_highest_and_rejects_an_unknown_one(server: Server) -> None:
    server.store(1, calculation_method=None, calculation_int=None)

    errors = server.put("/outcomes/1", json={METHOD: ""}).json()["errors"]

    assert errors.keys() == {METHOD}
    assert calculation(server.show(1)) == ("highest", None)


@section("2.3")
@pytest.mark.parametrize("method", ["decaying_average", "weighted_average", "standard_decaying_average", "n_mastery"])
def test_shows_null_for_a_record_without_the_value_that_its_method_needs(server: Server, method: str) -> None:
    server.store(1, calculation_method=method, calculation_int=None)

    shown = server.show(1)

    assert (shown[METHOD], shown[VALUE]) == (method, None)


@pytest.mark.parametrize("value", ["1e400", "-1e400"])
def test_rejects_an_infinite_value(server: Server, value: str) -> None:
    server.store(1, calculation_method="decaying_average", calculation_int=65)

    response = server.put(
        "/outcomes/1", content=f'{{"{VALUE}": {value}}}', headers={"Content-Type": "application/json"}
    )

    error = {"attribute": VALUE, "message": "is not a number that can be stored", "type": "not_a_number"}
    assert (response.status_code, response.json()) == (400, {"errors": {VALUE: [error]}})
