"""Requests as another user (canvas-behaviour 1.2)."""

import pytest

from reference_server.tests.sections import section
from reference_server.tests.server_process import Server

ALIGNMENTS = "/courses/1/outcome_alignments"
PATHS = ("/outcomes/1", "/outcomes/999999", f"{ALIGNMENTS}?student_id=30", "/courses/999999/outcome_alignments")
INVALID = (401, {"errors": "Invalid as_user_id"})
ROOT_ADMIN, SITE_ADMIN, SUB_ADMIN, TEACHER, EDITOR, STUDENT, OTHER_STUDENT = 10, 11, 12, 20, 21, 30, 31
OBSERVER, OUTSIDER = 40, 50
TOKENS = {
    SUB_ADMIN: "sub-admin-token",
    TEACHER: "teacher-token",
    STUDENT: "student-token",
    OTHER_STUDENT: "other-student-token",
    OBSERVER: "observer-token",
}


def result(server: Server, path: str, token: str, user: object = None) -> tuple[int, object]:
    response = server.get(path, token, params={} if user is None else {"as_user_id": user})
    assert "WWW-Authenticate" not in response.headers
    return response.status_code, response.json()


@section("1.2")
@pytest.mark.parametrize("user", TOKENS)
@pytest.mark.parametrize(
    "path",
    ["/outcomes/1", "/outcomes/3", "/outcomes/40", "/outcomes/999999"]
    + [f"{ALIGNMENTS}?{query}" for query in ("student_id=30", "student_id=31", "assignment_id=1", "")],
)
def test_an_admin_gets_the_response_to_the_user(server: Server, path: str, user: int) -> None:
    url, _, query = path.partition("?")
    params = dict([query.split("=")]) if query else {}

    own = server.get(url, TOKENS[user], params=params)
    masqueraded = server.get(url, "admin-token", params=params | {"as_user_id": str(user)})

    assert (masqueraded.status_code, masqueraded.json()) == (own.status_code, own.json())


@section("1.2")
@pytest.mark.parametrize("encoding", ["params", "json", "data", "files"])
def test_an_update_has_the_rights_of_the_user(server: Server, encoding: str) -> None:
    def update(user: int) -> int:
        value = (None, str(user)) if encoding == "files" else str(user)
        return server.put("/outcomes/2", "admin-token", **{encoding: {"as_user_id": value}}).status_code

    assert (update(STUDENT), update(TEACHER)) == (403, 200)


@section("1.2", "3.1")
def test_an_update_as_a_user_who_may_not_update_changes_nothing(server: Server) -> None:
    before = server.show(1)

    for token, user, status in (("admin-token", STUDENT, 403), ("editor-token", STUDENT, 401)):
        response = server.put("/outcomes/1", token, json={"as_user_id": user, "title": "by another"})

        assert response.status_code == status
        assert server.show(1) == before


@section("1.2")
@pytest.mark.parametrize(
    ("token", "user", "status"),
    [
        ("admin-token", SUB_ADMIN, 403),
        # Admins of another account, of the site, and users of no account or of another
        ("admin-token", EDITOR, 401),
        ("admin-token", SITE_ADMIN, 401),
        ("admin-token", OUTSIDER, 401),
        ("admin-token", 33, 401),
        ("scales-admin-token", 33, 403),
        ("scales-admin-token", STUDENT, 401),
        # The permission is one of root accounts and of the site.
        ("sub-admin-token", STUDENT, 401),
        ("site-admin-token", OUTSIDER, 403),
        ("site-admin-token", ROOT_ADMIN, 200),
        ("site-admin-token", EDITOR, 200),
        ("teacher-token", STUDENT, 401),
        ("student-token", OTHER_STUDENT, 401),
        ("observer-token", STUDENT, 401),
        ("outsider-token", STUDENT, 401),
    ],
)
def test_needs_the_permission_and_every_permission_of_the_user(
    server: Server, token: str, user: int, status: int
) -> None:
    assert result(server, "/outcomes/2", token, user)[0] == status


@section("1.2")
@pytest.mark.parametrize(
    ("token", "user", "status"),
    [
        ("root-admin", 5, 200),
        ("root-admin", 11, 401),
        ("site-admin", 11, 403),
        # The faculty's admins lack permissions that its override switches off.
        ("root-admin", 2, 403),
        ("faculty-admin", 7, 401),
        ("faculty-admin", 1, 401),
    ],
)
def test_role_overrides_apply_to_the_user(overrides: Server, token: str, user: int, status: int) -> None:
    assert result(overrides, "/outcomes/1", token, user)[0] == status


@section("1.2")
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("user", ["999999", "30.5", "nobody", "1~30", "-30", "9" * 400, "sis_user_id:stan"])
def test_rejects_a_user_who_does_not_exist(server: Server, path: str, user: str) -> None:
    url, _, query = path.partition("?")
    response = server.get(f"{url}?{query}&as_user_id={user}", "admin-token")

    assert (response.status_code, response.json()) == INVALID
    assert "WWW-Authenticate" not in response.headers


@section("1.2")
@pytest.mark.parametrize("user", [[30], {"a": 30}, True, 30.5])
def test_rejects_a_user_of_another_type(server: Server, user: object) -> None:
    response = server.put("/outcomes/1", "admin-token", json={"as_user_id": user})

    assert (response.status_code, response.json()) == INVALID


@pytest.mark.parametrize("requester", ["self", "10", "", " "])
def test_accepts_the_requester(server: Server, requester: str) -> None:
    assert server.show(1, params={"as_user_id": requester}) == server.show(1)


@pytest.mark.parametrize("nobody", [None, False, [], {}, [None]])
def test_a_blank_user_in_a_body_counts_as_absent(server: Server, nobody: object) -> None:
    assert server.update(1, json={"as_user_id": nobody}) == server.show(1, "editor-token")


def test_a_token_is_not_the_name_of_a_user(server: Server) -> None:
    assert server.get("/outcomes/1", "user 10").json() == {"errors": [{"message": "Invalid access token."}]}


@section("4.1")
@pytest.mark.parametrize("query", ["student_id=30~1", "assignment_id=1~1", "student_id=30&assignment_id=1~1"])
def test_an_id_of_another_shard_is_of_no_record(server: Server, query: str) -> None:
    known = server.get(f"{ALIGNMENTS}?{query.replace('~1', '')}", "teacher-token")
    response = server.get(f"{ALIGNMENTS}?{query}", "teacher-token")

    assert (known.status_code, response.status_code) == (200, 404)
    assert server.get("/outcomes/1~1").status_code == server.get("/courses/1~1/outcome_alignments").status_code == 404
