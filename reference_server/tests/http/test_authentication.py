"""Tokens: where they are read, and the errors for invalid ones (canvas-behaviour 1.2 and 1.3)."""

import pytest

from reference_server.tests.sections import section
from reference_server.tests.server_process import Server

PATHS = ("/outcomes/1", "/outcomes/999999", "/courses/1/outcome_alignments", "/courses/999999/outcome_alignments")
CHALLENGE = 'Bearer realm="canvas-lms"'
UNAUTHENTICATED = {"status": "unauthenticated", "errors": [{"message": "user authorization required"}]}


@section("1.2", "1.3", "2.1")
@pytest.mark.parametrize("path", PATHS)
def test_rejects_a_request_without_a_token_before_any_lookup(server: Server, path: str) -> None:
    response = server.get(path, token=None)

    assert (response.status_code, response.json()) == (401, UNAUTHENTICATED)
    assert response.headers["WWW-Authenticate"] == CHALLENGE


@section("1.2", "3.1")
def test_rejects_an_update_without_a_token_whatever_its_body(server: Server) -> None:
    response = server.put("/outcomes/1", None, content=b"{", headers={"Content-Type": "application/json"})

    assert (response.status_code, response.json()) == (401, UNAUTHENTICATED)


@section("1.2", "1.3")
@pytest.mark.parametrize(
    ("token", "body", "challenge"),
    [
        ("unknown-token", {"errors": [{"message": "Invalid access token."}]}, CHALLENGE),
        ("revoked-token", {"errors": [{"message": "Revoked access token."}]}, CHALLENGE),
        (
            "expired-token",
            {"errors": [{"message": "Expired access token.", "expired_at": "2020-01-01T00:00:00Z"}]},
            CHALLENGE,
        ),
        ("update-outcome-token", {"errors": [{"message": "Insufficient scopes on access token."}]}, None),
    ],
)
def test_rejects_an_invalid_token_with_the_reason_before_it_checks_as_user_id(
    server: Server, token: str, body: object, challenge: str | None
) -> None:
    for parameters in ({}, {"as_user_id": "30"}):
        response = server.get("/outcomes/1", token, params=parameters)

        assert (response.status_code, response.json()) == (401, body)
        assert response.headers.get("WWW-Authenticate") == challenge


@section("1.2")
@pytest.mark.parametrize(
    ("token", "statuses"),
    [
        ("get-outcome-token", (200, 401, 401)),
        ("update-outcome-token", (401, 200, 401)),
        ("list-outcome-alignments-token", (401, 401, 200)),
        ("unexpired-token", (200, 200, 200)),
    ],
)
def test_limits_a_scoped_token_to_its_operation(server: Server, token: str, statuses: tuple[int, ...]) -> None:
    responses = (
        server.get("/outcomes/1", token),
        server.put("/outcomes/1", token),
        server.get("/courses/1/outcome_alignments?student_id=30", token),
    )

    assert tuple(response.status_code for response in responses) == statuses


@pytest.mark.parametrize("header", ["bearer editor-token", "BEARER editor-token", "Basic editor-token", "Bearer", ""])
def test_ignores_other_authentication_schemes(server: Server, header: str) -> None:
    response = server.get("/outcomes/1", None, headers={"Authorization": header})

    assert (response.status_code, response.json()) == (401, UNAUTHENTICATED)


@pytest.mark.parametrize(
    ("header", "query", "body", "status"),
    [
        (None, "editor-token", {}, 200),
        (None, None, {"json": {"access_token": "editor-token"}}, 200),
        (None, None, {"data": {"access_token": "editor-token"}}, 200),
        (None, None, {"files": {"access_token": (None, "editor-token")}}, 200),
        ("editor-token", "unknown-token", {}, 200),
        ("unknown-token", "editor-token", {}, 401),
        (None, "unknown-token", {"json": {"access_token": "editor-token"}}, 401),
    ],
)
def test_reads_the_token_from_the_header_then_the_query_then_the_body(
    server: Server, header: str | None, query: str | None, body: dict[str, object], status: int
) -> None:
    params = {} if query is None else {"access_token": query}

    assert server.put("/outcomes/1", header, params=params, **body).status_code == status


@pytest.mark.parametrize("token", [5, True, None, "", ["editor-token"], {"a": "editor-token"}])
def test_ignores_a_token_that_is_not_a_string(server: Server, token: object) -> None:
    response = server.put("/outcomes/1", None, json={"access_token": token})

    assert (response.status_code, response.json()) == (401, UNAUTHENTICATED)


@pytest.mark.parametrize("token", ["\xff", "a b", "x" * 5000])
def test_rejects_a_malformed_token_as_invalid(server: Server, token: str) -> None:
    header = (b"Authorization", b"Bearer " + token.encode("latin-1"))

    response = server.client.get("/api/v1/outcomes/1", headers=[header])

    assert (response.status_code, response.json()) == (401, {"errors": [{"message": "Invalid access token."}]})


@pytest.mark.parametrize("other", ["Bearer editor-token", "Bearer unknown-token", "Basic editor-token", "Bearer", ""])
@pytest.mark.parametrize("step", [1, -1])
def test_rejects_two_headers_with_a_token(server: Server, other: str, step: int) -> None:
    headers = [("Authorization", "Bearer editor-token"), ("Authorization", other)][::step]

    response = server.client.get("/api/v1/outcomes/1?access_token=editor-token", headers=headers)

    assert (response.status_code, response.json()) == (401, {"errors": [{"message": "Invalid access token."}]})
