"""Paths, methods, formats, ids as strings, and headers (canvas-behaviour 1.1, 1.3, 1.4, 1.6, 1.7)."""

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
@pytest.mark.parametrize(("method", "path"), [("GET", SHOW), ("PUT", SHOW), ("GET", LIST)])
def test_accepts_the_json_suffix(server: Server, method: str, path: str) -> None:
    send = server.put if method == "PUT" else server.get

    plain, suffixed = send(f"{path}?student_id=30"), send(f"{path}.json?student_id=30")
    assert (suffixed.status_code, suffixed.json()) == (200, plain.json())


@pytest.mark.parametrize("accept", ["text/html", "*/*", "image/png", ""])
@pytest.mark.parametrize("path", [SHOW, LIST_STUDENT, "/outcomes/999999"])
def test_responds_in_json_whatever_the_accept_header(server: Server, path: str, accept: str) -> None:
    response = server.get(path, headers={"Accept": accept})

    assert response.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize(
    ("path", "allowed"), [(SHOW, {"GET", "HEAD", "PUT"}), (LIST, {"GET", "HEAD"}), (f"{LIST}.json", {"GET", "HEAD"})]
)
def test_rejects_other_methods_with_405(server: Server, method: str, path: str, allowed: set[str]) -> None:
    response = server.client.request(method, "/api/v1" + path)

    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == allowed
    assert response.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "path",
    [
        "/_control/requests",
        "/healthz/",
        "/api/v2/outcomes/1",
        *("/api/v1/" + path for path in ("outcomes", "outcomes/1/", "courses/1")),
    ],
)
def test_rejects_other_paths_with_404(server: Server, path: str) -> None:
    response = server.client.get(path)

    assert (response.status_code, response.json()) == (404, NOT_FOUND)


def test_the_root_leads_to_the_documentation(server: Server) -> None:
    response = server.client.get("/")

    assert (response.status_code, response.headers["Location"]) == (307, "/docs")


@section("1.1", "1.3")
@pytest.mark.parametrize(
    "number", ["abc", "-1", "+1", "1abc", "1.5", "0", "%20", "1%00", "１", "1_0", "9" * 19, "9" * 200, str(2**63)]
)
@pytest.mark.parametrize("path", ["/outcomes/{}", "/outcomes/{}.json", "/courses/{}/outcome_alignments?student_id=1"])
def test_does_not_find_an_invalid_id(server: Server, path: str, number: str) -> None:
    response = server.get(path.format(number))

    assert (response.status_code, response.json()) == (404, NOT_FOUND)


@section("1.1")
@pytest.mark.parametrize("path", ["/outcomes/9223372036854775806", "/outcomes/9223372036854775806.json"])
def test_finds_the_largest_id(overrides: Server, path: str) -> None:
    assert overrides.get(path, "root-admin").json()["id"] == 9223372036854775806


@section("1.4")
@pytest.mark.parametrize(("outcome", "context"), [(1, "1"), (4, None)])
def test_sends_ids_as_strings_on_request(server: Server, outcome: int, context: str | None) -> None:
    path = f"/outcomes/{outcome}"

    expected = server.get(path).json() | {"id": str(outcome), "context_id": context}
    assert server.get(path, headers=IDS).json() == expected


@section("1.4")
def test_sends_ids_of_alignments_as_strings_on_request(server: Server) -> None:
    plain, with_strings = server.get(LIST_STUDENT).json(), server.get(LIST_STUDENT, headers=IDS).json()

    assert with_strings == [
        row | {key: str(value) for key, value in row.items() if key.endswith("id") and value} for row in plain
    ]
    assert any(isinstance(row["assessment_id"], str) for row in with_strings)


@section("1.6")
@pytest.mark.parametrize(
    ("path", "token", "reported"),
    [
        (SHOW, "editor-token", True),
        (LIST_STUDENT, "editor-token", True),
        (SHOW, None, False),
        ("/outcomes/999999", "editor-token", False),
        (LIST, "editor-token", False),
    ],
)
def test_a_success_reports_its_cost(server: Server, path: str, token: str | None, reported: bool) -> None:
    headers = server.get(path, token).headers

    assert ("X-Request-Cost" in headers, "X-Rate-Limit-Remaining" in headers) == (reported, reported)
    assert (0 < float(headers.get("X-Request-Cost", 0)) < 10) is reported
    assert 0 <= float(headers.get("X-Rate-Limit-Remaining", 0)) <= 600


@pytest.mark.parametrize("path", [SHOW, "/outcomes/999999", "/nowhere", LIST])
def test_every_response_has_a_unique_request_id_and_names_no_server(server: Server, path: str) -> None:
    first, second = (server.get(path).headers for _ in range(2))

    assert re.fullmatch("[0-9a-f]{16}", first["X-Request-Id"])
    assert first["X-Request-Id"] != second["X-Request-Id"]
    assert "Server" not in first


@section("1.7")
def test_ignores_pagination_parameters(server: Server) -> None:
    paged = server.get(LIST_STUDENT + "&page=2&per_page=1")

    assert paged.json() == server.get(LIST_STUDENT).json()
    assert "Link" not in paged.headers


def test_responds_to_head_without_a_body(server: Server) -> None:
    response = server.client.head("/api/v1" + SHOW, headers={"Authorization": "Bearer editor-token"})

    assert (response.status_code, response.content) == (200, b"")


def test_health_is_read_only_and_needs_no_token(server: Server) -> None:
    response = server.client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert server.client.post("/healthz").headers["Allow"] == "GET, HEAD"
