"""Faults of list_outcome_alignments: which alignments, and what a row says."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from contract_tests.mutants.faults import Provider, Request, Response, breaks, error

Row = dict[str, Any]
NOTHING = Response(200, b"[]")


def each(change: Callable[[Row], Row]) -> Callable[[list[Row]], list[Row]]:
    return lambda rows: [change(row) for row in rows]


def where(keep: Callable[[Row], bool]) -> Callable[[list[Row]], list[Row]]:
    return lambda rows: [row for row in rows if keep(row)]


def without(row: Row, *names: str) -> Row:
    return {key: value for key, value in row.items() if key not in names}


def is_live(row: Row) -> bool:
    return row.get("assessment_id") is not None


def is_quiz(row: Row) -> bool:
    return bool(row["submission_types"] == "online_quiz")


def asks_for(request: Request, *names: str) -> bool:
    """Whether exactly these parameters have a value."""
    return {name for name in ("student_id", "assignment_id") if request.params.get(name)} == set(names)


@breaks("list-outcome-alignments-needs-a-student-or-an-assignment")
def lists_nothing_without_a_question(request: Request, provider: Provider) -> Response:
    return NOTHING if not request.params else provider(request)


@breaks("list-outcome-alignments-takes-blank-as-absent")
def refuses_a_blank_parameter(request: Request, provider: Provider) -> Response:
    return error(400) if "" in request.params.values() else provider(request)


@breaks("list-outcome-alignments-takes-blank-as-absent")
def lists_nothing_of_a_blank_assignment(request: Request, provider: Provider) -> Response:
    return NOTHING if request.params.get("assignment_id") == "" else provider(request)


@breaks("list-outcome-alignments-takes-blank-as-absent")
def lists_nothing_for_two_blanks(request: Request, provider: Provider) -> Response:
    return NOTHING if list(request.params.values()) == ["", ""] else provider(request)


@breaks("list-outcome-alignments-refuses-a-missing-course")
def lists_nothing_of_a_missing_course(request: Request, provider: Provider) -> Response:
    return NOTHING if "999999999" in request.path else provider(request)


@breaks("list-outcome-alignments-refuses-a-missing-course")
def takes_a_missing_course_for_the_first(request: Request, provider: Provider) -> Response:
    return provider(replace(request, path=request.path.replace("999999999", "1")))


@breaks("list-outcome-alignments-names-the-outcome-under-id")
def names_the_outcome_of_assignments_only(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_rows(each(lambda row: without(row, "id") if is_live(row) else row))


@breaks("list-outcome-alignments-names-the-outcome-once")
def gives_the_number_of_the_row_as_id(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_rows(lambda rows: [row | {"id": 90 + n} for n, row in enumerate(rows)])


@breaks("list-outcome-alignments-names-an-assignment-or-an-assessment")
def names_an_assignment_and_an_assessment(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_rows(each(lambda row: row | {"assignment_id": row.get("assignment_id") or 1}))


@breaks("list-outcome-alignments-names-an-assignment-or-an-assessment")
def names_no_assessment(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_rows(each(lambda row: without(row, "assessment_id")))


@breaks("list-outcome-alignments-gives-a-url-for-assignments-only")
def gives_no_url_of_quizzes(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_rows(each(lambda row: without(row, "url") if is_quiz(row) else row))


@breaks("list-outcome-alignments-gives-a-url-for-assignments-only")
def gives_a_url_of_live_assessments(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_rows(each(lambda row: row | {"url": "/live"} if is_live(row) else row))


@breaks("list-outcome-alignments-names-the-type-of-live-assessments")
def names_no_type_of_live_assessments(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_rows(each(lambda row: row | {"submission_types": "none"} if is_live(row) else row))


@breaks("list-outcome-alignments-lists-outcomes-that-exist")
def lists_a_deleted_outcome(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_rows(lambda rows: [rows[0] | {"id": 32, "learning_outcome_id": 32}, *rows[1:]])


@breaks("list-outcome-alignments-keeps-its-order")
def lists_in_the_order_of_the_last_visit(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    outcome = replace(request, path="/api/v1/outcomes/2", query="")
    visited = provider(outcome).json
    provider(outcome.updating(vendor_guid="" if visited and visited["vendor_guid"] else "visited"))
    return answer.mapping_rows(lambda rows: rows[::-1]) if visited and visited["vendor_guid"] else answer


@breaks("list-outcome-alignments-is-not-paginated")
def lists_as_many_as_fit_on_a_page(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_rows(lambda rows: rows[: int(request.params.get("per_page", 100))])


@breaks("list-outcome-alignments-is-not-paginated")
def has_nothing_on_a_second_page(request: Request, provider: Provider) -> Response:
    return NOTHING if request.params.get("page", "1") > "1" else provider(request)


@breaks("list-outcome-alignments-lists-what-the-student-has")
def lists_quizzes_only(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_rows(where(is_quiz))


@breaks("list-outcome-alignments-lists-what-the-student-has")
def lists_what_is_for_this_student_alone(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_rows(where(lambda row: row.get("assignment_id") != 1))


@breaks("list-outcome-alignments-lists-quizzes-of-the-student")
def lists_no_quizzes(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_rows(where(lambda row: not is_quiz(row)))


@breaks("list-outcome-alignments-lists-quizzes-of-the-student")
def calls_a_quiz_a_text(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_rows(each(lambda row: row | {"submission_types": "online_text_entry"}))


@breaks("list-outcome-alignments-narrows-a-student-to-an-assignment")
def ignores_the_assignment_of_a_student(request: Request, provider: Provider) -> Response:
    both = asks_for(request, "student_id", "assignment_id")
    return provider(request.with_params(assignment_id=None) if both else request)


@breaks("list-outcome-alignments-narrows-a-student-to-an-assignment")
def ignores_the_student_of_an_assignment(request: Request, provider: Provider) -> Response:
    both = asks_for(request, "student_id", "assignment_id")
    return provider(request.with_params(student_id=None) if both else request)


@breaks("list-outcome-alignments-leaves-out-live-assessments-of-an-assignment")
def adds_live_assessments_to_an_assignment(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    if not asks_for(request, "student_id", "assignment_id"):
        return answer
    everything = provider(request.with_params(assignment_id=None)).json
    return answer.mapping_rows(lambda rows: [*rows, *filter(is_live, everything)])


@breaks("list-outcome-alignments-lists-nothing-for-an-unaligned-assignment")
def misses_an_unaligned_assignment(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return error(404) if answer.json == [] else answer


@breaks("list-outcome-alignments-lists-nothing-for-an-unaligned-assignment")
def lists_another_assignment_instead_of_nothing(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return provider(request.with_params(assignment_id="1")) if answer.json == [] else answer


@breaks("list-outcome-alignments-lists-one-assignment-only")
def lists_the_whole_course_for_an_assignment(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    if not asks_for(request, "assignment_id"):
        return answer
    others = provider(request.with_params(assignment_id="5")).json or []
    return answer.mapping_rows(lambda rows: [*rows, *others])


@breaks("list-outcome-alignments-lists-one-assignment-only")
def lists_nothing_for_an_assignment(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.mapping_rows(lambda rows: []) if asks_for(request, "assignment_id") else answer


@breaks("list-outcome-alignments-lists-the-same-for-assignment-and-student")
def lists_the_first_outcome_of_an_assignment(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.mapping_rows(lambda rows: rows[:1]) if asks_for(request, "assignment_id") else answer


@breaks("list-outcome-alignments-lists-the-same-for-assignment-and-student")
def names_the_outcome_in_the_title_of_an_assignment(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    titled = each(lambda row: row | {"title": f"{row['title']} {row['id']}"})
    return answer.mapping_rows(titled) if asks_for(request, "assignment_id") else answer


@breaks("list-outcome-alignments-lists-no-quiz-banks-for-an-assignment")
def lists_quiz_banks_for_an_assignment(request: Request, provider: Provider) -> Response:
    alone = asks_for(request, "assignment_id") and request.has_token_of("teacher")
    return provider(request.with_params(student_id="30") if alone else request)
