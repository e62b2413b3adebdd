"""Tokens: where they are read, and what each that does not serve is told (canvas-behaviour 1.2 and 1.3)."""

import pytest

from reference_server.tests.sections import section
from reference_server.tests.server_process import Server

PATHS = ("/outcomes/1", "/outcomes/999999", "/courses/1/outcome_alignments", "/courses/999999/outcome_alignments")
CHALLENGE = 'Bearer realm="canvas-lms"'
UNAUTHENTICATED = {"status": "unauthenticated", "errors": [{"message": "user authorization required"}]}


@section("1.2", "1.3", "2.1")
@pytest.mark.parametrize("path", PATHS)
def test_no_credentials_are_refused_before_anything_is_looked_up(server: Server, path: str) -> None:
    answer = server.get(path, token=None)

    assert (answer.status_code, answer.json()) == (401, UNAUTHENTICATED)
    assert answer.headers["WWW-Authenticate"] == CHALLENGE


@section("1.2", "3.1")
def test_an_update_without_credentials_is_refused_whatever_its_body(server: Server) -> None:
    answer = server.put("/outcomes/1", None, content=b"{", headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()) == (401, UNAUTHENTICATED)


@section("1.2", "1.3")
@pytest.mark.parametrize(
    ("token", "body", "challenge"),
    [
        ("nobodys-token", {"errors": [{"message": "Invalid access token."}]}, CHALLENGE),
        ("revoked-token", {"errors": [{"message": "Revoked access token."}]}, CHALLENGE),
        (
            "expired-token",
            {"errors": [{"message": "Expired access token.", "expired_at": "2020-01-01T00:00:00Z"}]},
            CHALLENGE,
        ),
        ("update-outcome-token", {"errors": [{"message": "Insufficient scopes on access token."}]}, None),
    ],
)
def test_a_token_that_does_not_serve_is_told_why(
    server: Server, token: str, body: object, challenge: str | None
) -> None:
    answer = server.get("/outcomes/1", token)

    assert (answer.status_code, answer.json()) == (401, body)
    assert answer.headers.get("WWW-Authenticate") == challenge


@section("1.2")
@pytest.mark.parametrize(
    ("token", "works"),
    [
        ("get-outcome-token", (200, 401, 401)),
        ("update-outcome-token", (401, 200, 401)),
        ("list-outcome-alignments-token", (401, 401, 200)),
        ("unexpired-token", (200, 200, 200)),
    ],
)
def test_a_scoped_token_serves_its_operation_only(server: Server, token: str, works: tuple[int, ...]) -> None:
    answers = (
        server.get("/outcomes/1", token),
        server.put("/outcomes/1", token),
        server.get("/courses/1/outcome_alignments?student_id=30", token),
    )

    assert tuple(answer.status_code for answer in answers) == works


@section("1.2")
@pytest.mark.parametrize("header", ["bearer editor-token", "BEARER editor-token", "Basic editor-token", "Bearer", ""])
def test_another_scheme_is_no_credential(server: Server, header: str) -> None:
    answer = server.get("/outcomes/1", None, headers={"Authorization": header})

    assert (answer.status_code, answer.json()) == (401, UNAUTHENTICATED)


@section("1.2")
def test_the_token_is_read_from_the_query(server: Server) -> None:
    assert server.get("/outcomes/1?access_token=editor-token", None).status_code == 200


@section("1.2")
@pytest.mark.parametrize(
    "body",
    [
        {"json": {"access_token": "editor-token"}},
        {"data": {"access_token": "editor-token"}},
        {"files": {"access_token": (None, "editor-token")}},
    ],
)
def test_the_token_is_read_from_the_body(server: Server, body: dict[str, object]) -> None:
    assert server.put("/outcomes/1", None, **body).status_code == 200


@section("1.2")
@pytest.mark.parametrize("token", [5, True, None, "", ["editor-token"], {"a": "editor-token"}])
def test_what_is_no_text_is_no_token(server: Server, token: object) -> None:
    answer = server.put("/outcomes/1", None, json={"access_token": token})

    assert (answer.status_code, answer.json()) == (401, UNAUTHENTICATED)


@section("1.2")
def test_the_token_in_the_header_wins(server: Server) -> None:
    assert server.get("/outcomes/1?access_token=nobodys-token").status_code == 200
    assert server.get("/outcomes/1?access_token=editor-token", "nobodys-token").status_code == 401


@section("1.2")
def test_the_token_in_the_query_wins_over_the_body(server: Server) -> None:
    answer = server.put("/outcomes/1?access_token=nobodys-token", None, json={"access_token": "editor-token"})

    assert answer.status_code == 401


@section("1.2")
@pytest.mark.parametrize("token", ["\xff", "a b", "x" * 5000])
def test_a_malformed_token_is_unknown(server: Server, token: str) -> None:
    answer = server.client.get("/api/v1/outcomes/1", headers=[(b"Authorization", b"Bearer " + token.encode("latin-1"))])

    assert (answer.status_code, answer.json()) == (401, {"errors": [{"message": "Invalid access token."}]})


@section("1.2")
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("somebody_else", ["30", "999999", "30.5", "nobody"])
def test_nobody_acts_as_somebody_else(server: Server, path: str, somebody_else: str) -> None:
    answer = server.get(path, params={"as_user_id": somebody_else})

    assert (answer.status_code, answer.json()) == (401, {"errors": "Invalid as_user_id"})
    assert "WWW-Authenticate" not in answer.headers


@section("1.2", "3.1")
def test_an_update_as_somebody_else_changes_nothing(server: Server) -> None:
    answer = server.put("/outcomes/1", json={"as_user_id": 30, "title": "by another"})

    assert (answer.status_code, answer.json()) == (401, {"errors": "Invalid as_user_id"})
    assert server.show(1)["title"] != "by another"


@section("1.2")
@pytest.mark.parametrize("oneself", ["self", "10", "", " "])
def test_everybody_acts_as_themselves(server: Server, oneself: str) -> None:
    assert server.show(1, params={"as_user_id": oneself}) == server.show(1)


@section("1.2")
def test_an_unknown_token_is_refused_before_whom_it_acts_as(server: Server) -> None:
    answer = server.get("/outcomes/1", "nobodys-token", params={"as_user_id": "30"})

    assert answer.json() == {"errors": [{"message": "Invalid access token."}]}
