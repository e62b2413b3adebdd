"""The lists by student and by assignment (canvas-behaviour 4), in one module because they share a world."""

from typing import Any

import httpx2
import pytest

from canvas_outcomes_server.storage.tables import MAX_ID
from reference_server.tests.sections import section
from reference_server.tests.server_process import Server

PATH = "/courses/1/outcome_alignments"
STUDENT, OTHER, TEACHER, OBSERVER, OUTSIDER, MISSING = 30, 31, 20, 40, 50, 999
STUDENT_ELSEWHERE = 32
NOT_ENROLLED = (400, {"status": "bad_request", "message": "specified users not enrolled"})
NOT_YOURS = (403, {"status": "forbidden", "message": "not authorized to read grades for specified users"})
UNAUTHORIZED = (401, {"message": "Unauthorized"})
NOT_A_NUMBER = (400, {"message": "assignment_id is required"})
NO_ASSIGNMENT = (404, {"message": "Assignment not found or does not belong to course"})
NEITHER = (400, {"message": "student_id or assignment_id is required"})
NO_COURSE = (404, {"errors": [{"message": "The specified resource does not exist."}]})

UNIT = [(2, "Unit 1 test", 1, None), (3, "Unit 1 test", 1, None)]
LAB, TRIP = [(3, "Lab report", 2, None)], [(2, "Field trip", 3, None)]
DRAFT, QUIZ_DIRECT = [(2, "Draft", 5, None)], [(4, "Quiz 1", 7, None)]
QUIZ, HIDDEN_QUIZ = [(2, "Quiz 1", 7, None), (3, "Quiz 1", 7, None)], [(2, "Quiz 2", 8, None)]
LIVE = [(2, "Oral test", None, 1)]


def no_user(number: int) -> tuple[int, Any]:
    return 404, {"message": f"Couldn't find User with 'id'={number}"}


def listed(server: Server, token: str = "teacher-token", **parameters: object) -> list[tuple[Any, ...]]:
    response = server.get(PATH, token, params=parameters)
    assert response.status_code == 200, response.text
    return [tuple(row[key] for key in ("id", "title", "assignment_id", "assessment_id")) for row in response.json()]


def error(server: Server, token: str = "teacher-token", path: str = PATH, **parameters: Any) -> tuple[int, Any]:
    response = server.get(path, token, params=parameters)
    assert "WWW-Authenticate" not in response.headers
    return response.status_code, response.json()


def list_by_body(server: Server, **parameters: object) -> httpx2.Response:
    headers = {"Authorization": "Bearer teacher-token"}
    return server.client.request("GET", f"/api/v1{PATH}", json=parameters, headers=headers)


TEACHER_TOKEN, STUDENT_TOKEN = "teacher-token", "student-token"
ERRORS: list[tuple[str, str, dict[str, Any], tuple[int, Any]]] = [
    # The course is checked first.
    *((TEACHER_TOKEN, course, {}, NO_COURSE) for course in ("999", "0", "sis_course_id:x")),
    # One of the two parameters is required.
    (TEACHER_TOKEN, "1", {}, NEITHER),
    (TEACHER_TOKEN, "1", {"student_id": ""}, NEITHER),
    (TEACHER_TOKEN, "1", {"assignment_id": " ", "student_id": ""}, NEITHER),
    # By assignment: the right to grades, a number, existence in the course.
    *((STUDENT_TOKEN, "1", {"assignment_id": assignment}, UNAUTHORIZED) for assignment in ("abc", "0", "999")),
    *((TEACHER_TOKEN, "1", {"assignment_id": assignment}, NOT_A_NUMBER) for assignment in ("abc", "0", "x1")),
    *(
        (TEACHER_TOKEN, "1", {"assignment_id": assignment}, NO_ASSIGNMENT)
        for assignment in (6, 20, 999, -1, 2**63, "9" * 100)
    ),
    # By student: enrollment, access to the student, the assignment, existence of the student.
    *((STUDENT_TOKEN, "1", {"student_id": student}, NOT_ENROLLED) for student in ("self", "sis_user_id:x", "abc", -30)),
    (STUDENT_TOKEN, "1", {"student_id": MISSING}, NOT_ENROLLED),
    (STUDENT_TOKEN, "1", {"student_id": STUDENT_ELSEWHERE}, NOT_ENROLLED),
    (STUDENT_TOKEN, "1", {"student_id": OUTSIDER, "assignment_id": 999}, NOT_ENROLLED),
    (STUDENT_TOKEN, "1", {"student_id": OTHER, "assignment_id": 999}, NOT_YOURS),
    ("observer-token", "1", {"student_id": OTHER}, NOT_YOURS),
    *(
        (token, "1", {"student_id": STUDENT, "assignment_id": assignment}, NO_ASSIGNMENT)
        for token in (TEACHER_TOKEN, STUDENT_TOKEN)
        for assignment in (6, 20, 999, 2**63)
    ),
    (TEACHER_TOKEN, "2", {"student_id": STUDENT_ELSEWHERE, "assignment_id": 1}, NO_ASSIGNMENT),
    (TEACHER_TOKEN, "1", {"student_id": MISSING, "assignment_id": 999}, NO_ASSIGNMENT),
    (TEACHER_TOKEN, "1", {"student_id": MISSING}, no_user(MISSING)),
    *((TEACHER_TOKEN, "1", {"student_id": student}, no_user(0)) for student in ("self", "sis_user_id:x", "abc")),
    (TEACHER_TOKEN, "1", {"student_id": -30}, no_user(-30)),
]


@section("1.3", "4.1", "4.2", "4.3", "4.4", "4.6")
@pytest.mark.parametrize(("token", "course", "parameters", "expected"), ERRORS)
def test_responds_with_the_first_error(
    server: Server, token: str, course: str, parameters: dict[str, object], expected: tuple[int, object]
) -> None:
    assert error(server, token, f"/courses/{course}/outcome_alignments", **parameters) == expected


@section("4.1")
@pytest.mark.parametrize("query", ["student_id[]", "student_id[]&assignment_id[]", "student_id=&assignment_id[]"])
def test_an_empty_list_in_the_query_counts_as_absent(server: Server, query: str) -> None:
    response = server.get(f"{PATH}?{query}", "teacher-token")

    assert (response.status_code, response.json()) == NEITHER


@pytest.mark.parametrize("nothing", [None, False, "", " ", [], {}, [None]])
def test_null_false_and_blank_ids_in_a_body_count_as_absent(server: Server, nothing: object) -> None:
    response = list_by_body(server, student_id=nothing, assignment_id=nothing)

    assert (response.status_code, response.json()) == NEITHER


@section("4.3", "4.6")
@pytest.mark.parametrize(
    ("token", "student", "expected"),
    [
        ("teacher-token", STUDENT, [*UNIT, *LAB, *DRAFT, *QUIZ_DIRECT, *QUIZ, *HIDDEN_QUIZ, *LIVE]),
        ("student-token", STUDENT, [*UNIT, *LAB, *QUIZ_DIRECT, *QUIZ, *LIVE]),
        ("observer-token", STUDENT, [*UNIT, *LAB, *QUIZ_DIRECT, *QUIZ, *LIVE]),
        ("other-student-token", OTHER, [*UNIT, *TRIP, *QUIZ_DIRECT, *QUIZ]),
        # Staff may name users who are not students of the course.
        *(("teacher-token", user, []) for user in (OUTSIDER, TEACHER, STUDENT_ELSEWHERE)),
    ],
)
def test_lists_direct_then_quiz_then_live_alignments_and_unpublished_ones_to_staff(
    server: Server, token: str, student: int, expected: list[object]
) -> None:
    assert listed(server, token, student_id=student) == expected


@section("4.2", "4.3")
@pytest.mark.parametrize(
    ("assignment", "expected"),
    [
        *((1, UNIT), (2, LAB), (3, []), (4, []), (5, DRAFT), (7, [*QUIZ_DIRECT, *QUIZ]), (8, HIDDEN_QUIZ)),
        # A negative id filters nothing, except that it leaves out live assessments.
        (-5, [*UNIT, *LAB, *DRAFT, *QUIZ_DIRECT, *QUIZ, *HIDDEN_QUIZ]),
    ],
)
def test_an_assignment_id_filters_the_list_of_a_student(
    server: Server, assignment: int, expected: list[object]
) -> None:
    assert listed(server, student_id=STUDENT, assignment_id=assignment) == expected


@section("4.2", "4.4")
@pytest.mark.parametrize(
    ("assignment", "expected"), [(1, UNIT), (2, LAB), (3, TRIP), (4, []), (5, DRAFT), (7, QUIZ_DIRECT), (8, [])]
)
def test_lists_the_direct_alignments_of_an_assignment(server: Server, assignment: int, expected: list[object]) -> None:
    assert listed(server, assignment_id=assignment) == expected


@pytest.mark.parametrize("student", ["30abc", " 30", "+30", "030", "30.9", "3_0", "0" * 30 + "30", "0_" * 30 + "30"])
def test_parses_the_leading_number_of_a_student_id(server: Server, student: str) -> None:
    assert listed(server, student_id=student) == listed(server, student_id=STUDENT)


@pytest.mark.parametrize("student", [STUDENT, 30.0, 30.9, "30"])
def test_accepts_a_number_in_a_body(server: Server, student: object) -> None:
    rows = list_by_body(server, student_id=student).json()

    assert [row["id"] for row in rows] == [row[0] for row in listed(server, student_id=STUDENT)]


@section("4.1")
@pytest.mark.parametrize(
    ("student", "named"), [(10**30, MAX_ID), (-(10**30), -MAX_ID), (1e30, MAX_ID), (-1e30, -MAX_ID), (-0.9, 0)]
)
def test_limits_a_number_in_a_body_to_the_largest_id(server: Server, student: float, named: int) -> None:
    response = list_by_body(server, student_id=student)

    assert (response.status_code, response.json()) == no_user(named)


@pytest.mark.parametrize("name", ["student_id", "assignment_id"])
@pytest.mark.parametrize("value", [True, [30], {"a": 30}])
def test_names_the_parameter_that_is_not_a_number(server: Server, name: str, value: object) -> None:
    response = list_by_body(server, **{name: value})

    assert (response.status_code, response.json()) == (400, {"message": f"{name} must be a number"})


@pytest.mark.parametrize(
    "query", ["student_id[]=30", "student_id[a]=30", "assignment_id[]=1", "student_id=1&student_id[]=1"]
)
def test_rejects_a_list_or_an_object(server: Server, query: str) -> None:
    assert server.get(f"{PATH}?{query}", "teacher-token").status_code == 400


MATRIX: dict[str, tuple[object, ...]] = {
    # token: id of the requester, and responses for the requester, a student, a user outside the course, an assignment
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


@section("1.3", "4.6")
@pytest.mark.parametrize(("token", "row"), MATRIX.items())
def test_limits_the_lists_of_each_role(server: Server, token: str, row: tuple[object, ...]) -> None:
    own, *expected = row
    queries: list[dict[str, Any]] = [
        {"student_id": own},
        {"student_id": STUDENT},
        {"student_id": OUTSIDER},
        {"assignment_id": 1},
    ]

    responses = [error(server, token, **parameters) for parameters in queries]

    assert [response[0] if response[0] == 200 else response for response in responses] == expected


@section("4.3")
def test_lists_alignments_of_an_unpublished_course_to_its_student(server: Server) -> None:
    response = server.get("/courses/2/outcome_alignments?student_id=32", "unpublished-student-token")

    assert [row["assignment_id"] for row in response.json()] == [21]


@section("4.3")
def test_omits_a_quiz_if_it_or_its_assignment_is_deleted(overrides: Server) -> None:
    rows = overrides.get(f"{PATH}?student_id=5", "root-admin").json()

    assert [row["title"] for row in rows if "/quizzes/" in row["url"]] == ["Kept"]


@section("4.3")
def test_lists_a_quiz_that_an_unassigned_student_submitted_and_omits_others(overrides: Server) -> None:
    rows = overrides.get("/courses/3/outcome_alignments?student_id=7", "far-student").json()

    expected = [("For nobody", 3), *(("Submitted all the same", outcome) for outcome in (10, 3))]
    assert [(row["title"], row["id"]) for row in rows] == expected


@section("4.3")
@pytest.mark.parametrize(("token", "sees"), [("student", False), ("root-admin", True)])
def test_lists_an_unpublished_assignment_of_one_student_to_staff_only(
    overrides: Server, token: str, sees: bool
) -> None:
    rows = overrides.get(f"{PATH}?student_id=5", token).json()

    assert ("Not published" in [row["title"] for row in rows]) is sees


@section("4.6")
@pytest.mark.parametrize(("course", "student", "status"), [(1, 5, 200), (11, 7, 200), (11, 5, 403)])
def test_limits_an_observer_to_the_course_of_the_link(
    overrides: Server, course: int, student: int, status: int
) -> None:
    path = f"/courses/{course}/outcome_alignments?student_id={student}"

    assert overrides.get(path, "observer").status_code == status


@section("4.3", "4.4")
@pytest.mark.parametrize(
    ("token", "status"), [("teacher", 200), ("ta", 401), ("designer", 200), ("root-admin", 200), ("site-admin", 200)]
)
def test_requires_a_right_to_grades_for_an_assignment_alone(overrides: Server, token: str, status: int) -> None:
    assert overrides.get(f"{PATH}?assignment_id=1", token).status_code == status


@section("4.3", "4.4")
@pytest.mark.parametrize("course", [10, 11])
@pytest.mark.parametrize("token", ["teacher", "ta", "root-admin"])
def test_accepts_either_right_to_grades(overrides: Server, token: str, course: int) -> None:
    assert error(overrides, token, f"/courses/{course}/outcome_alignments", assignment_id=1) == NO_ASSIGNMENT


@section("4.5")
def test_the_keys_depend_on_the_kind_of_alignment(server: Server) -> None:
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
def test_urls_have_the_host_of_the_request(server: Server, host: str) -> None:
    rows = server.get(f"{PATH}?assignment_id=1", "teacher-token", headers={"Host": host}).json()

    assert rows[0]["url"] == f"http://{host}/courses/1/assignments/1"
