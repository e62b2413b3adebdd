"""Rights to read and to update outcomes (canvas-behaviour 2.5)."""

import pytest

from reference_server.tests.sections import section
from reference_server.tests.server_process import Server

COURSE, ACCOUNT, GLOBAL, UNPUBLISHED, SUB_ACCOUNT, SUB_COURSE = 2, 3, 4, 40, 41, 43
FORBIDDEN = {"status": "unauthorized", "errors": [{"message": "user not authorized to perform that action"}]}

# token -> outcome -> (status of a read, status of an update)
DEMO = {
    "admin-token": {COURSE: (200, 200), ACCOUNT: (200, 200), GLOBAL: (200, 403), UNPUBLISHED: (200, 200)},
    "site-admin-token": {COURSE: (200, 200), ACCOUNT: (200, 200), GLOBAL: (200, 200), UNPUBLISHED: (200, 200)},
    "sub-admin-token": {COURSE: (403, 403), ACCOUNT: (200, 403), SUB_ACCOUNT: (200, 403), SUB_COURSE: (200, 403)},
    "teacher-token": {COURSE: (200, 200), ACCOUNT: (200, 403), GLOBAL: (200, 403), UNPUBLISHED: (200, 200)},
    "designer-token": {COURSE: (200, 200), ACCOUNT: (200, 403), GLOBAL: (200, 403), UNPUBLISHED: (403, 403)},
    "ta-token": {COURSE: (200, 403), ACCOUNT: (200, 403), GLOBAL: (200, 403)},
    "student-token": {COURSE: (200, 403), ACCOUNT: (200, 403), GLOBAL: (200, 403), SUB_ACCOUNT: (403, 403)},
    "observer-token": {COURSE: (200, 403), ACCOUNT: (200, 403), GLOBAL: (200, 403)},
    "unlinked-observer-token": {COURSE: (200, 403), ACCOUNT: (200, 403), GLOBAL: (200, 403)},
    "unpublished-student-token": {COURSE: (403, 403), ACCOUNT: (200, 403), GLOBAL: (200, 403), UNPUBLISHED: (403, 403)},
    "outsider-token": {COURSE: (403, 403), ACCOUNT: (403, 403), GLOBAL: (200, 403)},
    "scales-admin-token": {COURSE: (403, 403), ACCOUNT: (403, 403), GLOBAL: (200, 403)},
}
# In the world of role overrides: 1 to 3 are of courses, 4 to 6 of accounts (root, faculty, institute), 7 is global.
OVERRIDES = {
    "root-admin": {1: (200, 200), 2: (403, 403), 3: (200, 200), 4: (200, 200), 5: (200, 403), 6: (200, 200)},
    "faculty-admin": {1: (403, 403), 2: (403, 403), 3: (200, 200), 4: (200, 403), 5: (200, 403), 6: (200, 200)},
    "teacher": {1: (200, 403), 4: (200, 403), 7: (200, 403)},
    "ta": {1: (200, 200)},
    # The rights of two enrollments add up.
    "ta-and-student": {1: (200, 200)},
    "designer": {1: (200, 403), 4: (200, 403)},
    # Staff read an unpublished course without a right to manage its outcomes.
    "unpublished-teacher": {8: (200, 403)},
    "unpublished-ta": {8: (200, 403)},
    "unpublished-designer": {8: (200, 403)},
    "student": {1: (200, 403), 4: (200, 403), 5: (403, 403)},
    "far-student": {1: (403, 403), 3: (200, 403), 4: (200, 403), 5: (200, 403), 6: (200, 403)},
    "site-admin": {1: (200, 200), 5: (200, 200), 7: (200, 403)},
}


def _rows(matrix: dict[str, dict[int, tuple[int, int]]]) -> list[tuple[str, int, int, int]]:
    return [(token, outcome, *rights) for token, outcomes in matrix.items() for outcome, rights in outcomes.items()]


def _check(server: Server, token: str, outcome: int, reads: int, updates: int) -> None:
    shown, updated = server.get(f"/outcomes/{outcome}", token), server.put(f"/outcomes/{outcome}", token)

    assert (shown.status_code, updated.status_code) == (reads, updates)
    assert all(response.json() == FORBIDDEN for response in (shown, updated) if response.status_code == 403)
    assert shown.json().get("can_edit", False) is (updates == 200)


@section("2.5")
@pytest.mark.parametrize(("token", "outcome", "reads", "updates"), _rows(DEMO))
def test_rights_depend_on_the_role(server: Server, token: str, outcome: int, reads: int, updates: int) -> None:
    _check(server, token, outcome, reads, updates)


@section("2.5")
@pytest.mark.parametrize(("token", "outcome", "reads", "updates"), _rows(OVERRIDES))
def test_rights_depend_on_role_overrides(overrides: Server, token: str, outcome: int, reads: int, updates: int) -> None:
    _check(overrides, token, outcome, reads, updates)


@section("1.3")
def test_a_403_is_not_cacheable(server: Server) -> None:
    headers = server.get("/outcomes/2", "outsider-token").headers

    assert (headers["Cache-Control"], headers["Pragma"]) == ("no-store", "no-cache")
    assert "WWW-Authenticate" not in headers


@section("2.1", "3.1")
def test_checks_existence_before_the_right_to_update(server: Server) -> None:
    assert server.put("/outcomes/999999", "outsider-token", json={"title": ""}).status_code == 404
