"""Paths, methods, formats, ids as strings, and headers of every answer (canvas-behaviour 1.1, 1.3, 1.4, 1.6, 1.7)."""

import re

import pytest

from reference_server.tests.sections import section
from reference_server.tests.server_process import Server

NOT_FOUND = {"errors": [{"message": "The specified resource does not exist."}]}
IDS = {"Accept": "application/json+canvas-string-ids, application/json"}
SHOW = "/outcomes/1"
LIST = "/courses/1/outcome_alignments"
LIST_STUDENT = LIST + "?student_id=30"


@section("1.1")
@pytest.mark.parametrize(
    ("plain", "suffixed"), [(SHOW, "/outcomes/1.json"), (LIST_STUDENT, LIST + ".json?student_id=30")]
)
def test_the_json_suffix_changes_nothing(server: Server, plain: str, suffixed: str) -> None:
    assert server.get(suffixed).json() == server.get(plain).json()


@section("1.1")
def test_an_update_takes_the_json_suffix(server: Server) -> None:
    assert server.put("/outcomes/1.json").status_code == 200


@section("1.1")
@pytest.mark.parametrize("accept", ["text/html", "*/*", "image/png", ""])
@pytest.mark.parametrize("path", [SHOW, LIST_STUDENT, "/outcomes/999999"])
def test_answers_are_json_whatever_is_accepted(server: Server, path: str, accept: str) -> None:
    answer = server.get(path, headers={"Accept": accept})

    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


@section("1.1")
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize(
    ("path", "allowed"), [(SHOW, {"GET", "HEAD", "PUT"}), (LIST, {"GET", "HEAD"}), (f"{LIST}.json", {"GET", "HEAD"})]
)
def test_a_method_that_is_not_routed_is_refused(server: Server, method: str, path: str, allowed: set[str]) -> None:
    answer = server.client.request(method, "/api/v1" + path)

    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == allowed
    assert answer.json()["errors"][0]["message"]


@section("1.1")
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/v1/outcomes",
        "/api/v1/outcomes/",
        "/api/v1/outcomes/1/",
        "/api/v1/courses/1",
        "/api/v2/outcomes/1",
        "/healthz/",
    ],
)
def test_a_path_that_is_not_routed_is_not_found(server: Server, path: str) -> None:
    answer = server.client.get(path)

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


@section("1.1", "1.3")
@pytest.mark.parametrize(
    "number", ["abc", "-1", "+1", "1abc", "1.5", "0", "%20", "1%00", "１", "1_0", "9" * 19, "9" * 200, str(2**63)]
)
@pytest.mark.parametrize("path", ["/outcomes/{}", "/outcomes/{}.json", "/courses/{}/outcome_alignments?student_id=1"])
def test_an_id_that_no_record_can_have_is_not_found(server: Server, path: str, number: str) -> None:
    answer = server.get(path.format(number))

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


@section("1.1")
@pytest.mark.parametrize("path", ["/outcomes/9223372036854775806", "/outcomes/9223372036854775806.json"])
def test_the_largest_id_of_a_record_is_found(overrides: Server, path: str) -> None:
    assert overrides.get(path, "root-admin").json()["id"] == 9223372036854775806


@section("1.4")
def test_ids_are_strings_when_asked(server: Server) -> None:
    plain, asked = server.get(SHOW).json(), server.get(SHOW, headers=IDS).json()

    assert asked == plain | {"id": "1", "context_id": "1"}


@section("1.4")
def test_null_ids_stay_null_when_strings_are_asked(server: Server) -> None:
    assert server.get("/outcomes/4", headers=IDS).json()["context_id"] is None


@section("1.4")
def test_ids_of_alignments_are_strings_when_asked(server: Server) -> None:
    plain, asked = server.get(LIST_STUDENT).json(), server.get(LIST_STUDENT, headers=IDS).json()

    assert asked == [
        row | {key: str(value) for key, value in row.items() if key.endswith("id") and value} for row in plain
    ]
    assert any(isinstance(row["assessment_id"], str) for row in asked)


@section("1.6")
@pytest.mark.parametrize("path", [SHOW, LIST_STUDENT])
def test_a_success_reports_its_cost(server: Server, path: str) -> None:
    headers = server.get(path).headers

    assert 0 < float(headers["X-Request-Cost"]) < 10
    assert 0 <= float(headers["X-Rate-Limit-Remaining"]) <= 600


@section("1.6")
@pytest.mark.parametrize(
    ("path", "token"), [(SHOW, None), ("/outcomes/999999", "editor-token"), (LIST, "editor-token")]
)
def test_a_refusal_reports_no_cost(server: Server, path: str, token: str | None) -> None:
    headers = server.get(path, token).headers

    assert "X-Request-Cost" not in headers
    assert "X-Rate-Limit-Remaining" not in headers


@pytest.mark.parametrize("path", [SHOW, "/outcomes/999999", "/nowhere", LIST])
def test_every_answer_has_a_request_id_of_its_own(server: Server, path: str) -> None:
    first, second = (server.get(path).headers["X-Request-Id"] for _ in range(2))

    assert re.fullmatch("[0-9a-f]{16}", first)
    assert first != second


@section("1.7")
def test_nothing_is_paginated(server: Server) -> None:
    paged = server.get(LIST_STUDENT + "&page=2&per_page=1")

    assert paged.json() == server.get(LIST_STUDENT).json()
    assert "Link" not in paged.headers


def test_head_is_answered_like_get_without_a_body(server: Server) -> None:
    answer = server.client.head("/api/v1" + SHOW, headers={"Authorization": "Bearer editor-token"})

    assert (answer.status_code, answer.content) == (200, b"")


def test_health_needs_no_token(server: Server) -> None:
    answer = server.client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_health_is_only_read(server: Server) -> None:
    answer = server.client.post("/healthz")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
