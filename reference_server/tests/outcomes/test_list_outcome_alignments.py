"""The alignments of a student and of an assignment (canvas-behaviour 4); long, because both branches share a world."""

from typing import Any

import httpx
import pytest

from canvas_outcomes_server.storage.tables import MAX_ID
from reference_server.tests.sections import section
from reference_server.tests.server_process import Server

PATH = "/courses/1/outcome_alignments"
STUDENT, OTHER, TEACHER, OBSERVER, OUTSIDER, NOBODY = 30, 31, 20, 40, 50, 999
STUDENT_ELSEWHERE = 32
NOT_ENROLLED = (400, {"status": "bad_request", "message": "specified users not enrolled"})
NOT_YOURS = (403, {"status": "forbidden", "message": "not authorized to read grades for specified users"})
UNAUTHORIZED = (401, {"message": "Unauthorized"})
NO_USER = (404, {"message": "Couldn't find User with 'id'=999"})
NO_ASSIGNMENT = (404, {"message": "Assignment not found or does not belong to course"})
NEITHER = (400, {"message": "student_id or assignment_id is required"})
NO_COURSE = (404, {"errors": [{"message": "The specified resource does not exist."}]})

UNIT = [(2, "Unit 1 test", 1, None), (3, "Unit 1 test", 1, None)]
LAB, TRIP = [(3, "Lab report", 2, None)], [(2, "Field trip", 3, None)]
DRAFT, QUIZ_DIRECT = [(2, "Draft", 5, None)], [(4, "Quiz 1", 7, None)]
QUIZ, HIDDEN_QUIZ = [(2, "Quiz 1", 7, None), (3, "Quiz 1", 7, None)], [(2, "Quiz 2", 8, None)]
LIVE = [(2, "Oral test", None, 1)]


def listed(server: Server, token: str = "teacher-token", **parameters: object) -> list[tuple[Any, ...]]:
    answer = server.get(PATH, token, params=parameters)
    assert answer.status_code == 200, answer.text
    return [tuple(row[key] for key in ("id", "title", "assignment_id", "assessment_id")) for row in answer.json()]


def refusal(server: Server, token: str = "teacher-token", path: str = PATH, **parameters: Any) -> tuple[int, Any]:
    answer = server.get(path, token, params=parameters)
    assert "WWW-Authenticate" not in answer.headers
    return answer.status_code, answer.json()


def asked_in_a_body(server: Server, **parameters: object) -> httpx.Response:
    headers = {"Authorization": "Bearer teacher-token"}
    return server.client.request("GET", f"/api/v1{PATH}", json=parameters, headers=headers)


@section("4.1", "4.2")
@pytest.mark.parametrize("parameters", [{}, {"student_id": ""}, {"assignment_id": " ", "student_id": ""}])
def test_one_of_the_two_parameters_is_needed(server: Server, parameters: dict[str, str]) -> None:
    assert refusal(server, **parameters) == NEITHER


@section("4.1")
@pytest.mark.parametrize("nothing", [None, False, "", " "])
def test_nothing_in_a_body_is_absent(server: Server, nothing: object) -> None:
    answer = asked_in_a_body(server, student_id=nothing, assignment_id=nothing)

    assert (answer.status_code, answer.json()) == NEITHER


@section("4.1")
@pytest.mark.parametrize("course", ["999", "0", "sis_course_id:x"])
def test_a_missing_course_is_not_found_before_anything_else(server: Server, course: str) -> None:
    assert refusal(server, path=f"/courses/{course}/outcome_alignments") == NO_COURSE


@section("4.3")
def test_a_teacher_sees_direct_then_quiz_then_live_and_the_unpublished(server: Server) -> None:
    assert listed(server, student_id=STUDENT) == [*UNIT, *LAB, *DRAFT, *QUIZ_DIRECT, *QUIZ, *HIDDEN_QUIZ, *LIVE]


@section("4.3")
def test_a_student_sees_what_is_published(server: Server) -> None:
    assert listed(server, "student-token", student_id=STUDENT) == [*UNIT, *LAB, *QUIZ_DIRECT, *QUIZ, *LIVE]


@section("4.3")
def test_another_student_sees_what_they_are_assigned(server: Server) -> None:
    assert listed(server, "other-student-token", student_id=OTHER) == [*UNIT, *TRIP, *QUIZ_DIRECT, *QUIZ]


@section("4.3", "4.6")
def test_the_linked_observer_sees_what_the_student_sees(server: Server) -> None:
    assert listed(server, "observer-token", student_id=STUDENT) == listed(server, "student-token", student_id=STUDENT)


@section("4.2", "4.3")
@pytest.mark.parametrize(
    ("assignment", "wanted"),
    [(1, UNIT), (2, LAB), (3, []), (4, []), (5, DRAFT), (7, [*QUIZ_DIRECT, *QUIZ]), (8, HIDDEN_QUIZ)],
)
def test_an_assignment_narrows_a_student_and_leaves_live_assessments_out(
    server: Server, assignment: int, wanted: list[object]
) -> None:
    assert listed(server, student_id=STUDENT, assignment_id=assignment) == wanted


@section("4.1", "4.3")
@pytest.mark.parametrize("assignment", ["abc", "0", "-0", "x5"])
def test_what_is_no_number_narrows_nothing(server: Server, assignment: str) -> None:
    assert listed(server, student_id=STUDENT, assignment_id=assignment) == listed(server, student_id=STUDENT)


@section("4.3")
def test_a_negative_number_only_leaves_live_assessments_out(server: Server) -> None:
    everything = listed(server, student_id=STUDENT)

    assert listed(server, student_id=STUDENT, assignment_id=-5) == [row for row in everything if row not in LIVE]


@section("4.2", "4.4")
@pytest.mark.parametrize(
    ("assignment", "wanted"), [(1, UNIT), (2, LAB), (3, TRIP), (4, []), (5, DRAFT), (7, QUIZ_DIRECT), (8, [])]
)
@pytest.mark.parametrize("token", ["teacher-token", "ta-token", "admin-token", "site-admin-token"])
def test_an_assignment_alone_lists_its_direct_alignments(
    server: Server, token: str, assignment: int, wanted: list[object]
) -> None:
    assert listed(server, token, assignment_id=assignment) == wanted


@section("1.3", "4.4")
@pytest.mark.parametrize("assignment", [6, 20, 999, -1, 2**63, "9" * 100])
def test_a_missing_deleted_or_foreign_assignment_is_not_found(server: Server, assignment: object) -> None:
    assert refusal(server, assignment_id=assignment) == NO_ASSIGNMENT


@section("4.3")
@pytest.mark.parametrize("assignment", [6, 20, 999, 2**63])
def test_also_together_with_a_student(server: Server, assignment: int) -> None:
    assert refusal(server, student_id=STUDENT, assignment_id=assignment) == NO_ASSIGNMENT
    assert refusal(server, "student-token", student_id=STUDENT, assignment_id=assignment) == NO_ASSIGNMENT


@section("4.3")
def test_also_the_first_assignment_in_a_course_that_has_it_not(server: Server) -> None:
    path = "/courses/2/outcome_alignments"

    assert refusal(server, path=path, student_id=32, assignment_id=1) == NO_ASSIGNMENT


@section("4.4")
@pytest.mark.parametrize("assignment", ["abc", "0", "x1"])
def test_an_assignment_alone_that_is_no_number_is_refused(server: Server, assignment: str) -> None:
    assert refusal(server, assignment_id=assignment) == (400, {"message": "assignment_id is required"})


@section("4.1")
@pytest.mark.parametrize("student", ["30abc", " 30", "+30", "030", "30.9", "3_0", "0" * 30 + "30", "0_" * 30 + "30"])
def test_a_number_at_the_beginning_counts(server: Server, student: str) -> None:
    assert listed(server, student_id=student) == listed(server, student_id=STUDENT)


@section("4.1")
@pytest.mark.parametrize("student", [STUDENT, 30.0, 30.9, "30"])
def test_a_number_in_a_body_counts(server: Server, student: object) -> None:
    rows = asked_in_a_body(server, student_id=student).json()

    assert [row["id"] for row in rows] == [row[0] for row in listed(server, student_id=STUDENT)]


@section("4.1")
@pytest.mark.parametrize(
    ("student", "named"), [(10**30, MAX_ID), (-(10**30), -MAX_ID), (1e30, MAX_ID), (-1e30, -MAX_ID), (-0.9, 0)]
)
def test_a_number_in_a_body_is_cut_off_at_the_largest_id(server: Server, student: float, named: int) -> None:
    answer = asked_in_a_body(server, student_id=student)

    assert (answer.status_code, answer.json()) == (404, {"message": f"Couldn't find User with 'id'={named}"})


@section("4.1")
@pytest.mark.parametrize("name", ["student_id", "assignment_id"])
@pytest.mark.parametrize("value", [True, [30], {"a": 30}])
def test_what_is_no_number_in_a_body_is_refused_by_name(server: Server, name: str, value: object) -> None:
    answer = asked_in_a_body(server, **{name: value})

    assert (answer.status_code, answer.json()) == (400, {"message": f"{name} must be a number"})


@section("4.1")
@pytest.mark.parametrize("student", ["self", "sis_user_id:x", "abc", "-30"])
def test_self_and_sis_ids_name_nobody(server: Server, student: str) -> None:
    assert refusal(server, "student-token", student_id=student) == NOT_ENROLLED
    assert refusal(server, student_id=student)[0] == 404


@section("4.1")
@pytest.mark.parametrize(
    "query", ["student_id[]=30", "student_id[a]=30", "assignment_id[]=1", "student_id=1&student_id[]=1"]
)
def test_a_list_or_an_object_is_refused(server: Server, query: str) -> None:
    assert server.get(f"{PATH}?{query}", "teacher-token").status_code == 400


MATRIX: dict[str, tuple[object, ...]] = {
    # token: own id, then the answer for oneself, an enrolled student, a user outside the course, an assignment
    "teacher-token": (TEACHER, 200, 200, 200, 200),
    "ta-token": (22, 200, 200, 200, 200),
    "admin-token": (10, 200, 200, 200, 200),
    "site-admin-token": (11, 200, 200, 200, 200),
    "designer-token": (23, 200, NOT_YOURS, NOT_ENROLLED, UNAUTHORIZED),
    "other-student-token": (OTHER, 200, NOT_YOURS, NOT_ENROLLED, UNAUTHORIZED),
    "observer-token": (OBSERVER, 200, 200, NOT_ENROLLED, UNAUTHORIZED),
    "unlinked-observer-token": (41, 200, NOT_YOURS, NOT_ENROLLED, UNAUTHORIZED),
    "outsider-token": (OUTSIDER, NOT_ENROLLED, NOT_YOURS, NOT_ENROLLED, UNAUTHORIZED),
}


@section("4.3")
def test_whether_the_student_may_be_asked_for_comes_before_the_assignment(server: Server) -> None:
    assert refusal(server, "student-token", student_id=OUTSIDER, assignment_id=999) == NOT_ENROLLED
    assert refusal(server, "student-token", student_id=OTHER, assignment_id=999) == NOT_YOURS


@section("4.3")
def test_the_assignment_comes_before_whether_there_is_such_a_user(server: Server) -> None:
    assert refusal(server, student_id=NOBODY, assignment_id=999) == NO_ASSIGNMENT


@section("4.4")
@pytest.mark.parametrize("assignment", ["abc", "0", "999"])
def test_the_grade_right_comes_before_the_assignment(server: Server, assignment: str) -> None:
    assert refusal(server, "student-token", assignment_id=assignment) == UNAUTHORIZED


@section("1.3", "4.6")
@pytest.mark.parametrize(("token", "row"), MATRIX.items())
def test_who_may_ask_for_whom(server: Server, token: str, row: tuple[object, ...]) -> None:
    own, *wanted = row
    asked: list[dict[str, Any]] = [
        {"student_id": own},
        {"student_id": STUDENT},
        {"student_id": OUTSIDER},
        {"assignment_id": 1},
    ]

    answers = [refusal(server, token, **parameters) for parameters in asked]

    assert [answer[0] if answer[0] == 200 else answer for answer in answers] == wanted


@section("4.3", "4.6")
def test_staff_asking_for_a_user_outside_the_course_gets_an_empty_list(server: Server) -> None:
    assert listed(server, student_id=OUTSIDER) == listed(server, student_id=TEACHER) == []
    assert listed(server, student_id=STUDENT_ELSEWHERE) == []


@section("4.6")
def test_a_student_of_another_course_is_not_enrolled_in_this_one(server: Server) -> None:
    assert refusal(server, "student-token", student_id=STUDENT_ELSEWHERE) == NOT_ENROLLED


@section("4.3", "4.6")
def test_a_missing_user_is_not_found_by_staff_and_not_enrolled_for_others(server: Server) -> None:
    assert refusal(server, student_id=NOBODY) == NO_USER
    assert refusal(server, "student-token", student_id=NOBODY) == NOT_ENROLLED


@section("4.6")
def test_the_observer_is_refused_others(server: Server) -> None:
    assert refusal(server, "observer-token", student_id=OTHER) == NOT_YOURS


@section("4.3")
def test_a_student_of_an_unpublished_course_sees_their_own(server: Server) -> None:
    answer = server.get("/courses/2/outcome_alignments?student_id=32", "unpublished-student-token")

    assert [row["assignment_id"] for row in answer.json()] == [21]


@section("4.3")
def test_a_quiz_is_left_out_when_it_or_its_assignment_is_deleted(overrides: Server) -> None:
    rows = overrides.get(f"{PATH}?student_id=5", "root-admin").json()

    assert [row["title"] for row in rows if "/quizzes/" in row["url"]] == ["Kept"]


@section("4.3")
def test_who_submitted_a_quiz_without_being_assigned_it_has_it(overrides: Server) -> None:
    rows = overrides.get("/courses/3/outcome_alignments?student_id=7", "far-student").json()

    wanted = [("For nobody", 3), *(("Submitted all the same", outcome) for outcome in (10, 3))]
    assert [(row["title"], row["id"]) for row in rows] == wanted


@section("4.3")
def test_what_nobody_is_said_to_have_submitted_is_in_no_list_of_a_student(overrides: Server) -> None:
    rows = overrides.get("/courses/3/outcome_alignments?student_id=7", "site-admin").json()

    assert "Of nobody" not in [row["title"] for row in rows]


@section("4.3")
@pytest.mark.parametrize(("token", "sees"), [("student", False), ("root-admin", True)])
def test_what_is_assigned_by_name_is_shown_to_staff_before_it_is_published(
    overrides: Server, token: str, sees: bool
) -> None:
    rows = overrides.get(f"{PATH}?student_id=5", token).json()

    assert ("Not published" in [row["title"] for row in rows]) is sees


@section("4.6")
@pytest.mark.parametrize(("course", "student", "status"), [(1, 5, 200), (11, 7, 200), (11, 5, 403)])
def test_an_observer_observes_in_the_course_of_the_link_only(
    overrides: Server, course: int, student: int, status: int
) -> None:
    path = f"/courses/{course}/outcome_alignments?student_id={student}"

    assert overrides.get(path, "observer").status_code == status


@section("4.3", "4.4")
@pytest.mark.parametrize(
    ("token", "status"),
    [("teacher", 200), ("ta", 401), ("designer", 200), ("root-admin", 200), ("site-admin", 200)],
)
def test_an_assignment_alone_takes_a_grade_right(overrides: Server, token: str, status: int) -> None:
    assert overrides.get(f"{PATH}?assignment_id=1", token).status_code == status


@section("4.3", "4.4")
@pytest.mark.parametrize("course", [10, 11])
@pytest.mark.parametrize("token", ["teacher", "ta", "root-admin"])
def test_either_grade_right_is_enough_for_each_role(overrides: Server, token: str, course: int) -> None:
    assert refusal(overrides, token, f"/courses/{course}/outcome_alignments", assignment_id=1) == NO_ASSIGNMENT


@section("4.5")
def test_rows_have_the_keys_of_their_kind(server: Server) -> None:
    rows = server.get(f"{PATH}?student_id=30", "teacher-token").json()
    direct, quiz, live = rows[0], rows[-4], rows[-1]

    address = f"{server.url}/courses/1"
    assert direct == {
        "id": 2,
        "learning_outcome_id": 2,
        "title": "Unit 1 test",
        "submission_types": "online_text_entry,online_url",
        "assignment_id": 1,
        "assessment_id": None,
        "url": f"{address}/assignments/1",
    }
    assert (quiz["submission_types"], quiz["url"]) == ("online_quiz", f"{address}/quizzes/1")
    assert live == {
        "id": 2,
        "learning_outcome_id": 2,
        "title": "Oral test",
        "submission_types": "magic_marker",
        "assignment_id": None,
        "assessment_id": 1,
    }


@section("4.5")
@pytest.mark.parametrize("host", ["canvas.example.edu", "canvas.example.edu:8443", "[::1]:80"])
def test_urls_follow_the_host_that_was_asked(server: Server, host: str) -> None:
    rows = server.get(f"{PATH}?assignment_id=1", "teacher-token", headers={"Host": host}).json()

    assert rows[0]["url"] == f"http://{host}/courses/1/assignments/1"


@section("4.5")
def test_urls_are_of_the_servers_own_address_where_no_host_was_asked(server: Server) -> None:
    path = f"/api/v1{PATH}?assignment_id=1&access_token=teacher-token"
    with server.connect() as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert f'"url":"{server.url}/courses/1/assignments/1"'.encode() in answer
