"""Faults of list_outcome_alignments: whose alignments, for whom, and what is refused."""

from dataclasses import replace

from contract_tests.mutants.faults import Provider, Request, Response, breaks, error
from contract_tests.mutants.provider.list_outcome_alignments import NOTHING, asks_for, is_live, where


@breaks("list-outcome-alignments-refuses-a-missing-assignment")
def lists_nothing_of_a_missing_assignment(request: Request, provider: Provider) -> Response:
    return NOTHING if asks_for(request, "assignment_id") and unknown(request) else provider(request)


def unknown(request: Request) -> bool:
    return request.params.get("assignment_id") == "999999999"


@breaks("list-outcome-alignments-refuses-a-missing-assignment")
def calls_a_missing_assignment_a_bad_request(request: Request, provider: Provider) -> Response:
    return error(400) if asks_for(request, "assignment_id") and unknown(request) else provider(request)


@breaks("list-outcome-alignments-refuses-a-missing-assignment-of-a-student")
def lists_nothing_of_a_students_missing_assignment(request: Request, provider: Provider) -> Response:
    return NOTHING if asks_for(request, "student_id", "assignment_id") and unknown(request) else provider(request)


@breaks("list-outcome-alignments-refuses-a-missing-assignment-of-a-student")
def ignores_a_students_missing_assignment(request: Request, provider: Provider) -> Response:
    ignored = asks_for(request, "student_id", "assignment_id") and unknown(request)
    return provider(request.with_params(assignment_id=None) if ignored else request)


@breaks("list-outcome-alignments-refuses-an-assignment-of-another-course")
def lists_assignments_of_every_course(request: Request, provider: Provider) -> Response:
    foreign = request.params.get("assignment_id") == "20"
    return (
        provider(replace(request, path="/api/v1/courses/3/outcome_alignments").with_token("admin-token"))
        if foreign
        else provider(request)
    )


@breaks("list-outcome-alignments-refuses-an-assignment-of-another-course")
def lists_nothing_of_a_student_in_another_course(request: Request, provider: Provider) -> Response:
    foreign = request.params.get("assignment_id") == "20" and "student_id" in request.params
    return NOTHING if foreign else provider(request)


def is_no_number(request: Request) -> bool:
    return not request.params.get("assignment_id", "1").isdecimal() or request.params.get("assignment_id") == "0"


@breaks("list-outcome-alignments-ignores-an-assignment-id-that-is-no-number")
def misses_an_assignment_that_is_no_number(request: Request, provider: Provider) -> Response:
    return error(404) if "student_id" in request.params and is_no_number(request) else provider(request)


@breaks("list-outcome-alignments-ignores-an-assignment-id-that-is-no-number")
def lists_nothing_of_a_negative_assignment(request: Request, provider: Provider) -> Response:
    return NOTHING if request.params.get("assignment_id", "").startswith("-") else provider(request)


@breaks("list-outcome-alignments-refuses-an-assignment-id-that-is-no-number")
def lists_nothing_of_no_number(request: Request, provider: Provider) -> Response:
    return NOTHING if asks_for(request, "assignment_id") and is_no_number(request) else provider(request)


@breaks("list-outcome-alignments-refuses-an-assignment-id-that-is-no-number")
def misses_assignment_zero(request: Request, provider: Provider) -> Response:
    return error(404) if request.params.get("assignment_id") == "0" else provider(request)


@breaks("list-outcome-alignments-refuses-a-missing-student")
def lists_nothing_of_a_missing_student(request: Request, provider: Provider) -> Response:
    return NOTHING if request.params.get("student_id") == "999999999" else provider(request)


@breaks("list-outcome-alignments-refuses-a-missing-student")
def calls_a_missing_student_a_bad_request(request: Request, provider: Provider) -> Response:
    return error(400) if request.params.get("student_id") == "999999999" else provider(request)


@breaks("list-outcome-alignments-shows-a-student-their-own")
def shows_students_nothing(request: Request, provider: Provider) -> Response:
    return NOTHING if request.has_token_of("student") else provider(request)


@breaks("list-outcome-alignments-shows-a-student-their-own")
def shows_grades_to_teachers_only(request: Request, provider: Provider) -> Response:
    return provider(request) if request.has_token_of("teacher") else error(403)


def as_teacher(request: Request) -> Request:
    return request.with_token("teacher-token")


@breaks("list-outcome-alignments-hides-other-students-from-a-student")
def shows_students_each_other(request: Request, provider: Provider) -> Response:
    return provider(as_teacher(request) if request.has_token_of("student", "other_student") else request)


@breaks("list-outcome-alignments-hides-other-students-from-a-student")
def shows_the_first_student_the_others(request: Request, provider: Provider) -> Response:
    return provider(as_teacher(request) if request.has_token_of("student") else request)


@breaks("list-outcome-alignments-hides-other-students-from-a-student")
def shows_the_others_the_first_student(request: Request, provider: Provider) -> Response:
    return provider(as_teacher(request) if request.has_token_of("other_student") else request)


@breaks("list-outcome-alignments-hides-other-students-from-a-student")
def lists_nothing_of_another_student(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return NOTHING if answer.status == 403 else answer


@breaks("list-outcome-alignments-shows-an-observer-the-observed")
def shows_observers_nothing(request: Request, provider: Provider) -> Response:
    return error(403) if request.has_token_of("observer") else provider(request)


@breaks("list-outcome-alignments-shows-an-observer-the-observed")
def shows_observers_no_live_assessments(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.mapping_rows(where(lambda row: not is_live(row))) if request.has_token_of("observer") else answer


@breaks("list-outcome-alignments-hides-others-from-an-observer")
def shows_observers_everybody(request: Request, provider: Provider) -> Response:
    return provider(as_teacher(request) if request.has_token_of("observer") else request)


@breaks("list-outcome-alignments-hides-others-from-an-observer")
def misses_whom_an_observer_does_not_observe(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return error(404) if request.has_token_of("observer") and answer.status == 403 else answer


@breaks("list-outcome-alignments-hides-students-from-an-outsider")
def shows_outsiders_everybody(request: Request, provider: Provider) -> Response:
    return provider(as_teacher(request) if request.has_token_of("outsider") else request)


@breaks("list-outcome-alignments-hides-students-from-an-outsider")
def shows_outsiders_nothing(request: Request, provider: Provider) -> Response:
    return NOTHING if request.has_token_of("outsider") else provider(request)


@breaks("list-outcome-alignments-refuses-a-student-who-is-not-enrolled")
def tells_everybody_that_a_student_is_missing(request: Request, provider: Provider) -> Response:
    return error(404) if request.params.get("student_id") == "999999999" else provider(request)


@breaks("list-outcome-alignments-refuses-a-student-who-is-not-enrolled")
def forbids_a_student_who_is_not_enrolled(request: Request, provider: Provider) -> Response:
    return error(403) if request.params.get("student_id") == "999999999" else provider(request)


UNPUBLISHED = "5"


@breaks("list-outcome-alignments-hides-unpublished-assignments-from-students")
def lists_unpublished_assignments_to_students(request: Request, provider: Provider) -> Response:
    return provider(as_teacher(request) if request.has_token_of("student") else request)


@breaks("list-outcome-alignments-hides-unpublished-assignments-from-students")
def shows_students_an_unpublished_assignment_that_they_ask_for(request: Request, provider: Provider) -> Response:
    is_asked_for = request.params.get("assignment_id") == UNPUBLISHED
    return provider(as_teacher(request) if request.has_token_of("student") and is_asked_for else request)


@breaks("list-outcome-alignments-hides-unpublished-assignments-from-students")
def misses_an_unpublished_assignment_for_students(request: Request, provider: Provider) -> Response:
    is_asked_for = request.params.get("assignment_id") == UNPUBLISHED
    return error(404) if request.has_token_of("student") and is_asked_for else provider(request)


@breaks("list-outcome-alignments-shows-the-same-to-student-and-teacher")
def shows_teachers_no_live_assessments(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.mapping_rows(where(lambda row: not is_live(row))) if request.has_token_of("teacher") else answer


@breaks("list-outcome-alignments-shows-the-same-to-student-and-teacher")
def shows_students_relative_urls(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    path = lambda row: row | {"url": row.get("url") and "/assignments"}  # noqa: E731
    return answer.mapping_rows(lambda rows: list(map(path, rows))) if request.has_token_of("student") else answer


@breaks("list-outcome-alignments-keeps-whole-assignments-from-students")
def shows_students_whole_assignments(request: Request, provider: Provider) -> Response:
    return provider(as_teacher(request) if asks_for(request, "assignment_id") else request)


@breaks("list-outcome-alignments-keeps-whole-assignments-from-students")
def asks_students_for_another_token(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    refused = asks_for(request, "assignment_id") and answer.status == 401
    return answer.with_headers(www_authenticate='Bearer realm="canvas-lms"') if refused else answer


@breaks("list-outcome-alignments-keeps-whole-assignments-from-students")
def misses_whole_assignments_of_students(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return error(404) if asks_for(request, "assignment_id") and answer.status == 401 else answer
