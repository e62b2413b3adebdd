"""Faults that a schema can see: statuses, media types, headers and bodies that are not documented, and failures."""

from typing import Any

from contract_tests.mutants.faults import Provider, Request, Response, breaks, breaks_each, error

OF_OUTCOMES = ("get-outcome-answers-as-documented", "update-outcome-answers-as-documented")
OF_ALIGNMENTS = "list-outcome-alignments-answers-as-documented"


def succeeding(answer: Response, **changes: Any) -> Response:
    return Response(changes.get("status", 200), changes.get("body", answer.body), answer.headers)


@breaks_each("answers-as-documented")
def accepts_instead_of_answering(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return succeeding(answer, status=202) if answer.status == 200 else answer


@breaks_each("answers-as-documented")
def says_that_what_is_missing_is_gone(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return error(410) if answer.status == 404 else answer


@breaks_each("answers-as-documented")
def answers_a_page(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.with_headers(content_type="text/html") if answer.status == 200 else answer


@breaks_each("answers-as-documented")
def answers_nothing(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return succeeding(answer, body=b"") if answer.status == 200 else answer


@breaks_each("answers-as-documented")
def guards_its_json_against_scripts(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return succeeding(answer, body=b"while(1);" + answer.body) if answer.status == 200 else answer


@breaks_each("answers-as-documented")
def wraps_its_answer(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.with_json({"data": answer.json}) if answer.status == 200 else answer


@breaks_each("answers-as-documented")
def says_its_cost_in_words(request: Request, provider: Provider) -> Response:
    return provider(request).with_headers(x_request_cost="cheap")


@breaks_each("answers-as-documented")
def says_what_is_missing_in_one_text(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return answer.with_json({"errors": "The specified resource does not exist."}) if answer.status == 404 else answer


@breaks_each("answers-as-documented")
def shows_a_page_for_what_is_missing(request: Request, provider: Provider) -> Response:
    answer = provider(request)
    return Response(404, b"<html></html>", {"content-type": "text/html"}) if answer.status == 404 else answer


@breaks(*OF_OUTCOMES)
def leaves_out_whether_it_is_assessed(request: Request, provider: Provider) -> Response:
    return provider(request).dropping("assessed")


@breaks(*OF_OUTCOMES)
def always_gives_ids_as_strings(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("id", str)


@breaks(*OF_OUTCOMES)
def says_yes_for_true(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("can_edit", lambda can: "yes" if can else "no")


@breaks(*OF_OUTCOMES)
def gives_null_for_no_rubrics(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("has_updateable_rubrics", lambda has: None)


@breaks(*OF_OUTCOMES)
def gives_points_as_texts(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_ratings(lambda rows: [r | {"points": str(r["points"])} for r in rows])


@breaks(*OF_OUTCOMES)
def gives_ratings_without_points(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_ratings(lambda rows: [{"description": r["description"]} for r in rows])


@breaks(*OF_OUTCOMES)
def gives_ratings_by_number(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_ratings(lambda rows: {str(number): row for number, row in enumerate(rows)})


@breaks(*OF_OUTCOMES)
def gives_calculation_int_as_a_fraction(request: Request, provider: Provider) -> Response:
    return provider(request).mapping("calculation_int", lambda value: value / 100)


@breaks(OF_ALIGNMENTS)
def leaves_out_the_submission_types(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_rows(
        lambda rows: [{k: row[k] for k in row if k != "submission_types"} for row in rows]
    )


@breaks(OF_ALIGNMENTS)
def lists_the_submission_types(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_rows(
        lambda rows: [row | {"submission_types": row["submission_types"].split(",")} for row in rows]
    )


@breaks(OF_ALIGNMENTS)
def names_no_outcome(request: Request, provider: Provider) -> Response:
    named = ("id", "learning_outcome_id")
    return provider(request).mapping_rows(lambda rows: [{k: row[k] for k in row if k not in named} for row in rows])


@breaks(OF_ALIGNMENTS)
def gives_ids_of_assignments_as_strings(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_rows(
        lambda rows: [row | {"assignment_id": str(row.get("assignment_id"))} for row in rows]
    )


@breaks(OF_ALIGNMENTS)
def gives_one_alignment_without_a_list(request: Request, provider: Provider) -> Response:
    return provider(request).mapping_rows(lambda rows: rows[0] if len(rows) == 1 else rows or None)


def failure() -> Response:
    return Response(500, b'{"errors": [{"message": "An error occurred."}]}')


@breaks_each("never-fails-on-a-request")
def fails_on_a_path_that_is_no_number(request: Request, provider: Provider) -> Response:
    ids = request.path.removeprefix("/api/v1/outcomes/").removeprefix("/api/v1/courses/")
    return provider(request) if ids.partition("/")[0].isdecimal() else failure()


@breaks_each("never-fails-on-a-request")
def fails_on_a_huge_id(request: Request, provider: Provider) -> Response:
    return failure() if len(request.path) > 200 else provider(request)


@breaks_each("never-fails-on-a-request")
def fails_on_a_null_character_in_the_query(request: Request, provider: Provider) -> Response:
    return failure() if "\0" in "".join(request.params.values()) else provider(request)


@breaks_each("never-fails-on-a-request")
def fails_on_a_long_query(request: Request, provider: Provider) -> Response:
    return failure() if len(request.query) > 4000 else provider(request)


@breaks("get-outcome-never-fails-on-a-request", "update-outcome-never-fails-on-a-request")
def fails_on_a_switch_that_is_no_switch(request: Request, provider: Provider) -> Response:
    switch = request.params.get("add_defaults", "true")
    return provider(request) if switch in ("true", "false") else failure()


@breaks("list-outcome-alignments-never-fails-on-a-request")
def fails_on_a_student_that_is_no_number(request: Request, provider: Provider) -> Response:
    student = request.params.get("student_id", "1")
    return provider(request) if student.isdecimal() else failure()
